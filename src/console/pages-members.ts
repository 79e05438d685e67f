/** The list of a tenant's members, and the same as a file. What fits a filter is the members room's question. */
import { csvDownload } from '../http/csv.ts'
import { download, html, redirect, type PageDoor, type PageResult } from '../http/page.ts'
import { exportMembers } from '../members/export-members.ts'
import { countMembers, listMemberPage } from '../members/member-list-queries.ts'
import { isMembershipStatus } from '../members/membership.ts'
import { countByStatus } from './member-queries.ts'
import type { MemberRow } from '../members/queries.ts'
import { listRoles } from '../members/role-queries.ts'
import { listUnits, type UnitRow } from '../tenants/unit-queries.ts'
import { shortDay } from '../../views/dates.ts'
import type { BulkAct, MemberListRow, Option } from '../../views/member-props.ts'
import { MembersPage } from '../../views/pages/console/members.tsx'
import { addressOf } from './address.ts'
import type { ConsoleDeps } from './deps.ts'
import { filterQuery, listQuery, orderSaid, sortLinksOf, wishIn } from './member-filter.ts'
import { consolePage, noticeIn, statusOf, type ConsoleVisit } from './visit.ts'

const place = 'members'
const pageSize = 50

export function memberPages(deps: ConsoleDeps): readonly PageDoor[] {
  const permission = 'member:read'
  return [
    ...consolePage(deps, { path: '/members', place, permission }, { show: (visit) => showMembers(deps, visit) }),
    ...consolePage(deps, { path: '/members.csv', place, permission }, { show: (visit) => sendFile(deps, visit) }),
  ]
}

async function showMembers(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const { request: { query }, page } = visit
  const wish = wishIn(query)
  const found = await deps.databases.inTenant(visit.tenantId, async (trx) => {
    const list = await listMemberPage(trx, { filter: wish.filter, ...wish.order, cursor: wish.cursor, limit: pageSize })
    return list === undefined ? undefined : { list, total: await countMembers(trx, wish.filter), counts: await countByStatus(trx), roles: await listRoles(trx), units: await listUnits(trx) }
  })
  const path = visit.pathTo(place)
  const said = listQuery(wish)
  // A page whose members have left meanwhile begins anew.
  if (found === undefined) return redirect(addressOf(path, said))
  const { list, total, counts, roles, units } = found
  const [first, last] = [list.rows.at(0), list.rows.at(-1)]
  const error = query.get('error') === 'none_chosen' ? 'none_chosen' : undefined
  return html(MembersPage({
    ...page, rows: list.rows.map((row) => presentRow(visit, row)), total, counts, values: wish.values, order: orderSaid(wish.order),
    roles: roles.map(({ id, name }) => ({ value: id, name })), units: unitOptions(units),
    sortLinks: sortLinksOf(path, wish), isFiltered: addressOf('', filterQuery(wish)) !== '',
    previousUrl: list.hasPrevious && first !== undefined ? addressOf(path, { ...said, before: first.id }) : null,
    nextUrl: list.hasNext && last !== undefined ? addressOf(path, { ...said, after: last.id }) : null,
    exportUrl: addressOf(`${path}.csv`, said), mayInvite: visit.may('member:invite'), acts: actsOf(visit),
    notice: noticeIn(visit, ['bulk_done']), doneCount: Number(query.get('count') ?? 0) || 0, error, scriptUrls: deps.scripts.filters,
  }), { status: statusOf(error), script: 'self' })
}

async function sendFile(deps: ConsoleDeps, { tenantId, subdomain, mover, request: { query, origin } }: ConsoleVisit): Promise<PageResult> {
  const { filter, order } = wishIn(query)
  const list = await exportMembers(deps, { tenantId, filter, ...order, mover, origin })
  return download(csvDownload({ ...list, filename: `members-${subdomain}.csv` }))
}

export function presentRow({ page: { frame } }: Pick<ConsoleVisit, 'page'>, row: MemberRow): MemberListRow {
  return {
    id: row.id, name: row.shown_name, employeeNumber: row.employee_number, email: row.email, role: row.role, units: row.unit_names,
    status: isMembershipStatus(row.status) ? row.status : 'ended', factors: row.second_factors, hasJoined: row.joined_at !== null,
    seen: row.last_seen_on === null ? null : shortDay(frame.locale, row.last_seen_on),
  }
}

/** The tree as a flat list: what is below another unit stands further in. */
export function unitOptions(units: readonly UnitRow[]): readonly Option[] {
  return units.map(({ code, name, code_path: path }) => ({ value: code, name: `${'　'.repeat(path.length - 1)}${name}` }))
}

/** What the person may do with many. */
export function actsOf({ may }: Pick<ConsoleVisit, 'may'>): readonly BulkAct[] {
  return [
    ...(may('member:update') ? ['change_role', 'add_unit', 'remove_unit'] as const : []),
    ...(may('member:invite') ? ['resend_invitation'] as const : []),
    ...(may('member:suspend') ? ['suspend', 'resume', 'end'] as const : []),
  ]
}
