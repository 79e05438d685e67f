/** The second step of a list of people: what was found about each line, checking again, and correcting one by hand. */
import { html, type PageDoor, type PageResult } from '../http/page.ts'
import { changeImport } from '../provisioning/change-import.ts'
import { editRow } from '../provisioning/edit-row.ts'
import { showRow, showRows, type ShownRow } from '../provisioning/show-import.ts'
import { rowFields } from '../../views/contract/console-imports.ts'
import { importFieldNames, type ImportFieldName, type PersonLine } from '../../views/import-props.ts'
import { ImportRowPage, ImportRowsPage, type ImportRowProps } from '../../views/pages/console/import-rows.tsx'
import { addressOf, oneOf } from './address.ts'
import type { ConsoleDeps } from './deps.ts'
import { listOf, numberIn, withImport, type OneImport } from './one-import.ts'
import { consolePage, doneAt, nothingHere, noticeIn, statusOf, type ConsoleVisit } from './visit.ts'

const place = 'imports'
const permission = 'member:invite'
const pageSize = 50
const statuses = ['ready', 'refused', 'invited', 'rolled_back'] as const

export function importRowPages(deps: ConsoleDeps): readonly PageDoor[] {
  return [
    ...consolePage(deps, { path: '/imports/:import_id/rows', place, permission }, {
      show: (visit) => withImport(deps, visit, (one) => showLines(deps, visit, { one })),
      take: (visit) => withImport(deps, visit, (one) => checkAgain(deps, visit, one)),
    }),
    ...consolePage(deps, { path: '/imports/:import_id/rows/:number', place, permission }, {
      show: (visit) => withImport(deps, visit, (one) => showLine(deps, visit, { one })),
      take: (visit) => withImport(deps, visit, (one) => saveLine(deps, visit, one)),
    }),
  ]
}

async function showLines(deps: ConsoleDeps, visit: ConsoleVisit, { one, error }: { readonly one: OneImport; readonly error?: string }): Promise<PageResult> {
  const { request: { query }, tenantId } = visit
  const { importId, shown } = one
  const [status, reason] = [oneOf(statuses, query.get('status')), oneOf(shown.reasons.map((known) => known.reason), query.get('reason'))]
  const after = /^\d{1,6}$/.test(query.get('after') ?? '') ? Number(query.get('after')) : 0
  const rows = (await deps.databases.inTenant(tenantId, (trx) => showRows(trx, importId, { after, limit: pageSize + 1, status, reason }))) ?? []
  const path = visit.pathTo(place, `/${importId}/rows`)
  const lines = rows.slice(0, pageSize)
  return html(ImportRowsPage({
    ...visit.page, list: listOf(one), counts: shown.counts, seats: shown.seats, reasons: shown.reasons, rows: lines.map((row) => presentLine(visit, importId, row)),
    values: { status: status ?? '', reason: reason ?? '' }, isFiltered: status !== undefined || reason !== undefined,
    firstUrl: after === 0 ? null : addressOf(path, { status, reason }), nextUrl: rows.length > pageSize ? addressOf(path, { status, reason, after: String(lines.at(-1)?.number ?? 0) }) : null,
    notice: error === undefined ? noticeIn(visit, ['checked', 'saved']) : undefined, savedLine: Number(query.get('line') ?? 0) || 0, error, scriptUrls: deps.scripts.filters,
  }), { status: statusOf(error), script: 'self' })
}

function presentLine(visit: ConsoleVisit, importId: string, { number, person, fields, status, reason, membershipId }: ShownRow): PersonLine {
  return {
    number, name: person?.name === '' ? '–' : (person?.name ?? ''), email: person?.email ?? null, employeeNumber: person?.employeeNumber ?? null, role: person?.role ?? '', units: person?.units ?? [],
    status: oneOf(statuses, status) ?? 'refused', reason, raw: person === null ? fields.filter((field) => field !== '').join(' / ') : null,
    editUrl: status === 'invited' ? null : visit.pathTo(place, `/${importId}/rows/${number}`),
    memberUrl: status === 'invited' && membershipId !== null && visit.may('member:read') ? visit.pathTo('members', `/${membershipId}`) : null,
  }
}

async function checkAgain(deps: ConsoleDeps, visit: ConsoleVisit, one: OneImport): Promise<PageResult> {
  const { tenantId, mover, request: { origin } } = visit
  const result = await changeImport(deps, { tenantId, importId: one.importId, mover, origin })
  if (result.ok) return doneAt(visit.pathTo(place, `/${one.importId}/rows`), 'checked')
  return result.reason === 'not_found' ? nothingHere(deps, visit) : showLines(deps, visit, { one, error: result.reason })
}

interface ShownLine {
  readonly one: OneImport
  readonly typed?: URLSearchParams
  readonly error?: string
}

async function showLine(deps: ConsoleDeps, visit: ConsoleVisit, { one, typed, error }: ShownLine): Promise<PageResult> {
  const row = await deps.databases.inTenant(visit.tenantId, (trx) => showRow(trx, one.importId, numberIn(visit)))
  if (row === undefined || row.status === 'invited') return nothingHere(deps, visit)
  const fields = fieldsOf(one, row).map((field) => ({ ...field, value: typed?.get(rowFields.value(field.name).name) ?? field.value }))
  const asksReinvite = row.reason === 'was_removed' || row.corrections.reinvite !== null
  const reinvite = asksReinvite ? (typed?.has(rowFields.reinvite.name) ?? row.corrections.reinvite ?? false) : null
  return html(ImportRowPage({ ...visit.page, list: listOf(one), number: row.number, reason: row.reason, fields, reinvite, error }), { status: statusOf(error) })
}

const alwaysAsked: readonly ImportFieldName[] = ['email', 'employee_number', 'role', 'units']

/** Fields that the list has, and those that everybody needs; with what was read, and what counts now. */
function fieldsOf({ shown: { mapping, row: { headings } } }: OneImport, { fields, corrections }: ShownRow): ImportRowProps['fields'] {
  const fits = fields.length === headings.length
  const readFor = (name: ImportFieldName) => Object.entries(mapping).flatMap(([column, field]) => (fits && field === name ? [fields[Number(column)] ?? ''] : [])).filter((value) => value !== '').join(', ')
  const mapped = new Set<string>(Object.values(mapping))
  return importFieldNames.filter((name) => mapped.has(name) || alwaysAsked.includes(name) || corrections.values[name] !== undefined)
    .map((name) => ({ name, read: readFor(name), value: corrections.values[name] ?? readFor(name) }))
}

async function saveLine(deps: ConsoleDeps, visit: ConsoleVisit, one: OneImport): Promise<PageResult> {
  const { tenantId, mover, request: { form, origin } } = visit
  const number = numberIn(visit)
  const row = await deps.databases.inTenant(tenantId, (trx) => showRow(trx, one.importId, number))
  if (row === undefined) return nothingHere(deps, visit)
  const values = Object.fromEntries(fieldsOf(one, row).flatMap(({ name, read }): [string, string | null][] => {
    const typed = form.get(rowFields.value(name).name)?.trim().slice(0, 1000)
    return typed === undefined ? [] : [[name, typed === read ? null : typed]]
  }))
  const asksReinvite = row.reason === 'was_removed' || row.corrections.reinvite !== null
  const reinvite = asksReinvite ? form.has(rowFields.reinvite.name) : undefined
  const result = await editRow(deps, { tenantId, importId: one.importId, number, values, reinvite, mover, origin })
  if (result.ok) return doneAt(addressOf(visit.pathTo(place, `/${one.importId}/rows`), { line: String(number) }), 'saved')
  return result.reason === 'not_found' ? nothingHere(deps, visit) : showLine(deps, visit, { one, typed: form, error: result.reason })
}
