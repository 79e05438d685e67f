/**
 * The JSON doors to a tenant's members. The tenant is always the token's own, never a parameter; scope and permission are
 * asked before a handler runs (http/run-endpoint.ts), what remains is asked by the commands.
 */
import { z } from 'zod'
import type { Databases } from '../base/db.ts'
import { isTenantId, parseMembershipId, type TenantId } from '../base/ids.ts'
import { endpoint, refusal, type Caller, type EndpointDoor, type EndpointRefusal } from '../http/endpoint.ts'
import { expecting, type Expectation } from '../http/etag.ts'
import { idField } from '../http/fields.ts'
import { refuse } from './api-refusal.ts'
import type { MembershipChange, MembershipChangeResult, MembershipDeps } from './change-membership.ts'
import { endMembership } from './end-membership.ts'
import { memberSources } from './member-list.ts'
import type { Permission } from './permission.ts'
import { findMember, type MemberRow } from './queries.ts'
import { resumeMembership } from './resume-membership.ts'
import { suspendMembership } from './suspend-membership.ts'

export const memberShape = z.object({
  membership_id: z.uuid(),
  account_id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  status: z.enum(['invited', 'active', 'suspended', 'ended']),
  role: z.string(),
  role_id: z.uuid(),
  units: z.array(z.string()),
  heads: z.array(z.string()),
  employee_number: z.string().nullable(),
  title: z.string().nullable(),
  source: z.enum(memberSources),
  second_factors: z.array(z.string()),
  last_seen_on: z.iso.date().nullable(),
  joined_at: z.iso.datetime().nullable(),
  valid_from: z.iso.datetime().nullable(),
  valid_until: z.iso.datetime().nullable(),
}).meta({ id: 'Member' })

export const byId = z.object({ membership_id: idField })
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
      method: 'GET', path: '/api/v1/members/:membership_id', access: read, params: byId, response: memberShape, etag: true, summary: 'One member of the tenant.',
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
    method: 'POST', path: `/api/v1/members/:membership_id/${verb}`, access: write, params: byId, response: memberShape, guarded: true, summary,
    handle: ({ caller, params, origin, ifMatch }) => inTenantOf(caller, async (tenantId) => {
      const result = await change(deps, { tenantId, membershipId: parseMembershipId(params.membership_id), ...moverOf(caller), expect: expectMember(ifMatch, params.membership_id), origin })
      return result.ok ? answerMember(deps.databases, tenantId, params.membership_id) : refuse(result.reason)
    }),
  })
}

/** A token without a tenant has no members to speak of. */
export function inTenantOf<T>(caller: Caller, answer: (tenantId: TenantId) => Promise<T>): Promise<T> | EndpointRefusal {
  if (caller.tenantId === null || !isTenantId(caller.tenantId)) return refusal(403, 'tenant_required', 'The access token was not given for a tenant.')
  return answer(caller.tenantId)
}

/** A machine of the tenant has no membership, and permissions of its own; an operator is inside by break-glass. */
export function moverOf(caller: Caller): Pick<MembershipChange, 'mover'> {
  if (caller.breakGlassId !== null) return { mover: { kind: 'operator', accountId: caller.accountId } }
  return { mover: { kind: 'member', accountId: caller.accountId, membershipId: caller.membershipId ?? '', permissions: caller.permissions } }
}

/** For If-Match at the doors that change a member. */
export function expectMember(ifMatch: string | null, membershipId: string): Expectation | undefined {
  return expecting(ifMatch, async (trx) => {
    const row = await findMember(trx, membershipId)
    return row === undefined ? null : presentMember(row)
  })
}

export async function answerMember(databases: Databases, tenantId: TenantId, membershipId: string) {
  const row = await databases.inTenant(tenantId, (trx) => findMember(trx, membershipId))
  return row === undefined ? refusal(404, 'not_found') : { status: 200, body: presentMember(row) }
}

export function presentMember(row: MemberRow): z.input<typeof memberShape> {
  return {
    membership_id: row.id,
    account_id: row.account_id,
    name: row.shown_name,
    email: row.email,
    status: memberShape.shape.status.parse(row.status),
    role: row.role,
    role_id: row.role_id,
    units: row.units,
    heads: row.heads,
    employee_number: row.employee_number,
    title: row.title,
    source: memberShape.shape.source.parse(row.source),
    second_factors: row.second_factors,
    last_seen_on: row.last_seen_on,
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
