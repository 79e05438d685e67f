/** The JSON doors to a person's second factors; the commands of factors/ decide. All that changes something asks for a fresh sign-in. */
import { z } from 'zod'
import { findProfile } from '../accounts/self-queries.ts'
import { confirmTotp, startTotp } from '../factors/enrol-totp.ts'
import { finishPasskeyRegistration, startPasskeyRegistration } from '../factors/register-passkey.ts'
import { removePasskey } from '../factors/remove-passkey.ts'
import { removeTotp } from '../factors/remove-totp.ts'
import { renamePasskey } from '../factors/rename-passkey.ts'
import { endpoint, refusal, type EndpointDoor } from '../http/endpoint.ts'
import { listOwnMemberships } from '../members/own-memberships-queries.ts'
import { done, forAccount, mayRead, mayWriteFresh, refuseWith } from './api-door.ts'
import type { SelfServiceDeps } from './deps.ts'
import { factorsOf, factorsShape } from './own-records.ts'
import { signInName, soleTenantName } from './person.ts'
import { renewRecoveryCodes } from './renew-recovery-codes.ts'

const text = z.string().max(4096)
const codesShape = z.object({ recovery_codes: z.array(z.string()).nullable() })
const byPasskey = z.object({ passkey_id: z.string().regex(/^[A-Za-z0-9_-]{1,1400}$/, 'must be the id of a passkey') })

export function factorEndpoints(deps: SelfServiceDeps): EndpointDoor[] {
  return [
    endpoint({
      method: 'GET', path: '/api/v1/me/factors', access: mayRead, response: factorsShape, summary: 'Authenticator app, passkeys, and how many recovery codes are left.',
      handle: ({ caller }) => forAccount(caller, async (accountId) => ({ status: 200, body: await factorsOf(deps, accountId) })),
    }),
    endpoint({
      method: 'POST', path: '/api/v1/me/factors/recovery-codes', access: mayWriteFresh, status: 201, idempotent: true, response: codesShape, summary: 'Makes ten recovery codes, shown this once; all earlier ones are void.',
      handle: ({ ctx, caller, origin }) => forAccount(caller, async (accountId) => {
        const result = await renewRecoveryCodes(deps.factors, { accountId, actor: accountId, origin })
        return result.ok ? { status: 201, body: { recovery_codes: [...result.codes] } } : refuseWith(ctx, { reason: result.reason })
      }),
    }),
    ...totpEndpoints(deps),
    ...newPasskeyEndpoints(deps),
    ...passkeyEndpoints(deps),
  ]
}

function totpEndpoints(deps: SelfServiceDeps): EndpointDoor[] {
  const common = { access: mayWriteFresh } as const
  return [
    endpoint({
      ...common, method: 'POST', path: '/api/v1/me/factors/totp', summary: 'Begins to connect an authenticator app; nothing is stored before a code has fitted.',
      response: z.object({ enrolment: z.string(), secret: z.string(), uri: z.string(), qr: z.string() }),
      handle: ({ caller }) => forAccount(caller, async (accountId) => {
        const profile = await findProfile(deps.databases.engine, accountId)
        if (profile === undefined) return refusal(404, 'not_found')
        const memberships = await listOwnMemberships(deps.databases.engine, accountId)
        const account = await signInName(deps.databases.engine, profile)
        return { status: 200, body: await startTotp(deps.factors, { accountId, account, tenantName: soleTenantName(memberships) }) }
      }),
    }),
    endpoint({
      ...common, method: 'POST', path: '/api/v1/me/factors/totp/confirm', body: z.strictObject({ enrolment: text, code: text }), response: codesShape,
      summary: 'Connects the app, in place of an earlier one. `recovery_codes` are new ones where there were none left, else null.',
      handle: ({ ctx, caller, origin, body }) => forAccount(caller, async (accountId) => {
        const result = await confirmTotp(deps.factors, { accountId, ...body, actor: accountId, origin })
        return result.ok ? { status: 200, body: { recovery_codes: listOrNull(result.recoveryCodes) } } : refuseWith(ctx, result)
      }),
    }),
    endpoint({
      ...common, method: 'DELETE', path: '/api/v1/me/factors/totp', response: z.undefined(), summary: 'Disconnects the authenticator app.',
      handle: ({ ctx, caller, origin }) => forAccount(caller, async (accountId) => {
        const result = await removeTotp(deps.factors, { accountId, actor: accountId, origin })
        return result.ok ? done : refuseWith(ctx, result)
      }),
    }),
  ]
}

function newPasskeyEndpoints(deps: SelfServiceDeps): EndpointDoor[] {
  return [
    endpoint({
      method: 'POST', path: '/api/v1/me/passkeys/options', access: mayWriteFresh, response: z.object({ options: z.looseObject({}), challenge: z.string() }),
      summary: 'PublicKeyCredentialCreationOptionsJSON (WebAuthn §5.1.8) for the browser; `challenge` goes back with its answer.',
      handle: ({ caller }) => forAccount(caller, async (accountId) => {
        const profile = await findProfile(deps.databases.engine, accountId)
        if (profile === undefined) return refusal(404, 'not_found')
        const account = await signInName(deps.databases.engine, profile)
        const question = await startPasskeyRegistration(deps.factors, { accountId, account, displayName: profile.display_name })
        return question === null ? refusal(409, 'passkeys_unavailable') : { status: 200, body: { options: { ...question.options }, challenge: question.challenge } }
      }),
    }),
    endpoint({
      method: 'POST', path: '/api/v1/me/passkeys', access: mayWriteFresh, status: 201, idempotent: true, summary: 'Adds the passkey that the browser made (RegistrationResponseJSON).',
      body: z.strictObject({ challenge: text, response: z.looseObject({}), name: text.nullable().optional() }),
      response: codesShape.extend({ passkey_id: z.string() }),
      handle: ({ ctx, caller, origin, body }) => forAccount(caller, async (accountId) => {
        const { challenge, response, name = null } = body
        const result = await finishPasskeyRegistration(deps.factors, { accountId, challenge, response, name, actor: accountId, origin })
        return result.ok ? { status: 201, body: { passkey_id: result.passkeyId, recovery_codes: listOrNull(result.recoveryCodes) } } : refuseWith(ctx, result)
      }),
    }),
  ]
}

function passkeyEndpoints(deps: SelfServiceDeps): EndpointDoor[] {
  const common = { path: '/api/v1/me/passkeys/:passkey_id', access: mayWriteFresh, params: byPasskey } as const
  return [
    endpoint({
      ...common, method: 'PATCH', body: z.strictObject({ name: text }), response: z.object({ passkey_id: z.string(), name: z.string() }), summary: 'Gives a passkey another name.',
      handle: ({ ctx, caller, origin, params, body }) => forAccount(caller, async (accountId) => {
        const result = await renamePasskey(deps.factors, { accountId, passkeyId: params.passkey_id, name: body.name, actor: accountId, origin })
        return result.ok ? { status: 200, body: { passkey_id: params.passkey_id, name: result.name } } : refuseWith(ctx, result)
      }),
    }),
    endpoint({
      ...common, method: 'DELETE', response: z.undefined(), summary: 'Removes a passkey.',
      handle: ({ ctx, caller, origin, params }) => forAccount(caller, async (accountId) => {
        const result = await removePasskey(deps.factors, { accountId, passkeyId: params.passkey_id, actor: accountId, origin })
        return result.ok ? done : refuseWith(ctx, result)
      }),
    }),
  ]
}

function listOrNull(codes: readonly string[] | null): string[] | null {
  return codes === null ? null : [...codes]
}
