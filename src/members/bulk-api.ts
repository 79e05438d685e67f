/**
 * The JSON door to acts on many members. It takes the strongest permission of what it can do, asked for each act, because one door has
 * one permission; the commands behind ask the rest.
 */
import { z } from 'zod'
import { endpoint, refusal, type EndpointDoor } from '../http/endpoint.ts'
import { idField } from '../http/fields.ts'
import { inTenantOf, moverOf } from './api.ts'
import { bulkChange, mostAtOnce } from './bulk-change.ts'
import type { MembershipDeps } from './change-membership.ts'
import type { InvitationDeps } from './invite-member.ts'
import type { Permission } from './permission.ts'

const change = z.discriminatedUnion('act', [
  z.strictObject({ act: z.enum(['suspend', 'resume', 'end', 'resend_invitation']) }),
  z.strictObject({ act: z.literal('change_role'), role: z.string().max(1000) }),
  z.strictObject({ act: z.enum(['add_unit', 'remove_unit']), unit: z.string().max(1000) }),
])

/** The permission that the act needs where it is done to one. */
export const permissionOfAct = {
  suspend: 'member:suspend', resume: 'member:suspend', end: 'member:suspend', resend_invitation: 'member:invite', change_role: 'member:update', add_unit: 'member:update', remove_unit: 'member:update',
} as const satisfies Record<z.output<typeof change>['act'], Permission>

export function bulkEndpoints(deps: MembershipDeps & InvitationDeps): EndpointDoor[] {
  return [
    endpoint({
      method: 'POST', path: '/api/v1/members/bulk', access: { scope: 'members:write', permission: 'member:read' },
      body: z.strictObject({ membership_ids: z.array(idField).min(1).max(mostAtOnce), change }),
      response: z.object({ done: z.int(), outcomes: z.array(z.object({ membership_id: z.string(), reason: z.string().nullable() })) }),
      summary: `The same change to as many as ${mostAtOnce} members, each with its own outcome; it takes the permission that the change needs for one.`,
      handle: ({ caller, body, origin }) => inTenantOf(caller, async (tenantId) => {
        if (!caller.permissions.includes(permissionOfAct[body.change.act])) return refusal(403, 'permission_missing')
        const outcomes = await bulkChange(deps, { tenantId, membershipIds: body.membership_ids, change: body.change, ...moverOf(caller), origin })
        return {
          status: 200,
          body: { done: outcomes.filter(({ reason }) => reason === null).length, outcomes: outcomes.map(({ membershipId, reason }) => ({ membership_id: membershipId, reason })) },
        }
      }),
    }),
  ]
}
