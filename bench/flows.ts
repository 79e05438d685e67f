/**
 * What is measured: each flow prepares its workers outside the measured time and then repeats one unit of work.
 * Invariant: the same requests go to every server; only addresses, credentials and the scope `tenant` differ.
 */
import type { Work, Wire } from './load.ts'
import { api, type Target } from './servers/world.ts'
import { authorizationPath, basic, discoveryPath, expectStatus, findEndpoints, readTokens, redeemForm, signIn, type Endpoints, type SignedIn } from './sign-in.ts'

export interface Scene {
  readonly target: Target
  readonly wire: Wire
  readonly at: Endpoints
  readonly workers: number
}

export interface Flow {
  readonly name: string
  readonly title: string
  /** Units of work in one slice at 16 in flight: enough CPU to be read in ticks of 10 ms. */
  readonly requests: number
  prepare(scene: Scene): Promise<Work>
}

export const flows: readonly Flow[] = [
  { name: 'cc-jwt', title: 'client_credentials, JWT', requests: 4000, prepare: machine(`&resource=${encodeURIComponent(api.identifier)}&scope=${api.scope}`) },
  { name: 'cc-opaque', title: 'client_credentials, opaque', requests: 5000, prepare: machine('') },
  { name: 'sso', title: 'SSO sign-in (authorize + token)', requests: 1200, prepare: prepareSso },
  { name: 'refresh', title: 'refresh with rotation', requests: 2500, prepare: prepareRefresh },
  { name: 'userinfo', title: 'userinfo', requests: 5000, prepare: prepareUserinfo },
  { name: 'introspection', title: 'introspection', requests: 5000, prepare: prepareIntrospection },
  { name: 'discovery', title: 'discovery', requests: 12_000, prepare: document(() => discoveryPath) },
  { name: 'jwks', title: 'JWKS', requests: 12_000, prepare: document((at) => at.jwks) },
]

/** The stage for one slice; `close` it afterwards. */
export async function openScene(target: Target, openWire: () => Wire, workers: number): Promise<Scene> {
  const wire = openWire()
  return { target, wire, at: await findEndpoints(wire), workers }
}

function machine(more: string): Flow['prepare'] {
  const isJwt = more !== ''
  return async ({ target, wire, at }) => {
    const call = { method: 'POST', path: at.token, form: `grant_type=client_credentials${more}`, headers: { authorization: basic(target.apps.machine) } } as const
    const { access_token } = readTokens(await wire.send(call))
    if ((access_token.split('.').length === 3) !== isJwt) throw new Error(`${target.name} gave the wrong kind of access token`)
    if (isJwt && algorithmOf(access_token) !== target.alg) throw new Error(`${target.name} signed with ${algorithmOf(access_token)}, not ${target.alg}`)
    return async () => { expectStatus(await wire.send(call), 200) }
  }
}

async function prepareSso(scene: Scene): Promise<Work> {
  const { target, wire, at } = scene
  const { sso: app } = target.apps
  const people = await signInAll(scene, 'sso', false)
  const idToken = people[0]?.tokens.id_token ?? ''
  if (algorithmOf(idToken) !== target.alg) throw new Error(`${target.name} signs ID tokens with ${algorithmOf(idToken)}, not ${target.alg}`)
  const path = authorizationPath(target, at, { app, offline: false })
  const authorization = basic(app)
  return async (worker) => {
    const { cookie } = itemOf(people, worker)
    const { headers } = expectStatus(await wire.send({ method: 'GET', path, headers: { cookie } }), 302, 303)
    const code = /[?&]code=([^&]+)/.exec(headers.location ?? '')?.[1]
    if (code === undefined) throw new Error(`no code but ${headers.location?.slice(0, 200) ?? 'nothing'}`)
    expectStatus(await wire.send({ method: 'POST', path: at.token, form: redeemForm(code), headers: { authorization } }), 200)
  }
}

async function prepareRefresh(scene: Scene): Promise<Work> {
  const { target, wire, at } = scene
  const held = (await signInAll(scene, 'web', true)).map(({ tokens }) => tokens.refresh_token)
  const headers = { authorization: basic(target.apps.web) }
  return async (worker) => {
    const token = itemOf(held, worker) ?? ''
    const { refresh_token } = readTokens(await wire.send({ method: 'POST', path: at.token, form: `grant_type=refresh_token&refresh_token=${token}`, headers }))
    if (refresh_token === undefined || refresh_token === token) throw new Error(`${target.name} did not rotate the refresh token`)
    held[worker] = refresh_token
  }
}

async function prepareUserinfo(scene: Scene): Promise<Work> {
  const { wire, at } = scene
  const headers = (await signInAll(scene, 'sso', false)).map(({ tokens }) => ({ authorization: `Bearer ${tokens.access_token}` }))
  return async (worker) => { expectStatus(await wire.send({ method: 'GET', path: at.userinfo, headers: itemOf(headers, worker) }), 200) }
}

async function prepareIntrospection(scene: Scene): Promise<Work> {
  const { target, wire, at } = scene
  const forms = (await signInAll(scene, 'sso', false)).map(({ tokens }) => `token=${tokens.access_token}`)
  const headers = { authorization: basic(target.apps.sso) }
  return async (worker) => {
    const { body } = expectStatus(await wire.send({ method: 'POST', path: at.introspection, form: itemOf(forms, worker), headers }), 200)
    if (!body.includes('"active":true')) throw new Error(`not active: ${body.slice(0, 200)}`)
  }
}

function document(pathOf: (at: Endpoints) => string): Flow['prepare'] {
  return async ({ wire, at }) => {
    const call = { method: 'GET', path: pathOf(at) } as const
    return async () => { expectStatus(await wire.send(call), 200) }
  }
}

/** New sessions for every slice, so that no store grows old on one of them. */
function signInAll({ target, wire, at, workers }: Scene, app: 'sso' | 'web', offline: boolean): Promise<SignedIn[]> {
  return Promise.all(Array.from({ length: workers }, (_, worker) => signIn({ target, wire, at, app: target.apps[app], offline, worker })))
}

function algorithmOf(jwt: string): string {
  return /"alg":"([^"]+)"/.exec(Buffer.from(jwt.split('.', 1)[0] ?? '', 'base64url').toString())?.[1] ?? 'nothing'
}

function itemOf<T>(items: readonly T[], worker: number): T {
  const item = items[worker]
  if (item === undefined) throw new Error(`nothing was prepared for worker ${worker}`)
  return item
}
