/**
 * The two doors to PostgreSQL: the engine (signs people in, across tenants) and the tenant role (everything inside one tenant).
 * Invariant: nobody gets a `TenantTrx` without `inTenant`, which sets the tenant for this transaction only, so a pooled
 * connection can never carry one tenant's setting into another's request (design §3).
 */
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import pg from 'pg'
import type { Logger } from 'pino'
import type { DB } from './schema.ts'
import type { TenantId } from './ids.ts'

// Counts arrive as int8; they stay far below 2^53 here.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

/** A transaction of the engine. The private field makes the type nominal: no other object fits, and no cast is needed. */
export class EngineTrx {
  readonly query: Transaction<DB>
  readonly #open = true
  constructor(query: Transaction<DB>) {
    this.query = query
  }
  get open(): boolean {
    return this.#open
  }
}

/** A transaction inside one tenant; only `inTenant` makes one. */
export class TenantTrx {
  readonly query: Transaction<DB>
  readonly tenantId: TenantId
  readonly #open = true
  constructor(query: Transaction<DB>, tenantId: TenantId) {
    this.query = query
    this.tenantId = tenantId
  }
  get open(): boolean {
    return this.#open
  }
}

export interface Databases {
  readonly engine: Kysely<DB>
  /** For named prepared statements of the hot path. */
  readonly enginePool: pg.Pool
  /** Runs `fn` in one transaction of the engine. */
  inEngine<T>(fn: (trx: EngineTrx) => Promise<T>): Promise<T>
  /** Runs `fn` in one transaction that sees this tenant's rows and nothing else. */
  inTenant<T>(tenantId: TenantId, fn: (trx: TenantTrx) => Promise<T>): Promise<T>
  close(): Promise<void>
}

export interface DatabaseUrls {
  readonly engine: string
  readonly tenant: string
}

/** Opens both pools; connections are made when first needed. `poolSize` counts connections per role. */
export function openDatabases(urls: DatabaseUrls, poolSize: number, log: Logger): Databases {
  const enginePool = openPool(urls.engine, poolSize, log)
  const tenantPool = openPool(urls.tenant, poolSize, log)
  const engine = new Kysely<DB>({ dialect: new PostgresDialect({ pool: enginePool }) })
  const tenant = new Kysely<DB>({ dialect: new PostgresDialect({ pool: tenantPool }) })
  return {
    engine,
    enginePool,
    inEngine: (fn) => engine.transaction().execute((query) => fn(new EngineTrx(query))),
    inTenant: (tenantId, fn) =>
      tenant.transaction().execute(async (query) => {
        await sql`select set_config('tegata.tenant_id', ${tenantId}, true)`.execute(query)
        return fn(new TenantTrx(query, tenantId))
      }),
    async close() {
      await Promise.all([engine.destroy(), tenant.destroy()])
    },
  }
}

function openPool(connectionString: string, max: number, log: Logger): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max,
    application_name: 'tegata',
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 30_000,
    // An open transaction would hold back every reader of the log (security §4.4).
    idle_in_transaction_session_timeout: 10_000,
    keepAlive: true,
  })
  pool.on('error', (error) => {
    log.warn({ err: error }, 'an idle database connection was lost')
  })
  // A connection in use reports its loss to whoever waits on it as well; without a listener it would end the process.
  pool.on('connect', (client) => {
    client.on('error', (error) => {
      log.debug({ err: error }, 'a database connection was lost')
    })
  })
  return pool
}
