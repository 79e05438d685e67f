/**
 * Erases accounts at their owners' wish: asked for now, done after a grace of 14 days in which everything works as before.
 * Invariants: no tenant is left without an administrator; of a request, a change of mind and the erasure itself, the row's
 * lock lets one go first; what is erased is gone for good, and the id stays as a pseudonym for what speaks of it.
 */
import type { EngineTrx } from '../base/db.ts'
import { noOrigin, type Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import type { AccountDeps } from './account-deps.ts'
import { deleteLinksOf, deleteRegistrationsOf, findOpenLink, updateAllUsed, updateUsed, type LinkKey } from './link-queries.ts'
import { createLink, keyOfToken, linkLifetimeSeconds, recordRefusedLink, refuseLink } from './links.ts'
import {
  listDueAccounts, lockDueAccount, lockPerson, updateDeleteAfter, updateErased, updateErasureDone, updateKept, updatePostponed,
} from './self-queries.ts'
import { signOutEverywhere } from './session-ending.ts'

/** What this room needs to know of memberships; members/ implements it. */
export interface AccountMemberships {
  /** Names of the tenants that would be left without an administrator. */
  tenantsWithoutOtherAdmin(accountId: string): Promise<readonly string[]>
  /** Ends every membership of the account that has not ended; may be called again. */
  endAllOf(accountId: string, origin: Origin): Promise<void>
}

export interface DeletionDeps extends Pick<AccountDeps, 'databases' | 'masterKey' | 'sessions'> {
  readonly memberships: AccountMemberships
  /** Removes second factors; factors/ implements it. */
  readonly factors: { erase(trx: EngineTrx, accountId: string): Promise<void> }
}

export interface DeletionInput {
  readonly accountId: string
  readonly actor: string | null
  readonly origin: Origin
}

export type DeletionRequest =
  | { readonly ok: true; readonly deleteAfter: Date }
  | { readonly ok: false; readonly reason: 'last_admin'; readonly tenants: readonly string[] }
  | { readonly ok: false; readonly reason: 'account_suspended' }

/** Asking again changes nothing: the day stays. The mail's link keeps the account (`after.link_id`). */
export async function requestDeletion(deps: Pick<DeletionDeps, 'databases' | 'masterKey' | 'memberships'>, { accountId, actor, origin }: DeletionInput): Promise<DeletionRequest> {
  const event = { type: 'account.deletion_requested', subject: accountId, actor, origin } as const
  const tenants = await deps.memberships.tenantsWithoutOtherAdmin(accountId)
  return deps.databases.inEngine(async (trx): Promise<DeletionRequest> => {
    const person = await lockPerson(trx, accountId)
    const reason = person?.status !== 'active' ? 'account_suspended' : tenants.length > 0 ? 'last_admin' : null
    if (person === undefined || reason !== null) {
      await record(trx, { ...event, outcome: 'refused', reason })
      return reason === 'last_admin' ? { ok: false, reason, tenants } : { ok: false, reason: 'account_suspended' }
    }
    if (person.delete_after !== null) return { ok: true, deleteAfter: person.delete_after }
    const deleteAfter = await updateDeleteAfter(trx, accountId, linkLifetimeSeconds.deletion)
    const { email, locale } = person
    const link = email === null ? null : await createLink(trx, deps.masterKey, { purpose: 'deletion', accountId, email, clientId: null, locale })
    await record(trx, { ...event, outcome: 'success', after: { delete_after: deleteAfter.toISOString(), link_id: link?.id ?? null } })
    return { ok: true, deleteAfter }
  })
}

export interface CancellationInput {
  readonly by: { readonly token: string } | { readonly accountId: string }
  readonly actor: string | null
  readonly origin: Origin
}

export type DeletionCancellation = { readonly ok: true } | { readonly ok: false; readonly reason: 'link_invalid' | 'not_requested' }

const deletions = ['deletion'] as const

export async function cancelDeletion(deps: Pick<DeletionDeps, 'databases'>, { by, actor, origin }: CancellationInput): Promise<DeletionCancellation> {
  if ('accountId' in by) return deps.databases.inEngine((trx) => keep(trx, { accountId: by.accountId, key: null, actor, origin }))
  const key = keyOfToken(by.token)
  const link = await findOpenLink(deps.databases.engine, key, deletions)
  if (link === undefined || link.account_id === null) return refuseLink(deps.databases, { key, purposes: deletions, origin })
  const accountId = link.account_id
  return deps.databases.inEngine((trx) => keep(trx, { accountId, key, actor: actor ?? accountId, origin }))
}

interface Keeping {
  readonly accountId: string
  /** Null for somebody who is signed in. */
  readonly key: LinkKey | null
  readonly actor: string | null
  readonly origin: Origin
}

async function keep(trx: EngineTrx, { accountId, key, actor, origin }: Keeping): Promise<DeletionCancellation> {
  const status = (await lockPerson(trx, accountId))?.status
  if (key !== null && (status !== 'active' || (await updateUsed(trx, key, deletions)) === undefined)) {
    await recordRefusedLink(trx, { key, purposes: deletions, origin, ...(status === 'active' ? {} : { reason: 'account_suspended' }) })
    return { ok: false, reason: 'link_invalid' }
  }
  const event = { type: 'account.deletion_cancelled', subject: accountId, actor, origin } as const
  if (!(await updateKept(trx, accountId))) {
    await record(trx, { ...event, outcome: 'refused', reason: 'not_requested' })
    return { ok: false, reason: 'not_requested' }
  }
  await updateAllUsed(trx, accountId, deletions)
  await record(trx, { ...event, outcome: 'success' })
  return { ok: true }
}

const batch = 50
const secondsPutOff = 24 * 60 * 60

/**
 * Erases those whose day has come; returns how many. Several processes may do so at once; each account is a transaction of its
 * own, and one that fails holds up no other: the first failure is thrown when all have had their turn.
 */
export async function eraseDueAccounts(deps: DeletionDeps): Promise<number> {
  let erased = 0
  const failures: unknown[] = []
  for (const due of await listDueAccounts(deps.databases.engine, batch)) {
    try {
      if (await eraseWhole(deps, due)) erased += 1
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
  return erased
}

/** True where the account itself was erased now. */
async function eraseWhole(deps: DeletionDeps, { id, status }: { readonly id: string; readonly status: string }): Promise<boolean> {
  const isLeftOver = status === 'erased'
  if (!isLeftOver && !(await erase(deps, id))) return false
  // After the account, so that nobody who keeps it loses a membership; a crash in between is made good the next time.
  await deps.memberships.endAllOf(id, noOrigin)
  await deps.databases.inEngine((trx) => updateErasureDone(trx, id))
  return !isLeftOver
}

async function erase(deps: DeletionDeps, accountId: string): Promise<boolean> {
  const tenants = await deps.memberships.tenantsWithoutOtherAdmin(accountId)
  return deps.databases.inEngine(async (trx) => {
    const due = await lockDueAccount(trx, accountId)
    if (due === undefined) return false
    const event = { type: 'account.erased', subject: accountId, origin: noOrigin } as const
    if (tenants.length > 0) {
      // They became the only administrator meanwhile. The wish stands, and is looked at again tomorrow.
      await updatePostponed(trx, accountId, secondsPutOff)
      await record(trx, { ...event, outcome: 'refused', reason: 'last_admin' })
      return false
    }
    await signOutEverywhere(trx, deps.sessions, { accountId, reason: 'account_erased', actor: null, origin: noOrigin })
    await deps.factors.erase(trx, accountId)
    await deleteLinksOf(trx, accountId)
    if (due.email !== null) await deleteRegistrationsOf(trx, due.email)
    await updateErased(trx, accountId)
    await record(trx, { ...event, outcome: 'success' })
    return true
  })
}
