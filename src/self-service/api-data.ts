/** The JSON doors to what is kept about a person, and to its end: their own log, a copy of everything, erasure. */
import { z } from 'zod'
import { cancelDeletion, requestDeletion } from '../accounts/delete-account.ts'
import { endpoint, refusal, type EndpointDoor } from '../http/endpoint.ts'
import { limitField } from '../http/fields.ts'
import { activityCursorShape, parseActivityCursor, readActivity } from './activity.ts'
import { done, forAccount, mayRead, mayWrite, mayWriteFresh, refuseWith } from './api-door.ts'
import type { SelfServiceDeps } from './deps.ts'
import { exportData, exportShape } from './export-data.ts'
import { eventShape, presentEvent } from './own-records.ts'

const page = z.object({
  cursor: z.string().regex(activityCursorShape, 'must be a cursor of an earlier answer').optional(),
  limit: limitField,
})

export function dataEndpoints(deps: SelfServiceDeps): EndpointDoor[] {
  return [
    endpoint({
      method: 'GET', path: '/api/v1/me/activity', access: mayRead, query: page, summary: 'What happened with the account in the last 90 days, newest first.',
      response: z.object({ events: z.array(eventShape), next_cursor: z.string().nullable() }),
      handle: ({ caller, query }) => forAccount(caller, async (accountId) => {
        const cursor = query.cursor === undefined ? null : parseActivityCursor(query.cursor)
        const { entries, nextCursor } = await readActivity(deps, { accountId, cursor, limit: query.limit })
        return { status: 200, body: { events: entries.map(presentEvent), next_cursor: nextCursor } }
      }),
    }),
    endpoint({
      method: 'GET', path: '/api/v1/me/data', access: { scope: 'account:read', fresh: true }, response: exportShape, summary: 'A copy of all that is kept about the person.',
      handle: ({ ctx, caller, origin }) => forAccount(caller, async (accountId) => {
        const result = await exportData(deps, { accountId, origin })
        return result.ok ? { status: 200, body: result.data } : refuseWith(ctx, result)
      }),
    }),
    endpoint({
      method: 'POST', path: '/api/v1/me/deletion', access: mayWriteFresh, status: 202, idempotent: true, response: z.object({ delete_after: z.iso.datetime() }),
      summary: 'Has the account erased after the grace; until then everything works as before. Refused for a tenant’s last administrator.',
      handle: ({ ctx, caller, origin }) => forAccount(caller, async (accountId) => {
        const result = await requestDeletion(deps.deletion, { accountId, actor: accountId, origin })
        if (result.ok) return { status: 202, idempotent: true, body: { delete_after: result.deleteAfter.toISOString() } }
        return result.reason === 'last_admin' ? refusal(409, result.reason, `Name another administrator first: ${result.tenants.join(', ')}.`) : refuseWith(ctx, result)
      }),
    }),
    endpoint({
      method: 'DELETE', path: '/api/v1/me/deletion', access: mayWrite, response: z.undefined(), summary: 'Keeps the account after all.',
      handle: ({ ctx, caller, origin }) => forAccount(caller, async (accountId) => {
        const result = await cancelDeletion(deps.deletion, { by: { accountId }, actor: accountId, origin })
        return result.ok ? done : refuseWith(ctx, result)
      }),
    }),
  ]
}
