/**
 * Owns who in a tenant may use an app, as its admins say it: everyone, those assigned, or nobody. Pure words.
 * Whether one membership may is asked of the database (access-queries.ts), because every token asks it.
 */
import type { EngineTrx, TenantTrx } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import type { Mover } from '../members/membership.ts'

export const appAccesses = ['everyone', 'assigned', 'nobody'] as const
export type AppAccess = (typeof appAccesses)[number]

/** Whom an app is assigned to: a member, a role by name, or a unit by code with everything below it. */
export type Assignee =
  | { readonly kind: 'member'; readonly membershipId: string }
  | { readonly kind: 'role'; readonly role: string }
  | { readonly kind: 'unit'; readonly unit: string }

/** Ends the token families of an app that its people may use no longer; the token path (oidc/) does it, app.ts and the CLI connect it. */
export interface AppGrantEnding {
  readonly endGrantsWithoutAccess: (trx: TenantTrx, clientId: string) => Promise<void>
  readonly endGrantsOfApp: (trx: EngineTrx, app: { readonly clientId: string; readonly tenantId: string }) => Promise<void>
}

/** Who changes it, where. */
export interface AppChange {
  readonly tenantId: TenantId
  readonly clientId: string
  readonly mover: Mover
  readonly origin: Origin
}
