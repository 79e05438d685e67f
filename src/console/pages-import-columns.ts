/** The first step of a list of people: which column is what, and what counts where a line says nothing. */
import { html, redirect, type PageDoor, type PageResult } from '../http/page.ts'
import { changeImport } from '../provisioning/change-import.ts'
import { defaultsShape, mappingShape, type Defaults } from '../provisioning/mapping.ts'
import { listRows } from '../provisioning/row-queries.ts'
import { columnFields } from '../../views/contract/console-imports.ts'
import { importFieldNames, type ColumnLine } from '../../views/import-props.ts'
import type { PlaceValues } from '../../views/invitation-props.ts'
import { ImportColumnsPage } from '../../views/pages/console/import-columns.tsx'
import { oneOf } from './address.ts'
import type { ConsoleDeps } from './deps.ts'
import { listOf, withImport, type OneImport } from './one-import.ts'
import { placeIn, placeOptions, unitsOf } from './placing.ts'
import { consolePage, nothingHere, statusOf, type ConsoleVisit } from './visit.ts'

const place = 'imports'

export function importColumnPages(deps: ConsoleDeps): readonly PageDoor[] {
  return consolePage(deps, { path: '/imports/:import_id/columns', place, permission: 'member:invite' }, {
    show: (visit) => withImport(deps, visit, (one) => showColumns(deps, visit, { one })),
    take: (visit) => withImport(deps, visit, (one) => saveColumns(deps, visit, one)),
  })
}

type Chosen = Readonly<Record<string, ColumnLine['field']>>

interface Shown {
  readonly one: OneImport
  readonly chosen?: Chosen
  readonly where?: PlaceValues
  readonly error?: string
}

async function showColumns({ databases }: ConsoleDeps, visit: ConsoleVisit, { one, chosen, where, error }: Shown): Promise<PageResult> {
  const { importId, shown: { row: { headings }, mapping, defaults } } = one
  const { rows, options } = await databases.inTenant(visit.tenantId, async (trx) => ({
    rows: await listRows(trx, importId, { after: 0, limit: 3 }), options: await placeOptions(trx, visit),
  }))
  const fields = chosen ?? mapping
  const columns = headings.map((heading, number) => ({ number, heading, examples: rows.map(({ fields: read }) => read[number] ?? ''), field: fields[String(number)] ?? ('' as const) }))
  return html(ImportColumnsPage({ ...visit.page, list: listOf(one), columns, place: where ?? placeOf(defaults), options, error }), { status: statusOf(error) })
}

function placeOf({ role, units: [unit = '', ...furtherUnits], client_id: app, locale, reinvite }: Defaults): PlaceValues {
  return { role: role ?? '', unit, furtherUnits, app: app ?? '', locale, reinvite }
}

async function saveColumns(deps: ConsoleDeps, visit: ConsoleVisit, one: OneImport): Promise<PageResult> {
  const { tenantId, mover, request: { form, origin } } = visit
  const { importId, shown: { row: { headings } } } = one
  const where = placeIn(form)
  const chosen: Chosen = Object.fromEntries(headings.map((_heading, number) => [String(number), oneOf(importFieldNames, form.get(columnFields.column(number).name)) ?? '']))
  const mapping = mappingShape.safeParse(Object.fromEntries(Object.entries(chosen).filter(([, field]) => field !== '')))
  if (!mapping.success) return showColumns(deps, visit, { one, chosen, where, error: 'field_twice' })
  // Otherwise each line would be refused for it, one by one.
  if (where.role === '' && !Object.values(mapping.data).includes('role')) return showColumns(deps, visit, { one, chosen, where, error: 'no_role' })
  const defaults = defaultsShape.parse({ role: where.role === '' ? null : where.role, units: unitsOf(where), client_id: where.app === '' ? null : where.app, locale: where.locale, reinvite: where.reinvite })
  const result = await changeImport(deps, { tenantId, importId, mover, origin, mapping: mapping.data, defaults })
  if (result.ok) return redirect(visit.pathTo(place, `/${importId}/rows`))
  return result.reason === 'not_found' ? nothingHere(deps, visit) : showColumns(deps, visit, { one, chosen, where, error: result.reason })
}
