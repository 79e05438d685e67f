/** All SQL of operating the platform that belongs to no other room. */
import { sql } from 'kysely'
import type { EngineTrx } from '../base/db.ts'

/** Lets one process at a time seed; ends with the transaction. */
export async function lockSeeding(trx: EngineTrx): Promise<void> {
  await sql`select pg_advisory_xact_lock(7246003)`.execute(trx.query)
}
