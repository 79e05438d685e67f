/** All SQL of passkeys. */
import { sql } from 'kysely'
import type { EngineTrx } from '../base/db.ts'
import type { Engine } from './queries.ts'

export interface PasskeyListRow {
  readonly id: string
  readonly name: string
  readonly created_at: Date
  readonly last_used_at: Date | null
  readonly backed_up: boolean
  readonly clone_suspected_at: Date | null
}

/** Oldest first. */
export async function listPasskeys(db: Engine, accountId: string): Promise<readonly (PasskeyListRow & { readonly transports: string[] })[]> {
  return db
    .selectFrom('factor_passkey')
    .select(['id', 'name', 'created_at', 'last_used_at', 'backed_up', 'clone_suspected_at', 'transports'])
    .where('account_id', '=', accountId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
}

export interface PasskeyRow {
  readonly id: string
  readonly account_id: string
  readonly public_key: Buffer
}

export async function findPasskey(db: Engine, id: string): Promise<PasskeyRow | undefined> {
  return db.selectFrom('factor_passkey').select(['id', 'account_id', 'public_key']).where('id', '=', id).executeTakeFirst()
}

export interface NewPasskey {
  readonly id: string
  readonly account_id: string
  readonly public_key: Buffer
  readonly counter: number
  readonly transports: string[]
  readonly name: string
  readonly aaguid: string
  readonly backed_up: boolean
}

/** False when somebody has registered this credential already. */
export async function insertPasskey(trx: EngineTrx, passkey: NewPasskey): Promise<boolean> {
  const result = await trx.query.insertInto('factor_passkey').values(passkey).onConflict((conflict) => conflict.doNothing()).executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n
}

/**
 * The moment of use by the database's clock; undefined when the counter did not rise (WebAuthn §7.2 step 22), when a copy was
 * suspected before, or when the passkey is gone.
 */
export async function updatePasskeyUsed(trx: EngineTrx, used: { id: string; counter: number; backedUp: boolean }): Promise<Date | undefined> {
  const row = await trx.query
    .updateTable('factor_passkey')
    .set({ counter: used.counter, backed_up: used.backedUp, last_used_at: sql`now()` })
    .where('id', '=', used.id)
    .where('clone_suspected_at', 'is', null)
    // An authenticator that does not count says 0 each time.
    .where((row) => row.or([row('counter', '<', used.counter), row.and([row('counter', '=', 0), row.val(used.counter === 0)])]))
    .returning(sql<Date>`now()`.as('at'))
    .executeTakeFirst()
  return row?.at
}

/** True for exactly one caller: the first to see it. */
export async function updateCloneSuspected(trx: EngineTrx, id: string): Promise<boolean> {
  const result = await trx.query
    .updateTable('factor_passkey')
    .set({ clone_suspected_at: sql`now()` })
    .where('id', '=', id)
    .where('clone_suspected_at', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** False when the account has no such passkey. */
export async function updatePasskeyName(trx: EngineTrx, passkey: { id: string; accountId: string; name: string }): Promise<boolean> {
  const result = await trx.query.updateTable('factor_passkey').set({ name: passkey.name }).where('id', '=', passkey.id).where('account_id', '=', passkey.accountId).executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** False when the account has no such passkey. */
export async function deletePasskey(trx: EngineTrx, passkey: { id: string; accountId: string }): Promise<boolean> {
  const result = await trx.query.deleteFrom('factor_passkey').where('id', '=', passkey.id).where('account_id', '=', passkey.accountId).executeTakeFirst()
  return result.numDeletedRows === 1n
}
