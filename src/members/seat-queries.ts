/** SQL of seats: the lock under which they are counted, and the count. A role that uses none, such as a patient's, is not counted. */
import type { EngineTrx, TenantTrx } from '../base/db.ts'

export interface LockedTenant {
  readonly id: string
  readonly name: string
  readonly status: string
  readonly seat_limit: number | null
  readonly invitation_lifetime_days: number
}

/** The tenant, kept so until the transaction ends: who counts its seats after this counts alone. */
export async function lockSeats(trx: EngineTrx | TenantTrx, tenantId: string): Promise<LockedTenant | undefined> {
  return trx.query.selectFrom('tenant').select(['id', 'name', 'status', 'seat_limit', 'invitation_lifetime_days']).where('id', '=', tenantId).forNoKeyUpdate().executeTakeFirst()
}

/** Active members whose role uses a seat. */
export async function countSeats(trx: EngineTrx | TenantTrx, tenantId: string): Promise<number> {
  const row = await trx.query
    .selectFrom('membership')
    .innerJoin('role', (join) => join.onRef('role.tenant_id', '=', 'membership.tenant_id').onRef('role.id', '=', 'membership.role_id'))
    .select((eb) => eb.fn.countAll<number>().as('seats'))
    .where('membership.tenant_id', '=', tenantId)
    .where('membership.status', '=', 'active')
    .where('role.uses_seat', '=', true)
    .executeTakeFirstOrThrow()
  return row.seats
}
