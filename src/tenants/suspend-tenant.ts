/** Suspends a tenant: from this moment on nobody gets a token for it, and its token families end. */
import type { Databases, EngineTrx } from '../base/db.ts'
import { changeTenantStatus, type TenantChange, type TenantChangeResult } from './change-tenant-status.ts'

/** Ends every token family for a tenant; the token path (oidc/) does it, app.ts and the CLI connect it. */
export interface TenantGrantEnding {
  readonly endGrantsOfTenant: (trx: EngineTrx, tenantId: string) => Promise<void>
}

export function suspendTenant(deps: { readonly databases: Databases; readonly grants: TenantGrantEnding }, change: TenantChange): Promise<TenantChangeResult> {
  return changeTenantStatus(deps.databases, { wanted: 'suspended', atOnce: (trx) => deps.grants.endGrantsOfTenant(trx, change.tenantId) }, change)
}
