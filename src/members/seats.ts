/**
 * Counts who sits in a tenant. Invariant: whoever counts has locked the tenant first (`lockSeats`), so two who ask for the last
 * seat ask one after the other.
 */
import type { EngineTrx } from '../base/db.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { countSeats, type LockedTenant } from './invitation-queries.ts'

/** Whether no further member with a role that uses a seat can be active. */
export async function areSeatsTaken(trx: EngineTrx, tenantId: string, { seat_limit: limit }: Pick<LockedTenant, 'seat_limit'>): Promise<boolean> {
  return limit !== null && (await countSeats(trx, tenantId)) >= limit
}

/** Tells the tenant's administrators, by the log, that somebody could not come in. */
export async function recordSeatLimit(trx: EngineTrx, { tenantId, limit, actor, origin }: { tenantId: string; limit: number | null; actor: string | null; origin: Origin }): Promise<void> {
  await record(trx, { type: 'tenant.seat_limit_reached', outcome: 'refused', tenantId, subject: tenantId, actor, origin, after: { limit } })
}
