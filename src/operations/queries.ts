/** All SQL of operating the platform that belongs to no other room. */
import { sql, type Kysely } from 'kysely'
import type { EngineTrx } from '../base/db.ts'
import type { DB } from '../base/schema.ts'

/** Lets one process at a time seed; ends with the transaction. */
export async function lockSeeding(trx: EngineTrx): Promise<void> {
  await sql`select pg_advisory_xact_lock(7246003)`.execute(trx.query)
}

export type OperatorRole = 'owner' | 'auditor'

/** What the account may do across tenants; undefined for everybody who does not run the platform. */
export async function findOperatorRole(db: Kysely<DB>, accountId: string): Promise<OperatorRole | undefined> {
  const row = await db.selectFrom('operator').select('role').where('account_id', '=', accountId).executeTakeFirst()
  return row === undefined ? undefined : row.role === 'owner' ? 'owner' : 'auditor'
}
