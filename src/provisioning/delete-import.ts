/** Deletes a list with its waves. Invariant: only where nothing is under way; the people whom it invited stay. */
import { record } from '../events/record.ts'
import { no, type ImportChange, type ImportDeps, type Refused } from './import.ts'
import { deleteImportRow, lockImport } from './queries.ts'

export type ImportDeletion = { readonly ok: true } | Refused<'not_found' | 'wave_under_way'>

export function deleteImport({ databases }: ImportDeps, { tenantId, importId, mover, origin }: ImportChange): Promise<ImportDeletion> {
  return databases.inTenant(tenantId, async (trx): Promise<ImportDeletion> => {
    const found = await lockImport(trx, importId)
    if (found === undefined) return no('not_found')
    const event = { type: 'import.deleted', subject: importId, actor: mover.accountId, origin } as const
    if (found.status === 'running') {
      await record(trx, { ...event, outcome: 'refused', reason: 'wave_under_way' })
      return no('wave_under_way')
    }
    await deleteImportRow(trx, importId)
    await record(trx, { ...event, outcome: 'success', before: { rows: found.row_count, created_at: found.created_at.toISOString() } })
    return { ok: true }
  })
}
