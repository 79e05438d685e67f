/**
 * The whole OpenID Connect part of the product: sign-in, callback, sign-out, back-channel logout.
 * Plain standards through openid-client, so any certified issuer will do. Copy this folder as it is.
 * What a role may do is not decided here: that is the product's own business.
 */
import type { Router } from '@koa/router'
import { createRemoteJWKSet } from 'jose'
import type { Context, Next } from 'koa'
import * as oidc from 'openid-client'
import { LogoutTokenError, LogoutTokens } from './logout-token.ts'
import { IssuerDown, problemOf, type Problem } from './problems.ts'
import { claimsSchema, Sessions, type Errand, type Person, type Session } from './sessions.ts'

export interface SignInConfig {
  readonly issuer: string
  /** The origin of this product as browsers see it, without a slash at the end. */
  readonly baseUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scope: string
  readonly cookieName: string
}

/** A token that the product wants for an API, and the sign-in that the API wants to see behind it. */
export interface TokenWish {
  /** The API's identifier (RFC 8707) and the scope there. */
  readonly resource: string
  readonly scope: string
  /** Path of this product to come back to. */
  readonly returnTo: string
  /** How often the sign-in has been stepped up for the same act, this time included; 0 for a token alone. */
  readonly stepUps: number
  /** From the API's challenge (RFC 9470 §3). */
  readonly acrValues?: string | undefined
  readonly maxAge?: string | undefined
}

const pendingMs = 10 * 60 * 1000
const timeoutSeconds = 10
const largestLogoutBytes = 20_000
const prompts = new Set(['login', 'select_account', 'select_tenant'])

export class SignIn {
  readonly sessions: Sessions
  readonly #config: SignInConfig
  readonly #showProblem: (ctx: Context, problem: Problem) => void
  readonly #logoutTokens = new LogoutTokens()
  #issuer: Promise<oidc.Configuration> | null = null
  #keys: ReturnType<typeof createRemoteJWKSet> | null = null

  constructor(config: SignInConfig, showProblem: (ctx: Context, problem: Problem) => void) {
    this.#config = config
    this.#showProblem = showProblem
    this.sessions = new Sessions({ cookieName: config.cookieName, secure: config.baseUrl.startsWith('https:') })
  }

  addRoutes(router: Router): void {
    router.get('/login', (ctx) => this.#orProblem(ctx, () => this.#login(ctx)))
    router.get('/callback', (ctx) => this.#orProblem(ctx, () => this.#callback(ctx)))
    router.post('/logout', this.sameOrigin, (ctx) => this.#logout(ctx))
    router.post('/backchannel-logout', (ctx) => this.#backchannelLogout(ctx))
  }

  /** The session of a person who is signed in, or null. */
  signedIn(ctx: Context): (Session & { person: Person }) | null {
    const session = this.sessions.find(ctx)
    return isSignedIn(session) ? session : null
  }

  /** Refuses a form or call that another site's page made the browser send (CSRF). */
  sameOrigin = async (ctx: Context, next: Next): Promise<void> => {
    const { origin, 'sec-fetch-site': site } = ctx.headers
    // Every browser tells at least one of the two; a client that tells neither is no browser and carries nobody's cookie.
    const foreign = origin === undefined ? site !== undefined && site !== 'same-origin' : origin !== this.#config.baseUrl
    if (foreign) this.#showProblem(ctx, { kind: 'wrong_request', status: 403 })
    else await next()
  }

  /** Metadata of the issuer, asked for at first need and again after a failure, so the product may start before its issuer. */
  issuer(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret } = this.#config
    const url = new URL(issuer)
    this.#issuer ??= oidc
      .discovery(url, clientId, undefined, oidc.ClientSecretBasic(clientSecret), {
        timeout: timeoutSeconds,
        // The token endpoint's TLS would be enough (OpenID Connect Core §3.1.3.7 rule 6); the signature is checked all the same.
        execute: [oidc.enableNonRepudiationChecks, ...(isOnThisMachine(url) ? [oidc.allowInsecureRequests] : [])],
      })
      .catch((error: unknown) => {
        this.#issuer = null
        throw new IssuerDown('The issuer does not answer.', { cause: error })
      })
    return this.#issuer
  }

  /** Who the tokens speak of: the ID token first, the UserInfo endpoint for what the ID token leaves out. */
  async personOf(tokens: Tokens): Promise<Person> {
    const idToken = tokens.claims()
    if (idToken === undefined || tokens.id_token === undefined) throw new Error('The issuer sent no ID token.')
    const userInfo = await oidc.fetchUserInfo(await this.issuer(), tokens.access_token, idToken.sub)
    return {
      claims: claimsSchema.parse({ ...userInfo, ...idToken }),
      idToken: tokens.id_token,
      refreshToken: tokens.refresh_token,
      freshUntilMs: Date.now() + (tokens.expiresIn() ?? 300) * 1000,
      apiToken: null,
    }
  }

  /**
   * Sends the browser to the issuer for an access token for an API, as the same person in the same tenant, and with a sign-in as
   * the API's challenge wants it (RFC 9470 §4). `errandDone` tells the page that it returns to.
   */
  async fetchToken(ctx: Context, { person }: Session & { person: Person }, wish: TokenWish): Promise<void> {
    const { sub, membership_id: membershipId, tenant_id: tenant, email } = person.claims
    const { resource, stepUps, acrValues, maxAge } = wish
    await this.#orProblem(ctx, async () => {
      const url = await this.#authorizationUrl(ctx, { returnTo: `${this.#config.baseUrl}${wish.returnTo}`, moreScope: wish.scope, errand: { resource, sub, membershipId, stepUps } })
      const parameters = { resource, acr_values: acrValues, max_age: maxAge, tenant, login_hint: email }
      for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value)
      seeOther(ctx, url.href)
    })
  }

  /** The errand that brings the browser to this very path straight from the issuer; told once, null in any other case. */
  errandDone(ctx: Context): Errand | null {
    const session = this.sessions.find(ctx)
    const errand = session?.errandsDone.get(ctx.path) ?? null
    session?.errandsDone.delete(ctx.path)
    return errand
  }

  async #login(ctx: Context): Promise<void> {
    const issuer = await this.issuer()
    // A sign-in that a third party starts must mean our issuer (OpenID Connect Core §4).
    const iss = single(ctx.query['iss'])
    if (iss !== undefined && iss !== issuer.serverMetadata().issuer) {
      this.#showProblem(ctx, { kind: 'wrong_request', status: 400 })
      return
    }
    const returnTo = ownPath(single(ctx.query['target_link_uri']), this.#config.baseUrl)
    const url = await this.#authorizationUrl(ctx, { returnTo, moreScope: '', errand: null })
    for (const name of ['login_hint', 'tenant']) {
      const value = single(ctx.query[name])
      if (value !== undefined) url.searchParams.set(name, value)
    }
    const prompt = single(ctx.query['prompt'])
    if (prompt !== undefined && prompts.has(prompt)) url.searchParams.set('prompt', prompt)
    seeOther(ctx, url.href)
  }

  /** Begins a sign-in: remembers in the session what its answer will be checked against. */
  async #authorizationUrl(ctx: Context, { returnTo, moreScope, errand }: { returnTo: string; moreScope: string; errand: Errand | null }): Promise<URL> {
    const issuer = await this.issuer()
    const state = oidc.randomState()
    const codeVerifier = oidc.randomPKCECodeVerifier()
    const nonce = oidc.randomNonce()
    this.sessions.remember(this.sessions.findOrBegin(ctx), state, { codeVerifier, nonce, returnTo, untilMs: Date.now() + pendingMs, errand })
    return oidc.buildAuthorizationUrl(issuer, {
      redirect_uri: `${this.#config.baseUrl}/callback`,
      scope: `${this.#config.scope} ${moreScope}`.trim(),
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
      ui_locales: languageOf(ctx),
    })
  }

  async #callback(ctx: Context): Promise<void> {
    const session = this.sessions.find(ctx)
    const state = single(ctx.query['state']) ?? ''
    const pending = session?.pending.get(state)
    session?.pending.delete(state)
    if (pending === undefined || pending.untilMs < Date.now()) {
      // The back button, a bookmark, a link planted by somebody else: nothing that could be finished.
      if (isSignedIn(session)) seeOther(ctx, '/')
      else this.#showProblem(ctx, { kind: 'stale', status: 400 })
      return
    }
    // Compares state, iss (RFC 9207) and nonce, and checks the ID token.
    const answer = new URL(`${this.#config.baseUrl}/callback${ctx.search}`)
    const { errand } = pending
    const checks = { expectedState: state, expectedNonce: pending.nonce, pkceCodeVerifier: pending.codeVerifier, idTokenExpected: true }
    // Whether the sign-in is strong and recent enough is for the API to judge, by the token.
    const tokens = await oidc.authorizationCodeGrant(await this.issuer(), answer, checks, errand === null ? {} : { resource: errand.resource })
    if (errand === null) {
      this.sessions.renew(ctx, await this.personOf(tokens))
      seeOther(ctx, pending.returnTo)
      return
    }
    const before = this.signedIn(ctx)
    const person = before === null ? null : withApiToken(before.person, errand, tokens)
    if (person === null) {
      this.#showProblem(ctx, before === null ? { kind: 'stale', status: 400 } : { kind: 'other_person', status: 409 })
      return
    }
    this.sessions.renew(ctx, person).errandsDone.set(new URL(pending.returnTo).pathname, errand)
    seeOther(ctx, pending.returnTo)
  }

  async #logout(ctx: Context): Promise<void> {
    const idToken = this.signedIn(ctx)?.person.idToken
    // Here first: whatever happens at the issuer, nobody stays signed in at this product.
    const session = this.sessions.renew(ctx, null)
    session.signOutState = oidc.randomState()
    const back = new URL(`${this.#config.baseUrl}/?state=${session.signOutState}`)
    const issuer = idToken === undefined ? null : await this.issuer().catch(() => null)
    if (idToken === undefined || issuer?.serverMetadata().end_session_endpoint === undefined) {
      seeOther(ctx, back.href)
      return
    }
    const url = oidc.buildEndSessionUrl(issuer, {
      id_token_hint: idToken,
      post_logout_redirect_uri: `${this.#config.baseUrl}/`,
      state: session.signOutState,
      ui_locales: languageOf(ctx),
    })
    seeOther(ctx, url.href)
  }

  /** True once, when the browser comes back from the sign-out that it began here. */
  justSignedOut(ctx: Context): boolean {
    const session = this.sessions.find(ctx)
    if (session === null || session.signOutState === null) return false
    const matches = single(ctx.query['state']) === session.signOutState
    if (matches) session.signOutState = null
    return matches
  }

  async #backchannelLogout(ctx: Context): Promise<void> {
    ctx.set('cache-control', 'no-store')
    try {
      const metadata = (await this.issuer()).serverMetadata()
      if (metadata.jwks_uri === undefined) throw new LogoutTokenError('The issuer publishes no keys.')
      this.#keys ??= createRemoteJWKSet(new URL(metadata.jwks_uri), { timeoutDuration: timeoutSeconds * 1000 })
      const match = await this.#logoutTokens.accept(await logoutTokenOf(ctx), {
        keys: this.#keys,
        issuer: metadata.issuer,
        clientId: this.#config.clientId,
        algorithms: metadata.id_token_signing_alg_values_supported ?? ['RS256'],
      })
      this.sessions.endMatching(match)
      ctx.status = 200
      ctx.body = ''
    } catch (error) {
      if (!(error instanceof LogoutTokenError || error instanceof IssuerDown)) throw error
      ctx.status = 400
      ctx.body = { error: 'invalid_request', error_description: error.message }
    }
  }

  async #orProblem(ctx: Context, handle: () => Promise<void>): Promise<void> {
    try {
      await handle()
    } catch (error) {
      const problem = problemOf(error)
      console.error(`${this.#config.clientId}: sign-in failed: ${problem.code ?? problem.kind}`)
      this.#showProblem(ctx, problem)
    }
  }
}

type Tokens = Awaited<ReturnType<typeof oidc.refreshTokenGrant>>

function isSignedIn(session: Session | null): session is Session & { person: Person } {
  return session !== null && session.person !== null
}

/**
 * The person with the token that the errand was for. Null when who is signed in here, who began the errand and who answered it
 * are not one person in one tenant: somebody signed in as another at the issuer, or changed here in another tab.
 */
function withApiToken(person: Person, errand: Errand, tokens: Tokens): Person | null {
  const idToken = tokens.claims()
  if (idToken === undefined || tokens.id_token === undefined) throw new Error('The issuer sent no ID token.')
  const claims = claimsSchema.parse({ ...person.claims, ...idToken })
  const same = [person.claims, claims].every(({ sub, membership_id: membershipId }) => sub === errand.sub && membershipId === errand.membershipId)
  if (!same) return null
  const untilMs = Date.now() + (tokens.expiresIn() ?? 60) * 1000
  return { ...person, claims, idToken: tokens.id_token, apiToken: { resource: errand.resource, value: tokens.access_token, untilMs } }
}

/** Plain http is for this machine alone. */
export function isOnThisMachine(url: URL): boolean {
  return url.protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)
}

/** A parameter that is there exactly once and is of a sane length. */
function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && value.length <= 2000 ? value : undefined
}

/** Path of a link that stays on this product; anything else becomes the home page (no open redirect). */
function ownPath(link: string | undefined, baseUrl: string): string {
  if (link === undefined || !URL.canParse(link)) return '/'
  const url = new URL(link)
  return url.origin === baseUrl ? `${url.origin}${url.pathname}${url.search}` : '/'
}

/** Japanese or English, as the browser prefers. */
export function languageOf(ctx: Context): 'ja' | 'en' {
  return ctx.acceptsLanguages('en', 'ja') === 'ja' ? 'ja' : 'en'
}

/** Answers 303, so that a form that was posted is never posted again to the next address. */
export function seeOther(ctx: Context, url: string): void {
  ctx.status = 303
  ctx.redirect(url)
}

/** The body as text; null when it is larger than the limit. */
export async function bodyOf(ctx: Context, largestBytes: number): Promise<string | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  const stream: AsyncIterable<Uint8Array> = ctx.req
  for await (const chunk of stream) {
    const part = Buffer.from(chunk)
    bytes += part.length
    if (bytes > largestBytes) return null
    chunks.push(part)
  }
  return Buffer.concat(chunks).toString('utf8')
}

async function logoutTokenOf(ctx: Context): Promise<string> {
  if (!ctx.is('application/x-www-form-urlencoded')) throw new LogoutTokenError('A form with logout_token is expected.')
  const body = await bodyOf(ctx, largestLogoutBytes)
  if (body === null) throw new LogoutTokenError('The body is too large.')
  const [token, ...more] = new URLSearchParams(body).getAll('logout_token')
  if (token === undefined || more.length > 0) throw new LogoutTokenError('Exactly one logout_token is expected.')
  return token
}
