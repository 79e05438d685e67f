/**
 * Creates the accounts of many invitees at once: pending, with addresses that nobody has proved. Invariant: the caller has looked that
 * no address is taken and has its spelling right; where somebody was faster the database throws, and nothing stays.
 */
import type { EngineTrx } from '../base/db.ts'
import type { Origin } from '../base/origin.ts'
import { recordMany } from '../events/record.ts'
import { displayNameOf } from './account.ts'
import type { NewPerson } from './create-account.ts'
import { insertPendingAccounts } from './queries.ts'

export interface PendingPerson {
  readonly id: string
  readonly person: Omit<NewPerson, 'emailVerified'>
}

export async function createPendingAccountsIn(trx: EngineTrx, people: readonly PendingPerson[], by: { readonly actor: string | null; readonly origin: Origin }): Promise<void> {
  if (people.length === 0) return
  await insertPendingAccounts(trx, people.map(({ id, person }) => ({
    id, email: person.email, family_name: person.familyName, given_name: person.givenName, family_name_kana: person.familyNameKana ?? null,
    given_name_kana: person.givenNameKana ?? null, display_name: displayNameOf(person) ?? person.email ?? '', locale: person.locale ?? null,
  })))
  await recordMany(trx, people.map(({ id }) => ({ ...by, type: 'account.created', outcome: 'success', subject: id, after: { status: 'pending', email_verified: false } }) as const))
}
