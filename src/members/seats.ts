/**
 * Counts who sits in a tenant, at every way to become or stay somebody who uses a seat.
 * Invariant: whoever counts has locked the tenant first (`lockSeats`), so two who ask for the last seat ask one after the other.
 */
import type { EngineTrx, TenantTrx } from '../base/db.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { countSeats, type LockedTenant } from './seat-queries.ts'

export interface SeatWish {
  /** As lockSeats gave it. */
  readonly tenant: LockedTenant
  readonly wanted: number
  readonly actor: string | null
  readonly origin: Origin
}

/** Null where so many more may sit down; else the refusal, of which the tenant's administrators are told by the log. */
export async function takeSeats(trx: EngineTrx | TenantTrx, { tenant, wanted, actor, origin }: SeatWish): Promise<'seat_limit_reached' | null> {
  const { id: tenantId, seat_limit: limit } = tenant
  if (limit === null || wanted === 0 || (await countSeats(trx, tenantId)) + wanted <= limit) return null
  await record(trx, { type: 'tenant.seat_limit_reached', outcome: 'refused', tenantId, subject: tenantId, actor, origin, after: { limit } })
  return 'seat_limit_reached'
}
