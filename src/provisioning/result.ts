/** The lines of an import with how each ended, as a list for Excel. Invariant: rows are read a few at a time, however many there are. */
import type { Databases } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import { csvDownload, type CsvDownload } from '../http/csv.ts'
import { findImport } from './queries.ts'
import { listRows, type PersonRow } from './row-queries.ts'

interface Result {
  readonly tenantId: TenantId
  readonly importId: string
}

const pageRows = 500

/** Undefined where there is no such import. */
export async function resultOf({ databases }: { readonly databases: Databases }, { tenantId, importId }: Result): Promise<CsvDownload | undefined> {
  const found = await databases.inTenant(tenantId, (trx) => findImport(trx, importId))
  if (found === undefined) return undefined
  return csvDownload({
    filename: `import-${importId}.csv`, headings: ['number', ...found.headings, 'wave', 'status', 'reason', 'membership_id'],
    rows: linesOf(databases, { tenantId, importId, columns: found.headings.length }),
  })
}

async function* linesOf(databases: Databases, { tenantId, importId, columns }: Result & { readonly columns: number }): AsyncGenerator<readonly string[]> {
  for (let after = 0; ;) {
    const rows = await databases.inTenant(tenantId, (trx) => listRows(trx, importId, { after, limit: pageRows }))
    yield* rows.map((row) => lineOf(row, columns))
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageRows) return
    after = last.number
  }
}

/** A row with too many fields keeps them in its last column, so that what follows stands under its heading. */
function lineOf({ number, fields, wave, status, reason, membership_id: membershipId }: PersonRow, columns: number): readonly string[] {
  const kept = Array.from({ length: columns }, (_, column) => (column === columns - 1 ? fields.slice(column).join(' ') : (fields[column] ?? '')))
  return [String(number), ...kept, wave === null ? '' : String(wave), status, reason ?? '', membershipId ?? '']
}
