/**
 * Begins the end of a tenant: from this moment on nobody gets a token for it and its token families end; when the grace is over it is
 * deleted with everything in it (purge-closed-tenants.ts). Until then undo-closing.ts brings it back as it was.
 */
import type { Databases, EngineTrx } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { isUnexpected, type Expectation } from '../http/etag.ts'
import { listAdministratorAccounts, updateClosing } from './life-queries.ts'
import { lockTenant } from './queries.ts'
import type { TenantGrantEnding } from './suspend-tenant.ts'

export const usualGraceDays = 30
export const longestGraceDays = 90

export interface CloseTenantInput {
  readonly tenantId: TenantId
  /** 1 to 90; 30 unless told. */
  readonly graceDays?: number | undefined
  readonly actor: string | null
  readonly origin: Origin
  readonly expect?: Expectation<EngineTrx> | undefined
}

export type TenantClosing =
  | { readonly ok: true; readonly closesAt: Date }
  | { readonly ok: false; readonly reason: 'not_found' | 'precondition_failed' | 'invalid_grace' | 'tenant_closing' }

export function closeTenant(deps: { readonly databases: Databases; readonly grants: TenantGrantEnding }, input: CloseTenantInput): Promise<TenantClosing> {
  return deps.databases.inEngine(async (trx): Promise<TenantClosing> => {
    const { tenantId, graceDays = usualGraceDays, actor, origin } = input
    const tenant = await lockTenant(trx, tenantId)
    if (tenant === undefined) return { ok: false, reason: 'not_found' }
    const event = { type: 'tenant.closing_started', tenantId, subject: tenantId, actor, origin } as const
    const isDays = Number.isInteger(graceDays) && graceDays >= 1 && graceDays <= longestGraceDays
    const isStale = await isUnexpected(trx, input.expect)
    const closesAt = isDays && !isStale ? await updateClosing(trx, tenantId, graceDays) : undefined
    if (closesAt === undefined) {
      const reason = isStale ? 'precondition_failed' : isDays ? 'tenant_closing' : 'invalid_grace'
      await record(trx, { ...event, outcome: 'refused', reason })
      return { ok: false, reason }
    }
    await deps.grants.endGrantsOfTenant(trx, tenantId)
    const told = await listAdministratorAccounts(trx, tenantId)
    await record(trx, { ...event, outcome: 'success', before: { status: tenant.status }, after: { status: 'closing', closes_at: closesAt.toISOString(), told } })
    return { ok: true, closesAt }
  })
}
