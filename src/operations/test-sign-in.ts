/**
 * A real sign-in for an app, looked at from inside: authorization code with PKCE at our own issuer, the exchange made by the server,
 * and what came of it decoded. Invariants: what is needed to redeem the code travels sealed in `state` and is good for ten minutes;
 * no token is shown as it is, and each is revoked as soon as it has been read.
 */
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { z } from 'zod'
import { testClientOf } from '../apps/test-client.ts'
import { CannotOpen, randomToken, sha256, type MasterKey } from '../base/crypto.ts'
import { routes } from '../oidc/routes.ts'

export interface TestSignInDeps {
  readonly masterKey: MasterKey
  readonly issuer: string
  /** Asks a door of our own, without a way over the network's names. */
  readonly askSelf: (path: string, init: RequestInit) => Promise<Response>
}

const stateShape = z.object({ clientId: z.string(), verifier: z.string(), nonce: z.string(), resource: z.string().nullable(), at: z.number() })
type State = z.output<typeof stateShape>

const stateBinding = 'a test sign-in'
const goodForMs = 600_000

export interface TestWishes {
  readonly clientId: string
  readonly scope: string
  /** Id or subdomain. */
  readonly tenant: string | null
  /** An api whose token is wanted. */
  readonly resource: string | null
  /** Asks for name and password although somebody is signed in. */
  readonly again: boolean
  readonly locale: string
}

export function callbackPath(clientId: string): string {
  return `/admin/apps/${encodeURIComponent(clientId)}/test/callback`
}

/** Where the browser goes to sign in. */
export function testSignInPath({ masterKey, issuer }: TestSignInDeps, { clientId, scope, tenant, resource, again, locale }: TestWishes): string {
  const state: State = { clientId, verifier: randomToken(), nonce: randomToken(), resource, at: Date.now() }
  const parameters = new URLSearchParams({
    client_id: testClientOf(masterKey, clientId).clientId, redirect_uri: `${issuer}${callbackPath(clientId)}`, response_type: 'code', scope, nonce: state.nonce, ui_locales: locale,
    code_challenge: sha256(state.verifier), code_challenge_method: 'S256', state: masterKey.seal(JSON.stringify(state), stateBinding),
    ...(tenant === null ? {} : { tenant }), ...(resource === null ? {} : { resource }), ...(again ? { prompt: 'login' } : {}),
  })
  return `${routes.authorization}?${parameters.toString()}`
}

type Json = Readonly<Record<string, unknown>>

export type TestOutcome =
  | { readonly kind: 'tokens'; readonly idToken: { readonly header: Json; readonly claims: Json }; readonly accessToken: { readonly format: 'jwt' | 'opaque'; readonly claims: Json }; readonly userinfo: Json | null; readonly scope: string }
  | { readonly kind: 'error'; readonly error: string; readonly description: string | null }
  /** The state is none of ours, of another app, or too old. */
  | { readonly kind: 'stale' }

/** Reads what the browser brought back. */
export async function finishTestSignIn(deps: TestSignInDeps, clientId: string, answer: URLSearchParams): Promise<TestOutcome> {
  const state = openState(deps.masterKey, answer.get('state') ?? '')
  if (state === null || state.clientId !== clientId || Date.now() - state.at > goodForMs) return { kind: 'stale' }
  const code = answer.get('code')
  if (code === null) return { kind: 'error', error: answer.get('error') ?? 'server_error', description: answer.get('error_description') }
  const ask = standInOf(deps, clientId)
  const redeemed = await ask(routes.token, {
    grant_type: 'authorization_code', code, redirect_uri: `${deps.issuer}${callbackPath(clientId)}`, code_verifier: state.verifier, ...(state.resource === null ? {} : { resource: state.resource }),
  })
  const tokens = tokensShape.safeParse(redeemed)
  if (!tokens.success) return errorIn(redeemed)
  const { id_token: idToken, access_token: accessToken, scope = '' } = tokens.data
  const claims = decodeJwt(idToken)
  if (claims['nonce'] !== state.nonce) return { kind: 'stale' }
  const read = await readAccessToken(ask, accessToken)
  const userinfo = state.resource === null ? await userinfoOf(deps, accessToken) : null
  await ask(routes.revocation, { token: accessToken })
  return { kind: 'tokens', idToken: { header: { ...decodeProtectedHeader(idToken) }, claims: { ...claims } }, accessToken: read, userinfo, scope }
}

const tokensShape = z.object({ id_token: z.string(), access_token: z.string(), scope: z.string().optional() })
const errorShape = z.object({ error: z.string(), error_description: z.string().optional() })

function errorIn(answer: unknown): TestOutcome {
  const said = errorShape.safeParse(answer).data
  return { kind: 'error', error: said?.error ?? 'server_error', description: said?.error_description ?? null }
}

/** A JWT says its claims itself; of an opaque token the introspection does. */
async function readAccessToken(ask: Ask, token: string): Promise<Extract<TestOutcome, { kind: 'tokens' }>['accessToken']> {
  if (token.split('.').length === 3) return { format: 'jwt', claims: { ...decodeJwt(token) } }
  return { format: 'opaque', claims: jsonShape.parse(await ask(routes.introspection, { token })) }
}

const jsonShape = z.record(z.string(), z.unknown())

async function userinfoOf({ askSelf }: TestSignInDeps, accessToken: string): Promise<Json | null> {
  const answer = await askSelf(routes.userinfo, { headers: { authorization: `Bearer ${accessToken}` } })
  return answer.ok ? jsonShape.parse(await answer.json()) : null
}

type Ask = (path: string, fields: Readonly<Record<string, string>>) => Promise<unknown>

/** Asks a door of the protocol in the name of the app that stands in. */
function standInOf({ masterKey, askSelf }: TestSignInDeps, clientId: string): Ask {
  const standIn = testClientOf(masterKey, clientId)
  const authorization = `Basic ${Buffer.from(`${encodeURIComponent(standIn.clientId)}:${encodeURIComponent(standIn.clientSecret)}`).toString('base64')}`
  return async (path, fields) => {
    const answer = await askSelf(path, { method: 'POST', body: new URLSearchParams(fields), headers: { authorization } })
    const text = await answer.text()
    const said: unknown = text === '' ? {} : JSON.parse(text)
    return said
  }
}

function openState(masterKey: MasterKey, state: string): State | null {
  try {
    return stateShape.parse(JSON.parse(masterKey.open(state, stateBinding).toString('utf8')))
  } catch (error) {
    if (error instanceof CannotOpen) return null
    throw error
  }
}
