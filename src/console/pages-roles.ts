/** The pages of a tenant's roles. What may be given to whom is said by the commands of the members room. */
import { html, redirect, type PageDoor, type PageResult } from '../http/page.ts'
import { createRole } from '../members/create-role.ts'
import { deleteRole } from '../members/delete-role.ts'
import { roleTemplates } from '../members/role-template.ts'
import { listHolders, listRoles, type CountedRole } from '../members/role-queries.ts'
import { updateRole } from '../members/update-role.ts'
import { tenantKinds } from '../tenants/tenant.ts'
import { roleFields } from '../../views/contract/console.ts'
import { RolePage, RolesPage, type RoleFailure, type RolePageProps, type RoleRow, type RolesProps, type TemplateGroup } from '../../views/pages/console/roles.tsx'
import { permissionNames } from '../../views/permission-words.ts'
import { addressOf } from './address.ts'
import type { ConsoleDeps } from './deps.ts'
import { consolePage, doneAt, nothingHere, noticeIn, statusOf, type ConsoleVisit } from './visit.ts'

const place = 'roles'
const mostHoldersShown = 30

export function rolePages(deps: ConsoleDeps): readonly PageDoor[] {
  const permission = 'role:manage'
  return [
    ...consolePage(deps, { path: '/roles', place, permission }, { show: (visit) => showList(deps, visit) }),
    ...consolePage(deps, { path: '/roles/new', place, permission }, { show: (visit) => showNew(deps, visit), take: (visit) => create(deps, visit) }),
    ...consolePage(deps, { path: '/roles/:role_id', place, permission }, { show: (visit) => showOne(deps, visit), take: (visit) => change(deps, visit) }),
  ]
}

async function showList(deps: ConsoleDeps, visit: ConsoleVisit, error?: RolesProps['error']): Promise<PageResult> {
  const roles = await deps.databases.inTenant(visit.tenantId, listRoles)
  const notice = error === undefined ? noticeIn(visit, ['role_created', 'role_deleted']) : undefined
  return html(RolesPage({ ...visit.page, roles: roles.map(present), notice, error }), { status: statusOf(error) })
}

function present({ id, name, description, permissions, uses_seat: usesSeat, members }: CountedRole): RoleRow {
  return { id, name, description, permissions, usesSeat, members }
}

type Values = RolePageProps['values']

interface Shown {
  readonly values?: Values
  readonly error?: RoleFailure
}

const emptyValues: Values = { name: '', description: '', permissions: [], usesSeat: true }

async function showNew({ databases }: ConsoleDeps, visit: ConsoleVisit, { values = startOf(visit), error }: Shown = {}): Promise<PageResult> {
  const roles = await databases.inTenant(visit.tenantId, listRoles)
  const templates = templatesFor(visit, roles.map(({ name }) => name))
  return html(RolePage({ ...visit.page, role: null, values, templates, grantable: visit.permissions, holders: [], error }), { status: statusOf(error) })
}

/** Those that the person may make here: of a name that is free, and with no right that they do not hold. */
function templatesFor({ permissions: held, pathTo }: ConsoleVisit, taken: readonly string[]): readonly TemplateGroup[] {
  const groups = tenantKinds.map((kind) => {
    const offered = roleTemplates[kind].filter(({ name, permissions }) => !taken.includes(name) && permissions.every((one) => held.includes(one)))
    return { kind, templates: offered.map(({ name }) => ({ name, href: addressOf(pathTo(place, '/new'), { template: name, kind }) })) }
  })
  return groups.filter(({ templates }) => templates.length > 0)
}

/** A new role begins empty, or as the template that the address names. */
function startOf({ request: { query } }: ConsoleVisit): Values {
  const kind = tenantKinds.find((one) => one === query.get('kind'))
  const template = kind === undefined ? undefined : roleTemplates[kind].find(({ name }) => name === query.get('template'))
  return template === undefined ? emptyValues : { ...emptyValues, name: template.name, permissions: template.permissions, usesSeat: template.usesSeat }
}

async function showOne(deps: ConsoleDeps, visit: ConsoleVisit, { values, error }: Shown = {}): Promise<PageResult> {
  const roleId = visit.request.params['role_id'] ?? ''
  const found = await deps.databases.inTenant(visit.tenantId, async (trx) => {
    const role = (await listRoles(trx)).find(({ id }) => id === roleId)
    return role === undefined ? undefined : { role: present(role), holders: await listHolders(trx, role.id, mostHoldersShown) }
  })
  if (found === undefined) return nothingHere(deps, visit)
  const { role } = found
  const holders = found.holders.map(({ name, membershipId }) => ({ name, href: visit.pathTo('members', `/${membershipId}`) }))
  const stored = { name: role.name, description: role.description ?? '', permissions: role.permissions, usesSeat: role.usesSeat }
  const notice = error === undefined ? noticeIn(visit, ['saved']) : undefined
  return html(RolePage({ ...visit.page, role, values: values ?? stored, templates: [], grantable: visit.permissions, holders, notice, error }), { status: statusOf(error) })
}

function valuesIn({ request: { form } }: ConsoleVisit): Values {
  return {
    name: form.get(roleFields.name.name) ?? '',
    description: form.get(roleFields.description.name) ?? '',
    permissions: permissionNames.filter((name) => form.has(roleFields.permission(name).name)),
    usesSeat: form.has(roleFields.usesSeat.name),
  }
}

async function create(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const { name, description, permissions, usesSeat } = valuesIn(visit)
  const result = await createRole(deps, { tenantId: visit.tenantId, name, description, permissions, usesSeat, mover: visit.mover, origin: visit.request.origin })
  return result.ok ? doneAt(visit.pathTo(place), 'role_created') : showNew(deps, visit, { values: valuesIn(visit), error: result.reason })
}

function change(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  return visit.request.form.get('action') === roleFields.remove.value ? remove(deps, visit) : save(deps, visit)
}

async function save(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const { tenantId, mover, request } = visit
  const roleId = request.params['role_id'] ?? ''
  const values = valuesIn(visit)
  const { name, description, permissions, usesSeat } = values
  const result = await updateRole(deps, { tenantId, roleId, name, description, permissions, usesSeat, mover, origin: request.origin })
  if (result.ok) return doneAt(request.ctx.path, 'saved')
  return result.reason === 'not_found' ? nothingHere(deps, visit) : showOne(deps, visit, { values, error: result.reason })
}

async function remove(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const { tenantId, mover, request } = visit
  const result = await deleteRole(deps, { tenantId, roleId: request.params['role_id'] ?? '', mover, origin: request.origin })
  if (result.ok) return redirect(`${visit.pathTo(place)}?done=role_deleted`)
  return result.reason === 'not_found' ? nothingHere(deps, visit) : showOne(deps, visit, { error: result.reason })
}
