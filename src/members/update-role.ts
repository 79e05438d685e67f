/**
 * Changes the name, the description, the permissions or the seat of a role; what is absent stays as it is. Its holders have it from the next token
 * on, and at our own doors at once.
 * Invariants: nobody touches a role that has, or gives it, a permission that they lack; the tenant keeps an administrator who can
 * act, also when a membership or another role changes at once; never more members than seats; nobody administers by having registered.
 */
import type { Databases, TenantTrx } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { isUnexpected, type Expectation } from '../http/etag.ts'
import { grantRefusal, isAdministrator, losesAdministrator, type Administrator, type Mover } from './membership.ts'
import { lockAdministrators } from './queries.ts'
import { normaliseDescription, normaliseRoleName, readPermissions } from './role.ts'
import { countActive, isRegistrationRole, lockRoles, updateRole as updateRow, type RoleRow } from './role-queries.ts'
import { lockSeats, type LockedTenant } from './seat-queries.ts'
import { takeSeats } from './seats.ts'

export interface UpdateRoleInput {
  readonly tenantId: TenantId
  readonly roleId: string
  readonly name?: string | undefined
  /** At most 300 characters; null for none. */
  readonly description?: string | null | undefined
  readonly permissions?: readonly string[] | undefined
  readonly usesSeat?: boolean | undefined
  readonly mover: Mover
  readonly expect?: Expectation | undefined
  readonly origin: Origin
}

type UpdateRefusal = 'precondition_failed' | 'invalid_name' | 'invalid_description' | 'unknown_permission' | 'role_above_own' | 'name_taken' | 'registration_role' | 'last_admin' | 'seat_limit_reached'
export type RoleUpdate = { readonly ok: true } | { readonly ok: false; readonly reason: 'not_found' | UpdateRefusal }

export function updateRole(deps: { readonly databases: Databases }, input: UpdateRoleInput): Promise<RoleUpdate> {
  return deps.databases.inTenant(input.tenantId, async (trx): Promise<RoleUpdate> => {
    const tenant = await lockSeats(trx, input.tenantId)
    const administrators = await lockAdministrators(trx)
    const roles = await lockRoles(trx)
    const before = roles.find(({ id }) => id === input.roleId)
    if (before === undefined) return { ok: false, reason: 'not_found' }
    const event = { type: 'role.updated', subject: before.id, actor: input.mover.accountId, origin: input.origin } as const
    const planned = await isUnexpected(trx, input.expect) ? 'precondition_failed' : plan(before, roles, input)
    const reason = typeof planned === 'string' ? planned : await standing(trx, { before, after: planned, administrators, tenant, input })
    if (typeof planned === 'string' || reason !== null) {
      await record(trx, { ...event, outcome: 'refused', reason })
      return { ok: false, reason: typeof planned === 'string' ? planned : (reason ?? 'not_found') }
    }
    if (facts(before) === facts(planned)) return { ok: true }
    await updateRow(trx, planned)
    await record(trx, { ...event, outcome: 'success', before: { ...before }, after: { ...planned } })
    return { ok: true }
  })
}

/** What the role would be, or why it may not be that. */
function plan(before: RoleRow, roles: readonly RoleRow[], input: UpdateRoleInput): RoleRow | UpdateRefusal {
  const name = normaliseRoleName(input.name ?? before.name)
  if (name === null) return 'invalid_name'
  const description = normaliseDescription(input.description === undefined ? before.description : input.description)
  if (description === undefined) return 'invalid_description'
  const permissions = input.permissions === undefined ? before.permissions : readPermissions(input.permissions)
  if (permissions === null) return 'unknown_permission'
  const above = grantRefusal(input.mover, [...before.permissions, ...permissions])
  if (above !== null) return above
  if (roles.some((other) => other.id !== before.id && other.name === name)) return 'name_taken'
  return { id: before.id, name, description, permissions, uses_seat: input.usesSeat ?? before.uses_seat }
}

interface Standing {
  readonly before: RoleRow
  readonly after: RoleRow
  readonly administrators: readonly Administrator[]
  readonly tenant: LockedTenant | undefined
  readonly input: UpdateRoleInput
}

/** What stands in the way in the tenant as it is. */
async function standing(trx: TenantTrx, { before, after, administrators, tenant, input }: Standing): Promise<'registration_role' | 'last_admin' | 'seat_limit_reached' | null> {
  if (before.permissions.length === 0 && after.permissions.length > 0 && (await isRegistrationRole(trx, before.id))) return 'registration_role'
  if (!isAdministrator(after.permissions) && losesAdministrator(administrators, ({ role_id }) => role_id === before.id)) return 'last_admin'
  if (tenant === undefined || before.uses_seat || !after.uses_seat) return null
  return takeSeats(trx, { tenant, wanted: await countActive(trx, before.id), actor: input.mover.accountId, origin: input.origin })
}

function facts({ name, description, permissions, uses_seat: usesSeat }: RoleRow): string {
  return JSON.stringify([name, description, permissions.toSorted(), usesSeat])
}
