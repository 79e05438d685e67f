/** SQL of what only the console's pages about members ask. Reads only. */
import { sql } from 'kysely'
import type { TenantTrx } from '../base/db.ts'

/** How many are active and how many are invited. */
export async function countByStatus(trx: TenantTrx): Promise<{ readonly active: number; readonly invited: number }> {
  return trx.query
    .selectFrom('membership')
    .select([sql<number>`count(*) filter (where status = 'active')`.as('active'), sql<number>`count(*) filter (where status = 'invited')`.as('invited')])
    .where('tenant_id', '=', trx.tenantId)
    .where('status', 'in', ['active', 'invited'])
    .executeTakeFirstOrThrow()
}
