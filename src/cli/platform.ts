/**
 * Opens the platform's database for one command and closes it again: the one of DATABASE_URL, or the embedded one, which
 * is borrowed from a running `npm start` and otherwise started for as long as the command takes.
 * Commands enter as the serving roles, so that row-level security binds the command line as it binds every other door.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { AccountDeps } from '../accounts/account-deps.ts'
import { createAttempts } from '../accounts/attempts.ts'
import type { DeletionDeps } from '../accounts/delete-account.ts'
import { createHashPool, type HashPool } from '../accounts/hash-pool.ts'
import { createPasswordRules } from '../accounts/password-rules.ts'
import { readConfig, type Config } from '../base/config.ts'
import type { MasterKey } from '../base/crypto.ts'
import { openDatabases, type Databases } from '../base/db.ts'
import { databaseName } from '../base/embedded-cluster.ts'
import { errorCode, StartError } from '../base/embedded-errors.ts'
import { livingOwner } from '../base/embedded-owner.ts'
import { startEmbeddedPostgres } from '../base/embedded-postgres.ts'
import { createLogger, type Logger } from '../base/log.ts'
import { loadMasterKey } from '../base/master-key.ts'
import { migrateDatabase, pendingMigrations } from '../base/migrate.ts'
import type { Origin } from '../base/origin.ts'
import { servingUrls } from '../base/roles.ts'
import { endAllOf, tenantsWithoutOtherAdmin } from '../members/leave-tenant.ts'
import { endGrants, endOtherSessions, endSessions } from '../oidc/endings.ts'

/** What the log says about who acted: nobody by name, but from here. */
export const byCommandLine = { actor: null, origin: { ip: null, userAgent: 'tegata command line', requestId: null } satisfies Origin } as const

export interface Platform {
  readonly config: Config
  readonly masterKey: MasterKey
  readonly databases: Databases
  /** Hashes one password; the checker is started for it and stopped after it. */
  readonly hashes: Pick<HashPool, 'hash'>
  /** What the commands of people's own accounts and factors work with. */
  readonly accounts: Omit<AccountDeps, 'hashes'>
  readonly deletion: Pick<DeletionDeps, 'databases' | 'masterKey' | 'memberships'>
}

/** Connects the commands with what they ask for, as app.ts does for the server. */
export function platformOf(parts: Pick<Platform, 'config' | 'masterKey' | 'databases' | 'hashes'>): Platform {
  const { databases, masterKey } = parts
  const memberships = {
    tenantsWithoutOtherAdmin: (accountId: string) => tenantsWithoutOtherAdmin({ databases }, accountId),
    endAllOf: (accountId: string, origin: Origin) => endAllOf({ databases, grants: { endGrants } }, { accountId, origin }),
  }
  return {
    ...parts,
    accounts: { databases, masterKey, attempts: createAttempts({ databases, masterKey }), passwords: createPasswordRules(), sessions: { endSessions, endOtherSessions } },
    deletion: { databases, masterKey, memberships },
  }
}

/** Runs `work` on the open platform; refuses a database that is not up to date with one line. */
export async function withPlatform<T>(work: (platform: Platform) => Promise<T>, config: Config = readConfig()): Promise<T> {
  const masterKey = loadMasterKey(config)
  const log = createLogger({ level: config.logLevel, debug: config.debug })
  const prepare = (url: string) => migrateDatabase(url, masterKey)
  return withDatabaseUrl(config, prepare, async (databaseUrl) => {
    const databases = openDatabases(servingUrls(databaseUrl, masterKey, config.tenantDatabaseUrl), 2, log)
    try {
      await requireCurrentSchema(databases)
      return await work(platformOf({ config, masterKey, databases, hashes: { hash: (password) => hashOnce(password, log) } }))
    } finally {
      await databases.close()
    }
  })
}

/** `prepare` runs on a database that was started for this command alone; nobody else would have migrated it. */
async function withDatabaseUrl<T>(config: Config, prepare: (url: string) => Promise<unknown>, work: (url: string) => Promise<T>): Promise<T> {
  if (config.databaseUrl !== null) return work(config.databaseUrl)
  if (livingOwner(config.dataDir) !== null) return work(await runningUrl(config.dataDir))
  const postgres = await startEmbeddedPostgres({ dataDir: config.dataDir, durable: true })
  try {
    await prepare(postgres.url)
    return await work(postgres.url)
  } finally {
    await postgres.stop()
  }
}

/** Runs `work` with the login of an administrator, as migrating needs it. */
export function withAdministrator<T>(work: (admin: { url: string; masterKey: MasterKey }) => Promise<T>, config: Config = readConfig()): Promise<T> {
  const masterKey = loadMasterKey(config)
  return withDatabaseUrl(config, () => Promise.resolve(), (url) => work({ url, masterKey }))
}

/** The server writes its port into its own file (line 4) and `ready` (line 8) when it takes connections. */
async function runningUrl(dataDir: string): Promise<string> {
  // It says that it is ready a moment before it writes so.
  for (let look = 0; look < 20; look += 1) {
    const url = urlWhenReady(dataDir)
    if (url !== null) return url
    await pause(100)
  }
  throw new StartError('`npm start` is just starting its database: try again in a moment.')
}

function urlWhenReady(dataDir: string): string | null {
  try {
    const lines = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')
    const password = readFileSync(join(dataDir, 'postgres.password'), 'utf8').trim()
    if (lines[7]?.startsWith('ready') === true) return `postgres://postgres:${password}@127.0.0.1:${Number(lines[3])}/${databaseName}`
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw new StartError(`${dataDir} belongs to another user: run this command as the user who runs \`npm start\`.`, { cause: error })
  }
  return null
}

async function requireCurrentSchema(databases: Databases): Promise<void> {
  const pending = await pendingMigrations(databases.engine).catch((error: unknown) => {
    const code = errorCode(error)
    if (code === '28P01' || code === '42P01' || code === '28000') {
      throw new StartError('The database is not prepared for this MASTER_KEY: run `tegata migrate` first.', { cause: error })
    }
    throw error
  })
  if (pending.length > 0) throw new StartError(`The database is behind by ${pending.length} migrations: run \`tegata migrate\` first.`)
}

async function hashOnce(password: string, log: Logger): Promise<string> {
  const pool = createHashPool({ workers: 1, queueLimit: 1, log })
  try {
    return await pool.hash(password)
  } finally {
    await pool.close()
  }
}
