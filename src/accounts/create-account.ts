/**
 * Creates an account: with a password it is active at once, without one it is pending and nobody can sign in with it.
 * Invariants: an address belongs to one account; the hash is made before the transaction, which therefore stays short.
 */
import type { Databases, EngineTrx } from '../base/db.ts'
import { newId, parseAccountId, type AccountId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { displayNameOf, wordsAbout } from './account.ts'
import type { HashPool } from './hash-pool.ts'
import { normaliseEmail } from './identifier.ts'
import type { PasswordRefusal, PasswordRules } from './password-rules.ts'
import { insertAccount, insertPassword } from './queries.ts'

export interface NewPerson {
  /** Null for staff without an address; any spelling. */
  readonly email: string | null
  /** True when somebody has already proved that the address is this person's. */
  readonly emailVerified: boolean
  readonly familyName: string | null
  readonly givenName: string | null
  readonly familyNameKana?: string | null
  readonly givenNameKana?: string | null
  readonly locale?: 'ja' | 'en' | null
}

export interface CreateAccountInput extends NewPerson {
  readonly password: string | null
  readonly actor: string | null
  readonly origin: Origin
}

export type AccountCreation =
  | { readonly ok: true; readonly accountId: AccountId; readonly status: 'active' | 'pending' }
  | { readonly ok: false; readonly reason: 'invalid_email' | 'name_missing' | 'email_taken' | PasswordRefusal }

interface CreateAccountDeps {
  readonly databases: Databases
  readonly hashes: Pick<HashPool, 'hash'>
  readonly passwords: PasswordRules
}

/** Throws HashPoolFull when too many passwords wait. */
export async function createAccount(deps: CreateAccountDeps, input: CreateAccountInput): Promise<AccountCreation> {
  const { password, ...person } = input
  const refused = password === null ? null : await deps.passwords.judge({ password, about: wordsOf(person), hasSecondFactor: false })
  if (refused !== null) return { ok: false, reason: refused }
  const phc = password === null ? null : await deps.hashes.hash(password)
  return deps.databases.inEngine((trx) => createAccountIn(trx, { ...person, phc }))
}

function wordsOf({ familyName, givenName, familyNameKana = null, givenNameKana = null, email }: NewPerson): readonly string[] {
  return wordsAbout({ names: [familyName, givenName, familyNameKana, givenNameKana], email, tenants: [] })
}

/** The same inside a transaction that does more; the caller brings the hash of a password that was judged. */
export async function createAccountIn(trx: EngineTrx, input: Omit<CreateAccountInput, 'password'> & { readonly phc: string | null }): Promise<AccountCreation> {
  const email = input.email === null ? null : normaliseEmail(input.email)
  if (input.email !== null && email === null) return { ok: false, reason: 'invalid_email' }
  const displayName = displayNameOf(input) ?? email
  if (displayName === null) return { ok: false, reason: 'name_missing' }
  const accountId = parseAccountId(newId())
  const status = input.phc === null ? 'pending' : 'active'
  const event = { type: 'account.created', actor: input.actor, origin: input.origin } as const
  const inserted = await insertAccount(trx, { ...columnsOf(input), id: accountId, email, display_name: displayName, status })
  if (!inserted) {
    await record(trx, { ...event, outcome: 'refused', reason: 'email_taken' })
    return { ok: false, reason: 'email_taken' }
  }
  if (input.phc !== null) await insertPassword(trx, accountId, input.phc)
  // The log outlives the account: what can be erased later, its name and address, is not in it.
  await record(trx, { ...event, outcome: 'success', subject: accountId, after: { status, email_verified: email !== null && input.emailVerified } })
  return { ok: true, accountId, status }
}

function columnsOf(person: NewPerson) {
  return {
    email_verified_at: person.email !== null && person.emailVerified ? new Date() : null,
    family_name: person.familyName,
    given_name: person.givenName,
    family_name_kana: person.familyNameKana ?? null,
    given_name_kana: person.givenNameKana ?? null,
    locale: person.locale ?? null,
  }
}
