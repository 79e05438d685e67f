/** SQL of what became of the people whom imports invited, for lists and progress. Reads only. */
import { sql } from 'kysely'
import type { TenantTrx } from '../base/db.ts'

export interface Answers {
  readonly wave: number
  readonly joined: number
  readonly open: number
  readonly expired: number
  readonly declined: number
  readonly revoked: number
  /** Of the open ones, those who need their link handed over. */
  readonly without_address: number
}

/** How the people of each wave have answered; waves that invited nobody are left out. */
export async function listAnswers(trx: TenantTrx, importId: string): Promise<readonly Answers[]> {
  const found = await sql<Answers>`
    with invited as (
      select r.wave, i.sent_count, case when i.accepted_at is not null then 'joined' when i.declined_at is not null then 'declined'
        when i.revoked_at is not null or m.status = 'ended' then 'revoked' when i.expires_at <= now() then 'expired' else 'open' end as answer
      from import_row r
      join membership m on m.tenant_id = r.tenant_id and m.id = r.membership_id
      join invitation i on i.tenant_id = m.tenant_id and i.membership_id = m.id
      where r.tenant_id = ${trx.tenantId}::uuid and r.import_id = ${importId}::uuid and r.status in ('invited', 'rolled_back'))
    select wave, count(*) filter (where answer = 'joined') as joined, count(*) filter (where answer = 'open') as open, count(*) filter (where answer = 'expired') as expired,
      count(*) filter (where answer = 'declined') as declined, count(*) filter (where answer = 'revoked') as revoked,
      count(*) filter (where answer = 'open' and sent_count = 0) as without_address
    from invited where wave is not null group by wave order by wave`.execute(trx.query)
  return found.rows
}

export interface ImportCounts {
  readonly import_id: string
  readonly ready: number
  readonly invited: number
  readonly refused: number
}

/** How the lines of each of these imports stand; those whose lines are forgotten are left out. */
export async function listImportCounts(trx: TenantTrx, importIds: readonly string[]): Promise<readonly ImportCounts[]> {
  const found = await sql<ImportCounts>`
    select import_id, count(*) filter (where status = 'ready') as ready, count(*) filter (where status = 'invited') as invited, count(*) filter (where status in ('refused', 'rolled_back')) as refused
    from import_row where tenant_id = ${trx.tenantId}::uuid and import_id = any (${[...importIds]}::uuid[]) group by import_id`.execute(trx.query)
  return found.rows
}
