/**
 * A real Koa app on a real port for the tests of the HTTP edge, and a client that may send any header and any byte.
 */
import { request } from 'node:http'
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { createLogger } from '../../src/base/log.ts'
import { MasterKey, generateMasterKey } from '../../src/base/crypto.ts'
import { createCookieJar } from '../../src/http/cookies.ts'
import { createCsrf } from '../../src/http/csrf.ts'
import type { Authenticate } from '../../src/http/endpoint.ts'
import { createFrame } from '../../src/http/frame.ts'
import { createHttpApp, createRouter, mountDoors, requestListener } from '../../src/http/mount.ts'
import type { Door, HttpApp } from '../../src/http/mount.ts'
import type { Idempotency } from '../../src/http/idempotency.ts'
import type { RateLimits } from '../../src/http/rate-limit.ts'
import { redirect, type SessionDesk } from '../../src/http/page.ts'
import type { AppMiddleware } from '../../src/http/context.ts'
import { listen } from '../../src/http/server.ts'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Asked {
  readonly method?: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: string | Buffer
}

export type Send = (path: string, asked?: Asked) => Promise<Answer>

export const issuer = 'http://localhost:3000'
export const secureIssuer = 'https://id.example.com'

/** A desk where nobody is signed in; it leads to a page that stands for the sign-in. */
export const nobodySignedIn: SessionDesk = {
  read: () => Promise.resolve(null),
  isFresh: () => false,
  begin: (_ctx, { returnTo, again }) => redirect(`/sign-in?${new URLSearchParams({ to: returnTo, again: String(again !== null) }).toString()}`),
  end: (_ctx, returnTo) => redirect(`/sign-out?${new URLSearchParams({ to: returnTo }).toString()}`),
}

const logLine = z.record(z.string(), z.unknown())

interface AppOptions {
  readonly issuer?: string
  readonly doors?: readonly Door[]
  readonly demo?: boolean
  readonly debug?: boolean
  readonly trustedProxies?: readonly string[]
  readonly authenticate?: Authenticate
  readonly onRefused?: (refused: { reason: string }) => Promise<void>
  readonly rateLimits?: RateLimits
  readonly idempotency?: Idempotency
  readonly sessions?: SessionDesk
  readonly observe?: AppMiddleware
  /** Mounted after the doors. */
  readonly more?: (app: HttpApp) => void
}

/** Starts an app for one test; it is stopped when the test ends. `log` is what it logged. */
export async function start(options: AppOptions = {}): Promise<{ send: Send; port: number; log: Record<string, unknown>[] }> {
  const log: Record<string, unknown>[] = []
  const logger = createLogger({ level: 'debug', debug: options.debug ?? false }, { write: (line) => { log.push(logLine.parse(JSON.parse(line))) } })
  const at = options.issuer ?? issuer
  const cookies = createCookieJar(at)
  const frame = createFrame({ stylesheetUrl: '/assets/tegata.css', markUrl: '/assets/mark.svg', faviconUrl: '/assets/favicon.svg' })
  const csrf = createCsrf({ masterKey: MasterKey.fromText(generateMasterKey('development')), issuer: at, cookies })
  const app = createHttpApp({
    issuer: at, trustedProxies: options.trustedProxies ?? [], cookies, log: logger, frame,
    ...(options.observe === undefined ? {} : { observe: options.observe }),
  })
  if (options.rateLimits !== undefined) app.use(options.rateLimits.otherwise)
  const router = createRouter()
  mountDoors(router, options.doors ?? [], {
    csrf, frame, demo: options.demo ?? false, sessions: options.sessions ?? nobodySignedIn,
    authenticate: options.authenticate ?? (() => Promise.resolve({ status: 401, reason: 'not_authenticated' })),
    ...(options.rateLimits === undefined ? {} : { rateLimits: options.rateLimits }),
    ...(options.idempotency === undefined ? {} : { idempotency: options.idempotency }),
    ...(options.onRefused === undefined ? {} : { onRefused: options.onRefused }),
  })
  app.use(router.routes())
  options.more?.(app)
  const server = await listen(requestListener(app), 0, { host: '127.0.0.1' })
  onTestFinished(() => server.stop(0))
  return { send: sender(server.port), port: server.port, log }
}

/** A client for one port; every request on a connection of its own. */
export function sender(port: number): Send {
  return (path, { method = 'GET', headers = {}, body } = {}) => {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const req = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (res) => {
      text(res).then((read) => resolve({ status: res.statusCode ?? 0, headers: res.headers, body: read }), reject)
    })
    req.on('error', reject)
    req.end(body)
    return promise
  }
}

/** Writes bytes as they are and gives back all that the server writes until it closes. */
export function sendRaw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(bytes, 'latin1')
  return text(socket)
}

/** A form post; Alice's browser sends our own origin unless told otherwise. */
export function form(fields: Record<string, string> | string, headers: OutgoingHttpHeaders = {}): Asked {
  return {
    method: 'POST',
    body: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
  }
}

/** The Cookie header that a browser would send after this answer. */
export function cookiesOf(answer: Answer): string {
  return (answer.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';', 1)[0]).join('; ')
}
