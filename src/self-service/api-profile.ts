/** The JSON doors to a person's own names, address and password; the commands of accounts/ decide. */
import { z } from 'zod'
import { confirmAddressChange, requestAddressChange } from '../accounts/change-address.ts'
import { changePassword } from '../accounts/change-password.ts'
import { findProfile, type ProfileRow } from '../accounts/self-queries.ts'
import { updateProfile } from '../accounts/update-profile.ts'
import { endpoint, refusal, type EndpointDoor } from '../http/endpoint.ts'
import { textField } from '../http/fields.ts'
import { done, forAccount, mayRead, mayWrite, mayWriteFresh, refuseWith } from './api-door.ts'
import type { SelfServiceDeps } from './deps.ts'
import { profileOf, profileShape } from './own-records.ts'
import { localeOf } from './person.ts'

const text = z.string().max(1000)
const profileChange = z.strictObject({
  family_name: textField(100).nullable().optional(),
  given_name: textField(100).nullable().optional(),
  family_name_kana: textField(100).nullable().optional(),
  given_name_kana: textField(100).nullable().optional(),
  locale: z.enum(['ja', 'en']).nullable().optional(),
  zoneinfo: textField(64).optional(),
})

export function profileEndpoints(deps: SelfServiceDeps): EndpointDoor[] {
  return [
    endpoint({
      method: 'GET', path: '/api/v1/me/profile', access: mayRead, response: profileShape, summary: 'Names, address, language and time zone of the person.',
      handle: ({ caller }) => forAccount(caller, (accountId) => answerProfile(deps, accountId)),
    }),
    endpoint({
      method: 'PATCH', path: '/api/v1/me/profile', access: mayWrite, body: profileChange, response: profileShape, summary: 'Changes the members that are given and leaves the others.',
      handle: ({ ctx, caller, origin, body }) => forAccount(caller, async (accountId) => {
        const now = await findProfile(deps.databases.engine, accountId)
        if (now === undefined) return refusal(404, 'not_found')
        const result = await updateProfile(deps.accounts, { accountId, actor: accountId, origin, ...merged(now, body) })
        return result.ok ? answerProfile(deps, accountId) : refuseWith(ctx, result)
      }),
    }),
    endpoint({
      method: 'PUT', path: '/api/v1/me/password', access: mayWriteFresh, body: z.strictObject({ password: z.string().meta({ minLength: 8, maxLength: 256 }) }), response: z.undefined(),
      summary: 'Sets another password. Every session ends, and the tokens of those sessions with them.',
      handle: ({ ctx, caller, origin, body }) => forAccount(caller, async (accountId) => {
        const result = await changePassword(deps.accounts, { accountId, password: body.password, keepSessionUid: null, how: 'self', actor: accountId, origin })
        return result.ok ? done : refuseWith(ctx, result)
      }),
    }),
    ...addressEndpoints(deps),
  ]
}

function addressEndpoints(deps: SelfServiceDeps): EndpointDoor[] {
  return [
    endpoint({
      method: 'POST', path: '/api/v1/me/address', access: mayWriteFresh, status: 202, idempotent: true, body: z.strictObject({ email: textField(254).meta({ format: 'email' }) }), response: z.object({ change: z.string(), email: z.string() }),
      summary: 'Sends a code to the new address; `change` goes back with it.',
      handle: ({ ctx, caller, origin, body }) => forAccount(caller, async (accountId) => {
        const profile = await findProfile(deps.databases.engine, accountId)
        const locale = localeOf(profile) ?? ctx.state.locale
        const result = await requestAddressChange(deps.accounts, { accountId, email: body.email, locale, origin })
        return result.ok ? { status: 202, idempotent: true, body: { change: result.change, email: result.email } } : refuseWith(ctx, result)
      }),
    }),
    endpoint({
      method: 'POST', path: '/api/v1/me/address/confirm', access: mayWriteFresh, body: z.strictObject({ change: text, code: textField(6).meta({ pattern: '^[0-9]{6}$' }) }), response: z.object({ email: z.string() }),
      summary: 'Makes the new address the account’s; a mail tells the former one.',
      handle: ({ ctx, caller, origin, body }) => forAccount(caller, async (accountId) => {
        const result = await confirmAddressChange(deps.accounts, { by: { ...body, accountId }, origin })
        return result.ok ? { status: 200, body: { email: result.email } } : refuseWith(ctx, result)
      }),
    }),
  ]
}

async function answerProfile(deps: SelfServiceDeps, accountId: string) {
  const profile = await profileOf(deps, accountId)
  return profile === undefined ? refusal(404, 'not_found') : { status: 200, body: profile }
}

/** What is not given stays; null empties. */
function merged(now: ProfileRow, change: z.output<typeof profileChange>) {
  return {
    familyName: change.family_name === undefined ? now.family_name : change.family_name,
    givenName: change.given_name === undefined ? now.given_name : change.given_name,
    familyNameKana: change.family_name_kana === undefined ? now.family_name_kana : change.family_name_kana,
    givenNameKana: change.given_name_kana === undefined ? now.given_name_kana : change.given_name_kana,
    locale: change.locale === undefined ? (localeOf(now) ?? null) : change.locale,
    zoneinfo: change.zoneinfo ?? now.zoneinfo,
  }
}
