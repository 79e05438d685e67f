/** Removes a passkey; only its owner's account has it. Invariant: recovery codes never outlive the last factor that they stand in for. */
import { lockStatus } from '../accounts/queries.ts'
import { record } from '../events/record.ts'
import type { FactorChange, FactorDeps } from './factor.ts'
import { deletePasskey } from './passkey-queries.ts'
import { deleteOrphanedRecoveryCodes } from './recovery-code-queries.ts'

export type PasskeyRemoval = { readonly ok: true } | { readonly ok: false; readonly reason: 'not_found' }

/** Refuses with not_found for a passkey of somebody else. */
export function removePasskey(deps: Pick<FactorDeps, 'databases'>, input: FactorChange & { readonly passkeyId: string }): Promise<PasskeyRemoval> {
  const { accountId, passkeyId, actor, origin } = input
  return deps.databases.inEngine(async (trx): Promise<PasskeyRemoval> => {
    await lockStatus(trx, accountId)
    if (!(await deletePasskey(trx, { id: passkeyId, accountId }))) return { ok: false, reason: 'not_found' }
    const withdrawn = await deleteOrphanedRecoveryCodes(trx, accountId)
    await record(trx, { type: 'passkey.removed', outcome: 'success', subject: accountId, actor, origin, after: { passkey_id: passkeyId, recovery_codes_withdrawn: withdrawn } })
    return { ok: true }
  })
}
