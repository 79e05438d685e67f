/** Resumes a suspended app; tokens that have not expired meanwhile work again. */
import type { Databases } from '../base/db.ts'
import { changeClientStatus, type ClientChange, type ClientChangeResult } from './change-client-status.ts'

export function resumeClient(deps: { readonly databases: Databases }, change: ClientChange): Promise<ClientChangeResult> {
  return changeClientStatus(deps.databases, { wanted: 'active' }, change)
}
