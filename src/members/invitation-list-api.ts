/** The JSON doors to the list of a tenant's invitations, to how far those of each inviter have come, and to inviting many at once. */
import { z } from 'zod'
import { endpoint, type EndpointDoor } from '../http/endpoint.ts'
import { idField, limitField, namesField, numberField, textField } from '../http/fields.ts'
import { inTenantOf, moverOf } from './api.ts'
import { invitationStates } from './invitation.ts'
import { countInvitations, listInvitationFunnel, listInvitationPage, type InvitationFilter } from './invitation-list-queries.ts'
import { inviteMany, mostInvitedAtOnce } from './invite-many.ts'
import type { InvitationDeps } from './invite-member.ts'
import type { Permission } from './permission.ts'
import { readAccess } from './role-api.ts'

const write = { scope: 'members:write', permission: 'member:invite' } as const satisfies { scope: string; permission: Permission }

const itemShape = z.object({
  membership_id: z.uuid(), state: z.enum(invitationStates), name: z.string(), email: z.string().nullable(), employee_number: z.string().nullable(), role: z.string(), unit_names: z.array(z.string()),
  invited_by: z.uuid().nullable(), inviter_name: z.string().nullable(), sent_at: z.iso.datetime().nullable(), sent_count: z.int(), expires_at: z.iso.datetime(), accepted_at: z.iso.datetime().nullable(),
})

/** What the address of a list of invitations says, the same for programs and people. */
export const invitationFilterQuery = z.object({
  /** Several with commas between them. */
  state: namesField(invitationStates).optional(),
  search: z.string().max(100).optional(),
  invited_by: idField.optional(),
  import_id: idField.optional(),
  wave: numberField(1).optional(),
})

export function invitationFilterOf({ state, search, invited_by: invitedBy, import_id: importId, wave }: z.output<typeof invitationFilterQuery>): InvitationFilter {
  return { state, search, invitedBy, wave: importId === undefined || wave === undefined ? undefined : { importId, number: wave } }
}

const page = invitationFilterQuery.extend({
  cursor: idField.optional(),
  limit: limitField,
})

const funnelShape = z.object({
  invited_by: z.uuid().nullable(), inviter_name: z.string().nullable(), invited: z.int(), sent: z.int(), open: z.int(), accepted: z.int(), declined: z.int(), expired: z.int(), revoked: z.int(),
  median_seconds_to_accept: z.int().nullable(),
})

const list = z.strictObject({
  addresses: z.array(textField(254).meta({ format: 'email' })).min(1).max(mostInvitedAtOnce), role: textField(50), units: z.array(textField(64)).max(50).default([]), locale: z.enum(['ja', 'en']).default('ja'), client_id: textField(255).nullable().default(null), reinvite: z.boolean().default(false),
})

export function invitationListEndpoints(deps: InvitationDeps): EndpointDoor[] {
  const { databases } = deps
  return [
    endpoint({
      method: 'GET', path: '/api/v1/invitations', access: readAccess, query: page, summary: 'The invitations of the tenant with how each stands, the newest first.',
      response: z.object({ invitations: z.array(itemShape), total: z.int(), next_cursor: z.string().nullable() }),
      handle: ({ caller, query }) => inTenantOf(caller, async (tenantId) => {
        const filter = invitationFilterOf(query)
        const { rows, hasNext, total } = await databases.inTenant(tenantId, async (trx) => ({
          ...(await listInvitationPage(trx, { filter, cursor: query.cursor === undefined ? null : { after: query.cursor }, limit: query.limit })), total: await countInvitations(trx, filter),
        }))
        const shown = rows.map(({ shown_name: name, sent_at, expires_at, accepted_at, ...row }) => (
          { ...row, name, sent_at: sent_at?.toISOString() ?? null, expires_at: expires_at.toISOString(), accepted_at: accepted_at?.toISOString() ?? null }
        ))
        return { status: 200, body: { invitations: shown, total, next_cursor: hasNext ? (rows.at(-1)?.membership_id ?? null) : null } }
      }),
    }),
    endpoint({
      method: 'GET', path: '/api/v1/invitations/funnel', access: readAccess, response: z.object({ inviters: z.array(funnelShape) }), summary: 'How far the invitations of each inviter have come.',
      handle: ({ caller }) => inTenantOf(caller, async (tenantId) => ({ status: 200, body: { inviters: [...(await databases.inTenant(tenantId, listInvitationFunnel))] } })),
    }),
    endpoint({
      method: 'POST', path: '/api/v1/invitations/bulk', access: write, body: list, summary: `Invites as many as ${mostInvitedAtOnce} addresses into the same role, each with its own outcome.`,
      response: z.object({ invited: z.int(), outcomes: z.array(z.object({ email: z.string(), membership_id: z.uuid().nullable(), reason: z.string().nullable() })) }),
      handle: ({ caller, body, origin }) => inTenantOf(caller, async (tenantId) => {
        const { addresses, role, units, locale, client_id: clientId, reinvite } = body
        const outcomes = await inviteMany(deps, addresses, { tenantId, role, units, locale, clientId, reinvite, ...moverOf(caller), origin })
        const shown = outcomes.map(({ email, result }) => ({ email, membership_id: result.ok ? result.membershipId : null, reason: result.ok ? null : result.reason }))
        return { status: 200, body: { invited: shown.filter(({ reason }) => reason === null).length, outcomes: shown } }
      }),
    }),
  ]
}
