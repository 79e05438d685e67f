/** Gives a passkey another name; only its owner's account has it. The name itself stays out of the log. */
import { record } from '../events/record.ts'
import type { FactorChange, FactorDeps } from './factor.ts'
import { passkeyName } from './passkey.ts'
import { updatePasskeyName } from './passkey-queries.ts'

export type PasskeyRenaming = { readonly ok: true; readonly name: string } | { readonly ok: false; readonly reason: 'not_found' | 'name_missing' | 'name_too_long' }

/** Refuses with not_found for a passkey of somebody else. */
export async function renamePasskey(deps: Pick<FactorDeps, 'databases'>, input: FactorChange & { readonly passkeyId: string; readonly name: string }): Promise<PasskeyRenaming> {
  const { accountId, passkeyId, actor, origin } = input
  const judged = passkeyName(input.name)
  if (!judged.ok) return judged
  return deps.databases.inEngine(async (trx): Promise<PasskeyRenaming> => {
    if (!(await updatePasskeyName(trx, { id: passkeyId, accountId, name: judged.name }))) return { ok: false, reason: 'not_found' }
    await record(trx, { type: 'passkey.renamed', outcome: 'success', subject: accountId, actor, origin, after: { passkey_id: passkeyId } })
    return judged
  })
}
