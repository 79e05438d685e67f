/** Implements the members room's port to sessions (members/member-sessions.ts). */
import { record } from '../events/record.ts'
import type { MemberSessions } from '../members/member-sessions.ts'
import { deleteSessionsOfMember, listSessionsOfMember } from './self-queries.ts'
import { sessionEnded } from './unit-of-work.ts'

export const memberSessions: MemberSessions = {
  list: async (trx, member) => (await listSessionsOfMember(trx, member)).map((row) => (
    { uid: row.uid, userAgent: row.user_agent, createdAt: row.created_at, lastSeenAt: row.last_seen_at, apps: row.apps }
  )),
  async end(trx, { origin, ...member }) {
    const ended = await deleteSessionsOfMember(trx, member)
    for (const session of ended) await record(trx, { ...sessionEnded(session.uid, session), origin })
    return ended.length
  },
}
