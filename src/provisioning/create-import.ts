/**
 * Takes a list of people in: reads it, matches its columns and judges every line. Invariant: nobody is invited and no account is made;
 * a list that cannot be read leaves nothing behind but the event that says so.
 */
import { newId, type TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import type { Mover } from '../members/membership.ts'
import { checkRows } from './check-import.ts'
import { fitsColumns, no, type ImportDeps, type Refused } from './import.ts'
import { suggestMapping, type Defaults, type Mapping } from './mapping.ts'
import { insertImport, updateStanding } from './queries.ts'
import { insertRows } from './row-queries.ts'
import { readTable, type Table, type TableOptions, type TableRefusal } from './read-table.ts'

export interface CreateImportInput extends TableOptions {
  readonly tenantId: TenantId
  readonly name: string
  readonly source: 'csv' | 'paste'
  readonly bytes: Uint8Array
  /** Which column is what; suggested where it is left out. */
  readonly mapping?: Mapping | ((table: Table) => Mapping) | undefined
  readonly defaults: Defaults
  readonly mover: Mover
  readonly origin: Origin
}

export type ImportCreation = { readonly ok: true; readonly importId: string } | Refused<TableRefusal | 'invalid_name' | 'unknown_column'>

const longestName = 100

export function createImport({ databases }: ImportDeps, input: CreateImportInput): Promise<ImportCreation> {
  const { tenantId, mover, origin } = input
  const prepared = prepare(input)
  return databases.inTenant(tenantId, async (trx): Promise<ImportCreation> => {
    const importId = newId()
    const event = { type: 'import.created', subject: importId, actor: mover.accountId, origin } as const
    if (!prepared.ok) {
      await record(trx, { ...event, subject: null, outcome: 'refused', reason: prepared.reason })
      return prepared
    }
    const { name, table, mapping } = prepared
    const rows = table.rows.map((fields, place) => ({ number: place + 1, fields, corrections: { values: {}, reinvite: null } }))
    const reading = { columns: table.headings.length, mapping, defaults: input.defaults }
    const findings = await checkRows(trx, { rows, reading, mover })
    const createdBy = mover.kind === 'member' && mover.membershipId !== '' ? mover.membershipId : null
    await insertImport(trx, { id: importId, name, source: input.source, headings: table.headings, mapping, defaults: input.defaults, rowCount: rows.length, createdBy })
    await insertRows(trx, importId, findings.map((finding, place) => ({ ...finding, fields: rows[place]?.fields ?? [] })))
    await updateStanding(trx.query, { tenantId, importId })
    await record(trx, { ...event, outcome: 'success', after: { rows: rows.length, refused: findings.filter(({ reason }) => reason !== null).length } })
    return { ok: true, importId }
  })
}

type Prepared = { readonly ok: true; readonly name: string; readonly table: Table; readonly mapping: Mapping } | Extract<ImportCreation, { readonly ok: false }>

/** All that needs no database, before the transaction. */
function prepare({ name: given, bytes, encoding, hasHeadings, mapping: wanted = suggestMapping }: CreateImportInput): Prepared {
  const name = given.trim()
  if (name === '' || name.length > longestName) return no('invalid_name')
  const read = readTable(bytes, { encoding, hasHeadings })
  if (!read.ok) return read
  const { table } = read
  const mapping = typeof wanted === 'function' ? wanted(table) : wanted
  return fitsColumns(mapping, table.headings.length) ? { ok: true, name, table, mapping } : no('unknown_column')
}
