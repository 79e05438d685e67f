/**
 * Ends every session in which a member acts for this tenant, with the membership's tokens; the person may sign in again at once.
 * Invariants: nobody below an administrator ends an administrator's; a session in which the member never came to this tenant goes on.
 */
import type { Databases } from '../base/db.ts'
import { record } from '../events/record.ts'
import type { MemberHelp } from './help-member.ts'
import { lockInvited } from './invitation-queries.ts'
import type { MemberSessions } from './member-sessions.ts'
import { moverRefusal } from './membership.ts'

export type SessionsEnding = { readonly ok: true; readonly ended: number } | { readonly ok: false; readonly reason: 'not_found' | 'higher_role' }

export function endMemberSessions(deps: { readonly databases: Databases; readonly memberSessions: MemberSessions }, { tenantId, membershipId, mover, origin }: MemberHelp): Promise<SessionsEnding> {
  return deps.databases.inEngine(async (trx): Promise<SessionsEnding> => {
    const membership = await lockInvited(trx, { tenantId, membershipId })
    if (membership === undefined) return { ok: false, reason: 'not_found' }
    const event = { type: 'membership.sessions_ended', tenantId, subject: membershipId, actor: mover.accountId, origin } as const
    if (moverRefusal(mover, { membershipId, rolePermissions: membership.permissions }) === 'higher_role') {
      await record(trx, { ...event, outcome: 'refused', reason: 'higher_role' })
      return { ok: false, reason: 'higher_role' }
    }
    const ended = await deps.memberSessions.end(trx, { tenantId, membershipId, accountId: membership.account_id, origin })
    await record(trx, { ...event, outcome: 'success', after: { account_id: membership.account_id, sessions: ended } })
    return { ok: true, ended }
  })
}
