/**
 * Owns what a list of members can be narrowed to and ordered by, the same for the console, the API, its CSV and the command line. Pure.
 * A place in a list is the id of the membership that stands there, so nothing of an order leaves the house and none can be forged.
 */
import type { MembershipStatus } from './membership.ts'

export const memberSorts = ['name', 'role', 'status', 'joined', 'last_seen', 'number'] as const
export type MemberSort = (typeof memberSorts)[number]

export const factorFilters = ['none', 'any', 'passkey', 'totp'] as const
export type FactorFilter = (typeof factorFilters)[number]

/** never: has not acted for the tenant yet; the others: not within so many days. */
export const seenFilters = ['never', '30d', '90d'] as const
export type SeenFilter = (typeof seenFilters)[number]

export const memberSources = ['manual', 'csv', 'scim', 'jit'] as const
export type MemberSource = (typeof memberSources)[number]

/** What is absent does not narrow. */
export interface MemberFilter {
  /** Part of a name, kana, address, staff number or title; width, case and spaces do not matter. */
  readonly search?: string | undefined
  readonly status?: readonly MembershipStatus[] | undefined
  readonly roleId?: string | undefined
  /** Everybody in this unit or below it. */
  readonly unitCode?: string | undefined
  readonly factor?: FactorFilter | undefined
  readonly source?: MemberSource | undefined
  readonly seen?: SeenFilter | undefined
}

export interface MemberOrder {
  readonly sort: MemberSort
  readonly direction: 'asc' | 'desc'
}

/** From which membership on, in which direction; null for the first page. */
export type ListCursor = { readonly after: string } | { readonly before: string } | null

export const byName: MemberOrder = { sort: 'name', direction: 'asc' }
