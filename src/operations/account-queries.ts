/** SQL by which operators find people, across tenants. Reads only; each way of looking is a walk through an index of its own. */
import { sql, type Kysely } from 'kysely'
import type { DB } from '../base/schema.ts'

type Engine = Kysely<DB>

export interface FoundAccount {
  readonly id: string
  readonly display_name: string
  readonly email: string | null
  readonly status: string
  readonly second_factors: string[]
  readonly created_at: Date
  /** Names of the tenants that the person belongs to. */
  readonly tenants: string[]
  readonly is_operator: boolean
}

export interface AccountWindow {
  /** What somebody typed: an id, or the beginning of a name, an address or a staff number; null for everybody. */
  readonly search: string | null
  readonly status: string | null
  /** The last id of the page before. */
  readonly after: string | null
  readonly limit: number
}

/** Newest first where ids are ours; at most `limit`. */
export async function listFoundAccounts(db: Engine, { search, status, after, limit }: AccountWindow): Promise<readonly FoundAccount[]> {
  const found = await sql<FoundAccount>`
    select a.id, a.display_name, a.email, a.status, a.second_factors, a.created_at,
      exists (select 1 from operator o where o.account_id = a.id) as is_operator,
      array(select t.name from membership m join tenant t on t.id = m.tenant_id where m.account_id = a.id and m.status <> 'ended' order by t.name) as tenants
    from account a
    where a.status <> 'erased' and (${status}::text is null or a.status = ${status}::text) and (${after}::text is null or a.id < ${after}::text)
      ${search === null ? sql`` : sql`and a.id in (${matching(search)})`}
    order by a.id desc limit ${limit}::int`.execute(db)
  return found.rows
}

const mostMatches = 500

/** A sign that LIKE would read is taken as it stands. */
function asWritten(text: string): string {
  return text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)
}

function matching(search: string) {
  const [number = '', subdomain = null] = search.split('@', 2)
  const written = asWritten(search)
  return sql`
    (select id from account where id = ${search}::text)
    union (select id from account where email like ${`${written.toLowerCase()}%`}::text and email is not null limit ${mostMatches}::int)
    union (select id from account where search_form(display_name) like search_form(${written}::text) || '%' limit ${mostMatches}::int)
    union (select id from account where search_form(coalesce(family_name_kana, '') || coalesce(given_name_kana, '')) like search_form(${written}::text) || '%' limit ${mostMatches}::int)
    union (select account_id from membership where employee_number like ${`${asWritten(number)}%`}::text and employee_number is not null
      and (${subdomain}::text is null or tenant_id = (select id from tenant where subdomain = ${subdomain}::text)) limit ${mostMatches}::int)`
}
