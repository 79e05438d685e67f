/**
 * The SQL of the counters that lock (attempts.ts): taken under lock, written back, told about, cleared. Expiry is the database's now().
 * The fixed windows in the same table are counted by a library; what has expired is removed by queries.ts.
 */
import { sql, type Kysely } from 'kysely'
import type { EngineTrx } from '../base/db.ts'
import type { DB } from '../base/schema.ts'

type Engine = Kysely<DB>

export interface AttemptRow {
  readonly key: string
  readonly points: number
  /** Milliseconds since the epoch, as `now` is. */
  readonly expire: number
  readonly now: number
}

const now = sql<number>`(extract(epoch from now()) * 1000)::bigint`
/** After the wait for a lock, so that no attempt is judged by a time before the one that it waited for. */
const thisMoment = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`

/** The counters as they are now, locked in the order of their keys so that two attempts never wait for each other; new ones start at nothing. */
export async function lockAttempts(trx: EngineTrx, keys: readonly string[]): Promise<readonly AttemptRow[]> {
  const rows = await trx.query
    .insertInto('attempt')
    .values(keys.toSorted().map((key) => ({ key, points: 0, expire: 0 })))
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ points: sql`attempt.points` }))
    .returning(['key', 'points', 'expire', thisMoment.as('now')])
    .execute()
  return rows.map((row) => ({ ...row, expire: row.expire ?? 0 }))
}

/** Of rows that this transaction has locked. */
export async function updateAttempts(trx: EngineTrx, rows: readonly { readonly key: string; readonly points: number; readonly expire: number }[]): Promise<void> {
  await trx.query
    .insertInto('attempt')
    .values(rows.map(({ key, points, expire }) => ({ key, points, expire })))
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ points: sql`excluded.points`, expire: sql`excluded.expire` }))
    .execute()
}

/** Notes that locks were told about, until they end; true when one of them was news, which it is once. */
export async function insertTold(trx: EngineTrx, locks: readonly { readonly key: string; readonly until: number }[]): Promise<boolean> {
  const told = await trx.query
    .insertInto('attempt')
    .values(locks.map(({ key, until }) => ({ key: `${key}:told`, points: 0, expire: until })))
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ expire: sql`excluded.expire` }).where('attempt.expire', '<', sql<number>`excluded.expire`))
    .returning('key')
    .execute()
  return told.length > 0
}

/** With what was told about them. */
export async function deleteAttempts(db: Engine, keys: readonly string[]): Promise<void> {
  const all = keys.flatMap((key) => [key, `${key}:told`])
  await db
    .with('held', (query) => query.selectFrom('attempt').select('key').where('key', 'in', all).orderBy(sql`key collate "C"`).forUpdate())
    .deleteFrom('attempt')
    .using('held')
    .whereRef('attempt.key', '=', 'held.key')
    .execute()
}

/** Every counter whose key starts so. */
export async function deleteAttemptsUnder(db: Engine, prefix: string): Promise<void> {
  await db
    .with('held', (query) => query.selectFrom('attempt').select('key').where(startsWith(prefix)).orderBy(sql`key collate "C"`).forUpdate())
    .deleteFrom('attempt')
    .using('held')
    .whereRef('attempt.key', '=', 'held.key')
    .execute()
}

/** Every counter whose key starts so and whose time is not over. */
export async function listAttemptsUnder(db: Engine, prefix: string): Promise<readonly AttemptRow[]> {
  const rows = await db.selectFrom('attempt').select(['key', 'points', 'expire', now.as('now')]).where(startsWith(prefix)).where('expire', '>', now).execute()
  return rows.map((row) => ({ ...row, expire: row.expire ?? 0 }))
}

function startsWith(prefix: string) {
  return sql<boolean>`starts_with(key, ${prefix})`
}
