/** The pages of a tenant's tree of units. What may stand where, and who may head what, is said by the commands of the tenants and members rooms. */
import { normaliseEmail, normaliseStaffNumber } from '../accounts/identifier.ts'
import type { TenantTrx } from '../base/db.ts'
import { isMembershipId } from '../base/ids.ts'
import { moveUnitAssignments } from '../apps/tenant-queries.ts'
import { html, type PageDoor, type PageResult } from '../http/page.ts'
import { unitMembers } from '../members/assign-units.ts'
import { findMemberNamed } from '../members/member-list-queries.ts'
import { setUnitHeads } from '../members/set-unit-heads.ts'
import { listUnitPeople } from '../members/unit-member-queries.ts'
import { createUnit } from '../tenants/create-unit.ts'
import { deleteUnit } from '../tenants/delete-unit.ts'
import { mergeUnits } from '../tenants/merge-units.ts'
import { moveUnit } from '../tenants/move-unit.ts'
import { isWithin, unitKinds } from '../tenants/unit.ts'
import { listUnits, type UnitRow } from '../tenants/unit-queries.ts'
import { updateUnit } from '../tenants/update-unit.ts'
import { unitFields } from '../../views/contract/console-units.ts'
import { NewUnitPage, UnitPage, UnitsPage, type UnitChoice, type UnitEntry, type UnitFailure, type UnitValues } from '../../views/pages/console/units.tsx'
import { addressOf, oneOf } from './address.ts'
import type { ConsoleDeps } from './deps.ts'
import { consolePage, doneAt, nothingHere, noticeIn, statusOf, type ConsoleVisit } from './visit.ts'

const place = 'units'

export function unitPages(deps: ConsoleDeps): readonly PageDoor[] {
  const permission = 'unit:manage'
  return [
    ...consolePage(deps, { path: '/units', place, permission }, { show: (visit) => showTree(deps, visit) }),
    ...consolePage(deps, { path: '/units/new', place, permission }, { show: (visit) => showNew(deps, visit), take: (visit) => create(deps, visit) }),
    ...consolePage(deps, { path: '/units/:unit_id', place, permission }, { show: (visit) => showOne(deps, visit), take: (visit) => change(deps, visit) }),
  ]
}

async function showTree({ databases }: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const { entries } = await databases.inTenant(visit.tenantId, readTree)
  return html(UnitsPage({ ...visit.page, units: entries, notice: noticeIn(visit, ['created', 'deleted']) }))
}

interface Tree {
  readonly rows: readonly UnitRow[]
  readonly entries: readonly UnitEntry[]
}

async function readTree(trx: TenantTrx): Promise<Tree> {
  const people = new Map((await listUnitPeople(trx)).map((row) => [row.unit_id, row]))
  const rows = await listUnits(trx)
  const entries = rows.map(({ id, parent_id: parentId, kind, code, name }): UnitEntry => {
    const { members = 0, members_within: membersWithin = 0, heads = [] } = people.get(id) ?? {}
    return { id, parentId, kind: oneOf(unitKinds, kind) ?? 'team', code, name, members, membersWithin, heads: heads.map((head) => ({ id: head.membership_id, name: head.name })) }
  })
  return { rows, entries }
}

/** Each with the names of what it stands below, for two may share a name. */
function choicesOf(rows: readonly UnitRow[]): readonly UnitChoice[] {
  const names = new Map(rows.map(({ code, name }) => [code, name]))
  return rows.map(({ id, code_path: path }) => ({ id, name: path.map((code) => names.get(code) ?? code).join(' › ') }))
}

const emptyValues: UnitValues = { name: '', code: '', kind: 'department', parentId: '' }

function valuesIn({ request: { form } }: ConsoleVisit): UnitValues {
  const said = (name: string) => form.get(name) ?? ''
  return {
    name: said(unitFields.name.name), code: said(unitFields.code.name), kind: oneOf(unitKinds, form.get(unitFields.kind.name)) ?? emptyValues.kind,
    parentId: said(unitFields.parent.name),
  }
}

interface Shown {
  readonly values?: UnitValues
  readonly typedMember?: string
  readonly error?: UnitFailure
}

async function showNew({ databases }: ConsoleDeps, visit: ConsoleVisit, { values = emptyValues, error }: Shown = {}): Promise<PageResult> {
  const parents = choicesOf(await databases.inTenant(visit.tenantId, listUnits))
  return html(NewUnitPage({ ...visit.page, values, parents, error }), { status: statusOf(error) })
}

async function create(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const { tenantId, mover, request: { origin } } = visit
  const values = valuesIn(visit)
  const { name, code, kind, parentId } = values
  const result = await createUnit(deps, { tenantId, name, code, kind, parentId: orTop(parentId), actor: mover.accountId, origin })
  return result.ok ? doneAt(visit.pathTo(place), 'created') : showNew(deps, visit, { values, error: result.reason })
}

function orTop(parentId: string): string | null {
  return parentId === '' ? null : parentId
}

function unitIdOf({ request }: ConsoleVisit): string {
  return request.params['unit_id'] ?? ''
}

async function showOne(deps: ConsoleDeps, visit: ConsoleVisit, { values, typedMember, error }: Shown = {}): Promise<PageResult> {
  const { rows, entries } = await deps.databases.inTenant(visit.tenantId, readTree)
  const unit = entries.find(({ id }) => id === unitIdOf(visit))
  if (unit === undefined) return nothingHere(deps, visit)
  const isBelow = new Set(rows.filter((row) => isWithin(row, unit)).map(({ id }) => id))
  const choices = choicesOf(rows)
  return html(UnitPage({
    ...visit.page, unit, values: values ?? { name: unit.name, code: unit.code, kind: unit.kind, parentId: unit.parentId ?? '' }, typedMember, error,
    path: choices.find(({ id }) => id === unit.id)?.name ?? unit.name,
    targets: choices.filter(({ id }) => !isBelow.has(id)),
    unitsBelow: rows.filter((row) => row.parent_id === unit.id).length,
    membersUrl: visit.may('member:read') ? addressOf(visit.pathTo('members'), { unit: unit.code }) : null,
    notice: error === undefined ? noticeIn(visit, ['saved', 'moved', 'merged', 'heads_saved']) : undefined,
  }), { status: statusOf(error) })
}

function change(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const { form } = visit.request
  const formerHead = form.get(unitFields.removeHead.name)
  if (formerHead !== null) return changeHeads(deps, visit, (heads) => heads.filter((id) => id !== formerHead))
  switch (form.get('action')) {
    case unitFields.addHead.value:
      return addHead(deps, visit)
    case unitFields.move.value:
      return move(deps, visit)
    case unitFields.merge.value:
      return merge(deps, visit)
    case unitFields.remove.value:
      return remove(deps, visit)
    default:
      return save(deps, visit)
  }
}

function changeOf(visit: ConsoleVisit) {
  return { tenantId: visit.tenantId, unitId: unitIdOf(visit), actor: visit.mover.accountId, origin: visit.request.origin }
}

async function save(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const values = valuesIn(visit)
  const { name, code, kind } = values
  const result = await updateUnit(deps, { ...changeOf(visit), name, code, kind })
  if (result.ok) return doneAt(visit.request.ctx.path, 'saved')
  return result.reason === 'not_found' ? nothingHere(deps, visit) : showOne(deps, visit, { values, error: result.reason })
}

async function move(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const result = await moveUnit(deps, { ...changeOf(visit), parentId: orTop(valuesIn(visit).parentId) })
  if (result.ok) return doneAt(visit.request.ctx.path, 'moved')
  return result.reason === 'not_found' ? nothingHere(deps, visit) : showOne(deps, visit, { error: result.reason })
}

/** The command is one of the unit that stays, so what it does not find is the choice. */
async function merge(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const into = visit.request.form.get(unitFields.into.name) ?? ''
  const result = await mergeUnits({ databases: deps.databases, members: unitMembers, apps: { moveUnitAssignments } }, { ...changeOf(visit), unitId: into, mergedId: unitIdOf(visit) })
  if (result.ok) return doneAt(visit.pathTo(place, `/${into}`), 'merged')
  return showOne(deps, visit, { error: result.reason === 'not_found' ? 'unknown_unit' : result.reason })
}

async function remove(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const result = await deleteUnit({ databases: deps.databases, members: unitMembers }, changeOf(visit))
  if (result.ok) return doneAt(visit.pathTo(place), 'deleted')
  return result.reason === 'not_found' ? nothingHere(deps, visit) : showOne(deps, visit, { error: result.reason })
}

async function addHead(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const named = (visit.request.form.get(unitFields.member.name) ?? '').trim()
  const spellings = { number: normaliseStaffNumber(named), email: normaliseEmail(named) }
  const membershipId = isMembershipId(named) ? named : await deps.databases.inTenant(visit.tenantId, (trx) => findMemberNamed(trx, spellings))
  if (membershipId === undefined) return showOne(deps, visit, { error: 'unknown_member', typedMember: named })
  return changeHeads(deps, visit, (heads) => [...heads, membershipId])
}

async function changeHeads(deps: ConsoleDeps, visit: ConsoleVisit, changed: (heads: readonly string[]) => readonly string[]): Promise<PageResult> {
  const { tenantId, mover, request } = visit
  const unitId = unitIdOf(visit)
  const { entries } = await deps.databases.inTenant(tenantId, readTree)
  const unit = entries.find(({ id }) => id === unitId)
  if (unit === undefined) return nothingHere(deps, visit)
  const result = await setUnitHeads(deps, { tenantId, unitId, membershipIds: changed(unit.heads.map(({ id }) => id)), mover, origin: request.origin })
  if (result.ok) return doneAt(request.ctx.path, 'heads_saved')
  return result.reason === 'not_found' ? nothingHere(deps, visit) : showOne(deps, visit, { error: result.reason, typedMember: request.form.get(unitFields.member.name) ?? '' })
}
