/**
 * Makes recovery codes. Invariants: they are shown by whoever asked for them and stored as hashes only; a new set makes
 * the one before void in the same transaction.
 */
import type { MasterKey } from '../base/crypto.ts'
import type { EngineTrx } from '../base/db.ts'
import { lockStatus } from '../accounts/queries.ts'
import { record } from '../events/record.ts'
import type { FactorChange, FactorDeps } from './factor.ts'
import { makeRecoveryCode, recoveryCodeHash, recoveryCodesPerSet } from './recovery-code.ts'
import { deleteRecoveryCodes, getRecoveryCodeCount, insertRecoveryCodes } from './recovery-code-queries.ts'

/** Ten new codes, `xxxxx-xxxxx`; all earlier ones are void. */
export function generateRecoveryCodes(deps: Pick<FactorDeps, 'databases' | 'masterKey'>, change: FactorChange): Promise<readonly string[]> {
  return deps.databases.inEngine(async (trx) => {
    await lockStatus(trx, change.accountId)
    return replaceRecoveryCodes(trx, deps.masterKey, change)
  })
}

/** A set for who has no unused code yet, else null; the caller holds the account's lock. */
export async function provideRecoveryCodes(trx: EngineTrx, masterKey: MasterKey, change: FactorChange): Promise<readonly string[] | null> {
  const { unused } = await getRecoveryCodeCount(trx.query, change.accountId)
  return unused === 0 ? replaceRecoveryCodes(trx, masterKey, change) : null
}

async function replaceRecoveryCodes(trx: EngineTrx, masterKey: MasterKey, { accountId, actor, origin }: FactorChange): Promise<readonly string[]> {
  const codes = new Map<string, string>()
  while (codes.size < recoveryCodesPerSet) {
    const code = makeRecoveryCode()
    const hash = recoveryCodeHash(masterKey, accountId, code)
    if (hash !== null) codes.set(hash, code)
  }
  await deleteRecoveryCodes(trx, accountId)
  await insertRecoveryCodes(trx, accountId, [...codes.keys()])
  await record(trx, { type: 'recovery_codes.generated', outcome: 'success', subject: accountId, actor, origin, after: { count: codes.size } })
  return [...codes.values()]
}
