/**
 * A person signing in with a password, on pages as they stand, and what the app redeems afterwards. Used to prepare the other
 * flows, and measured as a flow of its own where that was asked for.
 */
import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { Person, type Visit } from '../test/helpers/person.ts'
import type { Reply, Wire } from './load.ts'
import { emailOf, password, redirectUri, type Credentials, type Target } from './servers/world.ts'

const verifier = randomBytes(32).toString('base64url')
const challenge = createHash('sha256').update(verifier).digest('base64url')

/** Where a server has its endpoints; read from its discovery document. */
export interface Endpoints {
  readonly authorization: string
  readonly token: string
  readonly userinfo: string
  readonly introspection: string
  readonly jwks: string
}

const discoveryShape = z.object({
  authorization_endpoint: z.url(), token_endpoint: z.url(), userinfo_endpoint: z.url(), introspection_endpoint: z.url(), jwks_uri: z.url(),
})
const tokensShape = z.object({ access_token: z.string(), id_token: z.string().optional(), refresh_token: z.string().optional() })
export type Tokens = z.output<typeof tokensShape>

export const discoveryPath = '/.well-known/openid-configuration'

export async function findEndpoints(wire: Wire): Promise<Endpoints> {
  const found = discoveryShape.parse(JSON.parse(expectStatus(await wire.send({ method: 'GET', path: discoveryPath }), 200).body))
  const path = (url: string) => new URL(url).pathname
  return {
    authorization: path(found.authorization_endpoint), token: path(found.token_endpoint), userinfo: path(found.userinfo_endpoint),
    introspection: path(found.introspection_endpoint), jwks: path(found.jwks_uri),
  }
}

/** Throws with the beginning of the answer when it is not what it has to be. */
export function expectStatus(reply: Reply, ...wanted: readonly number[]): Reply {
  if (wanted.includes(reply.status)) return reply
  throw new Error(`${reply.status} instead of ${wanted.join(' or ')}: ${reply.body.slice(0, 500)}`)
}

export function readTokens(reply: Reply): Tokens {
  return tokensShape.parse(JSON.parse(expectStatus(reply, 200).body))
}

export function basic({ clientId, clientSecret }: Credentials): string {
  return `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64')}`
}

/** An authorization request of `app`; with `offline` it asks for a refresh token that outlives the session. */
export function authorizationPath(target: Target, at: Endpoints, { app, offline }: { app: Credentials; offline: boolean }): string {
  const query = new URLSearchParams({
    client_id: app.clientId, redirect_uri: redirectUri, response_type: 'code', scope: offline ? `${target.scope} offline_access` : target.scope,
    state: 'bench', nonce: 'bench', code_challenge: challenge, code_challenge_method: 'S256', ...(offline ? { prompt: 'consent' } : {}),
  })
  return `${at.authorization}?${query.toString()}`
}

export function redeemForm(code: string): string {
  return `grant_type=authorization_code&code=${code}&redirect_uri=${encodeURIComponent(redirectUri)}&code_verifier=${verifier}`
}

export interface SignedIn {
  readonly tokens: Tokens
  /** What the browser sends to the authorization endpoint from now on. */
  readonly cookie: string
}

export interface SignInInput {
  readonly target: Target
  readonly wire: Wire
  readonly at: Endpoints
  readonly app: Credentials
  readonly offline: boolean
  readonly worker: number
}

/** A new browser, the pages, the code, the tokens. */
export async function signIn({ target, wire, at, app, offline, worker }: SignInInput): Promise<SignedIn> {
  const browser = new Person({ stopAt: [new URL(redirectUri).origin] })
  const first = new URL(authorizationPath(target, at, { app, offline }), target.origin)
  let visit = await browser.open(first)
  visit = await browser.submit(visit, { identifier: emailOf(worker), password }, 'sign_in')
  if (visit.html.getElementById('allow') !== null) visit = await browser.submit(visit, {}, 'allow')
  const reply = await wire.send({ method: 'POST', path: at.token, form: redeemForm(codeOf(visit)), headers: { authorization: basic(app) } })
  return { tokens: readTokens(reply), cookie: await browser.jar.getCookieString(first.href) }
}

function codeOf(visit: Visit): string {
  const code = visit.url.searchParams.get('code')
  if (code === null) throw new Error(`the sign-in ended without a code at ${visit.url.origin}${visit.url.pathname} (${visit.status}): ${visit.html.textContent.replaceAll(/\s+/g, ' ').slice(0, 300)}`)
  return code
}
