/** SQL by which operators look through the tenants, and at who of them has been inside one. Reads only, across tenants. */
import { sql, type Kysely } from 'kysely'
import type { DB } from '../base/schema.ts'

type Engine = Kysely<DB>

export interface FoundTenant {
  readonly id: string
  readonly name: string
  readonly subdomain: string
  readonly status: string
  readonly plan: string | null
  readonly seat_limit: number | null
  readonly seats_used: number
  readonly closes_at: Date | null
  readonly created_at: Date
}

export interface TenantCursor {
  readonly name: string
  readonly id: string
}

export interface TenantWindow {
  /** Part of a name or of a subdomain, or an id. */
  readonly search: string | null
  readonly status: string | null
  readonly after: TenantCursor | null
  readonly limit: number
}

/** By name; seats are counted for those on the page only. */
export async function listFoundTenants(db: Engine, { search, status, after, limit }: TenantWindow): Promise<readonly FoundTenant[]> {
  const found = await sql<FoundTenant>`
    select t.id, t.name, t.subdomain, t.status, t.plan, t.seat_limit, t.closes_at, t.created_at, (
      select count(*)::int from membership m join role r on r.tenant_id = m.tenant_id and r.id = m.role_id
      where m.tenant_id = t.id and m.status = 'active' and r.uses_seat) as seats_used
    from (select * from tenant where (${status}::text is null or status = ${status}::text)
        ${after === null ? sql`` : sql`and (name, id) > (${after.name}, ${after.id}::uuid)`}
        ${search === null ? sql`` : sql`and (id::text = ${search} or strpos(subdomain, lower(${search})) > 0 or strpos(search_form(name), search_form(${search})) > 0)`}
      order by name, id limit ${limit}::int) t
    order by t.name, t.id`.execute(db)
  return found.rows
}

export interface BreakGlassRow {
  readonly id: string
  readonly account_id: string
  readonly operator_name: string
  readonly reason: string
  readonly started_at: Date
  readonly expires_at: Date
  readonly ended_at: Date | null
  readonly is_running: boolean
}

/** The latest first. */
export async function listBreakGlass(db: Engine, tenantId: string, limit: number): Promise<readonly BreakGlassRow[]> {
  const found = await sql<BreakGlassRow>`select b.id, b.account_id, a.display_name as operator_name, b.reason, b.started_at, b.expires_at, b.ended_at,
      b.ended_at is null and b.expires_at > now() as is_running
    from break_glass b join account a on a.id = b.account_id where b.tenant_id = ${tenantId}::uuid order by b.started_at desc limit ${limit}::int`.execute(db)
  return found.rows
}
