/**
 * What has to be true of a database before anything is served from it: migrated, and entered as roles that row-level security
 * binds. In development this brings it there; in production it only looks, and says in one line what is missing.
 */
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'

import type { Config } from './config.ts'
import type { MasterKey } from './crypto.ts'
import type { DatabaseUrls } from './db.ts'
import { errorCode } from './embedded-errors.ts'
import { migrateDatabase, pendingMigrations } from './migrate.ts'
import { bypassReason, DatabaseRoleError, servingUrls } from './roles.ts'

export interface PrepareInput {
  readonly config: Config
  readonly databaseUrl: string
  readonly masterKey: MasterKey
  readonly onProgress: (line: string) => void
}

/** Returns the URLs to serve from; throws DatabaseRoleError when serving would be unsafe or cannot work. */
export async function prepareDatabase({ config, databaseUrl, masterKey, onProgress }: PrepareInput): Promise<DatabaseUrls> {
  const urls = servingUrls(databaseUrl, masterKey, config.tenantDatabaseUrl)
  if (config.mode === 'production') {
    await refuseBypass('DATABASE_URL', databaseUrlToCheck(databaseUrl, urls))
  } else if (!isServingLogin(databaseUrl)) {
    const done = await migrateDatabase(databaseUrl, masterKey)
    if (done.length > 0) onProgress(`Database prepared: ${done.length} migrations.`)
  }
  await refuseBypass('the engine', urls.engine)
  await refuseBypass('TENANT_DATABASE_URL', urls.tenant)
  await refusePending(urls.engine)
  return urls
}

/** A production process never even holds a login that could read past row-level security. */
function databaseUrlToCheck(databaseUrl: string, urls: DatabaseUrls): string {
  return isServingLogin(databaseUrl) ? urls.engine : databaseUrl
}

function isServingLogin(databaseUrl: string): boolean {
  return new URL(databaseUrl).username === 'tegata_engine'
}

async function refuseBypass(name: string, url: string): Promise<void> {
  const reason = await bypassReason(url).catch((error: unknown) => {
    // The password of a serving role comes from the master key, so a wrong one is told apart from a typing error.
    if (errorCode(error) !== '28P01') throw error
    throw new DatabaseRoleError(`${name} cannot sign in to the database: run \`tegata migrate\` with this MASTER_KEY first, or start with the one it was migrated with`)
  })
  if (reason === null) return
  throw new DatabaseRoleError(
    `${name}: ${reason}, and could read every tenant past row-level security. Migrate with that login (tegata migrate), then serve with DATABASE_URL=postgres://tegata_engine@…`,
  )
}

async function refusePending(engineUrl: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: engineUrl, max: 1 })
  // A server that stops right now is seen by the query, if at all; nobody else listens.
  pool.on('error', () => undefined)
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  try {
    const pending = await pendingMigrations(db)
    if (pending.length > 0) throw new DatabaseRoleError(`the database is behind by ${pending.length} migrations (${pending.join(', ')}): run \`tegata migrate\` first`)
  } finally {
    await db.destroy()
  }
}
