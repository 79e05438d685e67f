/**
 * All SQL of waves, and of the rights of whoever started one. Invariants: the import's row is locked before its waves'; who may act is
 * asked as of this moment.
 */
import { sql, type Kysely } from 'kysely'
import type { EngineTrx, TenantTrx } from '../base/db.ts'
import type { DB } from '../base/schema.ts'
import type { WaveKey } from './row-queries.ts'

export interface WaveRow {
  readonly number: number
  readonly status: string
  readonly reason: string | null
  readonly starter: string | null
  readonly started_by: string | null
  readonly starter_id: string | null
  readonly started_at: Date | null
  readonly finished_at: Date | null
}

const columns = ['number', 'status', 'reason', 'starter', 'started_by', 'starter_id', 'started_at', 'finished_at'] as const

export async function listWaves(trx: TenantTrx, importId: string): Promise<readonly WaveRow[]> {
  return trx.query.selectFrom('import_wave').select(columns).where('tenant_id', '=', trx.tenantId).where('import_id', '=', importId).orderBy('number').execute()
}

export async function findWave(db: Kysely<DB>, { tenantId, importId, wave }: WaveKey): Promise<WaveRow | undefined> {
  return db.selectFrom('import_wave').select(columns).where('tenant_id', '=', tenantId).where('import_id', '=', importId).where('number', '=', wave).executeTakeFirst()
}

/** The import, kept as it is until the transaction ends, as the engine needs it when a wave ends. */
export async function lockImportOf(trx: EngineTrx, { tenantId, importId }: Pick<WaveKey, 'tenantId' | 'importId'>): Promise<void> {
  await trx.query.selectFrom('member_import').select('id').where('tenant_id', '=', tenantId).where('id', '=', importId).forUpdate().execute()
}

/** What the runs of a wave read its rows with. */
export async function findReading(db: Kysely<DB>, { tenantId, importId }: Pick<WaveKey, 'tenantId' | 'importId'>) {
  return db.selectFrom('member_import').select(['name', 'headings', 'mapping', 'defaults']).where('tenant_id', '=', tenantId).where('id', '=', importId).executeTakeFirst()
}

/** Waves that have not begun are forgotten; returns the highest number that is left. */
export async function deleteWaitingWaves(trx: TenantTrx, importId: string): Promise<number> {
  await trx.query.deleteFrom('import_wave').where('tenant_id', '=', trx.tenantId).where('import_id', '=', importId).where('status', '=', 'waiting').execute()
  const row = await trx.query.selectFrom('import_wave').select((eb) => eb.fn.max<number | null>('number').as('last')).where('tenant_id', '=', trx.tenantId).where('import_id', '=', importId).executeTakeFirstOrThrow()
  return row.last ?? 0
}

export interface Plan {
  /** The number of the first new wave. */
  readonly first: number
  /** The number of the last row of each new wave. */
  readonly lastRows: readonly number[]
}

/** Every row that waits goes into one of the new waves, in order. */
export async function insertWaves(trx: TenantTrx, importId: string, { first, lastRows }: Plan): Promise<void> {
  const waves = lastRows.map((_last, place) => ({ tenant_id: trx.tenantId, import_id: importId, number: first + place }))
  await trx.query.insertInto('import_wave').values(waves).execute()
  await sql`update import_row set wave = ${first}::int + (select count(*) from unnest(${lastRows}::int[]) as w (last) where number > w.last)
    where tenant_id = ${trx.tenantId}::uuid and import_id = ${importId}::uuid and status = 'ready'`.execute(trx.query)
}

export interface StarterColumns {
  readonly starter: 'member' | 'machine' | 'operator' | 'command_line'
  readonly started_by: string | null
  readonly starter_id: string | null
}

/** The caller holds the import's lock, and the import has no wave under way. */
export async function updateBegun(trx: TenantTrx, { importId, wave }: { readonly importId: string; readonly wave: number }, { status, ...starter }: StarterColumns & { readonly status: 'running' | 'rolling_back' }): Promise<void> {
  await trx.query
    .updateTable('import_wave').set({ ...starter, status, reason: null, finished_at: null, ...(status === 'running' ? { started_at: sql<Date>`now()` } : {}) })
    .where('tenant_id', '=', trx.tenantId).where('import_id', '=', importId).where('number', '=', wave).execute()
  await trx.query.updateTable('member_import').set({ status: 'running', updated_at: sql`now()` }).where('tenant_id', '=', trx.tenantId).where('id', '=', importId).execute()
}

export interface Ending {
  readonly from: 'running' | 'rolling_back' | 'waiting'
  readonly to: 'done' | 'cancelled' | 'stopped' | 'rolled_back'
  readonly reason?: string | null
}

/** False where it has ended or never begun: one ends it, whoever else tries. */
export async function updateEnded(db: Kysely<DB>, { tenantId, importId, wave }: WaveKey, { from, to, reason = null }: Ending): Promise<boolean> {
  const result = await db
    .updateTable('import_wave').set({ status: to, reason, finished_at: sql`now()` })
    .where('tenant_id', '=', tenantId).where('import_id', '=', importId).where('number', '=', wave).where('status', '=', from).executeTakeFirst()
  return result.numUpdatedRows === 1n
}

export interface WaveCounts {
  readonly ready: number
  readonly invited: number
  readonly refused: number
  readonly rolled_back: number
}

export async function countWave(db: Kysely<DB>, { tenantId, importId, wave }: WaveKey): Promise<WaveCounts> {
  const found = await sql<WaveCounts>`
    select count(*) filter (where status = 'ready') as ready, count(*) filter (where status = 'invited') as invited,
      count(*) filter (where status = 'refused') as refused, count(*) filter (where status = 'rolled_back') as rolled_back
    from import_row where tenant_id = ${tenantId}::uuid and import_id = ${importId}::uuid and wave = ${wave}::int`.execute(db)
  return found.rows[0] ?? { ready: 0, invited: 0, refused: 0, rolled_back: 0 }
}

export interface Acting {
  readonly account_id: string | null
  readonly permissions: string[]
}

/** A member who may act for the tenant now, with what their role permits; undefined once they may not. */
export async function findActingMember(db: Kysely<DB>, { tenantId, membershipId }: { readonly tenantId: string; readonly membershipId: string }): Promise<Acting | undefined> {
  return db
    .selectFrom('membership')
    .innerJoin('role', (join) => join.onRef('role.tenant_id', '=', 'membership.tenant_id').onRef('role.id', '=', 'membership.role_id'))
    .innerJoin('account', 'account.id', 'membership.account_id')
    .select(['membership.account_id', 'role.permissions'])
    .where('membership.tenant_id', '=', tenantId).where('membership.id', '=', membershipId).where('membership.status', '=', 'active').where('account.status', '=', 'active')
    .where(sql<boolean>`(membership.valid_from is null or membership.valid_from <= now()) and (membership.valid_until is null or now() < membership.valid_until)`)
    .executeTakeFirst()
}

export async function findActingMachine(db: Kysely<DB>, { tenantId, clientId }: { readonly tenantId: string; readonly clientId: string }): Promise<Acting | undefined> {
  const row = await db.selectFrom('client').select('permissions').where('id', '=', clientId).where('tenant_id', '=', tenantId).where('status', '=', 'active').executeTakeFirst()
  return row === undefined ? undefined : { account_id: null, permissions: row.permissions }
}

/** Whether an operator is inside the tenant by break-glass now. */
export async function isOperatorInside(db: Kysely<DB>, { tenantId, accountId }: { readonly tenantId: string; readonly accountId: string }): Promise<boolean> {
  const row = await db
    .selectFrom('break_glass').select('id').where('tenant_id', '=', tenantId).where('account_id', '=', accountId).where('ended_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`).executeTakeFirst()
  return row !== undefined
}

export interface LinkRow {
  readonly number: number
  readonly membership_id: string
  readonly display_name: string
  readonly employee_number: string | null
  readonly role: string
  readonly permissions: string[]
  readonly generation: number
  readonly expires_at: Date
}

/** People of a wave without an address whose invitation is open. */
export async function listOpenWithoutAddress(db: Kysely<DB>, { tenantId, importId, wave }: WaveKey): Promise<readonly LinkRow[]> {
  const found = await sql<LinkRow>`
    select r.number, m.id as membership_id, a.display_name, m.employee_number, role.name as role, role.permissions, i.generation, i.expires_at
    from import_row r
    join membership m on m.tenant_id = r.tenant_id and m.id = r.membership_id and m.status = 'invited'
    join account a on a.id = m.account_id and a.email is null
    join role on role.tenant_id = m.tenant_id and role.id = m.role_id
    join invitation i on i.tenant_id = m.tenant_id and i.membership_id = m.id and i.accepted_at is null and i.declined_at is null and i.revoked_at is null and i.expires_at > now()
    where r.tenant_id = ${tenantId}::uuid and r.import_id = ${importId}::uuid and r.wave = ${wave}::int and r.status = 'invited' order by r.number`.execute(db)
  return found.rows
}
