/**
 * The JSON doors for helping a member who has lost something, and to their sessions. The dangerous ones ask for a fresh sign-in; who
 * may help whom is help-member.ts's.
 */
import { z } from 'zod'
import type { AccountDeps } from '../accounts/account-deps.ts'
import { parseMembershipId, type TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { endpoint, refusal, type Caller, type EndpointDoor } from '../http/endpoint.ts'
import { byId, inTenantOf, moverOf } from './api.ts'
import { refuse } from './api-refusal.ts'
import { endMemberSessions } from './end-member-sessions.ts'
import { issueMemberActivation } from './issue-member-activation.ts'
import type { MemberHelp } from './help-member.ts'
import type { MemberSessions } from './member-sessions.ts'
import type { Permission } from './permission.ts'
import { findMember } from './queries.ts'
import { resetMemberFactors } from './reset-member-factors.ts'

export interface HelpDeps {
  readonly accounts: Pick<AccountDeps, 'databases' | 'masterKey' | 'attempts' | 'sessions'>
  readonly memberSessions: MemberSessions
  readonly issuer: string
}

const resetAccess = { scope: 'members:write', permission: 'factor:reset', fresh: true } as const satisfies { scope: string; permission: Permission; fresh: true }
const endAccess = { scope: 'members:write', permission: 'session:end' } as const satisfies { scope: string; permission: Permission }
const seeAccess = { scope: 'members:read', permission: 'session:end' } as const satisfies { scope: string; permission: Permission }

const sessionShape = z.object({ session_id: z.string(), user_agent: z.string().nullable(), since: z.iso.datetime(), last_seen_at: z.iso.datetime(), apps: z.array(z.string()) })

export function helpEndpoints(deps: HelpDeps): EndpointDoor[] {
  const { accounts, issuer } = deps
  return [
    endpoint({
      method: 'POST', path: '/api/v1/members/:membership_id/reset-factors', access: resetAccess, params: byId, body: z.strictObject({ reason: z.string().min(1).max(200) }), response: z.undefined(),
      summary: 'Takes all second factors of a member away and signs them out everywhere; they are told by mail.',
      handle: ({ caller, params, body, origin }) => inTenantOf(caller, async (tenantId) => {
        const result = await resetMemberFactors(accounts, { ...helpOf({ caller, tenantId, origin, membershipId: params.membership_id }), reason: body.reason })
        return result.ok ? { status: 204, body: undefined } : refuse(result.reason)
      }),
    }),
    endpoint({
      method: 'POST', path: '/api/v1/members/:membership_id/activation', access: resetAccess, params: byId, response: z.object({ link: z.url(), expires_at: z.iso.datetime() }),
      summary: 'Makes a one-time link by which a member without an address sets a password; it is shown once.',
      handle: ({ caller, params, origin }) => inTenantOf(caller, async (tenantId) => {
        const result = await issueMemberActivation(accounts, helpOf({ caller, tenantId, origin, membershipId: params.membership_id }))
        return result.ok ? { status: 200, body: { link: `${issuer}${result.path}`, expires_at: result.expiresAt.toISOString() } } : refuse(result.reason)
      }),
    }),
    ...sessionEndpoints(deps),
  ]
}

function sessionEndpoints({ accounts: { databases }, memberSessions }: HelpDeps): EndpointDoor[] {
  return [
    endpoint({
      method: 'GET', path: '/api/v1/members/:membership_id/sessions', access: seeAccess, params: byId, response: z.object({ sessions: z.array(sessionShape) }),
      summary: 'The sessions in which a member acts for this tenant.',
      handle: ({ caller, params: { membership_id: membershipId } }) => inTenantOf(caller, async (tenantId) => {
        if ((await databases.inTenant(tenantId, (trx) => findMember(trx, membershipId))) === undefined) return refusal(404, 'not_found')
        const sessions = await databases.inEngine((trx) => memberSessions.list(trx, { tenantId, membershipId }))
        const shown = sessions.map(({ uid, userAgent, createdAt, lastSeenAt, apps }) => (
          { session_id: uid, user_agent: userAgent, since: createdAt.toISOString(), last_seen_at: lastSeenAt.toISOString(), apps: [...apps] }
        ))
        return { status: 200, body: { sessions: shown } }
      }),
    }),
    endpoint({
      method: 'POST', path: '/api/v1/members/:membership_id/end-sessions', access: endAccess, params: byId, response: z.object({ ended: z.int() }),
      summary: 'Ends every session in which a member acts for this tenant, with its tokens.',
      handle: ({ caller, params, origin }) => inTenantOf(caller, async (tenantId) => {
        const result = await endMemberSessions({ databases, memberSessions }, helpOf({ caller, tenantId, origin, membershipId: params.membership_id }))
        return result.ok ? { status: 200, body: { ended: result.ended } } : refuse(result.reason)
      }),
    }),
  ]
}

function helpOf({ caller, tenantId, membershipId, origin }: { readonly caller: Caller; readonly tenantId: TenantId; readonly membershipId: string; readonly origin: Origin }): MemberHelp {
  return { tenantId, membershipId: parseMembershipId(membershipId), ...moverOf(caller), origin }
}
