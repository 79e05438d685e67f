/**
 * Takes a code of the authenticator app as a second factor. Invariant: a code counts once (RFC 6238 §5.2), decided by the one
 * statement that moves the last used step forward, so two who bring it at the same moment are one.
 */
import { record } from '../events/record.ts'
import { countAttempt, eventOf, type Judged } from './count-attempt.ts'
import type { FactorDeps, FactorUse, SecondFactorResult } from './factor.ts'
import { stepOfCode } from './totp.ts'
import { findTotp, updateTotpUsed } from './totp-queries.ts'
import { openTotpSecret } from './totp-secret.ts'

type Deps = Pick<FactorDeps, 'databases' | 'masterKey' | 'attempts' | 'clock'>
type TotpUse = FactorUse & { readonly code: string }

/** Refuses with wrong_code (used ones too), not_enrolled, or too_many_attempts before it has looked. */
export function verifyTotp(deps: Deps, use: TotpUse): Promise<SecondFactorResult> {
  return countAttempt(deps, use, () => judge(deps, use))
}

async function judge(deps: Deps, use: TotpUse): Promise<Judged<SecondFactorResult>> {
  const { accountId } = use
  const found = await findTotp(deps.databases.engine, accountId)
  if (found?.status !== 'active') return fail(deps, use, 'not_enrolled')
  const sealedSecret = found.sealed_secret
  const step = await stepOfCode({ secret: openTotpSecret(deps.masterKey, accountId, sealedSecret), code: use.code, now: deps.clock.now() })
  if (step === null) return fail(deps, use, 'wrong_code')
  const isFirst = await deps.databases.inEngine(async (trx) => {
    if (!(await updateTotpUsed(trx, { accountId, sealedSecret, step }))) return false
    await record(trx, { ...eventOf(use), type: 'second_factor.succeeded', outcome: 'success', actor: accountId, after: { factor: 'totp' } })
    return true
  })
  return isFirst ? { counts: 'success', result: { ok: true, accountId, acr: 'aal2', amr: ['otp'] } } : fail(deps, use, 'code_used')
}

async function fail({ databases }: Deps, use: TotpUse, reason: 'not_enrolled' | 'wrong_code' | 'code_used'): Promise<Judged<SecondFactorResult>> {
  await databases.inEngine((trx) => record(trx, { ...eventOf(use), type: 'second_factor.failed', outcome: 'failure', reason, after: { factor: 'totp' } }))
  if (reason === 'not_enrolled') return { counts: 'neither', result: { ok: false, reason } }
  return { counts: 'failure', result: { ok: false, reason: 'wrong_code' } }
}
