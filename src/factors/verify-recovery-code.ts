/**
 * Takes a recovery code in place of a second factor. Invariant: each code counts once, also for two who bring it at the same
 * moment. It says no more than a one-time code does (RFC 8176 `otp`), and never replaces the password.
 */
import { record } from '../events/record.ts'
import { countAttempt, eventOf, type Judged } from './count-attempt.ts'
import type { FactorDeps, FactorUse, SecondFactorResult } from './factor.ts'
import { recoveryCodeHash } from './recovery-code.ts'
import { getRecoveryCodeCount, updateRecoveryCodeUsed } from './recovery-code-queries.ts'

type Deps = Pick<FactorDeps, 'databases' | 'masterKey' | 'attempts' | 'clock'>

/** `left` says how many codes remain; refuses with wrong_code (used ones too), or not_enrolled where there is no set. */
export function verifyRecoveryCode(deps: Deps, use: FactorUse & { readonly code: string }): Promise<SecondFactorResult> {
  return countAttempt(deps, use, () => judge(deps, use))
}

function judge({ databases, masterKey }: Deps, use: FactorUse & { readonly code: string }): Promise<Judged<SecondFactorResult>> {
  const { accountId } = use
  const hash = recoveryCodeHash(masterKey, accountId, use.code)
  return databases.inEngine(async (trx): Promise<Judged<SecondFactorResult>> => {
    const fits = hash !== null && (await updateRecoveryCodeUsed(trx, { accountId, hash }))
    const { all, unused: left } = await getRecoveryCodeCount(trx.query, accountId)
    const event = { ...eventOf(use), after: { factor: 'recovery_code' } }
    if (!fits) {
      const reason = all === 0 ? 'not_enrolled' : 'wrong_code'
      await record(trx, { ...event, type: 'second_factor.failed', outcome: 'failure', reason })
      return { counts: all === 0 ? 'neither' : 'failure', result: { ok: false, reason } }
    }
    await record(trx, { ...event, type: 'second_factor.succeeded', outcome: 'success', actor: accountId })
    await record(trx, { ...event, type: 'recovery_code.used', outcome: 'success', actor: accountId, after: { left } })
    return { counts: 'success', result: { ok: true, accountId, acr: 'aal2', amr: ['otp'], left } }
  })
}
