/** Shows which second factors an account has, for its own pages; holds nothing that opens anything. */
import { listPasskeys, type PasskeyListRow } from './passkey-queries.ts'
import type { Engine } from './queries.ts'
import { getRecoveryCodeCount } from './recovery-code-queries.ts'
import { findTotp } from './totp-queries.ts'

export interface FactorList {
  readonly totp: { readonly created_at: Date; readonly last_used_at: Date | null } | null
  /** Oldest first. */
  readonly passkeys: readonly PasskeyListRow[]
  readonly recoveryCodesLeft: number
}

export async function listFactors(db: Engine, accountId: string): Promise<FactorList> {
  const [totp, passkeys, codes] = await Promise.all([findTotp(db, accountId), listPasskeys(db, accountId), getRecoveryCodeCount(db, accountId)])
  return {
    totp: totp === undefined ? null : { created_at: totp.created_at, last_used_at: totp.last_used_at },
    passkeys: passkeys.map(({ id, name, created_at, last_used_at, backed_up, clone_suspected_at }) => ({ id, name, created_at, last_used_at, backed_up, clone_suspected_at })),
    recoveryCodesLeft: codes.unused,
  }
}
