/** SQL of who runs the platform. */
import { sql, type Kysely } from 'kysely'
import type { EngineTrx } from '../base/db.ts'
import type { DB } from '../base/schema.ts'

export const operatorRoles = ['owner', 'auditor'] as const
export type OperatorRole = (typeof operatorRoles)[number]

function roleOf(text: string): OperatorRole {
  return text === 'owner' ? 'owner' : 'auditor'
}

/** All of them by account, and nobody changes them before the transaction ends. */
export async function lockOperators(trx: EngineTrx): Promise<ReadonlyMap<string, OperatorRole>> {
  // Before anything is read: a row that is only just being made cannot be locked.
  await sql`select pg_advisory_xact_lock(7246005)`.execute(trx.query)
  const rows = await trx.query.selectFrom('operator').select(['account_id', 'role']).execute()
  return new Map(rows.map((row) => [row.account_id, roleOf(row.role)]))
}

export async function findOperator(db: Kysely<DB>, accountId: string): Promise<OperatorRole | undefined> {
  const row = await db.selectFrom('operator').select('role').where('account_id', '=', accountId).executeTakeFirst()
  return row === undefined ? undefined : roleOf(row.role)
}

export async function findSignInStatus(trx: EngineTrx, accountId: string): Promise<string | undefined> {
  return (await trx.query.selectFrom('account').select('status').where('id', '=', accountId).executeTakeFirst())?.status
}

export async function upsertOperator(trx: EngineTrx, accountId: string, role: OperatorRole): Promise<void> {
  await trx.query.insertInto('operator').values({ account_id: accountId, role }).onConflict((conflict) => conflict.column('account_id').doUpdateSet({ role })).execute()
}

export async function deleteOperator(trx: EngineTrx, accountId: string): Promise<void> {
  await trx.query.deleteFrom('operator').where('account_id', '=', accountId).execute()
}

export interface OperatorRow {
  readonly account_id: string
  readonly display_name: string
  readonly email: string | null
  readonly role: string
}

export async function listOperators(db: Kysely<DB>): Promise<readonly OperatorRow[]> {
  return db.selectFrom('operator').innerJoin('account', 'account.id', 'operator.account_id').select(['account_id', 'display_name', 'email', 'operator.role']).orderBy('account_id').execute()
}
