/** All SQL of the signing keys. */
import { sql } from 'kysely'
import type { Databases, EngineTrx } from '../base/db.ts'

export async function listKeyStates(db: Databases['engine']): Promise<readonly { alg: string; state: string }[]> {
  return db.selectFrom('signing_key').select(['alg', 'state']).execute()
}

/** Every published key: signing ones first, ES256 before RS256, then the next and the retired. */
export async function listKeys(db: Databases['engine']): Promise<readonly { kid: string; alg: string; state: string; sealed_jwk: string }[]> {
  return db
    .selectFrom('signing_key')
    .select(['kid', 'alg', 'state', 'sealed_jwk'])
    .orderBy(sql`state = 'current'`, 'desc')
    .orderBy('alg')
    .orderBy('created_at', 'desc')
    .execute()
}

/** False when another process has just made this key's place its own. */
export async function insertKey(trx: EngineTrx, key: { kid: string; alg: string; state: 'current' | 'next'; sealed_jwk: string }): Promise<boolean> {
  const result = await trx.query
    .insertInto('signing_key')
    .values({ ...key, ...(key.state === 'current' ? { activated_at: sql`now()` } : {}) })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n
}

export async function lockNextKey(trx: EngineTrx, alg: string): Promise<{ kid: string; age_seconds: number } | undefined> {
  return trx.query
    .selectFrom('signing_key')
    .select(['kid', sql<number>`extract(epoch from now() - created_at)::float`.as('age_seconds')])
    .where('alg', '=', alg)
    .where('state', '=', 'next')
    .forUpdate()
    .executeTakeFirst()
}

export async function retireCurrentKey(trx: EngineTrx, alg: string): Promise<string> {
  const row = await trx.query
    .updateTable('signing_key')
    .set({ state: 'retired', retired_at: sql`now()` })
    .where('alg', '=', alg)
    .where('state', '=', 'current')
    .returning('kid')
    .executeTakeFirstOrThrow()
  return row.kid
}

export async function activateKey(trx: EngineTrx, kid: string): Promise<void> {
  await trx.query.updateTable('signing_key').set({ state: 'current', activated_at: sql`now()` }).where('kid', '=', kid).execute()
}

export async function deleteKey(trx: EngineTrx, kid: string): Promise<void> {
  await trx.query.deleteFrom('signing_key').where('kid', '=', kid).execute()
}

export async function deleteKeysRetiredBefore(trx: EngineTrx, ageSeconds: number): Promise<readonly string[]> {
  const rows = await trx.query
    .deleteFrom('signing_key')
    .where('state', '=', 'retired')
    .where('retired_at', '<', sql<Date>`now() - make_interval(secs => ${ageSeconds})`)
    .returning('kid')
    .execute()
  return rows.map((row) => row.kid)
}

export interface KeyAgeRow {
  readonly kid: string
  readonly alg: string
  readonly state: string
  readonly created_at: Date
  readonly activated_at: Date | null
  readonly retired_at: Date | null
}

/** Every published key with the moments of its life, never its private part. */
export async function listKeyAges(db: Databases['engine']): Promise<readonly KeyAgeRow[]> {
  return db
    .selectFrom('signing_key')
    .select(['kid', 'alg', 'state', 'created_at', 'activated_at', 'retired_at'])
    .orderBy('alg')
    .orderBy(sql`array_position(array['current', 'next', 'retired'], state)`)
    .orderBy('retired_at', 'desc')
    .execute()
}
