/** Takes the closing of a tenant back: it is again what it was before. What is deleted already does not come back; of an undoing and the deletion at once, the row decides. */
import type { Databases } from '../base/db.ts'
import { record } from '../events/record.ts'
import { isUnexpected } from '../http/etag.ts'
import type { TenantChange } from './change-tenant-status.ts'
import { listAdministratorAccounts, updateClosingUndone } from './life-queries.ts'
import { lockTenant } from './queries.ts'

export type ClosingUndone = { readonly ok: true; readonly status: string } | { readonly ok: false; readonly reason: 'not_found' | 'precondition_failed' | 'not_closing' }

export function undoClosing(deps: { readonly databases: Databases }, { tenantId, actor, origin, expect }: TenantChange): Promise<ClosingUndone> {
  return deps.databases.inEngine(async (trx): Promise<ClosingUndone> => {
    if ((await lockTenant(trx, tenantId)) === undefined) return { ok: false, reason: 'not_found' }
    const event = { type: 'tenant.closing_undone', tenantId, subject: tenantId, actor, origin } as const
    const isStale = await isUnexpected(trx, expect)
    const status = isStale ? undefined : await updateClosingUndone(trx, tenantId)
    if (status === undefined) {
      const reason = isStale ? 'precondition_failed' : 'not_closing'
      await record(trx, { ...event, outcome: 'refused', reason })
      return { ok: false, reason }
    }
    const told = await listAdministratorAccounts(trx, tenantId)
    await record(trx, { ...event, outcome: 'success', before: { status: 'closing' }, after: { status, told } })
    return { ok: true, status }
  })
}
