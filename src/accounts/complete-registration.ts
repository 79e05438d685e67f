/**
 * Turns a proved address into an account with a name and a password.
 * Invariants: both are given by whoever proved the address, so registering somebody else's address leaves nothing behind;
 * the password is judged and hashed before the link is used up; an invited account without a factor becomes its owner's,
 * an account that somebody has already stays as it is.
 */
import type { EngineTrx } from '../base/db.ts'
import { newId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { judgeNames, wordsAbout, type NamesRefusal } from './account.ts'
import type { AccountDeps } from './account-deps.ts'
import { findOpenLink, updateAllUsed, updateUsed, type LinkKey } from './link-queries.ts'
import { keyOfToken, recordRefusedLink, refuseLink } from './links.ts'
import type { PasswordRefusal } from './password-rules.ts'
import { insertAccount } from './queries.ts'
import { openProof } from './request-registration.ts'
import { findPersonByEmail, lockPersonByEmail, updateClaimed, updatePassword, type NameColumns } from './self-queries.ts'

export interface CompleteRegistrationInput {
  readonly by: { readonly token: string } | { readonly proof: string }
  readonly familyName: string
  readonly givenName: string
  readonly familyNameKana: string | null
  readonly givenNameKana: string | null
  readonly password: string
  readonly locale: 'ja' | 'en'
  readonly origin: Origin
}

export interface Registered {
  readonly ok: true
  readonly accountId: string
  readonly displayName: string
  readonly clientId: string | null
  /** The tenant that they came for; whether it takes them is the caller's question. */
  readonly tenantId: string | null
  /** Milliseconds since the epoch, by the database's clock. */
  readonly provenAt: number
}

export type RegistrationCompletion = Registered | { readonly ok: false; readonly reason: 'link_invalid' | 'address_taken' | NamesRefusal | PasswordRefusal }

const purposes = ['registration'] as const

/** Throws HashPoolFull when too many passwords wait; the link counts afterwards as before. */
export async function completeRegistration(
  deps: Pick<AccountDeps, 'databases' | 'masterKey' | 'hashes' | 'passwords'>,
  input: CompleteRegistrationInput,
): Promise<RegistrationCompletion> {
  const { origin } = input
  const key = keyOf(deps.masterKey, input.by)
  const link = key === null ? undefined : await findOpenLink(deps.databases.engine, key, purposes)
  if (key === null || link === undefined || link.email === null) return refuseLink(deps.databases, { key, purposes, origin })
  const judged = judgeNames(input)
  const reason = judged.ok ? await judgePassword(deps, input, link.email) : judged.reason
  if (!judged.ok || reason !== null) return refuse(deps, { linkId: link.id, reason: reason ?? 'name_missing', origin })
  const phc = await deps.hashes.hash(input.password)
  const { familyName, givenName, familyNameKana, givenNameKana } = judged.names
  const columns = { family_name: familyName, given_name: givenName, family_name_kana: familyNameKana, given_name_kana: givenNameKana, display_name: judged.displayName, locale: input.locale }
  return deps.databases.inEngine((trx) => completeIn(trx, { key, columns, phc, origin }))
}

function keyOf(masterKey: AccountDeps['masterKey'], by: CompleteRegistrationInput['by']): LinkKey | null {
  if ('token' in by) return keyOfToken(by.token)
  const id = openProof(masterKey, by.proof)
  return id === null ? null : { id }
}

async function judgePassword(deps: Pick<AccountDeps, 'databases' | 'passwords'>, input: CompleteRegistrationInput, email: string): Promise<PasswordRefusal | null> {
  // Somebody invited has tenants already.
  const invited = await findPersonByEmail(deps.databases.engine, email)
  const names = [input.familyName, input.givenName, input.familyNameKana, input.givenNameKana]
  const about = wordsAbout({ names, email, tenants: invited?.tenants ?? [] })
  return deps.passwords.judge({ password: input.password, about, hasSecondFactor: false })
}

async function refuse<Reason extends string>(
  deps: Pick<AccountDeps, 'databases'>,
  { linkId, reason, origin }: { readonly linkId: string; readonly reason: Reason; readonly origin: Origin },
): Promise<{ readonly ok: false; readonly reason: Reason }> {
  await deps.databases.inEngine((trx) => record(trx, { type: 'registration.refused', outcome: 'refused', subject: linkId, reason, origin }))
  return { ok: false, reason }
}

interface Completion {
  readonly key: LinkKey
  readonly columns: NameColumns
  readonly phc: string
  readonly origin: Origin
}

async function completeIn(trx: EngineTrx, { key, columns, phc, origin }: Completion): Promise<RegistrationCompletion> {
  const link = await updateUsed(trx, key, purposes)
  if (link === undefined || link.email === null) {
    await recordRefusedLink(trx, { key, purposes, origin })
    return { ok: false, reason: 'link_invalid' }
  }
  const accountId = await takeAddress(trx, { email: link.email, columns, verifiedAt: link.at, clientId: link.client_id, origin })
  if (accountId === null) {
    await record(trx, { type: 'registration.refused', outcome: 'refused', subject: link.id, clientId: link.client_id, reason: 'address_taken', origin })
    return { ok: false, reason: 'address_taken' }
  }
  await updatePassword(trx, accountId, phc)
  const event = { outcome: 'success', subject: accountId, actor: accountId, clientId: link.client_id, origin } as const
  await record(trx, { ...event, type: 'address.verified' })
  await record(trx, { ...event, type: 'password.changed', after: { how: 'registration' } })
  return { ok: true, accountId, displayName: columns.display_name, clientId: link.client_id, tenantId: link.tenant_id, provenAt: link.at.getTime() }
}

interface Address {
  readonly email: string
  readonly columns: NameColumns
  readonly verifiedAt: Date
  readonly clientId: string | null
  readonly origin: Origin
}

/** A new account, or the invited one of that address; null where somebody has it. */
async function takeAddress(trx: EngineTrx, { email, columns, verifiedAt, clientId, origin }: Address): Promise<string | null> {
  const id = newId()
  // First of all: of two who ask at once, the index lets one in, and the other one then sees an active account.
  if (await insertAccount(trx, { ...columns, id, email, email_verified_at: verifiedAt, status: 'active' })) {
    await record(trx, { type: 'account.created', outcome: 'success', subject: id, actor: id, clientId, origin, after: { status: 'active', email_verified: true } })
    return id
  }
  const invited = await lockPersonByEmail(trx, email)
  if (invited?.status !== 'pending' || invited.has_second_factor) return null
  await updateClaimed(trx, invited.id, columns)
  // What an administrator handed over for this account opened it for whoever held it; now it has an owner.
  await updateAllUsed(trx, invited.id, ['activation', 'password_reset'])
  return invited.id
}
