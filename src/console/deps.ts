/** What the pages of a tenant's console are made from; app.ts puts it together. */
import type { AccountDeps } from '../accounts/account-deps.ts'
import type { AppGrantEnding } from '../apps/app-access.ts'
import type { MasterKey } from '../base/crypto.ts'
import type { Databases } from '../base/db.ts'
import type { Scripts } from '../http/assets.ts'
import type { CookieJar } from '../http/cookies.ts'
import type { AppContext } from '../http/context.ts'
import type { GrantEnding } from '../members/grant-ending.ts'
import type { MemberSessions } from '../members/member-sessions.ts'
import type { TenantDesk } from '../oidc/tenant-desk.ts'

/** An operator who is inside a tenant for a while, and why. */
export interface OperatorVisit {
  readonly breakGlassId: string
  readonly tenantId: string
  readonly tenantName: string
  readonly reason: string
  readonly expiresAt: Date
}

export interface ConsoleDeps {
  readonly databases: Databases
  readonly masterKey: MasterKey
  readonly issuer: string
  readonly cookies: CookieJar
  readonly scripts: Scripts
  readonly grants: GrantEnding
  readonly accounts: AccountDeps
  readonly memberSessions: MemberSessions
  readonly appGrants: AppGrantEnding
  readonly desk: TenantDesk
  /** The running break-glass of an operator for the tenant of this subdomain; null for everybody else. */
  readonly findOperatorVisit: (accountId: string, subdomain: string) => Promise<OperatorVisit | null>
  /** Where the tenant is now that once had this subdomain; null where none had. */
  readonly findFormerSubdomain: (subdomain: string) => Promise<string | null>
  /** Writes down who was turned away, for the event log. */
  readonly onTurnedAway: (turnedAway: { readonly ctx: AppContext; readonly path: string; readonly accountId: string; readonly tenantId: string | null; readonly reason: string }) => Promise<void>
}
