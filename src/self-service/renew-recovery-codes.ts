/** Makes new recovery codes for a person who has something that they stand in for. */
import { generateRecoveryCodes } from '../factors/generate-recovery-codes.ts'
import type { FactorChange, FactorDeps } from '../factors/factor.ts'
import { listFactors } from '../factors/list-factors.ts'

export type RecoveryCodesRenewal = { readonly ok: true; readonly codes: readonly string[] } | { readonly ok: false; readonly reason: 'not_enrolled' }

/** Refused where the account has neither an authenticator app nor a passkey: codes alone would be a second password on paper. */
export async function renewRecoveryCodes(deps: FactorDeps, change: FactorChange): Promise<RecoveryCodesRenewal> {
  const { totp, passkeys } = await listFactors(deps.databases.engine, change.accountId)
  if (totp === null && passkeys.length === 0) return { ok: false, reason: 'not_enrolled' }
  return { ok: true, codes: await generateRecoveryCodes(deps, change) }
}
