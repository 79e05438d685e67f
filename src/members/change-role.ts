/**
 * Gives a member another role, in whatever state the membership is. It counts from the next token on, and at our own doors at once.
 * Invariants: nobody gives a role with a permission that they lack, nor changes their own; the tenant keeps an administrator who
 * can act, also when two are demoted at once, and never more members than seats; a role that goes meanwhile is unknown.
 */
import type { Databases, TenantTrx } from '../base/db.ts'
import type { MembershipId, TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { isUnexpected, type Expectation } from '../http/etag.ts'
import { grantRefusal, isAdministrator, losesAdministrator, moverRefusal, type Administrator, type Mover } from './membership.ts'
import { lockPlace, updateRoleOf, type PlaceRow } from './place-queries.ts'
import { lockAdministrators } from './queries.ts'
import { lockRoleByName, type RoleRow } from './role-queries.ts'
import { lockSeats, type LockedTenant } from './seat-queries.ts'
import { takeSeats } from './seats.ts'

export interface ChangeRoleInput {
  readonly tenantId: TenantId
  readonly membershipId: MembershipId
  /** The name of one of the tenant's roles. */
  readonly role: string
  readonly mover: Mover
  readonly expect?: Expectation | undefined
  readonly origin: Origin
}

export type RoleChange =
  | { readonly ok: true; readonly role: string }
  | { readonly ok: false; readonly reason: 'not_found' | 'precondition_failed' | 'unknown_role' | 'own_membership' | 'higher_role' | 'role_above_own' | 'last_admin' | 'seat_limit_reached' }

export function changeRole(deps: { readonly databases: Databases }, input: ChangeRoleInput): Promise<RoleChange> {
  const { tenantId, membershipId, mover, origin } = input
  return deps.databases.inTenant(tenantId, async (trx): Promise<RoleChange> => {
    // Tenant, administrators, role, membership: the order of every change of roles.
    const tenant = await lockSeats(trx, tenantId)
    const administrators = await lockAdministrators(trx)
    const role = await lockRoleByName(trx, input.role)
    const place = await lockPlace(trx, membershipId)
    if (place === undefined) return { ok: false, reason: 'not_found' }
    const event = { type: 'membership.role_changed', subject: membershipId, actor: mover.accountId, origin } as const
    const reason = await isUnexpected(trx, input.expect) ? 'precondition_failed'
      : role === undefined ? 'unknown_role' : refusalOf(place, role, { mover, administrators }) ?? (await seatRefusal(trx, { tenant, place, role, mover, origin }))
    if (role === undefined || reason !== null) {
      await record(trx, { ...event, outcome: 'refused', reason })
      return { ok: false, reason: reason ?? 'unknown_role' }
    }
    if (place.role === role.name) return { ok: true, role: role.name }
    await updateRoleOf(trx, membershipId, role.id)
    await record(trx, { ...event, outcome: 'success', before: { role: place.role }, after: { role: role.name, account_id: place.account_id } })
    return { ok: true, role: role.name }
  })
}

function refusalOf(place: PlaceRow, role: RoleRow, { mover, administrators }: { readonly mover: Mover; readonly administrators: readonly Administrator[] }) {
  const isLast = losesAdministrator(administrators, ({ id }) => id === place.id)
  return moverRefusal(mover, { membershipId: place.id, rolePermissions: place.permissions })
    ?? grantRefusal(mover, role.permissions)
    ?? (isLast && !isAdministrator(role.permissions) ? 'last_admin' : null)
}

interface Sitting {
  readonly tenant: LockedTenant | undefined
  readonly place: PlaceRow
  readonly role: RoleRow
  readonly mover: Mover
  readonly origin: Origin
}

/** A role that uses a seat, after one that did not, is a seat more. */
async function seatRefusal(trx: TenantTrx, { tenant, place, role, mover, origin }: Sitting) {
  if (tenant === undefined || place.status !== 'active' || place.uses_seat || !role.uses_seat) return null
  return takeSeats(trx, { tenant, wanted: 1, actor: mover.accountId, origin })
}
