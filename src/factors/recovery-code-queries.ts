/** All SQL of recovery codes; a code is known by its hash only. */
import { sql } from 'kysely'
import type { EngineTrx } from '../base/db.ts'
import type { Engine } from './queries.ts'

export async function insertRecoveryCodes(trx: EngineTrx, accountId: string, hashes: readonly string[]): Promise<void> {
  await trx.query.insertInto('factor_recovery_code').values(hashes.map((hash) => ({ account_id: accountId, code_hash: hash }))).execute()
}

/** True for exactly one use of a code, and only of an active account. */
export async function updateRecoveryCodeUsed(trx: EngineTrx, code: { accountId: string; hash: string }): Promise<boolean> {
  const result = await trx.query
    .updateTable('factor_recovery_code')
    .set({ used_at: sql`now()` })
    .where('account_id', '=', code.accountId)
    .where('code_hash', '=', code.hash)
    .where('used_at', 'is', null)
    .where((row) => row.exists(row.selectFrom('account').select('account.id').where('account.id', '=', code.accountId).where('account.status', '=', 'active')))
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** How many codes the present set has, and how many of them are unused. */
export async function getRecoveryCodeCount(db: Engine, accountId: string): Promise<{ all: number; unused: number }> {
  return db
    .selectFrom('factor_recovery_code')
    .select(({ fn }) => [fn.countAll<number>().as('all'), fn.countAll<number>().filterWhere('used_at', 'is', null).as('unused')])
    .where('account_id', '=', accountId)
    .executeTakeFirstOrThrow()
}

export async function deleteRecoveryCodes(trx: EngineTrx, accountId: string): Promise<void> {
  await trx.query.deleteFrom('factor_recovery_code').where('account_id', '=', accountId).execute()
}

/** Codes stand in for a factor: without any they go; returns how many went. The caller holds the account's lock. */
export async function deleteOrphanedRecoveryCodes(trx: EngineTrx, accountId: string): Promise<number> {
  const result = await trx.query
    .deleteFrom('factor_recovery_code')
    .where('account_id', '=', accountId)
    .where((row) => row.not(row.exists(row.selectFrom('factor_totp').select('account_id').where('account_id', '=', accountId))))
    .where((row) => row.not(row.exists(row.selectFrom('factor_passkey').select('account_id').where('account_id', '=', accountId))))
    .executeTakeFirst()
  return Number(result.numDeletedRows)
}
