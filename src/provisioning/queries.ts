/**
 * All SQL of imports but for their rows (row-queries.ts) and waves (wave-queries.ts). Invariant: an import changes only while none of
 * its waves is under way, which the lock of its row decides.
 */
import { sql, type Kysely } from 'kysely'
import type { TenantTrx } from '../base/db.ts'
import type { DB, Json } from '../base/schema.ts'

export interface ImportRow {
  readonly id: string
  readonly name: string
  readonly source: string
  readonly status: string
  readonly headings: string[]
  readonly mapping: Json
  readonly defaults: Json
  readonly row_count: number
  readonly created_by: string | null
  readonly created_at: Date
  readonly updated_at: Date
}

const columns = ['id', 'name', 'source', 'status', 'headings', 'mapping', 'defaults', 'row_count', 'created_by', 'created_at', 'updated_at'] as const

export function findImport(trx: TenantTrx, importId: string): Promise<ImportRow | undefined> {
  return trx.query.selectFrom('member_import').select(columns).where('tenant_id', '=', trx.tenantId).where('id', '=', importId).executeTakeFirst()
}

/** Kept as it is until the transaction ends; nobody starts a wave meanwhile. */
export function lockImport(trx: TenantTrx, importId: string): Promise<ImportRow | undefined> {
  return trx.query.selectFrom('member_import').select(columns).where('tenant_id', '=', trx.tenantId).where('id', '=', importId).forUpdate().executeTakeFirst()
}

/** Newest first, before `before`, at most `limit`. */
export function listImports(trx: TenantTrx, page: { readonly before: string | null; readonly limit: number }): Promise<readonly ImportRow[]> {
  // Ids are in the order of time (RFC 9562 §5.7).
  return trx.query
    .selectFrom('member_import').select(columns).where('tenant_id', '=', trx.tenantId)
    .$if(page.before !== null, (query) => query.where('id', '<', page.before))
    .orderBy('id', 'desc').limit(page.limit).execute()
}

export interface NewImport {
  readonly id: string
  readonly name: string
  readonly source: 'csv' | 'paste'
  readonly headings: readonly string[]
  readonly mapping: unknown
  readonly defaults: unknown
  readonly rowCount: number
  readonly createdBy: string | null
}

export async function insertImport(trx: TenantTrx, one: NewImport): Promise<void> {
  await trx.query
    .insertInto('member_import')
    .values({
      tenant_id: trx.tenantId, id: one.id, name: one.name, source: one.source, headings: [...one.headings], mapping: JSON.stringify(one.mapping),
      defaults: JSON.stringify(one.defaults), row_count: one.rowCount, created_by: one.createdBy,
    })
    .execute()
}

export async function updateReading(trx: TenantTrx, importId: string, reading: { readonly mapping: unknown; readonly defaults: unknown }): Promise<void> {
  await trx.query
    .updateTable('member_import')
    .set({ mapping: JSON.stringify(reading.mapping), defaults: JSON.stringify(reading.defaults), updated_at: sql`now()` })
    .where('tenant_id', '=', trx.tenantId).where('id', '=', importId).execute()
}

/** checked or done, as its rows say; the caller holds the import's lock, or has just ended its wave. */
export async function updateStanding(db: Kysely<DB>, { tenantId, importId }: { readonly tenantId: string; readonly importId: string }): Promise<void> {
  await db
    .updateTable('member_import')
    .set({
      updated_at: sql`now()`,
      status: sql`case when exists (select 1 from import_row r where r.tenant_id = ${tenantId}::uuid and r.import_id = ${importId}::uuid and r.status = 'ready') then 'checked' else 'done' end`,
    })
    .where('tenant_id', '=', tenantId).where('id', '=', importId).execute()
}

export async function deleteImportRow(trx: TenantTrx, importId: string): Promise<void> {
  await trx.query.deleteFrom('member_import').where('tenant_id', '=', trx.tenantId).where('id', '=', importId).execute()
}

/** Rows of lists that nobody has touched for so many days, at most `limit` of them; the list itself stays with what came of it in the log. */
export async function deleteOldRows(db: Kysely<DB>, { days, limit }: { readonly days: number; readonly limit: number }): Promise<number> {
  const result = await sql`delete from import_row where (tenant_id, import_id, number) in (
      select r.tenant_id, r.import_id, r.number from member_import i join import_row r on r.tenant_id = i.tenant_id and r.import_id = i.id
      where i.updated_at < now() - make_interval(days => ${days}::int) and i.status <> 'running' limit ${limit}::int)`.execute(db)
  return Number(result.numAffectedRows ?? 0n)
}

export interface Surroundings {
  readonly tenantStatus: string
  readonly roles: readonly { readonly name: string; readonly permissions: string[]; readonly uses_seat: boolean }[]
  readonly units: readonly { readonly code: string; readonly name: string }[]
}

/** What lines of a list may name in the tenant. */
export async function getSurroundings(db: Kysely<DB>, tenantId: string): Promise<Surroundings> {
  const tenant = await db.selectFrom('tenant').select('status').where('id', '=', tenantId).executeTakeFirstOrThrow()
  const roles = await db.selectFrom('role').select(['name', 'permissions', 'uses_seat']).where('tenant_id', '=', tenantId).execute()
  const units = await db.selectFrom('unit').select(['code', 'name']).where('tenant_id', '=', tenantId).execute()
  return { tenantStatus: tenant.status, roles, units }
}

/** Whether the tenant's people may be led to this app. */
export async function isAppOnOffer(trx: TenantTrx, clientId: string): Promise<boolean> {
  const row = await trx.query.selectFrom('client').select('id').where('id', '=', clientId).executeTakeFirst()
  return row !== undefined
}

export interface Standing {
  readonly email: string | null
  readonly employee_number: string | null
  readonly status: string
}

/** Memberships of the tenant, ended ones included, that have one of these addresses or staff numbers. */
export async function listStandings(trx: TenantTrx, { emails, numbers }: { readonly emails: readonly string[]; readonly numbers: readonly string[] }): Promise<readonly Standing[]> {
  const found = await sql<Standing>`
    select a.email, m.employee_number, m.status from membership m join account a on a.id = m.account_id
    where m.tenant_id = ${trx.tenantId}::uuid and (a.email = any(${emails}::text[]) or m.employee_number = any(${numbers}::text[]))`.execute(trx.query)
  return found.rows
}

export interface Seats {
  readonly limit: number | null
  readonly used: number
  /** Whose invitations are open and would use one. */
  readonly invited: number
}

export async function getSeats(trx: TenantTrx): Promise<Seats> {
  const found = await sql<Seats>`
    select t.seat_limit as "limit", count(*) filter (where m.status = 'active') as used, count(*) filter (where m.status = 'invited') as invited
    from tenant t left join (membership m join role r on r.tenant_id = m.tenant_id and r.id = m.role_id and r.uses_seat) on m.tenant_id = t.id and m.status in ('active', 'invited')
    where t.id = ${trx.tenantId}::uuid group by t.seat_limit`.execute(trx.query)
  return found.rows[0] ?? { limit: null, used: 0, invited: 0 }
}
