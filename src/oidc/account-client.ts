/**
 * The built-in app through which our own pages sign people in: a public client that gets no code and no token
 * (`response_type=none`), so pages and products share the one session and the one policy (protocol.md §10).
 */
import { isDeepStrictEqual } from 'node:util'
import type { Databases } from '../base/db.ts'
import { noOrigin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { insertClient, lockClient, updateClient } from '../apps/queries.ts'

export const accountClientId = 'tegata-account'

/** Where the provider leads back to; the page there knows which page was wanted. */
export const accountReturnPath = '/account/return'

/** Makes the app known, or brings its address up to this ISSUER; safe at every start and from several processes. */
export async function ensureAccountClient(deps: { readonly databases: Databases }, { issuer }: { readonly issuer: string }): Promise<void> {
  const metadata = {
    redirect_uris: [`${issuer}${accountReturnPath}`], response_types: ['none'], grant_types: [], application_type: 'web',
    token_endpoint_auth_method: 'none', client_uri: `${issuer}/account`,
    post_logout_redirect_uris: [`${issuer}/`, `${issuer}${accountReturnPath}`],
  }
  await deps.databases.inEngine(async (trx) => {
    const stored = await lockClient(trx, accountClientId)
    const event = { actor: null, origin: noOrigin, outcome: 'success', subject: accountClientId, clientId: accountClientId, after: { metadata } } as const
    if (stored === undefined) {
      const columns = { id: accountClientId, tenant_id: null, name: 'Tegata', first_party: true, metadata, secret_hash: null, built_in: true }
      if (await insertClient(trx, columns)) await record(trx, { ...event, type: 'client.registered' })
      return
    }
    if (isDeepStrictEqual(stored.metadata, metadata) && stored.built_in) return
    await updateClient(trx, accountClientId, { metadata, secret_hash: null, built_in: true })
    await record(trx, { ...event, type: 'client.updated', before: { metadata: stored.metadata } })
  })
}
