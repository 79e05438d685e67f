/**
 * Lifts the lock that too many failures put on sign-in by password: by a mailed link, or by an operator's hand.
 * Invariant: a link lifts the lock of the password only. Who fails at second factors knows the password, so a mailbox is
 * not enough to go on guessing there. An account that an operator suspended stays so (resume-account.ts).
 */
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import type { AccountDeps } from './account-deps.ts'
import { findOpenLink, updateUsed } from './link-queries.ts'
import { keyOfToken, recordRefusedLink, refuseLink } from './links.ts'
import { findPerson, lockPerson } from './self-queries.ts'

type UnlockDeps = Pick<AccountDeps, 'databases' | 'attempts'>

export type UnlockByLink = { readonly ok: true } | { readonly ok: false; readonly reason: 'link_invalid' }

const unlocks = ['unlock'] as const

export async function unlockByLink(deps: UnlockDeps, { token, origin }: { readonly token: string; readonly origin: Origin }): Promise<UnlockByLink> {
  const key = keyOfToken(token)
  const link = await findOpenLink(deps.databases.engine, key, unlocks)
  if (link === undefined || link.account_id === null) return refuseLink(deps.databases, { key, purposes: unlocks, origin })
  const accountId = link.account_id
  const result = await deps.databases.inEngine(async (trx): Promise<UnlockByLink> => {
    const isActive = (await lockPerson(trx, accountId))?.status === 'active'
    if (!isActive || (await updateUsed(trx, key, unlocks)) === undefined) {
      await recordRefusedLink(trx, { key, purposes: unlocks, origin, ...(isActive ? {} : { reason: 'account_suspended' }) })
      return { ok: false, reason: 'link_invalid' }
    }
    await record(trx, { type: 'account.unlocked', outcome: 'success', subject: accountId, actor: accountId, origin, after: { how: 'link' } })
    return { ok: true }
  })
  if (result.ok) await clearPasswordLock(deps, accountId)
  return result
}

export interface UnlockInput {
  readonly accountId: string
  readonly actor: string | null
  readonly origin: Origin
}

export type Unlock = { readonly ok: true } | { readonly ok: false; readonly reason: 'not_found' }

/** Also lifts the lock of second factors; whether the actor may do so is the caller's question. */
export async function unlockAccount(deps: UnlockDeps, { accountId, actor, origin }: UnlockInput): Promise<Unlock> {
  const person = await findPerson(deps.databases.engine, accountId)
  if (person === undefined) return { ok: false, reason: 'not_found' }
  await deps.databases.inEngine((trx) => record(trx, { type: 'account.unlocked', outcome: 'success', subject: accountId, actor, origin, after: { how: 'operator' } }))
  await clearPasswordLock(deps, accountId)
  await deps.attempts.clear('second_factor', accountId)
  return { ok: true }
}

/** Failed passwords of the account count afresh, from everywhere. */
export function clearPasswordLock({ attempts }: { readonly attempts: Pick<AccountDeps['attempts'], 'clear'> }, accountId: string): Promise<void> {
  return attempts.clear('password', accountId)
}
