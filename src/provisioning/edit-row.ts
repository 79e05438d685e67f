/** Corrects one line by hand and judges the list again. Invariants: what was read stays beside what was written over it; an invited person's line is history. */
import { record } from '../events/record.ts'
import { recheck } from './change-import.ts'
import { no, readingOf, type ImportChange, type ImportDeps, type Refused } from './import.ts'
import { correctionsShape, type Corrections } from './line.ts'
import { fields, type Field } from './mapping.ts'
import { lockImport } from './queries.ts'
import { findRow, updateCorrections } from './row-queries.ts'

export interface EditRowInput extends ImportChange {
  readonly number: number
  /** What a field is instead, by its name; null takes a correction back. */
  readonly values?: Readonly<Partial<Record<Field, string | null>>> | undefined
  /** Takes this person back although they were removed; null for what the list says. */
  readonly reinvite?: boolean | null | undefined
}

export type RowEdit = { readonly ok: true } | Refused<'not_found' | 'wave_under_way' | 'already_invited'>

export function editRow({ databases }: ImportDeps, { tenantId, importId, number, values = {}, reinvite, mover, origin }: EditRowInput): Promise<RowEdit> {
  return databases.inTenant(tenantId, async (trx): Promise<RowEdit> => {
    const found = await lockImport(trx, importId)
    const row = found === undefined ? undefined : await findRow(trx, importId, number)
    if (found === undefined || row === undefined) return no('not_found')
    const reason = found.status === 'running' ? 'wave_under_way' : row.status === 'invited' ? 'already_invited' : null
    const event = { type: 'import.row_edited', subject: importId, actor: mover.accountId, origin } as const
    if (reason !== null) {
      await record(trx, { ...event, outcome: 'refused', reason, after: { row: number } })
      return no(reason)
    }
    await updateCorrections(trx, importId, { number, corrections: merged(correctionsShape.parse(row.corrections), { values, reinvite }) })
    await recheck(trx, { importId, reading: readingOf(found), mover })
    await record(trx, { ...event, outcome: 'success', after: { row: number, fields: [...Object.keys(values), ...(reinvite === undefined ? [] : ['reinvite'])] } })
    return { ok: true }
  })
}

function merged(before: Corrections, { values = {}, reinvite }: Pick<EditRowInput, 'values' | 'reinvite'>): Corrections {
  const kept = fields.flatMap((field): (readonly [Field, string])[] => {
    const value = values[field] === undefined ? before.values[field] : values[field]
    return value === undefined || value === null ? [] : [[field, value]]
  })
  return correctionsShape.parse({ values: Object.fromEntries(kept), reinvite: reinvite === undefined ? before.reinvite : reinvite })
}
