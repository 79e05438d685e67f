/**
 * Owns how a form of ours is read: application/x-www-form-urlencoded only, at most 64 KiB within 10 seconds.
 * Invariant: a field stands once. Two values for one name are refused, because the part that checks and the part that
 * uses might pick different ones.
 */
import type { IncomingMessage } from 'node:http'
import { readBody } from './body.ts'
import { generic } from './problem.ts'
import type { RequestRefusal } from './problem.ts'

export type FormRead = { readonly ok: true; readonly form: URLSearchParams } | { readonly ok: false; readonly refusal: RequestRefusal }

const limitBytes = 64 * 1024

/** The form, or why not: 400 repeated or malformed, 408, 413, 415. */
export async function readForm(req: IncomingMessage, deadlineMilliseconds?: number): Promise<FormRead> {
  const body = await readBody(req, { mediaType: /^application\/x-www-form-urlencoded$/i, limitBytes, deadlineMilliseconds })
  if (!body.ok) return body
  const form = new URLSearchParams(body.text)
  const names = [...form.keys()]
  if (new Set(names).size < names.length) return { ok: false, refusal: generic('field_repeated') }
  // PostgreSQL text holds no NUL; no keyboard types one.
  if (/%00|\0/.test(body.text)) return { ok: false, refusal: generic('malformed_body') }
  return { ok: true, form }
}
