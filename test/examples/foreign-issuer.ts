/**
 * A foreign issuer: a stock oidc-provider in memory that knows nothing of Tegata, with a sign-in that answers itself.
 * It proves that the examples need no more than the standards. The real Tegata is driven by the browser journeys.
 */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT, type JWTHeaderParameters, type JWTPayload } from 'jose'
import Provider, { errors, interactionPolicy, type ClientMetadata, type KoaContextWithOIDC } from 'oidc-provider'

/** The identifier of Karte's API, as Karte has it by default. */
export const karteApi = 'https://karte.example.com/api'

export type Seat = { tenant_id: string; tenant_name: string; membership_id: string; role?: string; groups?: string[] }
export type Somebody = { name: string; seats: readonly [Seat, ...Seat[]] }

export const sakura = { tenant_id: 'tenant-sakura', tenant_name: '医療法人さくら会' }
export const midori = { tenant_id: 'tenant-midori', tenant_name: 'みどり整骨院' }

/** Alice leads a department and also works elsewhere, Bob is on her team, Charlie belongs to another tenant. Erin is a doctor in both. */
export const cast: Record<string, Somebody> = {
  alice: {
    name: '山田 花子',
    seats: [
      { ...sakura, membership_id: 'm-alice-sakura', role: 'DEPARTMENT_HEAD', groups: ['honin', 'rehab'] },
      { ...midori, membership_id: 'm-alice-midori', role: 'therapist' },
    ],
  },
  bob: { name: 'Bob <b>Staff</b>', seats: [{ ...sakura, membership_id: 'm-bob', role: 'STAFF' }] },
  charlie: { name: 'Charlie', seats: [{ ...midori, membership_id: 'm-charlie', role: 'clinic_admin' }] },
  erin: { name: 'Erin', seats: [{ ...sakura, membership_id: 'm-erin', role: 'doctor' }, { ...midori, membership_id: 'm-erin-midori', role: 'clinic_admin' }] },
  dora: { name: 'Dora', seats: [{ ...sakura, membership_id: 'm-dora', role: 'Gardener' }] },
}

/** A server on a free port whose handler may come later, because addresses must be known before apps are registered. */
export async function listen(): Promise<{ url: string; serve: (handler: RequestListener) => void; close: () => Promise<void> }> {
  let handler: RequestListener = (_, response) => response.writeHead(503).end()
  const server: Server = createServer((request, response) => handler(request, response))
  await new Promise<void>((done) => server.listen(0, 'localhost', done))
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://localhost:${address.port}`,
    serve: (next) => void (handler = next),
    close: () => new Promise((done) => {
      server.close(() => done())
      server.closeAllConnections()
    }),
  }
}

export interface ForeignIssuer {
  readonly url: string
  /** Who signs in next, by key of the cast; null presses Cancel. */
  nextPerson: string | null
  /** For which of their seats they do, where nobody names a tenant in a refresh. */
  nextSeat: number
  /** How strongly people sign in, and whether they have a second factor for when an app asks for more (`acr_values`). */
  acr: 'aal1' | 'aal2' | 'phr'
  secondFactor: boolean
  /** Whether the issuer minds `acr_values` at all: it is free not to (OpenID Connect Core §3.1.2.1). */
  mindsAcrValues: boolean
  /** Scopes of the API that it knows (RFC 8707). */
  apiScopes: string
  /** Whether the issuer hands out refresh tokens. */
  refreshTokens: boolean
  /** Who no longer exists at the issuer, and who still does but gets nothing. */
  readonly gone: Set<string>
  readonly suspended: Set<string>
  /** Makes a token with the issuer's own key, so that a test can bend it. */
  sign(payload: JWTPayload, header?: Partial<JWTHeaderParameters>): Promise<string>
  readonly start: () => void
  readonly close: () => Promise<void>
}

export async function prepareIssuer(products: readonly { id: string; url: string }[]): Promise<ForeignIssuer> {
  const port = await listen()
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const jwk = { ...(await exportJWK(privateKey)), kid: 'issuer-key', alg: 'RS256', use: 'sig' }
  const issuer: ForeignIssuer = {
    url: port.url,
    nextPerson: 'alice',
    nextSeat: 0,
    acr: 'aal1',
    secondFactor: true,
    mindsAcrValues: true,
    apiScopes: 'prescriptions:sign',
    refreshTokens: true,
    gone: new Set(),
    suspended: new Set(),
    sign: (payload, header) => new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: 'issuer-key', ...header }).sign(privateKey),
    start: () => port.serve(stockProvider(issuer, products.map(registration), jwk)),
    close: port.close,
  }
  return issuer
}

function registration({ id, url }: { id: string; url: string }): ClientMetadata {
  return {
    client_id: id,
    client_secret: `secret-of-${id}`,
    redirect_uris: [`${url}/callback`],
    post_logout_redirect_uris: [`${url}/`],
    backchannel_logout_uri: `${url}/backchannel-logout`,
    backchannel_logout_session_required: true,
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'client_secret_basic',
  }
}

function stockProvider(issuer: ForeignIssuer, clients: ClientMetadata[], jwk: Record<string, unknown>): RequestListener {
  const provider = new Provider(issuer.url, {
    clients,
    jwks: { keys: [jwk] },
    cookies: { keys: ['a test needs no better key'] },
    claims: { openid: ['sub', 'acr', 'amr', 'auth_time'], profile: ['name'], email: ['email'], tenant: ['tenant_id', 'tenant_name', 'membership_id', 'role', 'groups'] },
    conformIdTokenClaims: false,
    extraParams: ['tenant'],
    acrValues: ['aal1', 'aal2', 'phr'],
    interactions: { policy: policyOf(issuer) },
    extraTokenClaims: (ctx) => signInBehind(ctx, issuer),
    issueRefreshToken: () => issuer.refreshTokens,
    rotateRefreshToken: () => true,
    features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true }, resourceIndicators: { enabled: true, getResourceServerInfo: (_, resource) => apiOf(issuer, resource) } },
    findAccount: (ctx, sub) => (issuer.gone.has(sub) ? undefined : { accountId: sub, claims: () => claimsOf(sub, issuer.suspended.has(sub) ? 'none' : tenantOf(ctx), issuer.nextSeat) }),
    ttl: { Interaction: 600, Session: 86_400, Grant: 86_400, AccessToken: 3600, RefreshToken: 86_400, IdToken: 3600 },
    // Without its guard against private addresses, which the products of this test have.
    fetch: (url, init) => fetch(url, { method: init?.method ?? 'GET', headers: init?.headers ?? {}, body: init?.body ?? null }),
    renderError: (ctx, out) => void (ctx.body = out),
  })
  const answer = provider.callback()
  return (request, response) => {
    if (request.url?.startsWith('/interaction/')) return void interact(provider, issuer, { request, response })
    return void answer(request, response)
  }
}

function apiOf(issuer: ForeignIssuer, resource: string) {
  if (resource !== karteApi) throw new errors.InvalidTarget('unknown resource')
  return { scope: issuer.apiScopes, audience: resource, accessTokenFormat: 'jwt' as const, accessTokenTTL: 300, jwt: { sign: { alg: 'RS256' as const } } }
}

/** Signs people in again when an app asks for a level that they have not reached. */
function policyOf(issuer: ForeignIssuer): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base()
  policy.get('login')?.checks.add(new interactionPolicy.Check('acr_missing', 'a stronger sign-in is needed', (ctx) => {
    const { acr_values: wanted } = ctx.oidc.params ?? {}
    return issuer.mindsAcrValues && typeof wanted === 'string' && !wanted.split(' ').includes(ctx.oidc.session?.acr ?? '')
  }))
  return policy
}

/** RFC 9068 §2.2: what an access token for an API says about the sign-in and the tenant. */
function signInBehind({ oidc }: KoaContextWithOIDC, issuer: ForeignIssuer) {
  const { AuthorizationCode: code, Account: account } = oidc.entities
  if (code === undefined || account === undefined) return undefined
  const { tenant_id, membership_id, role } = claimsOf(account.accountId, undefined, issuer.nextSeat)
  return { acr: code.acr, amr: code.amr, auth_time: code.authTime, tenant_id, membership_id, role }
}

function tenantOf(ctx: KoaContextWithOIDC): string | undefined {
  const tenant: unknown = ctx.oidc.body?.['tenant']
  return typeof tenant === 'string' ? tenant : undefined
}

function claimsOf(sub: string, tenant: string | undefined, seatNumber: number) {
  const person = cast[sub]
  if (person === undefined) throw new errors.InvalidRequest('nobody')
  if (tenant === 'strict') throw new errors.CustomOIDCProviderError('interaction_required', 'a second factor is needed')
  const seat = tenant === undefined ? (person.seats[seatNumber] ?? person.seats[0]) : person.seats.find(({ tenant_id }) => tenant_id === tenant || tenant_id === `tenant-${tenant}`)
  if (seat === undefined) throw new errors.AccessDenied('not a member')
  return { sub, name: person.name, email: `${sub}@example.com`, ...seat }
}

/** The person who answers every page of the issuer at once. */
async function interact(provider: Provider, issuer: ForeignIssuer, { request, response }: { request: IncomingMessage; response: ServerResponse }) {
  const { prompt, params, session } = await provider.interactionDetails(request, response)
  if (issuer.nextPerson === null) {
    return provider.interactionFinished(request, response, { error: 'access_denied' }, { mergeWithLastSubmission: false })
  }
  if (prompt.name === 'login') {
    const asked = issuer.mindsAcrValues ? params['acr_values'] : undefined
    if (asked !== undefined && !issuer.secondFactor) {
      return provider.interactionFinished(request, response, { error: 'unmet_authentication_requirements' }, { mergeWithLastSubmission: false })
    }
    const login = { accountId: issuer.nextPerson, acr: typeof asked === 'string' ? asked : issuer.acr, amr: asked === undefined ? ['pwd'] : ['pwd', 'otp'] }
    return provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false })
  }
  const grant = new provider.Grant({ accountId: session?.accountId ?? '', clientId: String(params['client_id']) })
  grant.addOIDCScope(String(params['scope']))
  if (typeof params['resource'] === 'string') grant.addResourceScope(params['resource'], String(params['scope']))
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } })
}
