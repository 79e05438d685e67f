/** What the doors of this room are made from; app.ts puts it together. */
import type { AccountDeps } from '../accounts/account-deps.ts'
import type { DeletionDeps } from '../accounts/delete-account.ts'
import type { Databases } from '../base/db.ts'
import type { FactorDeps } from '../factors/factor.ts'
import type { Scripts } from '../http/assets.ts'
import type { AppContext } from '../http/context.ts'
import type { CookieJar } from '../http/cookies.ts'
import type { MembershipDeps } from '../members/change-membership.ts'
import type { AppBook, SessionBook } from '../oidc/session-book.ts'
import type { RaiseSession } from '../oidc/session-desk.ts'

export interface SelfServiceDeps {
  readonly databases: Databases
  readonly cookies: CookieJar
  readonly scripts: Scripts
  readonly accounts: AccountDeps
  readonly deletion: Pick<DeletionDeps, 'databases' | 'masterKey' | 'memberships'>
  readonly factors: FactorDeps
  readonly members: MembershipDeps
  readonly sessions: SessionBook
  readonly apps: AppBook
  /** For the session in which the first second factor was set up: it has just been proved there. */
  readonly raiseSession: RaiseSession
  /** What the request's device cookie holds; null where there is none. */
  readonly deviceOf: (ctx: AppContext) => string | null
}
