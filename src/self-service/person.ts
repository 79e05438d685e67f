/** What this room says about a person in words: the name that they sign in with, and the tenant that stands for them. */
import type { Kysely } from 'kysely'
import { listStaffNames, type ProfileRow } from '../accounts/self-queries.ts'
import type { DB } from '../base/schema.ts'
import type { OwnMembershipRow } from '../members/own-memberships-queries.ts'
import { isLocale, type Locale } from '../../views/locale.ts'

/** The address, or a staff number with its tenant; the name that people see where there is neither. */
export async function signInName(db: Kysely<DB>, profile: ProfileRow): Promise<string> {
  if (profile.email !== null) return profile.email
  const [staff] = await listStaffNames(db, profile.id)
  return staff === undefined ? profile.display_name : `${staff.number}@${staff.subdomain}`
}

/** The one tenant that a person works for; null where there are several or none. */
export function soleTenantName(memberships: readonly OwnMembershipRow[]): string | null {
  const usable = memberships.filter((one) => one.unusable_because === null)
  return usable.length === 1 ? (usable[0]?.tenant_name ?? null) : null
}

/** The language that the person has chosen once and for all; undefined where the browser decides. */
export function localeOf(profile: Pick<ProfileRow, 'locale'> | undefined): Locale | undefined {
  const tag = profile?.locale ?? ''
  return isLocale(tag) ? tag : undefined
}
