/** What the pages of the operators' console are made from; app.ts puts it together. */
import type { AccountDeps } from '../accounts/account-deps.ts'
import type { MasterKey } from '../base/crypto.ts'
import type { Databases } from '../base/db.ts'
import type { FactorDeps } from '../factors/factor.ts'
import type { Scripts } from '../http/assets.ts'
import type { AppContext } from '../http/context.ts'
import type { CookieJar } from '../http/cookies.ts'
import type { SessionBook } from '../oidc/session-book.ts'

export interface AdminDeps {
  readonly databases: Databases
  readonly masterKey: MasterKey
  readonly issuer: string
  readonly cookies: CookieJar
  readonly scripts: Scripts
  readonly accounts: AccountDeps
  readonly factors: FactorDeps
  readonly sessions: SessionBook
  /** Asks a door of this very server. */
  readonly askSelf: (path: string, init: RequestInit) => Promise<Response>
  /** Writes down who was turned away, for the event log. */
  readonly onTurnedAway: (turnedAway: { readonly ctx: AppContext; readonly path: string; readonly accountId: string; readonly tenantId: string | null; readonly reason: string }) => Promise<void>
}
