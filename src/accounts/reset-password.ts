/**
 * Sets a password by a mailed reset link, or by the activation link that an administrator handed over.
 * Invariants: the password is judged before the link is used up; whoever had the account until now is out: sessions, tokens,
 * known browsers and every other link that could set a password or take the address. Second factors stay: a mailbox alone
 * must not be a way around them (ASVS 6.4.3).
 */
import type { EngineTrx } from '../base/db.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import type { AccountDeps } from './account-deps.ts'
import { judgePasswordOf } from './change-password.ts'
import { findOpenLink, updateAllUsed, updateUsed, type LinkKey, type LinkRow } from './link-queries.ts'
import { isUnproved } from './issue-activation.ts'
import { keyOfToken, recordRefusedLink, refuseLink } from './links.ts'
import type { PasswordRefusal } from './password-rules.ts'
import { updateStatus } from './queries.ts'
import { findPerson, lockPerson, updatePassword, updateVerified, type PersonRow } from './self-queries.ts'
import { signOutEverywhere } from './session-ending.ts'
import { clearPasswordLock } from './unlock-account.ts'

export interface PasswordResetInput {
  readonly token: string
  readonly purpose: 'password_reset' | 'activation'
  readonly password: string
  readonly origin: Origin
}

export type PasswordReset =
  | { readonly ok: true; readonly accountId: string; readonly clientId: string | null }
  | { readonly ok: false; readonly reason: 'link_invalid' | 'account_suspended' | PasswordRefusal }

type ResetDeps = Pick<AccountDeps, 'databases' | 'hashes' | 'attempts' | 'passwords' | 'sessions'>

/** Throws HashPoolFull when too many passwords wait; the link counts afterwards as before. */
export async function resetPassword(deps: ResetDeps, input: PasswordResetInput): Promise<PasswordReset> {
  const { purpose, origin } = input
  const { engine } = deps.databases
  const key = keyOfToken(input.token)
  const link = await findOpenLink(engine, key, [purpose])
  const accountId = link?.account_id ?? null
  const person = accountId === null ? undefined : await findPerson(engine, accountId)
  if (link === undefined || person === undefined) return refuseLink(deps.databases, { key, purposes: [purpose], origin })
  const refusal = await judgePasswordOf(deps.passwords, person, input.password)
  if (refusal !== null) {
    await deps.databases.inEngine((trx) => record(trx, { ...eventOf(person.id, link, origin), outcome: 'refused', reason: refusal }))
    return { ok: false, reason: refusal }
  }
  const phc = await deps.hashes.hash(input.password)
  const result = await deps.databases.inEngine((trx) => resetIn(trx, { deps, accountId: person.id, link, key, phc, input }))
  if (result.ok) await clearPasswordLock(deps, person.id)
  return result
}

function eventOf(accountId: string, link: LinkRow, origin: Origin) {
  return { type: 'password.changed', subject: accountId, actor: accountId, clientId: link.client_id, origin } as const
}

interface Reset {
  readonly deps: ResetDeps
  readonly accountId: string
  readonly link: LinkRow
  readonly key: LinkKey
  readonly phc: string
  readonly input: PasswordResetInput
}

async function resetIn(trx: EngineTrx, { deps, accountId, link, key, phc, input }: Reset): Promise<PasswordReset> {
  const { purpose, origin } = input
  const person = await lockPerson(trx, accountId)
  const refused = refusalOf(person, link)
  if (person === undefined || refused !== null || (await updateUsed(trx, key, [purpose])) === undefined) {
    await recordRefusedLink(trx, { key, purposes: [purpose], origin, ...(refused === null ? {} : { reason: refused }) })
    return { ok: false, reason: refused === 'account_suspended' ? refused : 'link_invalid' }
  }
  await updatePassword(trx, accountId, phc)
  const isNew = person.status === 'pending'
  if (isNew) await updateStatus(trx, accountId, 'active')
  const event = { ...eventOf(accountId, link, origin), outcome: 'success' } as const
  if (purpose === 'password_reset' && person.email_verified_at === null) {
    await updateVerified(trx, accountId)
    await record(trx, { ...event, type: 'address.verified' })
  }
  await updateAllUsed(trx, accountId, ['password_reset', 'activation', 'address_change'])
  const how = purpose === 'password_reset' ? 'reset' : 'activation'
  await record(trx, { ...event, before: isNew ? { status: 'pending' } : null, after: { how, ...(isNew ? { status: 'active' } : {}) } })
  await signOutEverywhere(trx, deps.sessions, { accountId, reason: `password_${how}`, actor: accountId, origin })
  return { ok: true, accountId, clientId: link.client_id }
}

/** Why the link does nothing for this account any more; null when it may. */
function refusalOf(person: PersonRow | undefined, link: LinkRow): 'account_suspended' | 'address_changed' | 'account_pending' | 'address_unproved' | null {
  if (person === undefined) return null
  if (person.status !== 'active' && person.status !== 'pending') return 'account_suspended'
  // The former mailbox has no say any more.
  if (link.purpose === 'password_reset') return link.email !== person.email ? 'address_changed' : person.status === 'pending' ? 'account_pending' : null
  // An address that nobody has proved belongs to its owner, not to who was handed a link (pre-hijacking).
  return isUnproved(person) ? 'address_unproved' : null
}
