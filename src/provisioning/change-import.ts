/** Changes which column is which field, or what counts where a line says nothing, and judges every line again; invited people stay as they are. */
import type { TenantTrx } from '../base/db.ts'
import { isUnexpected, type Expectation } from '../http/etag.ts'
import { record } from '../events/record.ts'
import type { Mover } from '../members/membership.ts'
import { checkRows } from './check-import.ts'
import { fitsColumns, no, readingOf, type ImportChange, type ImportDeps, type Refused } from './import.ts'
import { correctionsShape, type Reading } from './line.ts'
import type { Defaults, Mapping } from './mapping.ts'
import { lockImport, updateReading, updateStanding } from './queries.ts'
import { listOpenRows, updateFindings } from './row-queries.ts'

export interface ChangeImportInput extends ImportChange {
  readonly mapping?: Mapping | undefined
  readonly defaults?: Defaults | undefined
  /** Asked once the import is locked: whether it still is what the caller saw. */
  readonly expect?: Expectation | undefined
}

export type ImportUpdate = { readonly ok: true } | Refused<'not_found' | 'precondition_failed' | 'wave_under_way' | 'unknown_column'>

/** With nothing to change, the lines are judged once more: by roles, units and members as they are now. */
export function changeImport({ databases }: ImportDeps, { tenantId, importId, mapping, defaults, mover, origin, expect }: ChangeImportInput): Promise<ImportUpdate> {
  return databases.inTenant(tenantId, async (trx): Promise<ImportUpdate> => {
    const found = await lockImport(trx, importId)
    if (found === undefined) return no('not_found')
    if (await isUnexpected(trx, expect)) return no('precondition_failed')
    const before = readingOf(found)
    const reading = { ...before, mapping: mapping ?? before.mapping, defaults: defaults ?? before.defaults }
    const reason = found.status === 'running' ? 'wave_under_way' : fitsColumns(reading.mapping, reading.columns) ? null : 'unknown_column'
    const event = { type: 'import.updated', subject: importId, actor: mover.accountId, origin } as const
    if (reason !== null) {
      await record(trx, { ...event, outcome: 'refused', reason })
      return no(reason)
    }
    await updateReading(trx, importId, reading)
    await recheck(trx, { importId, reading, mover })
    await record(trx, { ...event, outcome: 'success', before: facts(before), after: facts(reading) })
    return { ok: true }
  })
}

function facts({ mapping, defaults }: Reading) {
  return { mapping, defaults }
}

/** The caller holds the import's lock. One line can make or unmake another a repetition, so all are judged. */
export async function recheck(trx: TenantTrx, { importId, reading, mover }: { readonly importId: string; readonly reading: Reading; readonly mover: Mover }): Promise<void> {
  const rows = (await listOpenRows(trx, importId)).map(({ number, fields, corrections }) => ({ number, fields, corrections: correctionsShape.parse(corrections) }))
  await updateFindings(trx, importId, await checkRows(trx, { rows, reading, mover }))
  await updateStanding(trx.query, { tenantId: trx.tenantId, importId })
}
