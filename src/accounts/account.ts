/**
 * Owns the rules of an account that need no database: its states and its names.
 * What a person may do is decided elsewhere; here only whether they may sign in at all.
 */
/** pending: invited, has no factor yet. locked: by an operator, for now. disabled: for good. erased: at the person's wish. */
export type AccountStatus = 'pending' | 'active' | 'locked' | 'disabled' | 'erased'
const statuses: readonly string[] = ['pending', 'active', 'locked', 'disabled', 'erased'] satisfies readonly AccountStatus[]

export function isAccountStatus(text: string): text is AccountStatus {
  return statuses.includes(text)
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

/** In characters; longer than any name on a Japanese family register. */
export const longestName = 100

/** A name as it is kept: trimmed, on one line, without controls and without marks that turn the reading order; null where nothing is left. */
export function plainName(text: string | null): string | null {
  // No normalisation: NFC replaces compatibility ideographs, and people insist on the form that their family writes.
  const plain = (text ?? '').toWellFormed().replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ').replaceAll(/[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu, '')
  const name = plain.replaceAll(/\p{Zs}+/gu, ' ').trim()
  return name === '' ? null : name
}

export interface PersonNames extends PersonName {
  readonly familyNameKana: string | null
  readonly givenNameKana: string | null
}

export type NamesRefusal = 'name_missing' | 'name_too_long'

/** The names as they are kept and shown, or why they are refused. */
export function judgeNames(names: PersonNames): { readonly ok: true; readonly names: PersonNames; readonly displayName: string } | { readonly ok: false; readonly reason: NamesRefusal } {
  const plain = {
    familyName: plainName(names.familyName),
    givenName: plainName(names.givenName),
    familyNameKana: plainName(names.familyNameKana),
    givenNameKana: plainName(names.givenNameKana),
  }
  const displayName = displayNameOf(plain)
  if (displayName === null) return { ok: false, reason: 'name_missing' }
  const isLong = Object.values(plain).some((name) => name !== null && Array.from(name).length > longestName)
  return isLong ? { ok: false, reason: 'name_too_long' } : { ok: true, names: plain, displayName }
}

/** What a password must not be made of: a person's names, their address, the names of their tenants. */
export function wordsAbout(person: { readonly names: readonly (string | null)[]; readonly email: string | null; readonly tenants: readonly string[] }): readonly string[] {
  return [...person.names, person.email, ...person.tenants].flatMap((text) => text ?? [])
}
