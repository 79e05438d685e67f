/**
 * Owns the rules of an account that need no database: its states, its names, the length of a password.
 * What a person may do is decided elsewhere; here only whether they may sign in at all.
 */
import { longestPassword } from './hash-pool.ts'

/** pending: invited, has no factor yet. locked: by an operator, for now. disabled: for good. */
export type AccountStatus = 'pending' | 'active' | 'locked' | 'disabled'
const statuses: readonly string[] = ['pending', 'active', 'locked', 'disabled'] satisfies readonly AccountStatus[]

export function isAccountStatus(text: string): text is AccountStatus {
  return statuses.includes(text)
}

/** NIST SP 800-63B-4 §3.1.1.2: 8 characters where a second factor is possible. */
export const shortestPassword = 8

/** Why a new password is refused, or null; lengths count characters, not bytes, after the same folding as the hash. */
export function passwordRefusal(password: string): 'password_too_short' | 'password_too_long' | null {
  const folded = password.normalize('NFKC')
  if (Array.from(folded).length < shortestPassword) return 'password_too_short'
  return folded.length > longestPassword || password.length > longestPassword ? 'password_too_long' : null
}

export interface PersonName {
  readonly familyName: string | null
  readonly givenName: string | null
}

/** The name as Japanese people write it: family name first; null where there is none. */
export function displayNameOf({ familyName, givenName }: PersonName): string | null {
  const parts = [familyName, givenName].map((part) => part?.trim() ?? '').filter((part) => part !== '')
  return parts.length === 0 ? null : parts.join(' ')
}
