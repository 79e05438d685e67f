/**
 * Declares what this room needs of sessions without importing the token path: those in which a member acts for this tenant. oidc/
 * implements it, app.ts connects it. Invariant: a session without a grant of the membership is not the tenant's to see or to end.
 */
import type { EngineTrx } from '../base/db.ts'
import type { Origin } from '../base/origin.ts'

export interface MemberSession {
  readonly uid: string
  readonly userAgent: string | null
  readonly createdAt: Date
  readonly lastSeenAt: Date
  /** Names of the apps in which the member acts for this tenant. */
  readonly apps: readonly string[]
}

export interface MemberKey {
  readonly tenantId: string
  readonly membershipId: string
}

export interface MemberSessions {
  /** The last used first. */
  list(trx: EngineTrx, member: MemberKey): Promise<readonly MemberSession[]>
  /** Ends them with every token family of the membership, in this transaction and with their events; says how many sessions. */
  end(trx: EngineTrx, member: MemberKey & { readonly accountId: string; readonly origin: Origin }): Promise<number>
}
