/**
 * Owns how a form of ours that carries a file is read: multipart/form-data with at most one file of 5 MiB, within 10 seconds.
 * Invariants: as in form.ts a field stands once; what the browser says of the file is its name only, so whoever reads the bytes
 * finds out what they are. A form without a file may come as any other does.
 */
import type { IncomingMessage } from 'node:http'
import { Busboy } from '@fastify/busboy'
import { readBytes } from './body.ts'
import { readForm } from './form.ts'
import { generic } from './problem.ts'
import type { RequestRefusal } from './problem.ts'

export interface UploadedFile {
  /** As it was called where it came from; nothing is stored under it. */
  readonly name: string
  readonly bytes: Buffer
}

export type UploadRead =
  | { readonly ok: true; readonly form: URLSearchParams; readonly file: UploadedFile | null }
  | { readonly ok: false; readonly refusal: RequestRefusal }

export const fileLimitBytes = 5 * 1024 * 1024
/** For the fields beside the file, and what stands between the parts. */
const marginBytes = 64 * 1024
const limits = { files: 1, fields: 200, parts: 200, fieldNameSize: 100, fieldSize: fileLimitBytes, fileSize: fileLimitBytes, headerPairs: 20 } as const
const multipart = /^multipart\/form-data$/i

/** The form and its file, or why not: 400 repeated or malformed, 408, 413, 415. */
export async function readUpload(req: IncomingMessage, deadlineMilliseconds?: number): Promise<UploadRead> {
  if (!multipart.test((req.headers['content-type'] ?? '').split(';', 1)[0]?.trim() ?? '')) {
    const read = await readForm(req, deadlineMilliseconds)
    return read.ok ? { ...read, file: null } : read
  }
  const body = await readBytes(req, { mediaType: multipart, limitBytes: fileLimitBytes + marginBytes, deadlineMilliseconds })
  return body.ok ? partsOf(body.bytes, req.headers['content-type'] ?? '') : body
}

async function partsOf(bytes: Buffer, contentType: string): Promise<UploadRead> {
  const { promise, resolve } = Promise.withResolvers<UploadRead>()
  const refuse = (reason: 'field_repeated' | 'malformed_body' | 'body_too_large') => resolve({ ok: false, refusal: generic(reason) })
  const form = new URLSearchParams()
  let file: UploadedFile | null = null
  try {
    const parser = new Busboy({ headers: { 'content-type': contentType }, limits })
    parser.on('field', (...[name, value, isNameCut, isValueCut]) => {
      if (isNameCut || isValueCut) return refuse('body_too_large')
      // PostgreSQL text holds no NUL; no keyboard types one.
      if (`${name}${value}`.includes('\0')) return refuse('malformed_body')
      if (form.has(name)) return refuse('field_repeated')
      form.set(name, value)
    })
    parser.on('file', (_field, stream, name) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk)).on('limit', () => refuse('body_too_large')).on('end', () => {
        // A browser sends an unchosen file as an empty one without a name.
        if (name !== '' || chunks.length > 0) file = { name, bytes: Buffer.concat(chunks) }
      })
    })
    parser.on('filesLimit', () => refuse('field_repeated')).on('fieldsLimit', () => refuse('body_too_large')).on('partsLimit', () => refuse('body_too_large'))
    parser.on('error', () => refuse('malformed_body')).on('finish', () => resolve({ ok: true, form, file }))
    parser.end(bytes)
  } catch {
    // Thrown for a Content-Type without a boundary.
    refuse('malformed_body')
  }
  return promise
}
