/** Owns how the key of an authenticator app is kept: sealed with the master key and bound to its table, column and account. */
import type { MasterKey } from '../base/crypto.ts'

export function sealTotpSecret(masterKey: MasterKey, accountId: string, secret: string): string {
  return masterKey.seal(secret, boundTo(accountId))
}

/** Throws CannotOpen for a row that was copied from another account. */
export function openTotpSecret(masterKey: MasterKey, accountId: string, sealed: string): string {
  return masterKey.open(sealed, boundTo(accountId)).toString('utf8')
}

function boundTo(accountId: string): string {
  return `factor_totp sealed_secret ${accountId}`
}
