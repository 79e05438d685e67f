/**
 * The provider's configuration: what is on, what is off, how long things live. Data and small hooks only; behaviour that needs
 * more stands in a file of its own and is named here.
 */
import { errors, type Configuration, type KoaContextWithOIDC } from 'oidc-provider'
import { z } from 'zod'
import { hmac, type MasterKey } from '../base/crypto.ts'
import { claimsByScope, extraTokenClaims, findAccount, machineClaims, membershipOf } from './claims.ts'
import type { ClientStore } from './client-store.ts'
import type { TrustedDevice } from './assurance.ts'
import { acrLevels } from './facts.ts'
import type { KeyRing } from './keyring.ts'
import { agreedScopes, mappedClaims } from './mapped-claims.ts'
import { loadGrant } from './load-grant.ts'
import { signInPolicy } from './policy.ts'
import type { ClientRow } from './queries.ts'
import type { ProviderPages } from './provider-pages.ts'
import { routes } from './routes.ts'
import { currentUnit } from './unit-of-work.ts'

const keptShape = z.object({ auth_time: z.number().optional(), acr: z.string().optional(), amr: z.array(z.string()).optional(), sid: z.string().optional() })
const apiScopesShape = z.record(z.string(), z.array(z.string()))

const minute = 60
const hour = 60 * minute
const day = 24 * hour

/** Lifetimes in seconds. */
export const lifetimes = {
  code: minute,
  accessToken: 5 * minute,
  idToken: hour,
  refreshToken: 14 * day,
  /** Without use; and in all, however much it is used (NIST SP 800-63B-4 §2.2.3). */
  session: 12 * hour,
  sessionInAll: day,
  interaction: hour,
  grant: 30 * day,
} as const

export interface ConfigurationInput {
  readonly issuer: string
  readonly keyRing: KeyRing
  readonly masterKey: MasterKey
  readonly clients: ClientStore
  readonly pages: ProviderPages
  readonly trustedDevice: TrustedDevice
  readonly adapter: NonNullable<Configuration['adapter']>
}

export function providerConfiguration(input: ConfigurationInput): Configuration {
  const { issuer, masterKey, clients, pages } = input
  const pairwiseKey = masterKey.derive('pairwise subjects')
  return {
    adapter: input.adapter,
    jwks: { keys: [...input.keyRing.jwks] },
    routes,
    scopes: ['openid', 'offline_access', 'profile', 'email', 'tenant'],
    claims: Object.fromEntries(Object.entries(claimsByScope).map(([scope, names]) => [scope, [...names]])),
    acrValues: [...acrLevels],
    subjectTypes: ['public', 'pairwise'],
    responseTypes: ['code', 'none'],
    pkce: { required: () => true },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    clientDefaults: { grant_types: ['authorization_code'], response_types: ['code'], token_endpoint_auth_method: 'client_secret_basic', id_token_signed_response_alg: 'RS256' },
    enabledJWA: signingOnly,
    extraParams: ['tenant'],
    conformIdTokenClaims: true,
    rotateRefreshToken: (ctx) => {
      const { client } = ctx.oidc
      // A sender-constrained confidential client keeps its token (FAPI 2.0 §5.3.2.1); everybody else gets a new one each time.
      return client?.clientAuthMethod === 'none' || client?.dpopBoundAccessTokens !== true
    },
    // Without offline_access a refresh token ends with its session; with it, it lives on (OIDC Core §11).
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: (_ctx, source) => !source.scopes.has('offline_access'),
    ttl: {
      AuthorizationCode: lifetimes.code,
      AccessToken: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? lifetimes.accessToken,
      ClientCredentials: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? lifetimes.accessToken,
      IdToken: lifetimes.idToken,
      RefreshToken: lifetimes.refreshToken,
      // Nobody's session only holds parallel sign-ins of one browser together.
      Session: (_ctx, session) => sessionSeconds(session),
      Interaction: lifetimes.interaction,
      Grant: lifetimes.grant,
    },
    cookies: cookies(issuer, masterKey),
    discovery: {
      prompt_values_supported: ['none', 'login', 'consent', 'select_tenant', 'create'],
      ui_locales_supported: ['ja', 'en'],
      service_documentation: `${issuer}/`,
    },
    findAccount,
    loadExistingGrant: (ctx) => loadGrant(ctx, clients),
    extraTokenClaims: (ctx, token) => extraTokenClaims(ctx, token, clients),
    pairwiseIdentifier: (_ctx, accountId, client) => hmac(pairwiseKey, `${sectorOf(client)} ${accountId}`),
    clientBasedCORS: (_ctx, origin, client) => client.redirectUris?.some((uri) => URL.parse(uri)?.origin === origin) ?? false,
    interactions: { policy: signInPolicy(input.trustedDevice), url: interactionUrl },
    renderError: pages.renderError,
    features: features(input),
  }
}

function sessionSeconds({ accountId, loginTs }: { accountId?: string | undefined; loginTs?: number | undefined }): number {
  if (accountId === undefined) return lifetimes.interaction
  const left = (loginTs ?? 0) + lifetimes.sessionInAll - Math.floor(Date.now() / 1000)
  return Math.max(1, Math.min(lifetimes.session, left))
}

/** A browser without a session gets one with its first question, so that tabs which sign in at the same moment share it. */
function interactionUrl(ctx: KoaContextWithOIDC, interaction: { uid: string }): string {
  if (ctx.oidc.session !== undefined && ctx.oidc.session.accountId === undefined) Reflect.set(ctx.oidc.session, 'touched', true)
  return `/interaction/${interaction.uid}`
}

const signingOnly: NonNullable<Configuration['enabledJWA']> = {
  idTokenSigningAlgValues: ['RS256', 'ES256'],
  userinfoSigningAlgValues: ['RS256', 'ES256'],
  introspectionSigningAlgValues: ['RS256', 'ES256'],
  authorizationSigningAlgValues: ['RS256', 'ES256'],
  clientAuthSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'],
  dPoPSigningAlgValues: ['ES256', 'RS256', 'PS256', 'EdDSA', 'Ed25519'],
}

function features({ masterKey, clients, pages }: ConfigurationInput): NonNullable<Configuration['features']> {
  return {
    devInteractions: { enabled: false },
    claimsParameter: { enabled: true },
    clientCredentials: { enabled: true },
    revocation: {
      enabled: true,
      allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
    },
    introspection: {
      enabled: true,
      // A confidential app may ask about tokens of its own, or (an api's own client) about those meant for it; never a public one.
      allowedPolicy: async (ctx, client, token) => {
        if (client.clientAuthMethod === 'none') return false
        const audience = 'aud' in token && typeof token.aud === 'string' ? token.aud : undefined
        if (token.clientId !== client.clientId && !(audience !== undefined && (await clients.find(client.clientId))?.metadata['api_identifier'] === audience)) return false
        Object.assign(token, { extra: { ...assuranceOf(token), ...(await factsAtThisMoment(ctx.oidc.entities.Grant, token, clients)) } })
        return true
      },
    },
    userinfo: { enabled: true },
    jwtUserinfo: { enabled: true },
    pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: false },
    dPoP: { enabled: true, nonceSecret: masterKey.derive('dpop nonce') },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => undefined,
      useGrantedResource: () => true,
      getResourceServerInfo: async (_ctx, identifier, client) => {
        const api = await clients.api(identifier)
        if (api === undefined) throw new errors.InvalidTarget('unknown resource')
        // An app gets no more of an api than it was registered for, whoever asks.
        const allowed = allowedScopes(await clients.find(client.clientId), identifier)
        return {
          scope: api.scopes.filter((scope) => allowed.includes(scope)).join(' '),
          audience: api.identifier,
          accessTokenFormat: api.access_token_format,
          accessTokenTTL: api.access_token_ttl_seconds,
          jwt: { sign: { alg: 'ES256' } },
        }
      },
    },
    rpInitiatedLogout: { enabled: true, logoutSource: pages.logoutSource, postLogoutSuccessSource: pages.postLogoutSuccessSource },
    backchannelLogout: { enabled: true },
    webMessageResponseMode: { enabled: false },
    registration: { enabled: false },
    deviceFlow: { enabled: false },
    mTLS: { enabled: false },
    requestObjects: { enabled: false },
    encryption: { enabled: false },
    fapi: { enabled: false, profile: undefined },
  }
}

function allowedScopes(client: ClientRow | undefined, identifier: string): readonly string[] {
  return apiScopesShape.safeParse(client?.metadata['api_scopes']).data?.[identifier] ?? []
}

/** How the person had signed in when the token was issued: kept with an access token, and part of a refresh token. */
function assuranceOf(token: object): Record<string, unknown> {
  // Of what was kept at issue only this: names and mappings may have changed since.
  const extra = keptShape.safeParse('extra' in token ? token.extra : {}).data ?? {}
  const own = { auth_time: 'authTime' in token ? token.authTime : undefined, acr: 'acr' in token ? token.acr : undefined, amr: 'amr' in token ? token.amr : undefined }
  return { ...own, ...extra }
}

/** Opaque tokens are told as of now: a role that changed after issue is the new one (protocol.md §3). */
async function factsAtThisMoment(grant: unknown, token: object, clients: ClientStore): Promise<Record<string, unknown> | undefined> {
  const membershipId = membershipOf(grant)
  const [clientId, accountId] = [textIn(token, 'clientId'), textIn(token, 'accountId')]
  const mapped = await mappedClaims(clients, { clientId, accountId, membershipId, scopes: agreedScopes(grant) })
  if (membershipId !== undefined) return { ...(await currentUnit().tenant(membershipId)), ...mapped }
  if (grant !== undefined) return mapped
  return machineClaims(clientId, clients)
}

function textIn(token: object, name: 'clientId' | 'accountId'): string | undefined {
  const value: unknown = Reflect.get(token, name)
  return typeof value === 'string' ? value : undefined
}

/** OIDC Core §8.1: one subject per sector, which is the host of the redirect URIs unless the app names another. */
function sectorOf(client: { clientId: string }): string {
  const sector = 'sectorIdentifier' in client ? client.sectorIdentifier : undefined
  return typeof sector === 'string' ? sector : client.clientId
}

/** How the session's cookie is set, by the library and by the page that raises a session. */
export function sessionCookieOptions(issuer: string) {
  return { httpOnly: true, sameSite: 'lax', signed: true, secure: issuer.startsWith('https:'), overwrite: true, path: '/' } as const
}

function cookies(issuer: string, masterKey: MasterKey): NonNullable<Configuration['cookies']> {
  const { path, ...options } = sessionCookieOptions(issuer)
  const { secure } = options
  return {
    keys: [masterKey.derive('cookies').toString('base64url')],
    // Interaction cookies carry a path, so the __Host- prefix fits only the session's.
    names: { session: secure ? '__Host-tegata_session' : 'tegata_session', interaction: 'tegata_interaction', resume: 'tegata_resume' },
    long: { ...options, path },
    short: options,
  }
}
