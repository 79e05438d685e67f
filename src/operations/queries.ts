/** All SQL of operating the platform that belongs to no other room. */
import { sql, type Kysely } from 'kysely'
import type { EngineTrx } from '../base/db.ts'
import type { DB } from '../base/schema.ts'

/** Lets one process at a time seed; ends with the transaction. */
export async function lockSeeding(trx: EngineTrx): Promise<void> {
  await sql`select pg_advisory_xact_lock(7246003)`.execute(trx.query)
}

export interface OperatorAtDesk {
  readonly account_id: string
  readonly display_name: string
  readonly email: string | null
  readonly role: string
  readonly second_factors: string[]
  readonly created_at: Date
}

/** Everybody who runs the platform, in the order in which they came. */
export async function listOperatorsAtDesk(db: Kysely<DB>): Promise<readonly OperatorAtDesk[]> {
  return db
    .selectFrom('operator')
    .innerJoin('account', 'account.id', 'operator.account_id')
    .select(['operator.account_id', 'account.display_name', 'account.email', 'operator.role', 'account.second_factors', 'operator.created_at'])
    .orderBy('operator.created_at')
    .orderBy('operator.account_id')
    .execute()
}
