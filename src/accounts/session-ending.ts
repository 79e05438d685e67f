/**
 * Declares what this room needs from the token path without importing it: ending everything an account is signed in to.
 * oidc/ implements it, app.ts connects it.
 */
import type { EngineTrx } from '../base/db.ts'
import type { Origin } from '../base/origin.ts'

export interface SessionEnding {
  /** Ends every session and every token family of the account, in this transaction and with its events. */
  endSessions(trx: EngineTrx, accountId: string, origin: Origin): Promise<void>
}
