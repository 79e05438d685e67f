/**
 * Owns the reading of request bodies: a limit, a deadline, one media type, UTF-8. What cannot be read is a returned refusal.
 * Never in front of oidc-provider: it reads its own bodies.
 */
import type { IncomingMessage } from 'node:http'
import type { RequestRefusal } from './problem.ts'
import { generic } from './problem.ts'

interface BodyRefused {
  readonly ok: false
  readonly refusal: RequestRefusal
}

export type BodyText = { readonly ok: true; readonly text: string } | BodyRefused
export type BodyBytes = { readonly ok: true; readonly bytes: Buffer } | BodyRefused

interface BodyRules {
  readonly mediaType: RegExp
  readonly limitBytes: number
  readonly deadlineMilliseconds?: number | undefined
}

/** The body as text, or why not: 408, 413, 415, or 400 for bytes that are not UTF-8. */
export async function readBody(req: IncomingMessage, rules: BodyRules): Promise<BodyText> {
  const body = await readBytes(req, rules)
  if (!body.ok) return body
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(body.bytes) }
  } catch {
    return refuse(generic('malformed_body', 'The body is not UTF-8.'))
  }
}

/** The body as it came, or why not: 408, 413, 415. */
export async function readBytes(req: IncomingMessage, rules: BodyRules): Promise<BodyBytes> {
  if (!isAcceptable(req, rules.mediaType)) return refuse(generic('unsupported_media_type'))
  if (Number(req.headers['content-length'] ?? '0') > rules.limitBytes) return refuse(generic('body_too_large'))
  const bytes = await collect(req, rules)
  return Buffer.isBuffer(bytes) ? { ok: true, bytes } : refuse(bytes)
}

function isAcceptable(req: IncomingMessage, mediaType: RegExp): boolean {
  const [type = '', ...parameters] = (req.headers['content-type'] ?? '').split(';')
  const charset = parameters.map((parameter) => /^\s*charset="?([^"]*)"?\s*$/i.exec(parameter)?.[1]).find((name) => name !== undefined)
  const encoding = req.headers['content-encoding'] ?? 'identity'
  return mediaType.test(type.trim()) && /^utf-?8$/i.test(charset ?? 'utf-8') && encoding === 'identity'
}

function collect(req: IncomingMessage, { limitBytes, deadlineMilliseconds = 10_000 }: BodyRules): Promise<Buffer | RequestRefusal> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | RequestRefusal>()
  const chunks: Buffer[] = []
  let size = 0
  const take = (chunk: Buffer) => {
    size += chunk.length
    if (size > limitBytes) resolve(generic('body_too_large'))
    else chunks.push(chunk)
  }
  const finish = () => resolve(Buffer.concat(chunks))
  const lost = () => reject(Object.assign(new Error('The client went away while it sent its body.'), { code: 'ECONNABORTED' }))
  const deadline = setTimeout(() => resolve(generic('body_timeout')), deadlineMilliseconds)
  req.on('data', take).on('end', finish).on('error', lost).on('close', lost)
  // Its last event is past where the client left before we came to read.
  if (req.destroyed) lost()
  return promise.finally(() => {
    clearTimeout(deadline)
    req.off('data', take).off('end', finish).off('close', lost)
    // What is still on its way is thrown away, so that the answer gets through; the server's request timeout ends it.
    req.resume()
  })
}

function refuse(refusal: RequestRefusal): BodyRefused {
  return { ok: false, refusal }
}
