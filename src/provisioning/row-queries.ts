/**
 * All SQL of the rows of imports. Invariants: what thousands of rows need is one statement; a row becomes `invited` by one conditional
 * statement of the transaction that invites its person, so never twice and never without.
 */
import { sql, type Kysely } from 'kysely'
import type { EngineTrx, TenantTrx } from '../base/db.ts'
import type { DB, Json } from '../base/schema.ts'

export interface PersonRow {
  readonly number: number
  readonly wave: number | null
  readonly fields: string[]
  readonly corrections: Json
  readonly status: string
  readonly reason: string | null
  readonly membership_id: string | null
}

const columns = ['number', 'wave', 'fields', 'corrections', 'status', 'reason', 'membership_id'] as const

/** What checking found out about a row. */
export interface Finding {
  readonly number: number
  readonly reason: string | null
  readonly uses_seat: boolean
}

export type NewRow = Finding & { readonly fields: readonly string[] }

export async function insertRows(trx: TenantTrx, importId: string, rows: readonly NewRow[]): Promise<void> {
  await sql`insert into import_row (tenant_id, import_id, number, fields, status, reason, uses_seat)
    select ${trx.tenantId}::uuid, ${importId}::uuid, r.number, r.fields, case when r.reason is null then 'ready' else 'refused' end, r.reason, r.uses_seat
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (number integer, fields text[], reason text, uses_seat boolean)`.execute(trx.query)
}

/** Writes down what was found; rows that say so already are left alone. */
export async function updateFindings(trx: TenantTrx, importId: string, findings: readonly Finding[]): Promise<void> {
  await sql`update import_row i set status = f.status, reason = f.reason, uses_seat = f.uses_seat, wave = case when f.status = 'ready' then i.wave end
    from (select number, reason, uses_seat, case when reason is null then 'ready' else 'refused' end as status
      from jsonb_to_recordset(${JSON.stringify(findings)}::jsonb) as r (number integer, reason text, uses_seat boolean)) f
    where i.tenant_id = ${trx.tenantId}::uuid and i.import_id = ${importId}::uuid and i.number = f.number
      and (i.status, i.reason, i.uses_seat) is distinct from (f.status, f.reason, f.uses_seat)`.execute(trx.query)
}

/** Rows that nobody was invited by yet, in order. */
export async function listOpenRows(trx: TenantTrx, importId: string): Promise<readonly PersonRow[]> {
  return trx.query.selectFrom('import_row').select(columns).where('tenant_id', '=', trx.tenantId).where('import_id', '=', importId).where('status', 'in', ['ready', 'refused']).orderBy('number').execute()
}

export async function findRow(trx: TenantTrx, importId: string, number: number): Promise<PersonRow | undefined> {
  return trx.query.selectFrom('import_row').select(columns).where('tenant_id', '=', trx.tenantId).where('import_id', '=', importId).where('number', '=', number).executeTakeFirst()
}

export interface RowPage {
  readonly after: number
  readonly limit: number
  readonly status?: string | undefined
  readonly reason?: string | undefined
  readonly wave?: number | undefined
}

export async function listRows(trx: TenantTrx, importId: string, { after, limit, status, reason, wave }: RowPage): Promise<readonly PersonRow[]> {
  return trx.query
    .selectFrom('import_row').select(columns).where('tenant_id', '=', trx.tenantId).where('import_id', '=', importId).where('number', '>', after)
    .$if(status !== undefined, (query) => query.where('status', '=', status ?? ''))
    .$if(reason !== undefined, (query) => query.where('reason', '=', reason ?? ''))
    .$if(wave !== undefined, (query) => query.where('wave', '=', wave ?? 0))
    .orderBy('number').limit(limit).execute()
}

export async function updateCorrections(trx: TenantTrx, importId: string, { number, corrections }: { readonly number: number; readonly corrections: unknown }): Promise<void> {
  // A row that was rolled back waits again: checking says what for.
  await trx.query
    .updateTable('import_row')
    .set({ corrections: JSON.stringify(corrections), status: sql`case when status = 'rolled_back' then 'refused' else status end`, membership_id: null })
    .where('tenant_id', '=', trx.tenantId).where('import_id', '=', importId).where('number', '=', number).where('status', '<>', 'invited').execute()
}

/** The numbers of the rows that wait, in order. */
export async function listWaitingNumbers(trx: TenantTrx, importId: string): Promise<readonly number[]> {
  const rows = await trx.query.selectFrom('import_row').select('number').where('tenant_id', '=', trx.tenantId).where('import_id', '=', importId).where('status', '=', 'ready').orderBy('number').execute()
  return rows.map(({ number }) => number)
}

export interface Count {
  readonly wave: number | null
  readonly status: string
  readonly reason: string | null
  readonly rows: number
  /** Of them, whose role uses a seat. */
  readonly seats: number
}

export async function countRows(trx: TenantTrx, importId: string): Promise<readonly Count[]> {
  return trx.query
    .selectFrom('import_row')
    .select(['wave', 'status', 'reason', sql<number>`count(*)`.as('rows'), sql<number>`count(*) filter (where uses_seat)`.as('seats')])
    .where('tenant_id', '=', trx.tenantId).where('import_id', '=', importId)
    .groupBy(['wave', 'status', 'reason']).orderBy('wave').orderBy('status').orderBy('reason').execute()
}

export interface WaveKey {
  readonly tenantId: string
  readonly importId: string
  readonly wave: number
}

/** Turns what a former run had to leave for one of these reasons into rows that wait again. */
export async function updateRetried(trx: TenantTrx, { importId, wave }: { readonly importId: string; readonly wave: number }, reasons: readonly string[]): Promise<void> {
  await trx.query
    .updateTable('import_row').set({ status: 'ready', reason: null })
    .where('tenant_id', '=', trx.tenantId).where('import_id', '=', importId).where('wave', '=', wave).where('status', '=', 'refused').where('reason', 'in', [...reasons]).execute()
}

/** Keeps these rows until the transaction ends; left out are those that wait no longer, or that another process has in hand. */
export async function claimRows(trx: EngineTrx, { tenantId, importId, wave }: WaveKey, numbers: readonly number[]): Promise<ReadonlySet<number>> {
  const rows = await trx.query
    .selectFrom('import_row').select('number').where('tenant_id', '=', tenantId).where('import_id', '=', importId).where('number', 'in', numbers)
    .where('wave', '=', wave).where('status', '=', 'ready').orderBy('number').forUpdate().skipLocked().execute()
  return new Set(rows.map(({ number }) => number))
}

/** The next rows of a wave that wait for their invitation, after `after`. */
export async function listReadyRows(trx: EngineTrx, { tenantId, importId, wave }: WaveKey, page: { readonly after: number; readonly limit: number }): Promise<readonly PersonRow[]> {
  return trx.query
    .selectFrom('import_row').select(columns).where('tenant_id', '=', tenantId).where('import_id', '=', importId).where('number', '>', page.after)
    .where('wave', '=', wave).where('status', '=', 'ready').orderBy('number').limit(page.limit).execute()
}

export interface Outcome {
  readonly number: number
  readonly status: 'invited' | 'refused'
  readonly reason: string | null
  readonly membershipId: string | null
}

/** False where one of the rows waits no longer or their wave runs no longer; cancelling waits for whoever is between the two. */
export async function updateOutcomes(trx: EngineTrx, { tenantId, importId, wave }: WaveKey, outcomes: readonly Outcome[]): Promise<boolean> {
  const result = await sql`with running as (
      select 1 from import_wave where tenant_id = ${tenantId}::uuid and import_id = ${importId}::uuid and number = ${wave}::int and status = 'running' for share)
    update import_row i set status = o.status, reason = o.reason, membership_id = o."membershipId"
    from jsonb_to_recordset(${JSON.stringify(outcomes)}::jsonb) as o (number integer, status text, reason text, "membershipId" uuid)
    where i.tenant_id = ${tenantId}::uuid and i.import_id = ${importId}::uuid and i.number = o.number and i.wave = ${wave}::int and i.status = 'ready' and exists (select 1 from running)`.execute(trx.query)
  return result.numAffectedRows === BigInt(outcomes.length)
}

/** All that still wait in a wave, for one reason that holds for all of them. */
export async function refuseReadyRows(trx: EngineTrx, { tenantId, importId, wave }: WaveKey, reason: string): Promise<void> {
  await trx.query
    .updateTable('import_row').set({ status: 'refused', reason })
    .where('tenant_id', '=', tenantId).where('import_id', '=', importId).where('wave', '=', wave).where('status', '=', 'ready').execute()
}

/** Rows of a wave by which somebody was invited, with how it ended. */
export interface InvitedRow {
  readonly number: number
  readonly membership_id: string
  readonly membership_status: string
  readonly email: string | null
  readonly display_name: string
  readonly employee_number: string | null
}

/** In order, after `after`, at most `limit`. */
export async function listInvitedRows(db: Kysely<DB>, { tenantId, importId, wave }: WaveKey, page: { readonly after: number; readonly limit: number }): Promise<readonly InvitedRow[]> {
  const found = await sql<InvitedRow>`
    select r.number, m.id as membership_id, m.status as membership_status, a.email, a.display_name, m.employee_number
    from import_row r join membership m on m.tenant_id = r.tenant_id and m.id = r.membership_id join account a on a.id = m.account_id
    where r.tenant_id = ${tenantId}::uuid and r.import_id = ${importId}::uuid and r.wave = ${wave}::int and r.status = 'invited' and r.number > ${page.after}::int
    order by r.number limit ${page.limit}::int`.execute(db)
  return found.rows
}

/** Rows of a wave whose membership has ended. */
export async function updateRolledBack(trx: EngineTrx, { tenantId, importId, wave }: WaveKey): Promise<void> {
  await sql`update import_row r set status = 'rolled_back', reason = 'rolled_back' from membership m
    where r.tenant_id = ${tenantId}::uuid and r.import_id = ${importId}::uuid and r.wave = ${wave}::int and r.status = 'invited'
      and m.tenant_id = r.tenant_id and m.id = r.membership_id and m.status = 'ended'`.execute(trx.query)
}
