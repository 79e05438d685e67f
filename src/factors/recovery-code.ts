/**
 * Owns the spelling of recovery codes: ten characters of Crockford's base32 (50 bits), shown as two groups of five.
 * Invariant: what people confuse (o and 0, i, l and 1) is one character here, so a code that was copied by hand still fits.
 */
import { randomBytes } from 'node:crypto'
import { hmac, type MasterKey } from '../base/crypto.ts'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const length = 10
const shape = new RegExp(`^[${alphabet}]{${length}}$`)

export const recoveryCodesPerSet = 10

/** A new code, `xxxxx-xxxxx`. */
export function makeRecoveryCode(): string {
  const code = Array.from(randomBytes(length), (byte) => alphabet.charAt(byte % alphabet.length)).join('')
  return `${code.slice(0, 5)}-${code.slice(5)}`
}

/** The code in its one spelling, whatever its case, width, spaces and hyphens; null for what cannot be one. */
export function normaliseRecoveryCode(text: string): string | null {
  if (text.length > 128) return null
  const plain = text.normalize('NFKC').toLowerCase().replaceAll(/[\s\u2010-\u2015\u2212\u30fc-]/g, '')
  const code = plain.replaceAll('o', '0').replaceAll(/[il]/g, '1')
  return shape.test(code) ? code : null
}

/** What is stored of a code; the same code of another account has another hash. Null for what cannot be a code. */
export function recoveryCodeHash(masterKey: MasterKey, accountId: string, text: string): string | null {
  const code = normaliseRecoveryCode(text)
  return code === null ? null : hmac(masterKey.derive('recovery codes'), `${code} ${accountId}`)
}
