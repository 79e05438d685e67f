/** The built-in app by which the reference of the API lets people try it: a public client with PKCE that comes back to us alone. */
import type { Databases } from '../base/db.ts'
import { ownApiIdentifier } from '../oidc/authenticate.ts'
import { ensureBuiltInClient } from '../oidc/built-in-client.ts'
import { ownApiScopes } from './seed-demo.ts'

export const referenceClientId = 'tegata-reference'

export const referencePaths = { page: '/api/docs', back: '/api/docs/return' } as const

export function ensureReferenceClient(deps: { readonly databases: Databases }, { issuer }: { readonly issuer: string }): Promise<void> {
  const metadata = {
    redirect_uris: [`${issuer}${referencePaths.back}`], response_types: ['code'], grant_types: ['authorization_code'], application_type: 'web',
    token_endpoint_auth_method: 'none', client_uri: `${issuer}${referencePaths.page}`, api_scopes: { [ownApiIdentifier(issuer)]: [...ownApiScopes] },
  }
  return ensureBuiltInClient(deps, { id: referenceClientId, name: 'Tegata API', metadata })
}
