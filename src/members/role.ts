/**
 * Owns what a role of a tenant may be: its name and its permissions, which are names of the platform's own catalogue. Pure.
 * Who may give which is said by membership.ts.
 */
import { isPermission, type Permission } from './permission.ts'

const longestName = 50

/** A name as it is stored and as tokens say it; null where it is empty, too long or holds what does not print. */
export function normaliseRoleName(text: string): string | null {
  const name = text.normalize('NFKC').trim()
  return name === '' || name.length > longestName || /\p{C}/u.test(name) ? null : name
}

const longestDescription = 300

/** What a role is for, in the tenant's own words: null for none, undefined where it is too long. */
export function normaliseDescription(text: string | null): string | null | undefined {
  const description = text?.normalize('NFC').trim() ?? ''
  return description.length > longestDescription ? undefined : description === '' ? null : description
}

/** Each once, in the order given; null where one is not in the catalogue. */
export function readPermissions(names: readonly string[]): Permission[] | null {
  const known = [...new Set(names)].filter(isPermission)
  return known.length === new Set(names).size ? known : null
}
