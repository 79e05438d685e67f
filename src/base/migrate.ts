/**
 * Brings a database to the newest schema: roles, plain SQL migrations in order, months of the log.
 * Invariant: one process at a time (advisory lock), each run all or nothing, forward only.
 * Serving processes only ask `pendingMigrations`; they own nothing and change no schema.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Kysely, PostgresDialect, sql, type KyselyPlugin } from 'kysely'
import { Migrator, type Migration, type MigrationProvider } from 'kysely/migration'
import pg from 'pg'
import { Logger as JobLogger, runMigrations as runJobMigrations } from 'graphile-worker'
import type { MasterKey } from './crypto.ts'
import { prepareRoles, prepareSchema } from './roles.ts'
import { projectRoot } from './root.ts'

/** Serialises everything that prepares a database, over all processes that do so at once. */
const migrationLock = 7_246_001

const monthsAhead = 24

const noPlugins: KyselyPlugin[] = []
const silent = new JobLogger(() => () => {})

const fromFiles: MigrationProvider = {
  async getMigrations() {
    const folder = join(projectRoot, 'migrations')
    const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
    const entries = names.map(async (name): Promise<[string, Migration]> => {
      const text = await readFile(join(folder, name), 'utf8')
      return [name.replace(/\.sql$/, ''), { up: async (db) => { await sql.raw(text).execute(db) } }]
    })
    return Object.fromEntries(await Promise.all(entries))
  },
}

/** Runs as an administrator of the database; safe to call from several processes at once and when nothing is to do. */
export async function migrateDatabase(adminUrl: string, masterKey: MasterKey): Promise<readonly string[]> {
  const admin = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 10_000 })
  // A connection that is lost fails the statement that waits on it; without listeners it would end the process as well.
  admin.on('error', () => {})
  await admin.connect()
  try {
    await admin.query('select pg_advisory_lock($1)', [migrationLock])
    await prepareRoles(admin, masterKey)
    await prepareSchema(admin)
    return await migrateAsOwner(adminUrl)
  } finally {
    await admin.end()
  }
}

async function migrateAsOwner(adminUrl: string): Promise<readonly string[]> {
  const pool = ownerPool(adminUrl)
  const db = new Kysely<unknown>({ plugins: noPlugins, dialect: new PostgresDialect({ pool }) })
  try {
    const { error, results } = await migrator(db).migrateToLatest()
    if (error !== undefined) throw error instanceof Error ? error : new Error('migration failed', { cause: error })
    await runJobMigrations({ pgPool: pool, schema: 'job', logger: silent })
    await letEngineRunJobs(db)
    await createMonths(db)
    return (results ?? []).map((result) => result.migrationName)
  } finally {
    await db.destroy()
  }
}

/** Every connection acts as the owner before its first statement, whoever asks for it: our migrations and graphile-worker's. */
function ownerPool(connectionString: string): pg.Pool {
  // The pool awaits what `onConnect` returns, though its type says void.
  const onConnect: (client: pg.ClientBase) => unknown = (client) => client.query('set role tegata_owner')
  const pool = new pg.Pool({ connectionString, max: 1, connectionTimeoutMillis: 10_000, onConnect })
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

function migrator(db: Kysely<unknown>): Migrator {
  return new Migrator({ db, provider: fromFiles, migrationTableName: 'schema_migration', migrationLockTableName: 'schema_migration_lock' })
}

/** Names of migrations that the files have and the database has not. */
export async function pendingMigrations<T>(db: Kysely<T>): Promise<readonly string[]> {
  const files = Object.keys(await fromFiles.getMigrations())
  const applied = await sql<{ name: string }>`select name from schema_migration`.execute(db)
  const names = new Set(applied.rows.map((row) => row.name))
  return files.filter((name) => !names.has(name))
}

/** graphile-worker owns its schema and guards its tables by row-level security; the engine is the one role that works there. */
async function letEngineRunJobs(db: Kysely<unknown>): Promise<void> {
  await sql`grant usage on schema job to tegata_engine`.execute(db)
  await sql`grant select, insert, update, delete on all tables in schema job to tegata_engine`.execute(db)
  await sql`grant usage, select on all sequences in schema job to tegata_engine`.execute(db)
  await sql`grant execute on all functions in schema job to tegata_engine`.execute(db)
  await sql`grant select on schema_migration to tegata_engine`.execute(db)
  const guarded = await sql<{ name: string }>`
    select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'job' and c.relkind = 'r' and c.relrowsecurity
      and not exists (select 1 from pg_policy p where p.polrelid = c.oid and p.polname = 'engine')`.execute(db)
  for (const { name } of guarded.rows) {
    await sql`create policy engine on ${sql.table(`job.${name}`)} to tegata_engine using (true) with check (true)`.execute(db)
  }
}

/** Makes the months of the log from now on, so that serving processes need no right to create tables. */
async function createMonths(db: Kysely<unknown>): Promise<void> {
  const months = await sql<{ name: string; starts: string; ends: string }>`
    select to_char(m, '"event_"YYYY_MM') as name, m::date::text as starts, (m + interval '1 month')::date::text as ends
    from generate_series(date_trunc('month', now() at time zone 'UTC'),
      date_trunc('month', now() at time zone 'UTC') + make_interval(months => ${monthsAhead}::int), interval '1 month') m
    where to_regclass(to_char(m, '"event_"YYYY_MM')) is null`.execute(db)
  for (const month of months.rows) await createMonth(db, month)
}

/** Events that fell into the default partition, because nobody migrated for long, move into their month first. */
async function createMonth(db: Kysely<unknown>, month: { name: string; starts: string; ends: string }): Promise<void> {
  const [name, starts, ends] = [sql.table(month.name), sql.lit(`${month.starts} 00:00:00+00`), sql.lit(`${month.ends} 00:00:00+00`)]
  await db.transaction().execute(async (trx) => {
    await sql`create table ${name} (like event including defaults including constraints)`.execute(trx)
    await sql`with moved as (delete from event_default where occurred_at >= ${starts} and occurred_at < ${ends} returning *)
      insert into ${name} select * from moved`.execute(trx)
    await sql`alter table event attach partition ${name} for values from (${starts}) to (${ends})`.execute(trx)
  })
}
