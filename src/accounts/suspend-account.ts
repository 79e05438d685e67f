/**
 * Locks or disables an account by an operator's hand. Invariant: its sessions and token families end in the same
 * transaction, so there is no moment in which a locked account still has a session; what was proved before it is not worth
 * anything after its return either. An erased account is gone.
 */
import type { Databases } from '../base/db.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { lockStatus, raiseNotBefore, updateStatus } from './queries.ts'
import type { SessionEnding } from './session-ending.ts'

export interface SuspendAccountInput {
  readonly accountId: string
  /** locked comes back with resume-account.ts, disabled does not. */
  readonly status: 'locked' | 'disabled'
  readonly actor: string | null
  readonly origin: Origin
}

export type AccountSuspension = { readonly ok: true } | { readonly ok: false; readonly reason: 'not_found' | 'already_suspended' | 'account_disabled' }

export function suspendAccount(deps: { readonly databases: Databases; readonly sessions: Pick<SessionEnding, 'endSessions'> }, input: SuspendAccountInput): Promise<AccountSuspension> {
  return deps.databases.inEngine(async (trx): Promise<AccountSuspension> => {
    const status = await lockStatus(trx, input.accountId)
    if (status === undefined || status === 'erased') return { ok: false, reason: 'not_found' }
    const event = { type: 'account.suspended', subject: input.accountId, actor: input.actor, origin: input.origin } as const
    const reason = status === input.status ? 'already_suspended' : status === 'disabled' ? 'account_disabled' : null
    if (reason !== null) {
      await record(trx, { ...event, outcome: 'refused', reason })
      return { ok: false, reason }
    }
    await updateStatus(trx, input.accountId, input.status)
    await raiseNotBefore(trx, input.accountId)
    await record(trx, { ...event, outcome: 'success', before: { status }, after: { status: input.status } })
    await deps.sessions.endSessions(trx, input.accountId, input.origin)
    return { ok: true }
  })
}
