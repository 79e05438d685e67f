/**
 * The JSON doors to a tenant's members. The tenant is always the token's own, never a parameter; scope and permission are
 * asked before a handler runs (http/run-endpoint.ts), what remains is asked by the commands.
 */
import { z } from 'zod'
import type { Databases } from '../base/db.ts'
import { isMembershipId, isTenantId, parseMembershipId, type TenantId } from '../base/ids.ts'
import { endpoint, refusal, type Caller, type EndpointDoor, type EndpointRefusal } from '../http/endpoint.ts'
import type { MembershipChange, MembershipChangeResult, MembershipDeps } from './change-membership.ts'
import { endMembership } from './end-membership.ts'
import type { Permission } from './permission.ts'
import { findMember, listMembers, type MemberRow } from './queries.ts'
import { resumeMembership } from './resume-membership.ts'
import { suspendMembership } from './suspend-membership.ts'

export const memberShape = z.object({
  membership_id: z.uuid(),
  account_id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  status: z.enum(['invited', 'active', 'suspended', 'ended']),
  role: z.string(),
  units: z.array(z.string()),
  employee_number: z.string().nullable(),
  title: z.string().nullable(),
  joined_at: z.iso.datetime().nullable(),
  valid_from: z.iso.datetime().nullable(),
  valid_until: z.iso.datetime().nullable(),
})

export const byId = z.object({ membership_id: z.string().refine(isMembershipId, 'must be the id of a membership') })
const page = z.object({
  cursor: z.string().refine(isMembershipId, 'must be a cursor of an earlier answer').optional(),
  limit: z.coerce.number().pipe(z.int().min(1).max(100)).default(50),
})

const read = { scope: 'members:read', permission: 'member:read' } as const satisfies { scope: string; permission: Permission }
const write = { scope: 'members:write', permission: 'member:suspend' } as const satisfies { scope: string; permission: Permission }

export function memberEndpoints(deps: MembershipDeps): EndpointDoor[] {
  return [
    endpoint({
      method: 'GET', path: '/api/v1/me', access: {}, summary: 'Who the access token speaks for, and what they may do.',
      response: z.object({
        account_id: z.string().nullable(), client_id: z.string(), tenant_id: z.string().nullable(), membership_id: z.string().nullable(),
        permissions: z.array(z.string()), scopes: z.array(z.string()),
      }),
      handle: ({ caller }) => ({ status: 200, body: meOf(caller) }),
    }),
    endpoint({
      method: 'GET', path: '/api/v1/members', access: read, query: page, summary: 'The members of the tenant, in order of id.',
      response: z.object({ members: z.array(memberShape), next_cursor: z.string().nullable() }),
      handle: ({ caller, query }) => inTenantOf(caller, (tenantId) => answerPage(deps.databases, tenantId, { after: query.cursor ?? null, limit: query.limit })),
    }),
    endpoint({
      method: 'GET', path: '/api/v1/members/:membership_id', access: read, params: byId, response: memberShape, summary: 'One member of the tenant.',
      handle: ({ caller, params }) => inTenantOf(caller, (tenantId) => answerMember(deps.databases, tenantId, params.membership_id)),
    }),
    changeEndpoint(deps, { verb: 'suspend', change: suspendMembership, summary: 'Suspends a membership; its tokens end at once.' }),
    changeEndpoint(deps, { verb: 'resume', change: resumeMembership, summary: 'Resumes a suspended membership.' }),
    changeEndpoint(deps, { verb: 'end', change: endMembership, summary: 'Ends a membership; its tokens end at once.' }),
  ]
}

interface ChangeDoor {
  readonly verb: string
  readonly change: (deps: MembershipDeps, change: MembershipChange) => Promise<MembershipChangeResult>
  readonly summary: string
}

function changeEndpoint(deps: MembershipDeps, { verb, change, summary }: ChangeDoor): EndpointDoor {
  return endpoint({
    method: 'POST', path: `/api/v1/members/:membership_id/${verb}`, access: write, params: byId, response: memberShape, summary,
    handle: ({ caller, params, origin }) => inTenantOf(caller, async (tenantId) => {
      const result = await change(deps, { tenantId, membershipId: parseMembershipId(params.membership_id), ...moverOf(caller), origin })
      if (!result.ok) return refusal(statusOf(result.reason), result.reason)
      return answerMember(deps.databases, tenantId, params.membership_id)
    }),
  })
}

/** A token without a tenant has no members to speak of. */
export function inTenantOf<T>(caller: Caller, answer: (tenantId: TenantId) => Promise<T>): Promise<T> | EndpointRefusal {
  if (caller.tenantId === null || !isTenantId(caller.tenantId)) return refusal(403, 'tenant_required', 'The access token was not given for a tenant.')
  return answer(caller.tenantId)
}

/** The doors ask for a permission, which only a membership has; a machine without one is stopped there. */
export function moverOf(caller: Caller): Pick<MembershipChange, 'mover'> {
  return { mover: { kind: 'member', accountId: caller.accountId, membershipId: caller.membershipId ?? '', permissions: caller.permissions } }
}

function statusOf(reason: (MembershipChangeResult & { ok: false })['reason']): number {
  if (reason === 'not_found') return 404
  return reason === 'higher_role' || reason === 'own_membership' ? 403 : 409
}

async function answerPage(databases: Databases, tenantId: TenantId, { after, limit }: { after: string | null; limit: number }) {
  // One more than asked for tells whether there is another page.
  const rows = await databases.inTenant(tenantId, (trx) => listMembers(trx, { after, limit: limit + 1 }))
  const shown = rows.slice(0, limit)
  const next = rows.length > limit ? (shown.at(-1)?.id ?? null) : null
  return { status: 200, body: { members: shown.map(present), next_cursor: next } }
}

export async function answerMember(databases: Databases, tenantId: TenantId, membershipId: string) {
  const row = await databases.inTenant(tenantId, (trx) => findMember(trx, membershipId))
  return row === undefined ? refusal(404, 'not_found') : { status: 200, body: present(row) }
}

function present(row: MemberRow): z.input<typeof memberShape> {
  return {
    membership_id: row.id,
    account_id: row.account_id,
    name: row.name,
    email: row.email,
    status: memberShape.shape.status.parse(row.status),
    role: row.role,
    units: row.units,
    employee_number: row.employee_number,
    title: row.title,
    joined_at: row.joined_at?.toISOString() ?? null,
    valid_from: row.valid_from?.toISOString() ?? null,
    valid_until: row.valid_until?.toISOString() ?? null,
  }
}

function meOf(caller: Caller) {
  return {
    account_id: caller.accountId,
    client_id: caller.clientId,
    tenant_id: caller.tenantId,
    membership_id: caller.membershipId,
    permissions: [...caller.permissions],
    scopes: [...caller.scopes],
  }
}
