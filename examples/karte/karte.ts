/**
 * Karte, an example product: clinic records, rendered on the server, and a small API of its own.
 * Signing in is oidc/, the API is api/, what a role may do is permissions.ts, HTML is pages.ts; here they are put together.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { dirname, extname, join } from 'node:path'
import { Router } from '@koa/router'
import Koa, { type Context, type Next } from 'koa'
import { AccessTokens } from './api/access-token.ts'
import { apiRoutes } from './api/routes.ts'
import * as pages from './pages.ts'
import { recordsSeenBy } from './permissions.ts'
import { type Problem } from './oidc/problems.ts'
import { languageOf, seeOther, SignIn } from './oidc/sign-in.ts'
import { Prescriptions } from './prescriptions.ts'
import { addSigningRoutes } from './sign-prescription.ts'

export interface KarteConfig {
  readonly issuer: string
  readonly baseUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scope?: string
  /** Karte's own API: its identifier at the issuer, and where this process reaches it (`/api` of the base URL). */
  readonly apiIdentifier?: string
  readonly apiUrl?: string
}

/** Builds the product; `close` ends every session. */
export function createKarte(config: KarteConfig): { handler: RequestListener; close: () => void } {
  const signIn = new SignIn({ scope: 'openid profile email tenant', cookieName: 'karte_session', ...config }, showProblem)
  const prescriptions = new Prescriptions()
  const api = { identifier: config.apiIdentifier ?? 'https://karte.example.com/api', url: config.apiUrl ?? `${config.baseUrl}/api` }
  const accessTokens = new AccessTokens({ issuer: config.issuer, audience: api.identifier })
  const toSignIn = (ctx: Context, path: string) => seeOther(ctx, `/login?target_link_uri=${encodeURIComponent(config.baseUrl + path)}`)
  const router = new Router()

  router.get('/', (ctx) => {
    const language = languageOf(ctx)
    const session = signIn.signedIn(ctx)
    show(ctx, session === null ? pages.welcome(language, signIn.justSignedOut(ctx)) : pages.home(language, session.person.claims))
  })

  router.get('/records', (ctx) => {
    const session = signIn.signedIn(ctx)
    if (session === null) {
      toSignIn(ctx, '/records')
      return
    }
    const { claims } = session.person
    const seen = recordsSeenBy(claims.role)
    if (seen === 'none') show(ctx, pages.forbidden(languageOf(ctx), claims), 403)
    else show(ctx, pages.records(languageOf(ctx), claims, seen))
  })

  router.get(['/karte.css', '/mark.svg'], async (ctx) => {
    ctx.type = extname(ctx.path)
    ctx.body = await readFile(join(publicFolder, ctx.path))
  })

  addSigningRoutes(router, { signIn, prescriptions, api, show, showProblem, toSignIn })
  signIn.addRoutes(router)

  const app = new Koa()
  app.use(securityHeaders(config.issuer))
  app.use(calmErrors)
  app.use(apiRoutes(accessTokens, prescriptions).routes())
  app.use(router.routes())
  app.use(router.allowedMethods())
  app.use((ctx) => fail(ctx, { status: 404, error: 'not_found', html: pages.notFound(languageOf(ctx)) }))
  const answer = app.callback()
  return { handler: (request, response) => void answer(request, response), close: () => signIn.sessions.clear() }
}

function show(ctx: Context, html: string, status = 200): void {
  ctx.status = status
  ctx.type = 'html'
  ctx.body = html
}

/** People get a page, programs JSON. */
function fail(ctx: Context, { status, error, html }: { status: number; error: string; html: string }): void {
  show(ctx, html, status)
  if (ctx.path.startsWith('/api/')) ctx.body = { error }
}

function showProblem(ctx: Context, problem: Problem): void {
  show(ctx, pages.problem(languageOf(ctx), problem), problem.status)
}

/** A fault gets one line in the log and a plain page; nobody ever reads a stack trace in the browser. */
async function calmErrors(ctx: Context, next: Next): Promise<void> {
  try {
    await next()
  } catch (error) {
    console.error(`karte: ${ctx.method} ${ctx.path}: ${error instanceof Error ? error.message : 'failed'}`)
    fail(ctx, { status: 500, error: 'fault', html: pages.fault(languageOf(ctx)) })
  }
}

function securityHeaders(issuer: string) {
  // The sign-out form is answered with a redirect to the issuer, and browsers hold form-action against redirects too.
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    `form-action 'self' ${new URL(issuer).origin}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
  return async (ctx: Context, next: Next): Promise<void> => {
    ctx.set({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    })
    await next()
  }
}

/** Beside this file when it runs from source or from a copy; further up when it runs from a build folder. */
const publicFolder = findPublicFolder()

function findPublicFolder(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    for (const found of [join(folder, 'public'), join(folder, 'examples', 'karte', 'public')]) {
      if (existsSync(join(found, 'karte.css'))) return found
    }
  }
  throw new Error('The folder "public" of Karte is missing.')
}
