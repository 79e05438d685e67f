/** The form of what a member is in the tenant. Its role and the rest are two commands: where the second is refused, the first stands. */
import { html, type PageDoor, type PageResult } from '../http/page.ts'
import { changeRole } from '../members/change-role.ts'
import { grantRefusal } from '../members/membership.ts'
import type { MemberRow } from '../members/queries.ts'
import { listRoles } from '../members/role-queries.ts'
import { updateMember } from '../members/update-member.ts'
import { listUnits } from '../tenants/unit-queries.ts'
import { memberFields } from '../../views/contract/console-members.ts'
import { MemberEditPage, type MemberEditProps } from '../../views/pages/console/member-edit.tsx'
import { dayOf, endOfDay, startOfDay } from './days.ts'
import type { ConsoleDeps } from './deps.ts'
import { withMember, type OneMember } from './one-member.ts'
import { consolePage, doneAt, statusOf, type ConsoleVisit } from './visit.ts'

const place = 'members'

export function memberEditPages(deps: ConsoleDeps): readonly PageDoor[] {
  return consolePage(deps, { path: '/members/:membership_id/edit', place, permission: 'member:update' }, {
    show: (visit) => withMember(deps, visit, (member) => show(deps, visit, { member })),
    take: (visit) => withMember(deps, visit, (member) => save(deps, visit, member)),
  })
}

type Values = MemberEditProps['values']

function storedIn(row: MemberRow, zone: string): Values {
  const [primaryUnit = '', ...units] = row.units
  return {
    role: row.role, primaryUnit, units, employeeNumber: row.employee_number ?? '', title: row.title ?? '',
    validFrom: row.valid_from === null ? '' : dayOf(row.valid_from, zone),
    validUntil: row.valid_until === null ? '' : dayOf(new Date(row.valid_until.getTime() - 1), zone),
  }
}

interface Shown {
  readonly member: OneMember
  readonly values?: Values
  readonly error?: string
}

async function show(deps: ConsoleDeps, visit: ConsoleVisit, { member: { row }, values = storedIn(row, visit.zone), error }: Shown): Promise<PageResult> {
  const { roles, units } = await deps.databases.inTenant(visit.tenantId, async (trx) => ({ roles: await listRoles(trx), units: await listUnits(trx) }))
  return html(MemberEditPage({
    ...visit.page, member: { id: row.id, name: row.shown_name }, values, error,
    roles: roles.filter(({ name, permissions }) => name === row.role || grantRefusal(visit.mover, permissions) === null).map(({ name }) => ({ value: name, name })),
    units: units.map(({ code, name, code_path: path }) => ({ value: code, name, depth: path.length - 1 })),
  }), { status: statusOf(error) })
}

const unitPrefix = memberFields.unit('').name

function typedIn({ request: { form } }: ConsoleVisit): Values {
  const said = (field: { readonly name: string }) => (form.get(field.name) ?? '').trim()
  return {
    role: said(memberFields.role), primaryUnit: said(memberFields.primaryUnit),
    units: [...form.keys()].flatMap((name) => (name.startsWith(unitPrefix) ? [name.slice(unitPrefix.length)] : [])),
    employeeNumber: said(memberFields.employeeNumber), title: said(memberFields.title), validFrom: said(memberFields.validFrom), validUntil: said(memberFields.validUntil),
  }
}

async function save(deps: ConsoleDeps, visit: ConsoleVisit, member: OneMember): Promise<PageResult> {
  const values = typedIn(visit)
  const { tenantId, mover, request: { origin }, zone } = visit
  const asked = { tenantId, membershipId: member.id, mover, origin }
  const again = (error: string) => show(deps, visit, { member, values, error })
  const [validFrom, validUntil] = [momentOf(values.validFrom, startOfDay, zone), momentOf(values.validUntil, endOfDay, zone)]
  if (validFrom === undefined || validUntil === undefined) return again('invalid_date')
  const role = values.role === member.row.role ? { ok: true as const } : await changeRole(deps, { ...asked, role: values.role })
  if (!role.ok) return again(role.reason)
  const updated = await updateMember(deps, { ...asked, ...changed(values, member.row, { dates: { validFrom, validUntil }, zone }) })
  return updated.ok ? doneAt(member.path, 'saved') : again(updated.reason)
}

type Dates = Readonly<Record<'validFrom' | 'validUntil', Date | null>>

/** Days that stay as they were shown are not sent: nobody dates their own membership, and the hour of an end is kept. */
function changed(values: Values, row: MemberRow, { dates: { validFrom, validUntil }, zone }: { readonly dates: Dates; readonly zone: string }) {
  const stored = storedIn(row, zone)
  const units = values.primaryUnit === '' ? values.units : [values.primaryUnit, ...values.units.filter((code) => code !== values.primaryUnit)]
  return {
    units, employeeNumber: values.employeeNumber === '' ? null : values.employeeNumber, title: values.title === '' ? null : values.title,
    ...(values.validFrom === stored.validFrom ? {} : { validFrom }),
    ...(values.validUntil === stored.validUntil ? {} : { validUntil }),
  }
}

/** Null for an empty field, undefined for what is no day. */
function momentOf(text: string, read: (day: string, zone: string) => Date | null, zone: string): Date | null | undefined {
  return text === '' ? null : (read(text, zone) ?? undefined)
}
