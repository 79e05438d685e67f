/** SQL for helping members: what must be known of an account across tenants before one of them may touch it. Reads only. */
import { sql } from 'kysely'
import type { EngineTrx } from '../base/db.ts'
import type { Administrator } from './membership.ts'

export interface HelpedRow {
  readonly account_id: string
  readonly email: string | null
  /** For another tenant, or as an operator. Which, is not said. */
  readonly acts_elsewhere: boolean
}

export async function findHelped(trx: EngineTrx, { tenantId, accountId }: { readonly tenantId: string; readonly accountId: string }): Promise<HelpedRow | undefined> {
  const found = await sql<HelpedRow>`
    select a.id as account_id, a.email,
      exists (select from membership m where m.account_id = a.id and m.tenant_id <> ${tenantId}::uuid and m.status in ('active', 'suspended'))
        or exists (select from operator o where o.account_id = a.id) as acts_elsewhere
    from account a where a.id = ${accountId}`.execute(trx.query)
  return found.rows[0]
}

/** Who can administer the tenant at this moment, as lockAdministrators has it, without holding them. */
export async function listAdministratorsOf(trx: EngineTrx, tenantId: string): Promise<readonly Administrator[]> {
  const found = await sql<Administrator>`
    select m.id, m.role_id, m.valid_until is null and a.delete_after is null as lasts
    from membership m join role r on r.tenant_id = m.tenant_id and r.id = m.role_id join account a on a.id = m.account_id
    where m.tenant_id = ${tenantId}::uuid and m.status = 'active' and a.status = 'active' and 'tenant:admin' = any (r.permissions)
      and (m.valid_from is null or m.valid_from <= now()) and (m.valid_until is null or now() < m.valid_until)`.execute(trx.query)
  return found.rows
}
