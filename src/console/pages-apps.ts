/** The pages of the apps that a tenant uses, and of who in it may use them. Every change is a command of the apps room. */
import { normaliseEmail, normaliseStaffNumber } from '../accounts/identifier.ts'
import { assignApp, type AssignApp } from '../apps/assign-app.ts'
import { appAccesses, type Assignee } from '../apps/app-access.ts'
import { setAppAccess, type AppAccessDeps } from '../apps/set-app-access.ts'
import { findTenantApp, listAssignments, listTenantApps, type TenantAppRow } from '../apps/tenant-queries.ts'
import { unassignApp } from '../apps/unassign-app.ts'
import { isMembershipId } from '../base/ids.ts'
import { html, type PageDoor, type PageResult } from '../http/page.ts'
import { findMemberNamed } from '../members/member-list-queries.ts'
import { listRoles } from '../members/role-queries.ts'
import { listUnits } from '../tenants/unit-queries.ts'
import { appFields } from '../../views/contract/console-apps.ts'
import { AppPage, AppsPage, type AppFailure, type AppRow } from '../../views/pages/console/apps.tsx'
import type { ConsoleDeps } from './deps.ts'
import { consolePage, doneAt, nothingHere, noticeIn, statusOf, type ConsoleVisit } from './visit.ts'

const place = 'apps'
const pageSize = 50

export function appPages(deps: ConsoleDeps): readonly PageDoor[] {
  const permission = 'app:manage'
  return [
    ...consolePage(deps, { path: '/apps', place, permission }, { show: (visit) => showList(deps, visit) }),
    ...consolePage(deps, { path: '/apps/:client_id', place, permission }, { show: (visit) => showOne(deps, visit), take: (visit) => take(deps, visit) }),
  ]
}

async function showList({ databases }: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const after = visit.request.query.get('after')
  const rows = await databases.inTenant(visit.tenantId, (trx) => listTenantApps(trx, { after, limit: pageSize + 1 }))
  const shown = rows.slice(0, pageSize)
  return html(AppsPage({ ...visit.page, apps: shown.map(present), nextUrl: nextUrl(visit.pathTo(place), rows) }))
}

/** One more row than a page holds tells whether there is another one. */
function nextUrl(path: string, rows: readonly { readonly id: string }[]): string | null {
  const last = rows[pageSize - 1]
  return rows.length > pageSize && last !== undefined ? `${path}?after=${encodeURIComponent(last.id)}` : null
}

function present({ id, name, status, access, assignments }: TenantAppRow): AppRow {
  return { id, name, status: status === 'active' ? 'active' : 'suspended', access, assignments }
}

function clientIdOf({ request }: ConsoleVisit): string {
  return request.params['client_id'] ?? ''
}

interface Shown {
  readonly error?: AppFailure
  readonly typedMember?: string
}

async function showOne(deps: ConsoleDeps, visit: ConsoleVisit, { error, typedMember }: Shown = {}): Promise<PageResult> {
  const clientId = clientIdOf(visit)
  const after = visit.request.query.get('after')
  const found = await deps.databases.inTenant(visit.tenantId, async (trx) => {
    const app = await findTenantApp(trx, clientId)
    if (app === undefined) return undefined
    return { app, assignments: await listAssignments(trx, clientId, { after, limit: pageSize + 1 }), roles: await listRoles(trx), units: await listUnits(trx) }
  })
  if (found === undefined) return nothingHere(deps, visit)
  const { app, assignments, roles, units } = found
  return html(AppPage({
    ...visit.page, app: present(app), error, typedMember, notice: error === undefined ? noticeIn(visit, ['saved', 'assigned', 'unassigned']) : undefined,
    assignments: assignments.slice(0, pageSize).map((row) => ({ id: row.id, name: row.name, kind: row.membership_id !== null ? 'member' : row.role !== null ? 'role' : 'unit' })),
    nextUrl: nextUrl(visit.request.ctx.path, assignments), roles: roles.map(({ name }) => name), units: units.map(({ code, name }) => ({ code, name })),
  }), { status: statusOf(error) })
}

async function take(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const { request: { form } } = visit
  const gone = form.get(appFields.unassign.name)
  if (gone !== null) return unassign(deps, visit, gone)
  if (form.get('action') === appFields.saveAccess.value) return saveAccess(deps, visit)
  const assignee = await assigneeIn(deps, visit)
  return assignee === null ? showOne(deps, visit, { error: 'unknown_member', typedMember: form.get(appFields.member.name) ?? '' }) : assign(deps, visit, assignee)
}

/** Null for a member whom nobody can be meant by. */
async function assigneeIn({ databases }: ConsoleDeps, { tenantId, request: { form } }: ConsoleVisit): Promise<Assignee | null> {
  switch (form.get('action')) {
    case appFields.assignRole.value:
      return { kind: 'role', role: form.get(appFields.role.name) ?? '' }
    case appFields.assignUnit.value:
      return { kind: 'unit', unit: form.get(appFields.unit.name) ?? '' }
    default: {
      const named = (form.get(appFields.member.name) ?? '').trim()
      const spellings = { number: normaliseStaffNumber(named), email: normaliseEmail(named) }
      const membershipId = isMembershipId(named) ? named : await databases.inTenant(tenantId, (trx) => findMemberNamed(trx, spellings))
      return membershipId === undefined ? null : { kind: 'member', membershipId }
    }
  }
}

function changeOf(visit: ConsoleVisit): Omit<AssignApp, 'assignee'> {
  return { tenantId: visit.tenantId, clientId: clientIdOf(visit), mover: visit.mover, origin: visit.request.origin }
}

function appDeps({ databases, appGrants: grants }: ConsoleDeps): AppAccessDeps {
  return { databases, grants }
}

async function saveAccess(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const access = appAccesses.find((one) => one === visit.request.form.get('access'))
  if (access === undefined) return showOne(deps, visit)
  const result = await setAppAccess(appDeps(deps), { ...changeOf(visit), access })
  return result.ok ? doneAt(visit.request.ctx.path, 'saved') : nothingHere(deps, visit)
}

async function assign(deps: ConsoleDeps, visit: ConsoleVisit, assignee: Assignee): Promise<PageResult> {
  const result = await assignApp(deps, { ...changeOf(visit), assignee })
  if (result.ok) return doneAt(visit.request.ctx.path, 'assigned')
  return result.reason === 'not_found' ? nothingHere(deps, visit) : showOne(deps, visit, { error: result.reason })
}

async function unassign(deps: ConsoleDeps, visit: ConsoleVisit, assignmentId: string): Promise<PageResult> {
  const result = await unassignApp(appDeps(deps), { ...changeOf(visit), assignmentId })
  return result.ok ? doneAt(visit.request.ctx.path, 'unassigned') : showOne(deps, visit, { error: 'not_found' })
}
