/** SQL that all factors share: tickets that were spent, and removing everything at once. This room alone writes these tables. */
import { sql, type Kysely } from 'kysely'
import type { EngineTrx } from '../base/db.ts'
import type { DB } from '../base/schema.ts'

/** Where to look: any connection or transaction of the engine. */
export type Engine = Kysely<DB>

/** False when it was spent before, or when its time is over. */
export async function insertSpentChallenge(trx: EngineTrx, spent: { hash: string; expires_at: Date }): Promise<boolean> {
  const expiresAt = sql<Date>`${spent.expires_at}::timestamptz`
  const result = await trx.query
    .insertInto('spent_challenge')
    .columns(['hash', 'expires_at'])
    .expression(trx.query.selectNoFrom([sql<string>`${spent.hash}::text`.as('hash'), expiresAt.as('expires_at')]).where(expiresAt, '>', sql<Date>`now()`))
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n
}

/** Removes up to `limit` notes of tickets that are long over; returns how many went. */
export async function deleteSpentChallenges(db: Engine, limit: number): Promise<number> {
  // A transaction that began before the end may still ask: its now() stands still, so the note stays for a while.
  const over = db.selectFrom('spent_challenge').select('hash').where('expires_at', '<', sql<Date>`now() - interval '10 minutes'`).limit(limit).forUpdate().skipLocked()
  const result = await db.deleteFrom('spent_challenge').where('hash', 'in', over).executeTakeFirst()
  return Number(result.numDeletedRows)
}

export interface DeletedFactors {
  readonly totp: number
  readonly passkeys: number
  readonly recovery_codes: number
}

/** Removes every factor of this room from the account; returns how many of each there were. */
export async function deleteAllFactors(trx: EngineTrx, accountId: string): Promise<DeletedFactors> {
  const totp = await trx.query.deleteFrom('factor_totp').where('account_id', '=', accountId).executeTakeFirst()
  const passkeys = await trx.query.deleteFrom('factor_passkey').where('account_id', '=', accountId).executeTakeFirst()
  const codes = await trx.query.deleteFrom('factor_recovery_code').where('account_id', '=', accountId).executeTakeFirst()
  return { totp: Number(totp.numDeletedRows), passkeys: Number(passkeys.numDeletedRows), recovery_codes: Number(codes.numDeletedRows) }
}
