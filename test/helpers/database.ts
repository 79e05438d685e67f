/**
 * A database of its own for a test file: a clone of one migrated template, made in some tens of milliseconds, dropped at close.
 * Invariant: the template is named by what it is made from, so a changed migration never meets an old template.
 * The server is test/helpers/postgres.ts's.
 */
import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'
import { MasterKey } from '../../src/base/crypto.ts'
import { openDatabases, type Databases, type DatabaseUrls } from '../../src/base/db.ts'
import { createLogger } from '../../src/base/log.ts'
import { migrateDatabase } from '../../src/base/migrate.ts'
import { servingUrls } from '../../src/base/roles.ts'
import { projectRoot } from '../../src/base/root.ts'

/** One for all tests: the passwords of the serving roles come from it, and roles belong to the whole server. */
export const testMasterKey = MasterKey.fromText(`dev-${createHash('sha256').update('tegata tests').digest('base64url')}`)

export interface TestDatabase extends AsyncDisposable {
  readonly databases: Databases
  /** A superuser's, for what neither serving role may do. */
  readonly adminUrl: string
  readonly urls: DatabaseUrls
  readonly masterKey: MasterKey
  close(): Promise<void>
}

/** Another process's pools on the same database, so to say; the caller closes them. */
export function openAgain(urls: DatabaseUrls): Databases {
  return openDatabases(urls, 5, createLogger({ level: 'silent', debug: false }))
}

export async function createDatabase(): Promise<TestDatabase> {
  const template = await ensureTemplate()
  const name = `tegata_test_${randomBytes(6).toString('hex')}`
  await asAdmin((admin) => admin.query(`create database ${name} template ${template}`))
  const adminUrl = urlOf(name)
  const urls = servingUrls(adminUrl, testMasterKey, null)
  const databases = openAgain(urls)
  const close = async () => {
    await databases.close()
    // PostgreSQL itself waits 5 seconds for sessions that are just ending; only who forgot to close is thrown out.
    await asAdmin((admin) => admin.query(`drop database ${name}`).catch(() => admin.query(`drop database if exists ${name} with (force)`)))
  }
  return { databases, adminUrl, urls, masterKey: testMasterKey, close, [Symbol.asyncDispose]: close }
}

/** Runs statements as the superuser of this database. */
export async function asSuperuser<T>(url: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.end()
  }
}

const asAdmin = <T>(work: (admin: pg.Client) => Promise<T>): Promise<T> => asSuperuser(inject('postgresUrl'), work)

function urlOf(database: string): string {
  const url = new URL(inject('postgresUrl'))
  url.pathname = `/${database}`
  return url.href
}

let template: Promise<string> | null = null
const ensureTemplate = (): Promise<string> => (template ??= makeTemplate())

async function makeTemplate(): Promise<string> {
  const name = `tegata_template_${await fingerprint()}`
  await asAdmin(async (admin) => {
    // Ends with the connection; the other test workers wait here while the first one migrates.
    await admin.query('select pg_advisory_lock(7246002)')
    const found = await admin.query('select 1 from pg_database where datname = $1 and datistemplate', [name])
    if (found.rowCount === 1) return
    await admin.query(`drop database if exists ${name} with (force)`)
    await admin.query(`create database ${name}`)
    await migrateDatabase(urlOf(name), testMasterKey)
    await asSuperuser(urlOf(name), dropFarMonths)
    await admin.query(`alter database ${name} is_template true`)
  })
  return name
}

/** No test lives to see them, and each is a dozen files to copy for every clone. */
async function dropFarMonths(admin: pg.Client): Promise<void> {
  const far = await admin.query<{ name: string }>(`select relname as name from pg_class where relkind = 'r' and relname ~ '^event_[0-9]' order by relname offset 3`)
  for (const { name } of far.rows) await admin.query(`drop table ${name}`)
}

async function fingerprint(): Promise<string> {
  const migrations = (await readdir(join(projectRoot, 'migrations'))).sort().map((file) => `migrations/${file}`)
  const files = [...migrations, 'src/base/migrate.ts', 'src/base/roles.ts', 'test/helpers/database.ts', 'node_modules/graphile-worker/package.json']
  const texts = await Promise.all(files.map((file) => readFile(join(projectRoot, file), 'utf8')))
  // A template of another month may lack the newest partition.
  return createHash('sha256').update(JSON.stringify([files, texts, new Date().toISOString().slice(0, 7)])).digest('hex').slice(0, 16)
}
