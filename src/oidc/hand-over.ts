/**
 * The way from our edge to the provider: with the address that ISSUER says and never the request, by the short way for endpoints that
 * only programs call, and with a policy of its own for the pages that people see.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AppMiddleware } from '../http/context.ts'
import { contentSecurityPolicy } from '../http/headers.ts'
import type { ProviderMount } from './mount.ts'
import { routes } from './routes.ts'
import { documentPaths } from './static-documents.ts'

type HandOver = (req: IncomingMessage, res: ServerResponse) => Promise<void>

/** Hands a request to the provider, which builds its links from what the edge says: ISSUER, never the request. */
export function createHandOver(issuer: string, mount: ProviderMount): HandOver {
  const { host, protocol } = new URL(issuer)
  const scheme = protocol.slice(0, -1)
  return async (req, res) => {
    Object.assign(req.headers, { host, 'x-forwarded-host': host, 'x-forwarded-proto': scheme })
    if (!(await mount.serveDocument(req, res))) await mount.handle(req, res)
  }
}

/** Endpoints that only programs call. */
export const machineDoors: ReadonlySet<string> = new Set([
  routes.token, routes.userinfo, routes.introspection, routes.revocation, routes.pushed_authorization_request, ...documentPaths,
])

/** What no door of ours took and people see: authorize, resume, logout. */
export function pagesOfProvider(toProvider: HandOver): AppMiddleware {
  return async (ctx, next) => {
    if (!ctx.path.startsWith('/oauth2/')) {
      await next()
      return
    }
    ctx.respond = false
    ctx.state.door = providerDoor(ctx.path)
    ctx.res.statusCode = 200
    // The library answers some requests with a form that submits itself, to the app where response_mode=form_post asks for it.
    ctx.set('Content-Security-Policy', contentSecurityPolicy({ formAction: 'any' }))
    await toProvider(ctx.req, ctx.res)
  }
}

/** The path as metrics may count it: the resume address carries a value of its own. */
function providerDoor(path: string): string {
  if (path.startsWith(`${routes.authorization}/`)) return `${routes.authorization}/:uid`
  return path === routes.authorization || /^\/oauth2\/logout(?:\/(?:confirm|success))?$/.test(path) ? path : '/oauth2/other'
}
