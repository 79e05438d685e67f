/** Makes an app of our own known, or brings it up to this version and this ISSUER; safe at every start and from several processes. */
import { isDeepStrictEqual } from 'node:util'
import type { Databases } from '../base/db.ts'
import { noOrigin } from '../base/origin.ts'
import { insertClient, lockClient, updateClient } from '../apps/queries.ts'
import { record } from '../events/record.ts'

export interface BuiltInClient {
  readonly id: string
  readonly name: string
  readonly metadata: Record<string, unknown>
}

/** Built-in apps are public, ask for no consent, and are changed by nobody. */
export async function ensureBuiltInClient(deps: { readonly databases: Databases }, { id, name, metadata }: BuiltInClient): Promise<void> {
  await deps.databases.inEngine(async (trx) => {
    const stored = await lockClient(trx, id)
    const event = { actor: null, origin: noOrigin, outcome: 'success', subject: id, clientId: id, after: { metadata } } as const
    if (stored === undefined) {
      const columns = { id, tenant_id: null, name, first_party: true, metadata, secret_hash: null, built_in: true }
      if (await insertClient(trx, columns)) await record(trx, { ...event, type: 'client.registered' })
      return
    }
    if (isDeepStrictEqual(stored.metadata, metadata) && stored.built_in) return
    await updateClient(trx, id, { metadata, secret_hash: null, built_in: true })
    await record(trx, { ...event, type: 'client.updated', before: { metadata: stored.metadata } })
  })
}
