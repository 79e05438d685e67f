/**
 * Removes all second factors of an account: for a person who lost them, by an administrator; for one who is erased, by the clock.
 * Invariant: a reset leaves no browser that is trusted in a factor's place. Whether sessions end with it is the caller's question.
 */
import { forgetDevices } from '../accounts/devices.ts'
import { lockStatus } from '../accounts/queries.ts'
import type { EngineTrx } from '../base/db.ts'
import { record } from '../events/record.ts'
import type { FactorChange, FactorDeps } from './factor.ts'
import { deleteAllFactors } from './queries.ts'

/** Leaves the password only; `reason` is the administrator's and stays in the log. Failed codes and known browsers are forgotten too. */
export async function resetFactors(deps: Pick<FactorDeps, 'databases' | 'attempts'>, input: FactorChange & { readonly reason: string }): Promise<{ readonly ok: true }> {
  await deps.databases.inEngine(async (trx) => {
    await lockStatus(trx, input.accountId)
    await resetFactorsIn(trx, { ...input, tenantId: null })
  })
  // Else a locked counter would keep the person from setting up new ones.
  await deps.attempts.clear('second_factor', input.accountId)
  return { ok: true }
}

/** Its part inside a transaction that does more and holds the account; `tenantId` is whose administrator does it. */
export async function resetFactorsIn(trx: EngineTrx, input: FactorChange & { readonly reason: string; readonly tenantId: string | null }): Promise<void> {
  const { accountId, tenantId, actor, origin, reason } = input
  const before = await deleteAllFactors(trx, accountId)
  await record(trx, { type: 'factors.reset', outcome: 'success', subject: accountId, tenantId, actor, origin, reason, before: { ...before } })
  await forgetDevices(trx, accountId, { actor, origin })
}

/** Part of erasing an account, in its transaction; the erasure's own event says that the factors went. */
export async function eraseFactors(trx: EngineTrx, accountId: string): Promise<void> {
  await deleteAllFactors(trx, accountId)
}
