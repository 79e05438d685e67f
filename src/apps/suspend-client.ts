/** Suspends an app: from this moment on it gets no token, and its token families end. */
import type { Databases, EngineTrx } from '../base/db.ts'
import { changeClientStatus, type ClientChange, type ClientChangeResult } from './change-client-status.ts'

/** Ends every token family of an app; the token path (oidc/) does it, app.ts and the CLI connect it. */
export interface ClientGrantEnding {
  readonly endGrantsOfClient: (trx: EngineTrx, clientId: string) => Promise<void>
}

export function suspendClient(deps: { readonly databases: Databases; readonly grants: ClientGrantEnding }, change: ClientChange): Promise<ClientChangeResult> {
  return changeClientStatus(deps.databases, { wanted: 'suspended', atOnce: (trx) => deps.grants.endGrantsOfClient(trx, change.clientId) }, change)
}
