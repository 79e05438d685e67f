/**
 * Declares what this room needs from the token path without importing it: ending the token families of a membership.
 * oidc/ implements it, app.ts connects it.
 */
import type { TenantTrx } from '../base/db.ts'

export interface GrantEnding {
  /** Ends every token family of the membership in this transaction. */
  endGrants(trx: TenantTrx, membershipId: string): Promise<void>
}
