/** All SQL of authenticator apps. */
import { sql } from 'kysely'
import type { EngineTrx } from '../base/db.ts'
import type { Engine } from './queries.ts'

export interface TotpRow {
  readonly sealed_secret: string
  readonly created_at: Date
  readonly last_used_at: Date | null
  /** Of the account. */
  readonly status: string
}

export async function findTotp(db: Engine, accountId: string): Promise<TotpRow | undefined> {
  return db
    .selectFrom('factor_totp')
    .innerJoin('account', 'account.id', 'factor_totp.account_id')
    .select(['factor_totp.sealed_secret', 'factor_totp.created_at', 'factor_totp.last_used_at', 'account.status'])
    .where('factor_totp.account_id', '=', accountId)
    .executeTakeFirst()
}

/** Takes the place of the app that was connected before; `step` counts as used. */
export async function insertTotp(trx: EngineTrx, totp: { accountId: string; sealedSecret: string; step: number }): Promise<void> {
  await trx.query
    .insertInto('factor_totp')
    .values({ account_id: totp.accountId, sealed_secret: totp.sealedSecret, last_step: totp.step })
    .onConflict((conflict) =>
      conflict.column('account_id').doUpdateSet({ sealed_secret: totp.sealedSecret, last_step: totp.step, created_at: sql`now()`, last_used_at: null }))
    .execute()
}

/** False when this step or a later one was used before, or when another app was connected meanwhile. */
export async function updateTotpUsed(trx: EngineTrx, used: { accountId: string; sealedSecret: string; step: number }): Promise<boolean> {
  const result = await trx.query
    .updateTable('factor_totp')
    .set({ last_step: used.step, last_used_at: sql`now()` })
    .where('account_id', '=', used.accountId)
    .where('sealed_secret', '=', used.sealedSecret)
    .where('last_step', '<', used.step)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** False when there was none. */
export async function deleteTotp(trx: EngineTrx, accountId: string): Promise<boolean> {
  const result = await trx.query.deleteFrom('factor_totp').where('account_id', '=', accountId).executeTakeFirst()
  return result.numDeletedRows === 1n
}
