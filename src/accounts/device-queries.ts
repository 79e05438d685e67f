/** All SQL of the table `device`: browsers in which people have signed in before. Times are the database's now(). */
import { sql, type Kysely } from 'kysely'
import type { EngineTrx } from '../base/db.ts'
import type { DB } from '../base/schema.ts'

type Engine = Kysely<DB>

export interface DeviceKey {
  readonly accountId: string
  readonly idHash: string
}

export interface DeviceRow {
  readonly id_hash: string
  readonly user_agent: string | null
  readonly created_at: Date
  readonly last_seen_at: Date
  readonly trusted_until: Date | null
}

/** Makes the browser known or notes that it was seen; true for exactly one of several that make it known at once. */
export async function insertDevice(trx: EngineTrx, { accountId, idHash, userAgent }: DeviceKey & { readonly userAgent: string | null }): Promise<boolean> {
  const row = await trx.query
    .insertInto('device')
    .values({ account_id: accountId, id_hash: idHash, user_agent: userAgent })
    .onConflict((conflict) => conflict.columns(['account_id', 'id_hash']).doUpdateSet({ last_seen_at: sql`now()`, user_agent: sql`excluded.user_agent` }))
    // A row that this statement inserted has never been locked or changed by a transaction.
    .returning(sql<boolean>`xmax = 0`.as('is_new'))
    .executeTakeFirstOrThrow()
  return row.is_new
}

export async function findOtherDevice(db: Engine, { accountId, idHash }: DeviceKey): Promise<boolean> {
  const row = await db.selectFrom('device').select('id_hash').where('account_id', '=', accountId).where('id_hash', '<>', idHash).limit(1).executeTakeFirst()
  return row !== undefined
}

export async function findDevice(db: Engine, { accountId, idHash }: DeviceKey): Promise<{ readonly trusted: boolean } | undefined> {
  return db
    .selectFrom('device')
    .select(sql<boolean>`coalesce(trusted_until > now(), false)`.as('trusted'))
    .where('account_id', '=', accountId)
    .where('id_hash', '=', idHash)
    .executeTakeFirst()
}

/** Trusts a browser for so many days from now; returns until when, or undefined for one that the account does not know. */
export async function updateTrust(trx: EngineTrx, { accountId, idHash, days }: DeviceKey & { readonly days: number }): Promise<Date | undefined> {
  const row = await trx.query
    .updateTable('device')
    .set({ trusted_until: sql`now() + make_interval(days => ${days})` })
    .where('account_id', '=', accountId)
    .where('id_hash', '=', idHash)
    .returning('trusted_until')
    .executeTakeFirst()
  return row?.trusted_until ?? undefined
}

/** All of the account's browsers but `except`; returns how many went. */
export async function deleteDevices(trx: EngineTrx, accountId: string, except: string | null): Promise<number> {
  const result = await trx.query
    .deleteFrom('device')
    .where('account_id', '=', accountId)
    .$if(except !== null, (query) => query.where('id_hash', '<>', except ?? ''))
    .executeTakeFirst()
  return Number(result.numDeletedRows)
}

/** The account's browsers, the one seen last first. */
export async function listDeviceRows(db: Engine, accountId: string): Promise<readonly DeviceRow[]> {
  return db
    .selectFrom('device')
    .select(['id_hash', 'user_agent', 'created_at', 'last_seen_at', 'trusted_until'])
    .where('account_id', '=', accountId)
    .orderBy('last_seen_at', 'desc')
    .orderBy('id_hash')
    .execute()
}

/** Removes up to `limit` browsers that were not seen for 400 days, which is as long as a cookie lives; returns how many went. */
export async function deleteStaleDevices(db: Engine, limit: number): Promise<number> {
  const stale = db
    .selectFrom('device')
    .select(['account_id', 'id_hash'])
    .where('last_seen_at', '<', sql<Date>`now() - interval '400 days'`)
    .limit(limit)
    .forUpdate()
    .skipLocked()
  const result = await db
    .with('stale', () => stale)
    .deleteFrom('device')
    .using('stale')
    .whereRef('device.account_id', '=', 'stale.account_id')
    .whereRef('device.id_hash', '=', 'stale.id_hash')
    .executeTakeFirst()
  return Number(result.numDeletedRows)
}
