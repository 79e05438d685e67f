/** Suspends a tenant: from this moment on nobody gets a token for it, and those that exist are refused. */
import type { Databases } from '../base/db.ts'
import { changeTenantStatus, type TenantChange, type TenantChangeResult } from './change-tenant-status.ts'

export function suspendTenant(deps: { readonly databases: Databases }, change: TenantChange): Promise<TenantChangeResult> {
  return changeTenantStatus(deps.databases, 'suspended', change)
}
