/** SQL about whom a person can turn to in a tenant. */
import { sql, type Kysely } from 'kysely'
import type { DB } from '../base/schema.ts'

/** Names of up to three people who administer the tenant at this moment, those first who have done so longest. */
export async function listAdministratorNames(db: Kysely<DB>, tenantId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('membership')
    .innerJoin('role', (join) => join.onRef('role.tenant_id', '=', 'membership.tenant_id').onRef('role.id', '=', 'membership.role_id'))
    .innerJoin('account', 'account.id', 'membership.account_id')
    .select('account.display_name')
    .where('membership.tenant_id', '=', tenantId)
    .where('membership.status', '=', 'active')
    .where('account.status', '=', 'active')
    .where(sql<boolean>`'tenant:admin' = any (role.permissions)`)
    .where(sql<boolean>`(membership.valid_until is null or now() < membership.valid_until)`)
    .orderBy('membership.joined_at')
    .limit(3)
    .execute()
  return rows.map((row) => row.display_name)
}
