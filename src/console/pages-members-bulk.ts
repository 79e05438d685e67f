/**
 * One act on many members. Who was chosen stands in the address of the question, so that a sign-in in between forgets nobody; what
 * is done stands in its form. Each is done, or refused, as if they were the only one (members/bulk-change.ts).
 */
import { isMembershipId } from '../base/ids.ts'
import { html, redirect, refusePage, type PageDoor, type PageResult } from '../http/page.ts'
import { generic } from '../http/problem.ts'
import { bulkChange, type BulkAct as Change } from '../members/bulk-change.ts'
import { grantRefusal } from '../members/membership.ts'
import { listRoles } from '../members/role-queries.ts'
import { listUnits } from '../tenants/unit-queries.ts'
import { bulkFields } from '../../views/contract/console-members.ts'
import { bulkActs, type BulkAct } from '../../views/member-props.ts'
import { BulkOutcomePage, BulkPage } from '../../views/pages/console/members-bulk.tsx'
import { oneOf } from './address.ts'
import type { ConsoleDeps } from './deps.ts'
import { listNames } from './member-queries.ts'
import { actsOf, unitOptions } from './pages-members.ts'
import { consolePage, doneAt, type ConsoleVisit } from './visit.ts'

const place = 'members'
const prefix = bulkFields.member('').name

export function bulkPages(deps: ConsoleDeps): readonly PageDoor[] {
  return consolePage(deps, { path: '/members/bulk', place, permission: 'member:read' }, { freshness: 'fresh', show: (visit) => ask(deps, visit), take: (visit) => act(deps, visit) })
}

/** Ids of those chosen, by the boxes that were sent; and the act, if the person may do it. */
function chosenIn(visit: ConsoleVisit, fields: URLSearchParams): { readonly ids: readonly string[]; readonly act: BulkAct | undefined } {
  const ids = [...fields.keys()].flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : [])).filter(isMembershipId)
  const named = oneOf(bulkActs, fields.get(bulkFields.act.name))
  return { ids, act: named !== undefined && actsOf(visit).includes(named) ? named : undefined }
}

async function ask(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const { ids, act } = chosenIn(visit, visit.request.query)
  if (act === undefined) return refusePage(generic('permission_missing'))
  const found = await deps.databases.inTenant(visit.tenantId, async (trx) => ({ members: await listNames(trx, ids), roles: await listRoles(trx), units: await listUnits(trx) }))
  if (found.members.length === 0) return redirect(`${visit.pathTo(place)}?error=none_chosen`)
  // The mightiest last, so that nobody makes fifty administrators by a slip.
  const givable = found.roles.filter(({ permissions }) => grantRefusal(visit.mover, permissions) === null).toSorted((a, b) => a.permissions.length - b.permissions.length)
  const roles = givable.map(({ name }) => ({ value: name, name }))
  return html(BulkPage({ ...visit.page, act, members: found.members, roles, units: unitOptions(found.units) }))
}

async function act(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const { tenantId, mover, request: { form, origin } } = visit
  const { ids, act: named } = chosenIn(visit, form)
  if (named === undefined) return refusePage(generic('permission_missing'))
  const outcomes = await bulkChange(deps, { tenantId, membershipIds: ids, change: changeOf(named, form), mover, origin })
  const refused = outcomes.flatMap(({ membershipId, reason }) => (reason === null ? [] : [{ membershipId, reason }]))
  const done = outcomes.length - refused.length
  if (refused.length === 0) return doneAt(`${visit.pathTo(place)}?count=${done}`, 'bulk_done')
  const names = new Map((await deps.databases.inTenant(tenantId, (trx) => listNames(trx, refused.map(({ membershipId }) => membershipId)))).map(({ id, name }) => [id, name]))
  return html(BulkOutcomePage({
    ...visit.page, done,
    refused: refused.map(({ membershipId: id, reason }) => ({ id, name: names.get(id) ?? id, reason, href: visit.pathTo(place, `/${id}`) })),
  }))
}

function changeOf(act: BulkAct, form: URLSearchParams): Change {
  switch (act) {
    case 'change_role': return { act, role: form.get(bulkFields.role.name) ?? '' }
    case 'add_unit':
    case 'remove_unit': return { act, unit: form.get(bulkFields.unit.name) ?? '' }
    default: return { act }
  }
}
