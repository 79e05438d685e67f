/**
 * Declares what this room needs from the token path without importing it (oidc/ implements it, app.ts connects it), and owns
 * the one way in which an account is signed out everywhere.
 * Invariant: after `signOutEverywhere` has committed, nothing that was proved before it is worth anything: no session, no
 * token, no unfinished sign-in, no browser that is spared a second factor.
 */
import type { EngineTrx } from '../base/db.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { forgetDevices } from './devices.ts'
import { raiseNotBefore } from './queries.ts'

export interface OtherSessions {
  readonly accountId: string
  /** The session that stays; null where none does. */
  readonly keepSessionUid: string | null
  readonly origin: Origin
}

export interface SessionEnding {
  /** Ends every session and every token family of the account, in this transaction and with its events. */
  endSessions(trx: EngineTrx, accountId: string, origin: Origin): Promise<void>
  /** The same for all sessions but one. */
  endOtherSessions(trx: EngineTrx, others: OtherSessions): Promise<void>
}

export interface SignOut {
  readonly accountId: string
  readonly reason: string
  readonly actor: string | null
  readonly origin: Origin
}

/** The caller holds the lock on the account. */
export async function signOutEverywhere(trx: EngineTrx, sessions: Pick<SessionEnding, 'endSessions'>, { accountId, reason, actor, origin }: SignOut): Promise<void> {
  await raiseNotBefore(trx, accountId)
  await sessions.endSessions(trx, accountId, origin)
  await forgetDevices(trx, accountId, { actor, origin })
  await record(trx, { type: 'account.signed_out_everywhere', outcome: 'success', subject: accountId, actor, origin, reason })
}
