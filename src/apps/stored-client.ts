/**
 * Owns how an app's stored metadata reads as what its owner once said (client.ts), so that a change is planned and checked like a
 * new app. Pure. Invariant: planned again without a change, the metadata stays the same; a test says so.
 */
import { z } from 'zod'
import { floorLevels, idTokenAlgorithms, openness, platformScopes, type ClientInput } from './client.ts'
import type { LockedClient } from './queries.ts'
import type { ClientType } from './redirect-uri.ts'

const text = z.string().optional()
const list = z.array(z.string()).optional()
const metadataShape = z.object({
  application_type: text, token_endpoint_auth_method: text, grant_types: z.array(z.enum(['authorization_code', 'refresh_token', 'client_credentials'])).optional(),
  redirect_uris: list, post_logout_redirect_uris: list, backchannel_logout_uri: text, initiate_login_uri: text, loopback_initiate_login_uri: text,
  client_uri: text, logo_uri: text, policy_uri: text, tos_uri: text, id_token_signed_response_alg: z.enum(idTokenAlgorithms).optional(),
  subject_type: z.enum(['public', 'pairwise']).optional(), default_acr_values: z.array(z.enum(floorLevels)).optional(), dpop_bound_access_tokens: z.boolean().optional(),
  require_pushed_authorization_requests: z.boolean().optional(), scope: text, api_scopes: z.record(z.string(), z.array(z.string())).optional(), api_identifier: text,
  jwks: z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })) }).optional(),
})
export type ClientMetadata = z.output<typeof metadataShape>

export function readMetadata(stored: unknown): ClientMetadata {
  return metadataShape.parse(stored)
}

export function typeOf({ application_type: kind, token_endpoint_auth_method: method, grant_types: grants = [] }: ClientMetadata): ClientType {
  if (!grants.includes('authorization_code')) return 'machine'
  if (kind === 'native') return 'native'
  return method === 'none' ? 'spa' : 'web'
}

/** What somebody would say to register this very app. */
export function storedInput(app: Pick<LockedClient, 'name' | 'first_party' | 'open_to' | 'tenant_id' | 'metadata'>): ClientInput {
  const metadata = readMetadata(app.metadata)
  return {
    type: typeOf(metadata), name: app.name, firstParty: app.first_party, openTo: openness.find((one) => one === app.open_to), tenantId: app.tenant_id ?? undefined,
    redirectUris: metadata.redirect_uris, postLogoutRedirectUris: metadata.post_logout_redirect_uris, backchannelLogoutUri: metadata.backchannel_logout_uri,
    initiateLoginUri: metadata.initiate_login_uri ?? metadata.loopback_initiate_login_uri, clientUri: metadata.client_uri, logoUri: metadata.logo_uri,
    policyUri: metadata.policy_uri, tosUri: metadata.tos_uri, idTokenSignedResponseAlg: metadata.id_token_signed_response_alg, subjectType: metadata.subject_type,
    defaultAcrValues: metadata.default_acr_values, dpopBoundAccessTokens: metadata.dpop_bound_access_tokens,
    requirePushedAuthorizationRequests: metadata.require_pushed_authorization_requests, grantTypes: metadata.grant_types,
    scopes: metadata.scope === undefined ? undefined : platformScopes.filter((scope) => metadata.scope?.split(' ').includes(scope)),
    apiScopes: metadata.api_scopes, apiIdentifier: metadata.api_identifier, jwks: metadata.jwks === undefined ? undefined : { keys: metadata.jwks.keys },
  }
}
