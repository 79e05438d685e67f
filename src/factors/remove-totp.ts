/** Disconnects the authenticator app. Invariant: recovery codes never outlive the last factor that they stand in for. */
import { lockStatus } from '../accounts/queries.ts'
import { record } from '../events/record.ts'
import type { FactorChange, FactorDeps } from './factor.ts'
import { deleteOrphanedRecoveryCodes } from './recovery-code-queries.ts'
import { deleteTotp } from './totp-queries.ts'

export type TotpRemoval = { readonly ok: true } | { readonly ok: false; readonly reason: 'not_enrolled' }

/** Refuses with not_enrolled where no app is connected. */
export function removeTotp(deps: Pick<FactorDeps, 'databases'>, { accountId, actor, origin }: FactorChange): Promise<TotpRemoval> {
  return deps.databases.inEngine(async (trx): Promise<TotpRemoval> => {
    await lockStatus(trx, accountId)
    if (!(await deleteTotp(trx, accountId))) return { ok: false, reason: 'not_enrolled' }
    const withdrawn = await deleteOrphanedRecoveryCodes(trx, accountId)
    await record(trx, { type: 'totp.removed', outcome: 'success', subject: accountId, actor, origin, after: { recovery_codes_withdrawn: withdrawn } })
    return { ok: true }
  })
}
