/**
 * What the JSON doors of this room share: they speak for the account of the token and for nobody else, and a command's "no" keeps
 * its reason. Invariant: no door takes an account's id from the request.
 */
import type { AppContext } from '../http/context.ts'
import { refusal, type Caller, type EndpointRefusal } from '../http/endpoint.ts'

export const mayRead = { scope: 'account:read' } as const
export const mayWrite = { scope: 'account:write' } as const
/** For what a stolen token must not do: only shortly after the person has shown who they are (RFC 9470). */
export const mayWriteFresh = { scope: 'account:write', fresh: true } as const

/** Answers for the account of the token; a machine has none. */
export function forAccount<T>(caller: Caller, answer: (accountId: string) => Promise<T>): Promise<T> | EndpointRefusal {
  if (caller.accountId === null) return refusal(403, 'account_required', 'The access token speaks for no person.')
  return answer(caller.accountId)
}

const statuses: Readonly<Record<string, number>> = {
  not_found: 404, not_enrolled: 404, too_many_attempts: 429,
  invalid_email: 400, name_missing: 400, name_too_long: 400, zoneinfo_unknown: 400,
  password_too_short: 400, password_too_long: 400, password_too_common: 400,
  wrong_code: 400, link_invalid: 400, enrolment_expired: 400, challenge_invalid: 400, passkey_invalid: 400,
}

/** A command's "no": 400 for what does not fit, 409 for what stands in the way; with Retry-After where it says how long. */
export function refuseWith(ctx: AppContext, no: { readonly reason: string; readonly retryAfterSeconds?: number }): EndpointRefusal {
  if (no.retryAfterSeconds !== undefined) ctx.set('Retry-After', String(Math.ceil(no.retryAfterSeconds)))
  return refusal(statuses[no.reason] ?? 409, no.reason)
}

/** The answer of a door that has done what was asked and has nothing to show. */
export const done = { status: 204, body: undefined } as const
