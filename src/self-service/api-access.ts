/** The JSON doors to what acts for a person: their sessions, the apps they let in, the tenants they belong to. */
import { z } from 'zod'
import { endpoint, refusal, type EndpointDoor } from '../http/endpoint.ts'
import { clientIdField, idField } from '../http/fields.ts'
import { leaveTenant } from '../members/leave-tenant.ts'
import { done, forAccount, mayRead, mayWrite, mayWriteFresh, refuseWith } from './api-door.ts'
import type { SelfServiceDeps } from './deps.ts'
import { appShape, appsOf, membershipShape, membershipsOf, sessionShape, sessionsOf } from './own-records.ts'

const sessionField = z.string().regex(/^[A-Za-z0-9_-]{1,255}$/, 'must be the id of a session')
const bySession = z.object({ session_uid: sessionField })
const byClient = z.object({ client_id: clientIdField })
const byMembership = z.object({ membership_id: idField })
const ofMembership = z.object({ membership_id: idField.optional() })

export function accessEndpoints(deps: SelfServiceDeps): EndpointDoor[] {
  return [...sessionEndpoints(deps), ...membershipEndpoints(deps), ...appEndpoints(deps)]
}

function sessionEndpoints(deps: SelfServiceDeps): EndpointDoor[] {
  return [
    endpoint({
      method: 'GET', path: '/api/v1/me/sessions', access: mayRead, response: z.object({ sessions: z.array(sessionShape) }), summary: 'Where the person is signed in.',
      handle: ({ caller }) => forAccount(caller, async (accountId) => ({ status: 200, body: { sessions: await sessionsOf(deps, accountId) } })),
    }),
    endpoint({
      method: 'DELETE', path: '/api/v1/me/sessions/:session_uid', access: mayWriteFresh, params: bySession, response: z.undefined(), summary: 'Ends a session; its apps are told.',
      handle: ({ caller, origin, params }) => forAccount(caller, async (accountId) =>
        (await deps.sessions.end({ accountId, uid: params.session_uid, origin })) ? done : refusal(404, 'not_found')),
    }),
    endpoint({
      method: 'POST', path: '/api/v1/me/sessions/end-others', access: mayWriteFresh, summary: 'Ends every session but one of them.',
      body: z.strictObject({ keep_session_uid: sessionField }), response: z.object({ ended: z.number() }),
      handle: ({ caller, origin, body }) => forAccount(caller, async (accountId) => {
        const { keep_session_uid: keepSessionUid } = body
        // A slip in the id would end the very session that was meant to stay.
        if (!(await deps.sessions.list(accountId)).some(({ uid }) => uid === keepSessionUid)) return refusal(404, 'not_found')
        return { status: 200, body: { ended: await deps.sessions.endOthers({ accountId, keepSessionUid, origin }) } }
      }),
    }),
  ]
}

function membershipEndpoints(deps: SelfServiceDeps): EndpointDoor[] {
  return [
    endpoint({
      method: 'GET', path: '/api/v1/me/memberships', access: mayRead, response: z.object({ memberships: z.array(membershipShape) }), summary: 'The tenants that the person belongs to, and belonged to.',
      handle: ({ caller }) => forAccount(caller, async (accountId) => ({ status: 200, body: { memberships: await membershipsOf(deps, accountId) } })),
    }),
    endpoint({
      method: 'POST', path: '/api/v1/me/memberships/:membership_id/leave', access: mayWrite, params: byMembership, response: z.undefined(),
      summary: 'Ends the person’s own membership; refused for the last administrator.',
      handle: ({ ctx, caller, origin, params }) => forAccount(caller, async (accountId) => {
        const result = await leaveTenant(deps.members, { accountId, membershipId: params.membership_id, origin })
        return result.ok ? done : refuseWith(ctx, result)
      }),
    }),
  ]
}

function appEndpoints(deps: SelfServiceDeps): EndpointDoor[] {
  return [
    endpoint({
      method: 'GET', path: '/api/v1/me/apps', access: mayRead, response: z.object({ apps: z.array(appShape) }), summary: 'The apps that may see something of the person.',
      handle: ({ caller }) => forAccount(caller, async (accountId) => ({ status: 200, body: { apps: await appsOf(deps, accountId) } })),
    }),
    endpoint({
      method: 'DELETE', path: '/api/v1/me/apps/:client_id', access: mayWrite, params: byClient, query: ofMembership, response: z.undefined(),
      summary: 'Takes back what an app was allowed for a membership, or for the person alone where none is named; its tokens end.',
      handle: ({ caller, origin, params, query }) => forAccount(caller, async (accountId) => {
        const revoked = await deps.apps.revoke({ accountId, clientId: params.client_id, membershipId: query.membership_id ?? null, origin })
        return revoked ? done : refusal(404, 'not_found')
      }),
    }),
  ]
}
