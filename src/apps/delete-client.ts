/** Removes an app for good: its tokens, consents and assignments end with it. What the log says of it stays. */
import type { Databases, EngineTrx } from '../base/db.ts'
import { record } from '../events/record.ts'
import { isUnexpected, type Expectation } from '../http/etag.ts'
import { deleteClientRow, lockClient } from './queries.ts'
import type { Registrant } from './register-client.ts'

export interface DeleteClient extends Registrant {
  readonly clientId: string
  /** Only an app of this tenant, where it is said. */
  readonly tenantId?: string
  readonly expect?: Expectation<EngineTrx> | undefined
  /** Asked of the app that is held; a reason to go no further. */
  readonly refuse?: (permissions: readonly string[]) => 'role_above_own' | null
}

export type ClientDeletion = { readonly ok: true } | { readonly ok: false; readonly reason: 'not_found' | 'built_in' | 'precondition_failed' | 'role_above_own' }

export function deleteClient(deps: { readonly databases: Databases }, { clientId, tenantId, expect, refuse, actor, origin }: DeleteClient): Promise<ClientDeletion> {
  return deps.databases.inEngine(async (trx): Promise<ClientDeletion> => {
    const client = await lockClient(trx, clientId)
    if (client === undefined || (tenantId !== undefined && client.tenant_id !== tenantId)) return { ok: false, reason: 'not_found' }
    const event = { type: 'client.deleted', subject: clientId, clientId, tenantId: client.tenant_id, actor, origin } as const
    const reason = client.built_in ? 'built_in' : await isUnexpected(trx, expect) ? 'precondition_failed' : (refuse?.(client.permissions) ?? null)
    if (reason !== null) {
      await record(trx, { ...event, outcome: 'refused', reason })
      return { ok: false, reason }
    }
    await deleteClientRow(trx, clientId)
    await record(trx, { ...event, outcome: 'success', before: { name: client.name, first_party: client.first_party, metadata: client.metadata, permissions: client.permissions } })
    return { ok: true }
  })
}
