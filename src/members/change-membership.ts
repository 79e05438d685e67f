/**
 * The one way a membership is suspended, resumed or ended, for the three commands of those names.
 * Invariants: the tenant keeps an administrator who can act, also when two go at once, and never more members than seats; a membership
 * that stops has no tokens from the same transaction on. Every refusal is an event, but for a membership that this tenant does not have.
 */
import type { Databases, TenantTrx } from '../base/db.ts'
import type { MembershipId, TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import type { EventType } from '../events/catalogue.ts'
import { record } from '../events/record.ts'
import { isUnexpected, type Expectation } from '../http/etag.ts'
import type { GrantEnding } from './grant-ending.ts'
import { isMembershipStatus, losesAdministrator, moveRefusal, moverRefusal, nextStatus, type Mover, type MoveRefusal } from './membership.ts'
import { lockAdministrators, lockMembership, updateStatus } from './queries.ts'
import { lockSeats } from './seat-queries.ts'
import { takeSeats } from './seats.ts'

export interface MembershipDeps {
  readonly databases: Databases
  readonly grants: GrantEnding
}

export interface MembershipChange {
  readonly tenantId: TenantId
  readonly membershipId: MembershipId
  readonly mover: Mover
  readonly expect?: Expectation | undefined
  readonly origin: Origin
}

export type MembershipChangeResult =
  | { readonly ok: true; readonly status: string }
  | { readonly ok: false; readonly reason: 'not_found' | 'precondition_failed' | 'own_membership' | 'higher_role' | 'last_admin' | 'seat_limit_reached' | MoveRefusal }

type Move = 'suspend' | 'resume' | 'end'

const eventOf = { suspend: 'membership.suspended', resume: 'membership.resumed', end: 'membership.ended' } as const satisfies Record<Move, EventType>

export function changeMembership(deps: MembershipDeps, move: Move, change: MembershipChange): Promise<MembershipChangeResult> {
  return deps.databases.inTenant(change.tenantId, (trx) => applyMove(trx, { deps, move, change }))
}

async function applyMove(trx: TenantTrx, { deps, move, change }: { deps: MembershipDeps; move: Move; change: MembershipChange }): Promise<MembershipChangeResult> {
  const { membershipId, mover, origin } = change
  // Tenant, administrators, membership: always in this order, so that two changes wait for each other instead of locking each other out.
  const tenant = move === 'resume' ? await lockSeats(trx, trx.tenantId) : undefined
  const administrators = move === 'resume' ? [] : await lockAdministrators(trx)
  const membership = await lockMembership(trx, membershipId)
  if (membership === undefined || !isMembershipStatus(membership.status)) return { ok: false, reason: 'not_found' }
  const event = { type: eventOf[move], subject: membershipId, actor: mover.accountId, origin } as const
  const status = nextStatus(membership.status, move)
  const reason = moverRefusal(mover, { membershipId, rolePermissions: membership.permissions })
    ?? (await isUnexpected(trx, change.expect) ? 'precondition_failed' : null)
    ?? (status === null ? moveRefusal(membership.status, move) : losesAdministrator(administrators, ({ id }) => id === membershipId) ? 'last_admin' : null)
    ?? (tenant !== undefined && membership.uses_seat ? await takeSeats(trx, { tenant, wanted: 1, actor: mover.accountId, origin }) : null)
  if (status === null || reason !== null) {
    await record(trx, { ...event, outcome: 'refused', reason })
    return { ok: false, reason: reason ?? 'not_found' }
  }
  await updateStatus(trx, membershipId, status)
  await record(trx, { ...event, outcome: 'success', before: { status: membership.status }, after: { status, account_id: membership.account_id } })
  if (move !== 'resume') await deps.grants.endGrants(trx, membershipId)
  return { ok: true, status }
}
