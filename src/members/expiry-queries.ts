/** SQL of memberships that have run out, across tenants. */
import { sql } from 'kysely'
import type { EngineTrx } from '../base/db.ts'

export interface ExpiredRow {
  readonly tenant_id: string
  readonly id: string
  readonly account_id: string
  readonly status: string
  readonly valid_until: Date | null
}

/** Marks at most `limit` memberships that ran out and were not told of, passing by those that another process is marking. */
export async function updateExpiryTold(trx: EngineTrx, limit: number): Promise<readonly ExpiredRow[]> {
  const found = await sql<ExpiredRow>`
    update membership set expiry_told_at = now()
    where (tenant_id, id) in (
      select tenant_id, id from membership where valid_until <= now() and valid_until is not null and expiry_told_at is null
      order by valid_until limit ${limit}::int for no key update skip locked)
    returning tenant_id, id, account_id, status, valid_until`.execute(trx.query)
  return found.rows
}
