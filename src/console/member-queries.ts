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

/** How these members are called, in the order of lists; those of other tenants are not among them. */
export async function listNames(trx: TenantTrx, membershipIds: readonly string[]): Promise<readonly { readonly id: string; readonly name: string }[]> {
  if (membershipIds.length === 0) return []
  return trx.query.selectFrom('membership').select(['id', 'shown_name as name']).where('tenant_id', '=', trx.tenantId).where('id', 'in', membershipIds).orderBy('sort_name').orderBy('id').execute()
}
