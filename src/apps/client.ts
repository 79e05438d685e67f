/**
 * Owns what an app is made of before it is stored: the checks of what its owner says, and the RFC 7591 metadata that follows.
 * Invariant: the metadata passes oidc-provider's own validation (a test instantiates it), holds no secret, and public
 * apps get no secret at all. Pure; storing is register-client.ts's.
 */
import { createPublicKey } from 'node:crypto'
import { z } from 'zod'
import { nameField } from '../http/fields.ts'
import { clientTypes, isLoopbackUri, redirectUriProblem, webUriProblem } from './redirect-uri.ts'

/** The scopes that the platform itself knows; an api's own are in `apiScopes`. */
export const platformScopes = ['openid', 'offline_access', 'profile', 'email', 'tenant'] as const
export const idTokenAlgorithms = ['ES256', 'RS256'] as const
/** Levels of assurance that an app may insist on: any second factor, or one that cannot be phished. */
export const floorLevels = ['aal2', 'phr'] as const

export const openness = ['every_tenant', 'listed_tenants'] as const

const uris = z.array(z.string().min(1).max(2048)).max(50)
const uri = z.string().min(1).max(2048)
const jwk = z.looseObject({ kty: z.string() })

export const clientInputShape = z.strictObject({
  type: z.enum(clientTypes).default('web'),
  name: nameField,
  /** Made up where it is absent. */
  clientId: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/).optional(),
  /** For a machine that belongs to one tenant: its tokens carry that tenant. */
  tenantId: z.string().optional(),
  firstParty: z.boolean().default(false),
  /** Whether every tenant may use it, or only those it is offered to. */
  openTo: z.enum(openness).default('every_tenant'),
  redirectUris: uris.default([]),
  postLogoutRedirectUris: uris.default([]),
  backchannelLogoutUri: uri.optional(),
  initiateLoginUri: uri.optional(),
  clientUri: uri.optional(),
  logoUri: uri.optional(),
  policyUri: uri.optional(),
  tosUri: uri.optional(),
  idTokenSignedResponseAlg: z.enum(idTokenAlgorithms).default('ES256'),
  subjectType: z.enum(['public', 'pairwise']).default('public'),
  /** A floor under every sign-in to this app, met by any of them. */
  defaultAcrValues: z.array(z.enum(floorLevels)).min(1).max(2).optional(),
  dpopBoundAccessTokens: z.boolean().default(false),
  requirePushedAuthorizationRequests: z.boolean().default(false),
  /** A web app or machine may refresh or act by itself too; the usual set of its type where absent. */
  grantTypes: z.array(z.enum(['authorization_code', 'refresh_token', 'client_credentials'])).optional(),
  /** Platform scopes that it may ask for; all where absent. */
  scopes: z.array(z.enum(platformScopes)).optional(),
  /** Scopes of apis that it may ask for, by the api's identifier. */
  apiScopes: z.record(z.string(), z.array(z.string())).optional(),
  /** The api that this app serves: it may introspect the tokens meant for it. */
  apiIdentifier: z.string().optional(),
  /** Public keys: the app then signs its requests (private_key_jwt) and gets no secret. */
  jwks: z.strictObject({ keys: z.array(jwk).min(1).max(10) }).optional(),
})
export type ClientInput = z.input<typeof clientInputShape>
type ReadInput = z.output<typeof clientInputShape>

/** What is wrong with the input, one readable line each. */
export type ClientProblems = readonly string[]

export interface ClientPlan {
  readonly input: ReadInput
  readonly metadata: Readonly<Record<string, unknown>>
  readonly needsSecret: boolean
}

type Planned = { readonly ok: true; readonly plan: ClientPlan } | { readonly ok: false; readonly problems: ClientProblems }

/** Turns what the owner said into metadata, or into every problem at once. */
export function planClient(given: ClientInput): Planned {
  const read = clientInputShape.safeParse(given)
  if (!read.success) return { ok: false, problems: read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) }
  const input = read.data
  const problems = [...uriProblems(input), ...typeProblems(input), ...keyProblems(input)]
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, plan: { input, metadata: metadataOf(input), needsSecret: authMethodOf(input) === 'client_secret_basic' } }
}

function uriProblems(input: ReadInput): string[] {
  const said = (name: string, value: string, problem: string | null) => (problem === null ? [] : [`${name} ${value}: ${problem}.`])
  const { backchannelLogoutUri, initiateLoginUri, clientUri, logoUri, policyUri, tosUri } = input
  const single = { backchannelLogoutUri, initiateLoginUri, clientUri, logoUri, policyUri, tosUri }
  return [
    ...input.redirectUris.flatMap((value) => said('redirect URI', value, redirectUriProblem(value, input.type))),
    ...input.postLogoutRedirectUris.flatMap((value) => said('post-logout redirect URI', value, redirectUriProblem(value, input.type))),
    ...Object.entries(single).flatMap(([name, value]) => (value === undefined ? [] : said(name, value, webUriProblem(value)))),
  ]
}

function typeProblems(input: ReadInput): string[] {
  const grants = grantTypesOf(input)
  const isPublic = input.type === 'spa' || input.type === 'native'
  const hosts = new Set(input.redirectUris.map((value) => URL.parse(value)?.host))
  return [
    ...(input.type !== 'machine' && input.redirectUris.length === 0 ? ['an app that people sign in to needs at least one redirect URI.'] : []),
    ...(input.type === 'machine' && grants.some((grant) => grant !== 'client_credentials')
      ? ['a machine acts by itself: its only grant type is client_credentials.'] : []),
    ...(isPublic && grants.includes('client_credentials') ? ['an app that cannot keep a secret cannot act by itself (client_credentials).'] : []),
    ...(input.type !== 'machine' && !grants.includes('authorization_code') ? ['an app that people sign in to needs the grant type authorization_code.'] : []),
    ...(isPublic && input.jwks !== undefined ? ['an app that cannot keep a key cannot sign its requests: leave out jwks.'] : []),
    ...(input.type === 'machine' && input.defaultAcrValues !== undefined ? ['nobody signs in to a machine: leave out the level of assurance.'] : []),
    ...(input.type !== 'machine' && input.tenantId !== undefined ? ['only a machine belongs to one tenant.'] : []),
    ...(input.subjectType === 'pairwise' && hosts.size > 1 ? ['pairwise subjects need all redirect URIs on one host.'] : []),
  ]
}

function keyProblems({ jwks }: ReadInput): string[] {
  return (jwks?.keys ?? []).flatMap((key, index) => {
    // A private or symmetric key that was pasted by mistake must not be stored, let alone shown.
    if (['d', 'k', 'p', 'q', 'dp', 'dq', 'qi'].some((member) => member in key)) return [`jwks key ${index + 1}: holds a private part; give the public key only.`]
    try {
      createPublicKey({ key, format: 'jwk' })
      return []
    } catch {
      return [`jwks key ${index + 1}: is not a public key in JWK form.`]
    }
  })
}

function grantTypesOf({ type, grantTypes }: ReadInput): readonly string[] {
  if (grantTypes !== undefined) return [...new Set(grantTypes)]
  return type === 'machine' ? ['client_credentials'] : ['authorization_code', 'refresh_token']
}

function authMethodOf({ type, jwks }: ReadInput): string {
  if (type === 'spa' || type === 'native') return 'none'
  return jwks === undefined ? 'client_secret_basic' : 'private_key_jwt'
}

function metadataOf(input: ReadInput): Readonly<Record<string, unknown>> {
  const all: Record<string, unknown> = {
    application_type: input.type === 'native' ? 'native' : 'web',
    token_endpoint_auth_method: authMethodOf(input),
    grant_types: grantTypesOf(input),
    response_types: input.type === 'machine' ? [] : ['code'],
    redirect_uris: input.redirectUris,
    post_logout_redirect_uris: input.postLogoutRedirectUris,
    id_token_signed_response_alg: input.idTokenSignedResponseAlg,
    subject_type: input.subjectType,
    default_acr_values: input.defaultAcrValues,
    dpop_bound_access_tokens: input.dpopBoundAccessTokens,
    require_pushed_authorization_requests: input.requirePushedAuthorizationRequests,
    scope: input.scopes?.join(' '),
    api_scopes: input.apiScopes,
    api_identifier: input.apiIdentifier,
    jwks: input.jwks,
    client_uri: input.clientUri,
    logo_uri: input.logoUri,
    policy_uri: input.policyUri,
    tos_uri: input.tosUri,
    backchannel_logout_uri: input.backchannelLogoutUri,
    backchannel_logout_session_required: input.backchannelLogoutUri === undefined ? undefined : true,
    ...signInStartOf(input.initiateLoginUri),
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined && value !== ''))
}

/** The standard name takes https only (OIDC Core §4), and the provider insists; on this machine itself it goes by another. */
function signInStartOf(start: string | undefined): Readonly<Record<string, string>> {
  if (start === undefined) return {}
  return isLoopbackUri(start) && start.startsWith('http:') ? { loopback_initiate_login_uri: start } : { initiate_login_uri: start }
}

const address = z.string().optional()
const signInStartShape = z.object({ initiate_login_uri: address, loopback_initiate_login_uri: address, client_uri: address })

/** Where a person begins at the app again: its initiate_login_uri, or else its home page; null where it named neither. */
export function signInStart(metadata: unknown): string | null {
  const read = signInStartShape.safeParse(metadata).data
  return read?.initiate_login_uri ?? read?.loopback_initiate_login_uri ?? read?.client_uri ?? null
}
