/**
 * Moves an account to another address: asked for inside, confirmed from the new mailbox, undone from the old one.
 * Invariants: an address is nobody's before it is proved; asking tells nobody whether somebody has it; the newest request
 * alone counts; the owner of a proved former address has seven days to take the account back, whoever changed it.
 */
import type { EngineTrx } from '../base/db.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import type { AccountDeps } from './account-deps.ts'
import { normaliseEmail } from './identifier.ts'
import { findOpenLink, updateAllUsed, updateLaterUsed, updateTries, updateUsed, type LinkKey } from './link-queries.ts'
import { codeHash, codeLifetimeSeconds, codeTries, countMail, createLink, keyOfToken, openSealedLink, recordRefusedLink, refuseLink, sealLink } from './links.ts'
import { findPerson, lockPerson, updateEmail, updateVerified, type PersonRow } from './self-queries.ts'
import { signOutEverywhere } from './session-ending.ts'

export interface AddressChangeInput {
  readonly accountId: string
  /** As typed. */
  readonly email: string
  readonly locale: 'ja' | 'en'
  readonly origin: Origin
}

export type AddressChangeRequest =
  | { readonly ok: true; readonly change: string; readonly email: string }
  | { readonly ok: false; readonly reason: 'invalid_email' | 'same_address' | 'account_suspended' }
  | { readonly ok: false; readonly reason: 'too_many_attempts'; readonly retryAfterSeconds: number }

const useOf = (accountId: string): string => `address change ${accountId}`

/** The present address may be named as long as it is not proved; the confirmation then proves it. */
export async function requestAddressChange(deps: Pick<AccountDeps, 'databases' | 'masterKey' | 'attempts'>, input: AddressChangeInput): Promise<AddressChangeRequest> {
  const { accountId, locale, origin } = input
  const email = normaliseEmail(input.email)
  if (email === null) return { ok: false, reason: 'invalid_email' }
  const event = { type: 'address.change_requested', subject: accountId, actor: accountId, origin } as const
  const refuse = async <Reason extends 'same_address' | 'account_suspended'>(reason: Reason) => {
    await deps.databases.inEngine((trx) => record(trx, { ...event, outcome: 'refused', reason }))
    return { ok: false, reason } as const
  }
  const person = await findPerson(deps.databases.engine, accountId)
  if (person?.status !== 'active') return refuse('account_suspended')
  if (person.email === email && person.email_verified_at !== null) return refuse('same_address')
  const counted = await countMail(deps.attempts, { subject: email, ip: origin.ip }, () =>
    deps.databases.inEngine(async (trx) => {
      await lockPerson(trx, accountId)
      await updateAllUsed(trx, accountId, ['address_change'])
      const { id } = await createLink(trx, deps.masterKey, { purpose: 'address_change', accountId, email, clientId: null, locale })
      await record(trx, { ...event, outcome: 'success', after: { link_id: id } })
      return id
    }),
  )
  if (counted.ok) return { ok: true, change: sealLink(deps.masterKey, counted.done, useOf(accountId)), email }
  const { scope, retryAfterSeconds } = counted
  await deps.databases.inEngine((trx) => record(trx, { ...event, outcome: 'refused', reason: 'too_many_attempts', after: { scope } }))
  return { ok: false, reason: 'too_many_attempts', retryAfterSeconds }
}

export interface AddressConfirmationInput {
  /** The link of the mail, or the code of it typed where the change was asked for. */
  readonly by: { readonly token: string } | { readonly change: string; readonly code: string; readonly accountId: string }
  readonly origin: Origin
}

export type AddressConfirmation = { readonly ok: true; readonly email: string } | { readonly ok: false; readonly reason: 'wrong_code' | 'link_invalid' | 'address_taken' }

const changes = ['address_change'] as const

export async function confirmAddressChange(deps: Pick<AccountDeps, 'databases' | 'masterKey'>, { by, origin }: AddressConfirmationInput): Promise<AddressConfirmation> {
  const key = 'token' in by ? keyOfToken(by.token) : keyOfSealed(deps.masterKey, by)
  const link = key === null ? undefined : await findOpenLink(deps.databases.engine, key, changes)
  if (key === null || link === undefined || link.email === null || link.account_id === null) return refuseLink(deps.databases, { key, purposes: changes, origin })
  const { email, account_id: accountId } = link
  return deps.databases.inEngine(async (trx): Promise<AddressConfirmation> => {
    const person = await lockPerson(trx, accountId)
    const refuse = async (reason: 'wrong_code' | 'link_invalid', why: string | null) => {
      await recordRefusedLink(trx, { key, purposes: changes, origin, ...(why === null ? {} : { reason: why }) })
      return { ok: false, reason } as const
    }
    if (person?.status !== 'active') return refuse('link_invalid', 'account_suspended')
    if ('code' in by) {
      const guess = { id: link.id, purpose: 'address_change', accountId, codeHash: codeHash(deps.masterKey, link.id, by.code), tries: codeTries, lifetimeSeconds: codeLifetimeSeconds }
      const fits = await updateTries(trx, guess)
      if (fits !== true) return fits === undefined ? refuse('link_invalid', null) : refuse('wrong_code', 'wrong_code')
    }
    if ((await updateUsed(trx, key, changes)) === undefined) return refuse('link_invalid', null)
    return moveTo(trx, deps.masterKey, { person, email, linkId: link.id, origin })
  })
}

function keyOfSealed(masterKey: AccountDeps['masterKey'], { change, accountId }: { readonly change: string; readonly accountId: string }): LinkKey | null {
  const id = openSealedLink(masterKey, change, useOf(accountId))
  return id === null ? null : { id }
}

interface Move {
  readonly person: PersonRow
  readonly email: string
  readonly linkId: string
  readonly origin: Origin
}

async function moveTo(trx: EngineTrx, masterKey: AccountDeps['masterKey'], { person, email, linkId, origin }: Move): Promise<AddressConfirmation> {
  const event = { subject: person.id, actor: person.id, origin } as const
  if (person.email === email) {
    await updateVerified(trx, person.id)
    await record(trx, { ...event, type: 'address.verified', outcome: 'success' })
    return { ok: true, email }
  }
  if (!(await updateEmail(trx, person.id, email))) {
    await record(trx, { ...event, type: 'address.changed', outcome: 'refused', reason: 'address_taken', before: { link_id: linkId } })
    return { ok: false, reason: 'address_taken' }
  }
  // They went to the former address.
  await updateAllUsed(trx, person.id, ['password_reset', 'unlock'])
  await record(trx, { ...event, type: 'address.changed', outcome: 'success', after: { link_id: await wayBack(trx, masterKey, person) } })
  return { ok: true, email }
}

/** An address that was never proved may be a stranger's by a slip of the keyboard: it gets no way in. */
async function wayBack(trx: EngineTrx, masterKey: AccountDeps['masterKey'], person: PersonRow): Promise<string | null> {
  if (person.email === null || person.email_verified_at === null) return null
  const { id } = await createLink(trx, masterKey, { purpose: 'address_undo', accountId: person.id, email: person.email, clientId: null, locale: person.locale })
  return id
}

export type AddressUndo = { readonly ok: true } | { readonly ok: false; readonly reason: 'link_invalid' | 'address_taken' }

const undos = ['address_undo'] as const

/** Everybody is signed out: who changed the address may be sitting in the account. The password stays; recovery is the next step. */
export async function undoAddressChange(deps: Pick<AccountDeps, 'databases' | 'sessions'>, { token, origin }: { readonly token: string; readonly origin: Origin }): Promise<AddressUndo> {
  const key = keyOfToken(token)
  const link = await findOpenLink(deps.databases.engine, key, undos)
  if (link === undefined || link.email === null || link.account_id === null) return refuseLink(deps.databases, { key, purposes: undos, origin })
  const { id, email, account_id: accountId } = link
  return deps.databases.inEngine(async (trx): Promise<AddressUndo> => {
    const person = await lockPerson(trx, accountId)
    const isActive = person?.status === 'active'
    if (!isActive || (await updateUsed(trx, key, undos)) === undefined) {
      await recordRefusedLink(trx, { key, purposes: undos, origin, ...(isActive ? {} : { reason: 'account_suspended' }) })
      return { ok: false, reason: 'link_invalid' }
    }
    const event = { type: 'address.change_undone', subject: accountId, actor: accountId, origin } as const
    if (!(await updateEmail(trx, accountId, email))) {
      await record(trx, { ...event, outcome: 'refused', reason: 'address_taken', before: { link_id: id } })
      return { ok: false, reason: 'address_taken' }
    }
    // Ways back to addresses that came after this one are whoever's who brought those.
    await updateLaterUsed(trx, accountId, { id, purpose: 'address_undo' })
    await updateAllUsed(trx, accountId, ['address_change', 'password_reset', 'unlock'])
    await record(trx, { ...event, outcome: 'success' })
    await signOutEverywhere(trx, deps.sessions, { accountId, reason: 'address_change_undone', actor: accountId, origin })
    return { ok: true }
  })
}
