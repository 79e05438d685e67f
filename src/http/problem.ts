/**
 * Owns the errors of the JSON doors: RFC 9457 problem documents with a stable `reason` and the request id.
 * The catalogue holds the problems any door can have; a room's own reasons come in through refusal().
 */
import { STATUS_CODES } from 'node:http'
import type { AppContext } from './context.ts'

export const genericProblems = {
  malformed_url: { status: 400, detail: 'The URL is not a plain path with valid percent-encoding.' },
  malformed_body: { status: 400, detail: 'The body cannot be read as the media type it claims to be.' },
  invalid_request: { status: 400, detail: 'Something in the request does not fit; `errors` says where.' },
  field_repeated: { status: 400, detail: 'A parameter or field is given more than once.' },
  not_authenticated: { status: 401, detail: 'This needs a valid access token.' },
  insufficient_scope: { status: 403, detail: 'The access token lacks the scope that this needs.' },
  operator_required: { status: 403, detail: 'This is for the operators of the platform.' },
  permission_missing: { status: 403, detail: 'The caller lacks the permission that this needs.' },
  insufficient_user_authentication: { status: 401, detail: 'The sign-in behind the access token is too old or too weak for this; WWW-Authenticate says what is needed (RFC 9470).' },
  form_expired: { status: 403, detail: 'The form was too old, or made for another session.' },
  foreign_origin: { status: 403, detail: 'The form was sent from another site.' },
  not_found: { status: 404, detail: 'There is nothing at this address.' },
  method_not_allowed: { status: 405, detail: 'This address does not take that method; Allow lists those it takes.' },
  idempotency_in_progress: { status: 409, detail: 'The first request with this Idempotency-Key is still at work: ask again after Retry-After.' },
  body_timeout: { status: 408, detail: 'The body did not arrive in time.' },
  precondition_failed: { status: 412, detail: 'The thing is no longer as If-Match says: read it again.' },
  body_too_large: { status: 413, detail: 'The body is larger than this door takes.' },
  url_too_long: { status: 414, detail: 'The URL is longer than 8 KiB.' },
  unsupported_media_type: { status: 415, detail: 'The body is not of a media type that this door takes.' },
  idempotency_key_reused: { status: 422, detail: 'This Idempotency-Key was used for another request.' },
  rate_limited: { status: 429, detail: 'Too many requests; Retry-After says in how many seconds it goes on.' },
  server_error: { status: 500, detail: 'Something went wrong here; the request id finds it in the log.' },
  temporarily_unavailable: { status: 503, detail: 'The server is too busy; try again after Retry-After.' },
} as const satisfies Record<string, { status: number; detail: string }>

export type GenericReason = keyof typeof genericProblems

/** A "no" to a request as a whole. */
export interface RequestRefusal {
  readonly status: number
  readonly reason: string
  readonly detail?: string | undefined
}

/** One thing that does not fit, by JSON pointer (RFC 6901) into the part that `in` names; a header by its name. */
export interface FieldError {
  readonly in: 'params' | 'query' | 'header' | 'body'
  readonly pointer: string
  readonly detail: string
}

/** The body of a problem+json answer. */
export interface Problem {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  readonly reason: string
  readonly detail?: string
  readonly request_id: string
  readonly errors?: readonly FieldError[]
}

/** A generic problem as a refusal, with another detail where one is known. */
export function generic(reason: GenericReason, detail: string = genericProblems[reason].detail): RequestRefusal {
  return { status: genericProblems[reason].status, reason, detail }
}

/** Answers with a problem document; it is never stored by a cache. */
export function writeProblem(ctx: AppContext, refusal: RequestRefusal, errors: readonly FieldError[] = []): void {
  const { status, reason } = refusal
  const detail = refusal.detail ?? detailOf(reason)
  ctx.status = status
  const problem: Problem = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    reason,
    ...(detail === undefined ? {} : { detail }),
    request_id: ctx.state.requestId,
    ...(errors.length === 0 ? {} : { errors }),
  }
  ctx.body = JSON.stringify(problem)
  ctx.type = 'application/problem+json'
  ctx.set('Cache-Control', 'no-store')
}

/** What a generic reason says to people. */
export function detailOf(reason: string): string | undefined {
  return Object.entries(genericProblems).find(([known]) => known === reason)?.[1].detail
}
