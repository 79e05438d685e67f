/** All SQL of delivery: reading, when a thing is sent, what the job only named by id. */
import type { Kysely } from 'kysely'
import type { DB, Json } from '../base/schema.ts'

export interface Recipient {
  readonly email: string | null
  readonly display_name: string
  readonly locale: string | null
  readonly zoneinfo: string
}

/** Undefined when the account has been erased meanwhile. */
export function findRecipient(db: Kysely<DB>, accountId: string): Promise<Recipient | undefined> {
  return db.selectFrom('account').select(['email', 'display_name', 'locale', 'zoneinfo']).where('id', '=', accountId).executeTakeFirst()
}

/** An app's metadata as registered; undefined when the app is gone. A suspended app is still told that its sessions ended. */
export async function findClientMetadata(db: Kysely<DB>, clientId: string): Promise<Json | undefined> {
  const row = await db.selectFrom('client').select('metadata').where('id', '=', clientId).executeTakeFirst()
  return row?.metadata
}
