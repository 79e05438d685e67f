/**
 * The doors of this room on a real port over a real database. Only the session desk and the token's reading are stand-ins, so that a
 * test says who comes and how freshly: what leads there (the provider's policy) has its own tests.
 * Alice administers Sakura, Bob is on her staff, Charlie belongs to Midori and gets nothing of theirs.
 */
import { parse, type HTMLElement } from 'node-html-parser'
import { systemClock } from '../../src/base/clock.ts'
import { createLogger } from '../../src/base/log.ts'
import { createAssets } from '../../src/http/assets.ts'
import { createCookieJar } from '../../src/http/cookies.ts'
import { createCsrf } from '../../src/http/csrf.ts'
import type { Caller } from '../../src/http/endpoint.ts'
import { createFrame } from '../../src/http/frame.ts'
import { createHttpApp, createRouter, mountDoors, requestListener, type Door } from '../../src/http/mount.ts'
import type { SessionDesk, Signed } from '../../src/http/page.ts'
import { listen } from '../../src/http/server.ts'
import { endAllOf, tenantsWithoutOtherAdmin } from '../../src/members/leave-tenant.ts'
import { endGrants } from '../../src/oidc/endings.ts'
import { createAppBook, createSessionBook } from '../../src/oidc/session-book.ts'
import type { SelfServiceDeps } from '../../src/self-service/deps.ts'
import { selfServiceDoors } from '../../src/self-service/doors.ts'
import { admin, buildLinksHouse, signedIn, type LinksHouse } from '../accounts/links-house.ts'
import { cookiesOf, form, nobodySignedIn, sender, type Answer, type Send } from '../http/harness.ts'

export const issuer = 'http://localhost:3000'

export interface Desk {
  readonly house: LinksHouse
  readonly deps: SelfServiceDeps
  readonly doors: readonly Door[]
  readonly send: Send
  /** A browser in which this person is signed in, with a session in the database. */
  visitor(accountId: string, how?: { readonly fresh?: boolean }): Promise<Visitor>
  /** A program with a token of this person. */
  program(accountId: string | null, how?: { readonly scopes?: readonly string[]; readonly authTime?: number }): Program
  close(): Promise<void>
}

export interface Page extends Answer {
  readonly root: HTMLElement
}

export interface Visitor {
  readonly sessionUid: string
  get(path: string): Promise<Page>
  /** Fills the form that the path shows; fields of the page itself are kept. */
  post(path: string, fields: Record<string, string>, at?: string): Promise<Page>
  /** Follows the redirect of an answer. */
  follow(answer: Answer): Promise<Page>
}

export interface Program {
  call(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: Record<string, unknown>; readonly headers: Answer['headers'] }>
}

type Present = Omit<Signed, 'csrfToken'>

export async function buildDesk(): Promise<Desk> {
  const house = await buildLinksHouse()
  const deps = depsOf(house)
  const doors = selfServiceDoors(deps)
  const present = new Map<string, Present>()
  const fresh = new Set<string>()
  const callers = new Map<string, Caller>()
  const desk: SessionDesk = {
    ...nobodySignedIn,
    read: async (ctx) => present.get(ctx.get('x-session')) ?? null,
    isFresh: ({ sessionUid }) => fresh.has(sessionUid),
  }
  const log = createLogger({ level: 'silent', debug: false })
  const frame = createFrame(createAssets().urls)
  const app = createHttpApp({ issuer, trustedProxies: [], cookies: deps.cookies, log, frame })
  const router = createRouter()
  mountDoors(router, doors, {
    frame, demo: false, sessions: desk, csrf: createCsrf({ masterKey: house.test.masterKey, issuer, cookies: deps.cookies }),
    authenticate: async (ctx) => callers.get(ctx.get('authorization')) ?? { status: 401, reason: 'token_invalid' },
  })
  app.use(router.routes())
  const server = await listen(requestListener(app), 0, { host: '127.0.0.1' })
  const send = sender(server.port)
  let last = 0
  return {
    house, deps, doors, send,
    async visitor(accountId, { fresh: isFresh = true } = {}) {
      const sessionUid = `session-${++last}`
      await signedIn(house, accountId, sessionUid)
      await admin(house, `update session set payload = payload || $2::jsonb where uid = $1`, [sessionUid, JSON.stringify({ loginTs: 1_700_000_000, acr: 'aal1', amr: ['pwd'], authorizations: { karte: {} } })])
      present.set(sessionUid, { sessionUid, accountId, acr: 'aal1', amr: ['pwd'], authTime: 1_700_000_000, hasSecondFactor: false })
      if (isFresh) fresh.add(sessionUid)
      return browser(send, sessionUid)
    },
    program(accountId, { scopes = ['account:read', 'account:write'], authTime = Date.now() / 1000 } = {}) {
      const token = `token-${++last}`
      callers.set(token, {
        accountId, clientId: 'karte', tenantId: null, membershipId: null, permissions: [], platform: null, breakGlassId: null, scopes,
        authentication: accountId === null ? null : { acr: 'aal1', authTime, strongestAcr: 'aal1' },
      })
      return { call: (method, path, body) => callAs(send, token, { method, path, body }) }
    },
    async close() {
      await server.stop(0)
      await house.close()
    },
  }
}

function depsOf(house: LinksHouse): SelfServiceDeps {
  const { databases, masterKey } = house.test
  const members = { databases, grants: { endGrants } }
  return {
    databases, members,
    cookies: createCookieJar(issuer),
    scripts: createAssets().scripts,
    accounts: house.deps,
    factors: { databases, masterKey, attempts: house.deps.attempts, issuer, rpId: 'localhost', clock: systemClock },
    deletion: {
      ...house.deps,
      memberships: { tenantsWithoutOtherAdmin: (accountId) => tenantsWithoutOtherAdmin(members, accountId), endAllOf: (accountId, origin) => endAllOf(members, { accountId, origin }) },
    },
    sessions: createSessionBook({ databases }),
    apps: createAppBook({ databases }),
    raiseSession: () => Promise.resolve(),
    deviceOf: (ctx) => (ctx.get('x-device') === '' ? null : ctx.get('x-device')),
  }
}

function browser(send: Send, sessionUid: string): Visitor {
  let cookies = ''
  const page = async (path: string, asked: Parameters<Send>[1] = {}): Promise<Page> => {
    const answer = await send(path, { ...asked, headers: { ...asked.headers, 'x-session': sessionUid, 'accept-language': 'en', cookie: cookies } })
    if (answer.headers['set-cookie'] !== undefined) cookies = cookiesOf(answer)
    return { ...answer, root: parse(answer.body) }
  }
  return {
    sessionUid,
    get: (path) => page(path),
    async post(path, fields, at = path) {
      const { root } = await page(path)
      const hidden = Object.fromEntries(root.querySelectorAll('form input[type=hidden]').map((field) => [field.getAttribute('name') ?? '', field.getAttribute('value') ?? '']))
      return page(at, form({ ...hidden, ...fields }))
    },
    follow: ({ headers }) => page(headers.location ?? ''),
  }
}

async function callAs(send: Send, token: string, { method, path, body }: { method: string; path: string; body: unknown }) {
  const answer = await send(path, {
    method, headers: { authorization: token, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const read: unknown = answer.body === '' ? {} : JSON.parse(answer.body)
  const members = typeof read === 'object' && read !== null ? { ...read } : {}
  return { status: answer.status, headers: answer.headers, body: Object.fromEntries(Object.entries(members)) }
}
