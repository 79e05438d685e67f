/**
 * Owns how a JSON body is read: application/json only, at most 256 KiB (or what its door takes) within 10 seconds.
 */
import type { IncomingMessage } from 'node:http'
import { readBody } from './body.ts'
import { generic } from './problem.ts'
import type { RequestRefusal } from './problem.ts'

export type JsonRead = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly refusal: RequestRefusal }

const usualLimitBytes = 256 * 1024

interface JsonRules {
  readonly limitBytes?: number | undefined
  readonly deadlineMilliseconds?: number | undefined
}

/** The parsed body, or why not: 400 for what is not JSON, 408, 413, 415. */
export async function readJson(req: IncomingMessage, { limitBytes = usualLimitBytes, deadlineMilliseconds }: JsonRules = {}): Promise<JsonRead> {
  const body = await readBody(req, { mediaType: /^application\/json$/i, limitBytes, deadlineMilliseconds })
  if (!body.ok) return body
  try {
    return { ok: true, value: parseWithoutNul(body.text) }
  } catch {
    return { ok: false, refusal: generic('malformed_body', 'The body is not JSON, or a text in it holds a NUL.') }
  }
}

function parseWithoutNul(text: string): unknown {
  const value: unknown = JSON.parse(text)
  // PostgreSQL text holds no NUL. The slow walk is for bodies that spell one, or an escaped backslash before "u0000".
  if (text.includes('\\u0000')) {
    JSON.parse(text, (key, member: unknown) => {
      if (key.includes('\0') || (typeof member === 'string' && member.includes('\0'))) throw new Error('NUL')
      return member
    })
  }
  return value
}
