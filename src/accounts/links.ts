/**
 * Owns the links and six-digit codes that are mailed to people or handed over: how they look, how long they live, who may see them.
 * Invariants: token and code are derived from the link's id under the master key and only their hashes are stored, so neither
 * the table nor a waiting mail job opens anything; a GET changes nothing (mail scanners follow links); each link counts once.
 * What a link does when it counts is its command's.
 */
import { hmac, sha256, CannotOpen, type MasterKey } from '../base/crypto.ts'
import type { Databases, EngineTrx } from '../base/db.ts'
import { newId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import type { AccountDeps } from './account-deps.ts'
import type { Refused, Reservation } from './attempts.ts'
import { findLinkState, findOpenLink, insertLink, type LinkKey } from './link-queries.ts'

export type LinkPurpose = 'registration' | 'password_reset' | 'activation' | 'address_change' | 'address_undo' | 'unlock' | 'deletion'

const minute = 60
const hour = 60 * minute
const day = 24 * hour

export const linkLifetimeSeconds: Readonly<Record<LinkPurpose, number>> = {
  registration: hour,
  password_reset: 30 * minute,
  activation: 3 * day,
  address_change: hour,
  address_undo: 7 * day,
  unlock: hour,
  // The grace in which people may keep their account.
  deletion: 14 * day,
}

/** ASVS 6.5.5: a code that travels outside the browser lives ten minutes at most. */
export const codeLifetimeSeconds = 10 * minute
/** Guesses per link, whoever makes them. */
export const codeTries = 5

const paths: Readonly<Record<LinkPurpose, string>> = {
  registration: 'register',
  password_reset: 'reset',
  activation: 'activate',
  address_change: 'address',
  address_undo: 'undo',
  unlock: 'unlock',
  deletion: 'keep',
}
const withCode: readonly LinkPurpose[] = ['registration', 'address_change']

/** 43 characters of base64url; whoever has it holds the link. */
export function linkToken(masterKey: MasterKey, linkId: string): string {
  return hmac(masterKey.derive('link token'), linkId)
}

/** Six digits that do the same as the link where the page asks for them. */
export function linkCode(masterKey: MasterKey, linkId: string): string {
  const bytes = Buffer.from(hmac(masterKey.derive('link code'), linkId), 'base64url')
  return String(bytes.readUIntBE(0, 6) % 1_000_000).padStart(6, '0')
}

export function linkPath(purpose: LinkPurpose, token: string): string {
  return `/${paths[purpose]}/${token}`
}

/** What the table knows of a code, in the spelling that people get it in: full-width digits and gaps are forgiven. */
export function codeHash(masterKey: MasterKey, linkId: string, code: string): string {
  return hmac(masterKey.derive('link code hash'), `${linkId} ${code.slice(0, 64).normalize('NFKC').replaceAll(/\s/g, '')}`)
}

/** The row that belongs to a token. */
export function keyOfToken(token: string): LinkKey {
  return { tokenHash: sha256(token) }
}

export interface NewLink {
  readonly purpose: LinkPurpose
  /** Null where nobody has the account yet, or nobody at all. */
  readonly accountId: string | null
  /** Null where it is handed over. */
  readonly email: string | null
  readonly clientId: string | null
  /** The tenant that a newcomer came for; null unless told. */
  readonly tenantId?: string | null
  /** ja or en; null where nobody has said. */
  readonly locale: string | null
}

/** Stores a link; its event names it (`after.link_id`), and the mail job derives the token from that. */
export async function createLink(trx: EngineTrx, masterKey: MasterKey, link: NewLink): Promise<{ readonly id: string; readonly expiresAt: Date }> {
  const id = newId()
  const expiresAt = await insertLink(trx, {
    id,
    purpose: link.purpose,
    token_hash: sha256(linkToken(masterKey, id)),
    code_hash: withCode.includes(link.purpose) ? codeHash(masterKey, id, linkCode(masterKey, id)) : null,
    account_id: link.accountId,
    email: link.email,
    client_id: link.clientId,
    tenant_id: link.tenantId ?? null,
    locale: link.locale,
    lifetime_seconds: linkLifetimeSeconds[link.purpose],
  })
  return { id, expiresAt }
}

export interface LinkView {
  readonly purpose: LinkPurpose
  readonly email: string | null
  readonly accountId: string | null
  readonly displayName: string | null
  /** Decides how long a new password must be. */
  readonly hasSecondFactor: boolean
  readonly clientId: string | null
  readonly locale: 'ja' | 'en' | null
}

/** What the page behind a link shows before anybody presses its button; null for one that does not count (any more). */
export async function findLink(
  deps: Pick<AccountDeps, 'databases' | 'masterKey'>,
  { token, purposes }: { readonly token: string; readonly purposes: readonly LinkPurpose[] },
): Promise<LinkView | null> {
  const row = await findOpenLink(deps.databases.engine, keyOfToken(token), purposes)
  const purpose = purposes.find((known) => known === row?.purpose)
  if (row === undefined || purpose === undefined) return null
  return {
    purpose,
    email: row.email,
    accountId: row.account_id,
    displayName: row.display_name,
    hasSecondFactor: row.has_second_factor,
    clientId: row.client_id,
    locale: row.locale === 'ja' || row.locale === 'en' ? row.locale : null,
  }
}

/** The link's id for a hidden field; nobody can make one, and one that was made for one use does not open for another. */
export function sealLink(masterKey: MasterKey, linkId: string, use: string): string {
  return masterKey.seal(linkId, `account_link ${use}`)
}

/** Null for what `sealLink` did not make for this use. */
export function openSealedLink(masterKey: MasterKey, sealed: string, use: string): string | null {
  try {
    return masterKey.open(sealed, `account_link ${use}`).toString()
  } catch (error) {
    if (error instanceof CannotOpen) return null
    throw error
  }
}

export interface RefusedLink {
  /** Null for a sealed value that does not open. */
  readonly key: LinkKey | null
  readonly purposes: readonly LinkPurpose[]
  readonly origin: Origin
  /** Said where the link itself would have done; otherwise its state says why. */
  readonly reason?: string
}

/** Writes down why a link did nothing. People are told less: `link_invalid`, whatever it was. */
export async function recordRefusedLink(trx: EngineTrx, { key, purposes, origin, reason }: RefusedLink): Promise<void> {
  const state = key === null ? undefined : await findLinkState(trx.query, key, purposes)
  const why = state === undefined ? 'unknown' : state.is_used ? 'used' : state.is_expired ? 'expired' : (reason ?? stateOfCode(state))
  await record(trx, { type: 'link.refused', outcome: 'refused', subject: state?.id ?? null, origin, reason: why, after: { purpose: state?.purpose ?? purposes[0] ?? null } })
}

function stateOfCode(state: { readonly code_tries: number; readonly age_seconds: number }): string {
  if (state.code_tries >= codeTries) return 'too_many_tries'
  return state.age_seconds >= codeLifetimeSeconds ? 'code_expired' : 'lost_race'
}

/** The same in a transaction of its own. */
export async function refuseLink(databases: Databases, refused: RefusedLink): Promise<{ readonly ok: false; readonly reason: 'link_invalid' }> {
  await databases.inEngine((trx) => recordRefusedLink(trx, refused))
  return { ok: false, reason: 'link_invalid' }
}

/**
 * Counts one mail to a name before it is asked for, then does the work; the count is taken back only when the work failed.
 * A name counts the same whether anybody has it or not.
 */
export async function countMail<Done>(
  attempts: AccountDeps['attempts'],
  mail: { readonly subject: string; readonly ip: string | null },
  work: () => Promise<Done>,
): Promise<{ readonly ok: true; readonly done: Done } | Refused> {
  const reservation: Reservation | Refused = await attempts.reserve({ kind: 'mail', ...mail, knownDevice: null })
  if (!reservation.ok) return reservation
  try {
    return { ok: true, done: await work() }
  } catch (error) {
    await reservation.release()
    throw error
  }
}
