/**
 * Owns the one list of doors on one router, and the order of what every request passes before it reaches a door.
 * Invariant: a path answers only the methods that were declared for it, spelled exactly as declared.
 */
import type { RequestListener } from 'node:http'
import Router from '@koa/router'
import Koa from 'koa'
import type { Logger } from '../base/log.ts'
import type { CookieJar } from './cookies.ts'
import type { EndpointDoor } from './endpoint.ts'
import { catchFaults, guardUrl, notFound } from './faults.ts'
import type { FrameFor } from './frame.ts'
import { securityHeaders } from './headers.ts'
import { localeMiddleware } from './locale.ts'
import type { PageDeps, PageDoor } from './page.ts'
import { runPage } from './page.ts'
import { generic } from './problem.ts'
import { refuse } from './refuse.ts'
import { requestState } from './request-state.ts'
import type { AppMiddleware, RequestState } from './context.ts'
import { runEndpoint } from './run-endpoint.ts'
import type { EndpointDeps } from './run-endpoint.ts'

export type Door = PageDoor | EndpointDoor
export type AppRouter = Router<RequestState, object>
export type HttpApp = Koa<RequestState, object>

export interface EdgeDeps {
  readonly issuer: string
  readonly trustedProxies: readonly string[]
  readonly cookies: CookieJar
  readonly log: Logger
  readonly frame: FrameFor
  /** Counts requests; health.ts makes it. */
  readonly observe?: AppMiddleware
}

export interface MountDeps extends PageDeps, EndpointDeps {
  /** Whether doors with access 'demo' exist at all. */
  readonly demo: boolean
}

/** A Koa app whose requests have their state, headers, language and fault handling; doors and the provider go on top. */
export function createHttpApp({ issuer, trustedProxies, cookies, log, frame, observe }: EdgeDeps): HttpApp {
  const app: HttpApp = new Koa()
  // What reaches Koa itself is a connection that broke in the middle of an answer.
  app.on('error', (error) => log.debug({ err: error }, 'answer not delivered'))
  app.use(requestState({ trustedProxies, cookies, log }))
  if (observe !== undefined) app.use(observe)
  app.use(securityHeaders({ issuer }))
  app.use(catchFaults({ log, frame }))
  app.use(guardUrl(frame))
  app.use(localeMiddleware(cookies))
  app.use(notFound(frame))
  return app
}

/** The app as Node's server wants it. */
export function requestListener(app: HttpApp): RequestListener {
  const handle = app.callback()
  return (req, res) => {
    // Koa's promise never rejects: what it cannot answer goes to the app's 'error' event.
    void handle(req, res)
  }
}

/** A router that takes each path in its one spelling: case and trailing slash count. */
export function createRouter(): AppRouter {
  return new Router<RequestState, object>({ sensitive: true, strict: true })
}

/** Puts the doors on the router, with 405 and Allow for the other methods of their paths; throws on two doors in one place. */
export function mountDoors(router: AppRouter, doors: readonly Door[], deps: MountDeps): void {
  const open = doors.filter((door) => door.kind === 'endpoint' || door.access !== 'demo' || deps.demo)
  const methods = new Map<string, string[]>()
  for (const door of open) {
    const known = methods.get(door.path) ?? []
    if (known.includes(door.method)) throw new Error(`Two doors are declared at ${door.method} ${door.path}.`)
    methods.set(door.path, [...known, door.method])
    router.register(door.path, [door.method], async (ctx) => {
      ctx.state.door = door.path
      const arrival = { ctx, params: ctx.params }
      await (door.kind === 'page' ? runPage(door, deps, arrival) : runEndpoint(door, deps, arrival))
    })
  }
  // After all doors: a path with a parameter must not take away a method of a more exact one.
  for (const [path, allowed] of methods) {
    const allow = allowed.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ')
    router.all(path, (ctx) => {
      ctx.state.door = path
      ctx.set('Allow', allow)
      refuse(ctx, generic('method_not_allowed'), deps.frame)
    })
  }
}
