/**
 * Lets people change their own password. That it is really them (the present password, a fresh sign-in) is the page's part.
 * Invariants: all other sessions and known browsers end with the old password, and so do links that could set another one or
 * take the address; a reset that comes in between wins, whoever was quicker at the keyboard.
 */
import type { EngineTrx } from '../base/db.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { wordsAbout } from './account.ts'
import type { AccountDeps } from './account-deps.ts'
import { forgetDevices } from './devices.ts'
import { updateAllUsed } from './link-queries.ts'
import type { PasswordRefusal, PasswordRules } from './password-rules.ts'
import { raiseNotBefore } from './queries.ts'
import { findPerson, lockPerson, updatePassword, type PersonRow } from './self-queries.ts'

export interface PasswordChangeInput {
  readonly accountId: string
  readonly password: string
  /** The session that stays; null where there is none yet. */
  readonly keepSessionUid: string | null
  /** The browser that stays known; none unless told. */
  readonly keepDeviceId?: string | null
  readonly how: 'self' | 'expired'
  readonly actor: string | null
  readonly origin: Origin
}

/** account_changed: suspended, or its password set or everything signed out, since this request began. */
export type PasswordChange = { readonly ok: true } | { readonly ok: false; readonly reason: PasswordRefusal | 'same_password' | 'account_changed' }

type ChangeDeps = Pick<AccountDeps, 'databases' | 'hashes' | 'passwords' | 'sessions'>

/** Throws HashPoolFull when too many passwords wait. */
export async function changePassword(deps: ChangeDeps, input: PasswordChangeInput): Promise<PasswordChange> {
  const person = await findPerson(deps.databases.engine, input.accountId)
  if (person === undefined) return { ok: false, reason: 'account_changed' }
  const reason = (await judgePasswordOf(deps.passwords, person, input.password)) ?? (await isSame(deps, person, input.password))
  if (reason !== null) {
    await deps.databases.inEngine((trx) => record(trx, { ...eventOf(input), outcome: 'refused', reason }))
    return { ok: false, reason }
  }
  const phc = await deps.hashes.hash(input.password)
  return deps.databases.inEngine((trx) => changeIn(trx, { deps, input, before: person, phc }))
}

/** Why a person must not have this password; its length depends on whether it is all that protects the account. */
export function judgePasswordOf(passwords: PasswordRules, person: PersonRow, password: string): Promise<PasswordRefusal | null> {
  const names = [person.family_name, person.given_name, person.family_name_kana, person.given_name_kana]
  const about = wordsAbout({ names, email: person.email, tenants: person.tenants })
  return passwords.judge({ password, about, hasSecondFactor: person.has_second_factor })
}

async function isSame({ hashes }: ChangeDeps, { phc }: PersonRow, password: string): Promise<'same_password' | null> {
  return phc !== null && (await hashes.verify(phc, password)).ok ? 'same_password' : null
}

function eventOf({ accountId, actor, origin, how }: PasswordChangeInput) {
  return { type: 'password.changed', subject: accountId, actor, origin, after: { how } } as const
}

interface Change {
  readonly deps: ChangeDeps
  readonly input: PasswordChangeInput
  readonly before: PersonRow
  readonly phc: string
}

async function changeIn(trx: EngineTrx, { deps, input, before, phc }: Change): Promise<PasswordChange> {
  const { accountId, keepSessionUid, keepDeviceId, actor, origin } = input
  const now = await lockPerson(trx, accountId)
  // Hashing takes a while: somebody who was thrown out meanwhile must not set the password after that.
  if (now?.status !== 'active' || now.phc !== before.phc || now.not_before !== before.not_before) {
    await record(trx, { ...eventOf(input), outcome: 'refused', reason: 'account_changed' })
    return { ok: false, reason: 'account_changed' }
  }
  await updatePassword(trx, accountId, phc)
  await updateAllUsed(trx, accountId, ['password_reset', 'activation', 'address_change'])
  await record(trx, { ...eventOf(input), outcome: 'success' })
  // Also ends what has no session yet: a sign-in with the old password that waits for its next step.
  await raiseNotBefore(trx, accountId)
  await deps.sessions.endOtherSessions(trx, { accountId, keepSessionUid, origin })
  await forgetDevices(trx, accountId, { actor, origin, ...(typeof keepDeviceId === 'string' ? { except: keepDeviceId } : {}) })
  return { ok: true }
}
