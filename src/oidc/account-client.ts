/**
 * The built-in app through which our own pages sign people in: a public client that gets no code and no token
 * (`response_type=none`), so pages and products share the one session and the one policy (protocol.md §10).
 */
import type { Databases } from '../base/db.ts'
import { ensureBuiltInClient } from './built-in-client.ts'

export const accountClientId = 'tegata-account'

/** Where the provider leads back to; the page there knows which page was wanted. */
export const accountReturnPath = '/account/return'

export function ensureAccountClient(deps: { readonly databases: Databases }, { issuer }: { readonly issuer: string }): Promise<void> {
  const metadata = {
    redirect_uris: [`${issuer}${accountReturnPath}`], response_types: ['none'], grant_types: [], application_type: 'web',
    token_endpoint_auth_method: 'none', client_uri: `${issuer}/account`,
    post_logout_redirect_uris: [`${issuer}/`, `${issuer}${accountReturnPath}`],
  }
  return ensureBuiltInClient(deps, { id: accountClientId, name: 'Tegata', metadata })
}
