/**
 * The one way an app's state changes, for suspend-client.ts and resume-client.ts. Every read of a token asks for the state
 * of its app, and the change raises the app's revision, so no process goes on with what it has cached.
 */
import type { Databases, EngineTrx } from '../base/db.ts'
import { record } from '../events/record.ts'
import { isUnexpected, type Expectation } from '../http/etag.ts'
import { lockClient, updateClientStatus } from './queries.ts'
import type { Registrant } from './register-client.ts'

export type ClientChangeResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'not_found' | 'precondition_failed' | 'already_suspended' | 'not_suspended' }

export interface ClientChange extends Registrant {
  readonly clientId: string
  readonly expect?: Expectation<EngineTrx> | undefined
}

/** What is wanted, and what happens in the same transaction. */
export interface StatusChange {
  readonly wanted: 'active' | 'suspended'
  readonly atOnce?: (trx: EngineTrx) => Promise<void>
}

/** The refusal is an event too, but for an app that does not exist. */
export function changeClientStatus(databases: Databases, { wanted, atOnce }: StatusChange, change: ClientChange): Promise<ClientChangeResult> {
  const { clientId, actor, origin } = change
  return databases.inEngine(async (trx): Promise<ClientChangeResult> => {
    const client = await lockClient(trx, clientId)
    if (client === undefined) return { ok: false, reason: 'not_found' }
    const type = wanted === 'suspended' ? 'client.suspended' : 'client.resumed'
    const event = { type, subject: clientId, clientId, tenantId: client.tenant_id, actor, origin } as const
    const isStale = await isUnexpected(trx, change.expect)
    if (isStale || client.status === wanted) {
      const reason = isStale ? 'precondition_failed' : wanted === 'suspended' ? 'already_suspended' : 'not_suspended'
      await record(trx, { ...event, outcome: 'refused', reason })
      return { ok: false, reason }
    }
    await updateClientStatus(trx, clientId, wanted)
    await atOnce?.(trx)
    await record(trx, { ...event, outcome: 'success', before: { status: client.status }, after: { status: wanted } })
    return { ok: true }
  })
}
