/**
 * The one way a tenant's state changes, for suspend-tenant.ts and resume-tenant.ts.
 * Every read of a token asks for the tenant's state as well, so what a race may leave behind is worth nothing either.
 */
import type { Databases, EngineTrx } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { isUnexpected, type Expectation } from '../http/etag.ts'
import { lockTenant, updateTenantStatus } from './queries.ts'
import { statusRefusal } from './tenant.ts'

export interface TenantChange {
  readonly tenantId: TenantId
  readonly actor: string | null
  readonly origin: Origin
  readonly expect?: Expectation<EngineTrx> | undefined
}

export type TenantChangeResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'not_found' | 'precondition_failed' | 'already_suspended' | 'not_suspended' | 'tenant_closing' }

/** What is wanted, and what happens in the same transaction. */
export interface StatusChange {
  readonly wanted: 'active' | 'suspended'
  readonly atOnce?: (trx: EngineTrx) => Promise<void>
}

/** The refusal is an event too, but for a tenant that does not exist. */
export function changeTenantStatus(databases: Databases, { wanted, atOnce }: StatusChange, change: TenantChange): Promise<TenantChangeResult> {
  return databases.inEngine(async (trx): Promise<TenantChangeResult> => {
    const tenant = await lockTenant(trx, change.tenantId)
    if (tenant === undefined) return { ok: false, reason: 'not_found' }
    const type = wanted === 'suspended' ? 'tenant.suspended' : 'tenant.resumed'
    const event = { type, tenantId: change.tenantId, subject: change.tenantId, actor: change.actor, origin: change.origin } as const
    const reason = (await isUnexpected(trx, change.expect)) ? 'precondition_failed' : statusRefusal(tenant.status, wanted)
    if (reason !== null) {
      await record(trx, { ...event, outcome: 'refused', reason })
      return { ok: false, reason }
    }
    await updateTenantStatus(trx, change.tenantId, wanted)
    await atOnce?.(trx)
    await record(trx, { ...event, outcome: 'success', before: { status: tenant.status }, after: { status: wanted } })
    return { ok: true }
  })
}
