/** Resumes a suspended tenant: its members may act for it again, and tokens that have not expired meanwhile work again. */
import type { Databases } from '../base/db.ts'
import { changeTenantStatus, type TenantChange, type TenantChangeResult } from './change-tenant-status.ts'

export function resumeTenant(deps: { readonly databases: Databases }, change: TenantChange): Promise<TenantChangeResult> {
  return changeTenantStatus(deps.databases, { wanted: 'active' }, change)
}
