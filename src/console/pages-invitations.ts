/** The pages of a tenant's invitations: the list, sending again, taking back, and the link of somebody without a mail address. */
import { isMembershipId, parseMembershipId } from '../base/ids.ts'
import { html, type PageDoor, type PageResult } from '../http/page.ts'
import type { InvitationChange } from '../members/change-invitation.ts'
import { findListedInvitation } from '../members/invitation-queries.ts'
import { countInvitations, listInvitationFunnel, listInvitationPage, type FunnelRow, type InvitationFilter, type InvitationItem } from '../members/invitation-list-queries.ts'
import { resendInvitation } from '../members/resend-invitation.ts'
import { revokeInvitation } from '../members/revoke-invitation.ts'
import { showInvitationLink } from '../members/show-invitation-link.ts'
import { invitationFilterStates, type FunnelLine, type InvitationRow } from '../../views/invitation-props.ts'
import { LinkPage, RevokePage, type InvitedPerson, type LinkProps } from '../../views/pages/console/invitation-acts.tsx'
import { InvitationsPage } from '../../views/pages/console/invitations.tsx'
import { resendRow } from '../../views/contract/console-invitations.ts'
import { addressOf, oneOf } from './address.ts'
import type { ConsoleDeps } from './deps.ts'
import { consolePage, doneAt, nothingHere, noticeIn, statusOf, type ConsoleVisit } from './visit.ts'

const place = 'invitations'
const permission = 'member:invite'
const pageSize = 50
const idShape = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export function invitationPages(deps: ConsoleDeps): readonly PageDoor[] {
  return [
    ...consolePage(deps, { path: '/invitations', place, permission }, { show: (visit) => showList(deps, visit), take: (visit) => resend(deps, visit) }),
    ...consolePage(deps, { path: '/invitations/:membership_id/revoke', place, permission }, { show: (visit) => showRevocation(deps, visit), take: (visit) => revoke(deps, visit) }),
    ...consolePage(deps, { path: '/invitations/:membership_id/link', place, permission }, { show: (visit) => showLink(deps, visit), take: (visit) => handOver(deps, visit) }),
  ]
}

interface Wish {
  readonly search: string
  readonly state: string
  readonly inviter: string
  /** One wave of a list of people. */
  readonly import: string
  readonly wave: string
}

function wishIn({ request: { query } }: ConsoleVisit): Wish {
  const said = (name: string, shape: RegExp) => (shape.test(query.get(name) ?? '') ? (query.get(name) ?? '') : '')
  return {
    search: (query.get('search') ?? '').slice(0, 100), state: oneOf(invitationFilterStates, query.get('state')) ?? '', inviter: said('inviter', idShape),
    import: said('import', idShape), wave: said('wave', /^[1-9]\d{0,5}$/),
  }
}

function filterOf({ search, state, inviter, import: importId, wave }: Wish): InvitationFilter {
  const found = oneOf(invitationFilterStates, state)
  return {
    search, state: found === undefined ? undefined : [found], invitedBy: inviter === '' ? undefined : inviter,
    wave: importId === '' || wave === '' ? undefined : { importId, number: Number(wave) },
  }
}

async function showList(deps: ConsoleDeps, visit: ConsoleVisit, error?: string): Promise<PageResult> {
  const wish = wishIn(visit)
  const [after, before] = ['after', 'before'].map((name) => visit.request.query.get(name) ?? '')
  const cursor = isMembershipId(after ?? '') ? { after: after ?? '' } : isMembershipId(before ?? '') ? { before: before ?? '' } : null
  const { list, total, funnel } = await deps.databases.inTenant(visit.tenantId, async (trx) => ({
    list: await listInvitationPage(trx, { filter: filterOf(wish), cursor, limit: pageSize }), total: await countInvitations(trx, filterOf(wish)), funnel: await listInvitationFunnel(trx),
  }))
  const path = visit.pathTo(place)
  const [first, last] = [list.rows.at(0), list.rows.at(-1)]
  return html(InvitationsPage({
    ...visit.page, form: { ...visit.page.form, action: addressOf(path, { ...wish }) }, rows: list.rows.map((row) => presentRow(visit, row)), total, funnel: funnel.map((row) => presentFunnel(path, row)),
    values: wish, kept: [['import', wish.import], ['wave', wish.wave]].flatMap(([name = '', value = '']) => (value === '' ? [] : [[name, value] as const])), inviters: funnel.flatMap((row) => (row.invited_by === null ? [] : [{ value: row.invited_by, name: row.inviter_name ?? '' }])),
    mayRead: visit.may('member:read'), isFiltered: addressOf('', { ...wish }) !== '',
    previousUrl: list.hasPrevious && first !== undefined ? addressOf(path, { ...wish, before: first.membership_id }) : null,
    nextUrl: list.hasNext && last !== undefined ? addressOf(path, { ...wish, after: last.membership_id }) : null,
    notice: error === undefined ? noticeIn(visit, ['resent', 'renewed', 'revoked']) : undefined, error, scriptUrls: deps.scripts.filters,
  }), { status: statusOf(error), script: 'self' })
}

function presentRow({ writtenDay }: ConsoleVisit, row: InvitationItem): InvitationRow {
  return {
    membershipId: row.membership_id, state: row.state, name: row.shown_name, email: row.email, employeeNumber: row.employee_number, role: row.role, units: row.unit_names,
    inviter: row.inviter_name, sentCount: row.sent_count, expires: writtenDay(row.expires_at), accepted: row.accepted_at === null ? null : writtenDay(row.accepted_at),
  }
}

function presentFunnel(path: string, { inviter_name: inviter, invited_by: invitedBy, median_seconds_to_accept: medianSeconds, ...counts }: FunnelRow): FunnelLine {
  return { inviter, ...counts, medianSeconds, href: invitedBy === null ? null : addressOf(path, { inviter: invitedBy }) }
}

function changeOf({ tenantId, mover, request: { origin } }: ConsoleVisit, membershipId: string): InvitationChange | null {
  return isMembershipId(membershipId) ? { tenantId, membershipId: parseMembershipId(membershipId), mover, origin } : null
}

/** The button of a row names whom. */
async function resend(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const change = changeOf(visit, visit.request.form.get(resendRow('').name) ?? '')
  if (change === null) return nothingHere(deps, visit)
  const result = await resendInvitation(deps, change)
  if (result.ok) {
    const isMailed = (await findPerson(deps, visit, change.membershipId))?.email !== null
    return doneAt(addressOf(visit.pathTo(place), { ...wishIn(visit) }), isMailed ? 'resent' : 'renewed')
  }
  return result.reason === 'not_found' ? nothingHere(deps, visit) : showList(deps, visit, result.reason)
}

function findPerson({ databases }: ConsoleDeps, { tenantId }: ConsoleVisit, membershipId: string): Promise<InvitedPerson | undefined> {
  return databases.inTenant(tenantId, async (trx) => {
    const row = isMembershipId(membershipId) ? await findListedInvitation(trx, membershipId) : undefined
    return row === undefined ? undefined : { name: row.email ?? row.display_name, email: row.email, role: row.role, units: row.unit_codes }
  })
}

const idIn = ({ request: { params } }: ConsoleVisit) => params['membership_id'] ?? ''

async function showRevocation(deps: ConsoleDeps, visit: ConsoleVisit, error?: string): Promise<PageResult> {
  const person = await findPerson(deps, visit, idIn(visit))
  return person === undefined ? nothingHere(deps, visit) : html(RevokePage({ ...visit.page, person, error }), { status: statusOf(error) })
}

async function revoke(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const change = changeOf(visit, idIn(visit))
  const result = change === null ? ({ ok: false, reason: 'not_found' } as const) : await revokeInvitation(deps, change)
  if (result.ok) return doneAt(visit.pathTo(place), 'revoked')
  return result.reason === 'not_found' ? nothingHere(deps, visit) : showRevocation(deps, visit, result.reason)
}

async function showLink(deps: ConsoleDeps, visit: ConsoleVisit, { link = null, error }: Partial<Pick<LinkProps, 'link' | 'error'>> = {}): Promise<PageResult> {
  const person = await findPerson(deps, visit, idIn(visit))
  if (person === undefined) return nothingHere(deps, visit)
  return html(LinkPage({ ...visit.page, person, link, error, scriptUrls: deps.scripts.copy }), { status: statusOf(error), script: 'self' })
}

async function handOver(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const change = changeOf(visit, idIn(visit))
  const result = change === null ? ({ ok: false, reason: 'not_found' } as const) : await showInvitationLink(deps, change)
  if (result.ok) return showLink(deps, visit, { link: { url: `${deps.issuer}${result.path}`, until: visit.written(result.expiresAt) } })
  return result.reason === 'not_found' ? nothingHere(deps, visit) : showLink(deps, visit, { error: result.reason })
}
