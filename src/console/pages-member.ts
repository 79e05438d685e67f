/** The page of one member. What may be done about them is offered here and judged by the commands of the members room. */
import { isEventPlace } from '../events/audit-queries.ts'
import { html, type PageDoor, type PageResult } from '../http/page.ts'
import { listHistory, type HistoryRow } from '../members/history-queries.ts'
import { stateOfInvitation } from '../members/invitation.ts'
import { findListedInvitation, type InvitationListRow } from '../members/invitation-queries.ts'
import { memberSources } from '../members/member-list.ts'
import { isMembershipStatus } from '../members/membership.ts'
import type { Permission } from '../members/permission.ts'
import type { MemberRow } from '../members/queries.ts'
import { browserName } from '../self-service/browser-name.ts'
import { day } from '../../views/dates.ts'
import type { MemberAct } from '../../views/member-props.ts'
import { t as speak } from '../../views/messages.ts'
import { MemberPage, type InvitationView, type MemberFacts, type MemberProps, type SessionView } from '../../views/pages/console/member.tsx'
import type { EventEntry } from '../../views/parts/event-row.tsx'
import { reasonWords } from '../../views/refusal-words.ts'
import { addressOf, oneOf } from './address.ts'
import type { ConsoleDeps } from './deps.ts'
import { changesOf, sentenceOf } from './event-words.ts'
import { withMember, type OneMember } from './one-member.ts'
import { consolePage, noticeIn, statusOf, type ConsoleVisit } from './visit.ts'

const historySize = 20
const notices = ['saved', 'suspend', 'resume', 'end', 'reset_factors', 'end_sessions', 'resent', 'revoked'] as const

export function memberDetailPages(deps: ConsoleDeps): readonly PageDoor[] {
  return consolePage(deps, { path: '/members/:membership_id', place: 'members', permission: 'member:read' }, { show: (visit) => withMember(deps, visit, (member) => showMember(deps, visit, { member })) })
}

export interface Shown {
  readonly member: OneMember
  readonly error?: string
}

/** Also after a button of the page came to nothing; `error` says why. */
export async function showMember(deps: ConsoleDeps, visit: ConsoleVisit, { member, error }: Shown): Promise<PageResult> {
  const { id, row, path } = member
  const { databases, memberSessions, scripts } = deps
  const said = visit.request.query.get('before') ?? ''
  const cursor = isEventPlace(said) ? said : null
  const { invitation, history } = await databases.inTenant(visit.tenantId, async (trx) => ({
    invitation: await findListedInvitation(trx, id),
    history: await listHistory(trx, id, { cursor, limit: historySize + 1 }),
  }))
  const sessions = visit.may('session:end') ? await databases.inEngine((trx) => memberSessions.list(trx, { tenantId: visit.tenantId, membershipId: id })) : null
  const shown = history.slice(0, historySize)
  return html(MemberPage({
    ...visit.page, member: factsOf(visit, row), acts: actsFor(visit, member, sessions?.length ?? 0),
    editUrl: visit.may('member:update') && row.status !== 'ended' ? `${path}/edit` : null,
    invitation: invitation === undefined ? null : invitationView(visit, invitation, path),
    sessions: sessions === null ? null : sessions.map((one): SessionView => {
      const { browser, system } = browserName(one.userAgent)
      return { uid: one.uid, browserName: browser, systemName: system, since: visit.written(one.createdAt), seenAt: visit.written(one.lastSeenAt), apps: one.apps }
    }),
    history: shown.map((one) => historyEntry(visit, row, one)),
    newestUrl: cursor === null ? null : path, olderUrl: history.length > historySize ? addressOf(path, { before: shown.at(-1)?.place }) : null,
    notice: error === undefined ? noticeIn(visit, notices) : undefined, error, scriptUrls: scripts.copy,
  }), { status: statusOf(error), script: 'self' })
}

function factsOf({ page: { frame }, writtenDay }: ConsoleVisit, row: MemberRow): MemberFacts {
  const dayOrNull = (date: Date | null) => (date === null ? null : writtenDay(date))
  return {
    id: row.id, name: row.shown_name, status: isMembershipStatus(row.status) ? row.status : 'ended', email: row.email, employeeNumber: row.employee_number, title: row.title,
    role: row.role, units: row.units.map((code, place) => ({ name: row.unit_names[place] ?? code, isHead: row.heads.includes(code) })),
    source: oneOf(memberSources, row.source) ?? 'manual', factors: row.joined_at === null ? null : row.second_factors,
    seen: row.last_seen_on === null ? null : day(frame.locale, row.last_seen_on, 'UTC'),
    invitedAt: dayOrNull(row.invited_at), joinedAt: dayOrNull(row.joined_at), endedAt: dayOrNull(row.ended_at),
    validFrom: dayOrNull(row.valid_from),
    // The last moment before it ends, so that the day is the last one.
    validUntil: row.valid_until === null ? null : writtenDay(new Date(row.valid_until.getTime() - 1)),
  }
}

export const permissionOfAct = {
  suspend: 'member:suspend', resume: 'member:suspend', end: 'member:suspend', reset_factors: 'factor:reset', activation_link: 'factor:reset', end_sessions: 'session:end',
} as const satisfies Record<MemberAct, Permission>

/** The address of an act on a member, below theirs. */
export function actPath(act: MemberAct): string {
  return `/${act.replaceAll('_', '-')}`
}

function actsFor({ may, mover }: ConsoleVisit, { row, path }: OneMember, sessions: number): MemberProps['acts'] {
  const isOwn = mover.kind === 'member' && mover.membershipId === row.id
  const sensible: Readonly<Record<MemberAct, boolean>> = {
    suspend: row.status === 'active', resume: row.status === 'suspended', end: row.status === 'active' || row.status === 'suspended',
    reset_factors: row.status === 'active' && row.second_factors.length > 0, activation_link: row.status === 'active' && row.email === null, end_sessions: sessions > 0,
  }
  const all = ['suspend', 'resume', 'end', 'reset_factors', 'activation_link', 'end_sessions'] as const
  return all.filter((act) => sensible[act] && may(permissionOfAct[act]) && (!isOwn || act === 'end_sessions')).map((act) => ({ act, href: `${path}${actPath(act)}` }))
}

function invitationView({ may, written, writtenOrNull }: ConsoleVisit, row: InvitationListRow, path: string): InvitationView | null {
  const state = stateOfInvitation(row)
  // Somebody who has joined is a member: how they were asked to is history.
  if (state === 'accepted') return null
  return {
    state, until: written(row.expires_at), sentCount: row.sent_count, sentAt: writtenOrNull(row.sent_at), hasAddress: row.email !== null,
    action: may('member:invite') ? `${path}/invitation` : null,
  }
}

function historyEntry({ page: { frame }, written }: ConsoleVisit, member: MemberRow, row: HistoryRow): EventEntry {
  const t = speak(frame.locale)
  const { type, outcome, actor_name: actorName, actor_kind: kind, before, after } = row
  const told = { type, outcome, actor: kind === 'outside' ? null : row.actor_membership_id, actorName, subjectName: member.shown_name, before, after }
  return {
    id: row.id, when: written(row.occurred_at), outcome: oneOf(['success', 'failure', 'refused'] as const, outcome) ?? 'success',
    sentence: sentenceOf(t, told), reason: row.reason === null ? null : reasonWords(t, row.reason), changes: changesOf(t, before, after),
  }
}
