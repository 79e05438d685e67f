/**
 * Koe, an example product: staff voice, a single-page app with a small backend of its own.
 * Invariant: tokens stay in this backend (backend for frontend); the browser only ever has a session cookie.
 * Signing in is oidc/, who hears whom is voices.ts; here is the API that the page calls.
 */
import type { RequestListener } from 'node:http'
import { Router } from '@koa/router'
import Koa, { type Context, type Next } from 'koa'
import * as oidc from 'openid-client'
import { z } from 'zod'
import { problemOf, problemTexts, type Problem } from './oidc/problems.ts'
import type { Person, Session } from './oidc/sessions.ts'
import { bodyOf, languageOf, SignIn } from './oidc/sign-in.ts'
import { pageFiles } from './page-files.ts'
import { rolesHeardBy, tierOf, Voices } from './voices.ts'

export interface KoeConfig {
  readonly issuer: string
  readonly baseUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scope?: string
}

type SignedIn = Session & { person: Person }

const largestBodyBytes = 10_000
const voiceSchema = z.object({ text: z.string().trim().min(1).max(500) })
const switchSchema = z.object({ tenant: z.string().trim().min(1).max(100) })

/** Builds the product; `close` ends every session. */
export function createKoe(config: KoeConfig): { handler: RequestListener; close: () => void } {
  const signIn = new SignIn({ scope: 'openid profile email tenant offline_access', cookieName: 'koe_session', ...config }, showProblem)
  const voices = new Voices()
  const tenantsSeen = new TenantsSeen()
  const refresh = refresher(signIn)
  const router = new Router()

  /** Who is signed in, with claims as fresh as the issuer wants them; null for nobody. */
  const current = async (ctx: Context): Promise<SignedIn | null> => {
    const session = signIn.signedIn(ctx)
    if (session === null) return null
    // What the issuer took back in the meantime (a role, the membership) must not live on in our session.
    const problem = await refresh(session, {})
    // An issuer that is down for a moment signs nobody out; one that says no does.
    if (problem !== null && problem.kind !== 'issuer_down') signIn.sessions.end(session)
    return signIn.signedIn(ctx)
  }
  const asPerson = (handle: (ctx: Context, session: SignedIn) => void | Promise<void>) => async (ctx: Context) => {
    const session = await current(ctx)
    if (session === null) refuse(ctx, 401, 'signed_out')
    else await handle(ctx, session)
  }

  router.get('/api/me', async (ctx) => {
    const claims = (await current(ctx))?.person.claims
    if (claims === undefined) return void (ctx.body = { signed_in: false })
    const koeSays = { may_take_part: tierOf(claims.role) !== null, hears: rolesHeardBy(claims.role), tenants_seen: tenantsSeen.add(claims) }
    ctx.body = { signed_in: true, ...claims, ...koeSays }
  })

  router.get('/api/voices', asPerson((ctx, { person }) => {
    const list = voices.list(person.claims)
    if (list === null) return refuse(ctx, 403, 'role_has_no_place')
    ctx.body = { voices: list }
  }))

  router.post('/api/voices', signIn.sameOrigin, asPerson(async (ctx, { person }) => {
    const input = voiceSchema.safeParse(await jsonOf(ctx))
    if (!input.success) return refuse(ctx, 400, 'invalid_request')
    if (!voices.post(person.claims, input.data.text)) return refuse(ctx, 403, 'role_has_no_place')
    ctx.status = 201
    ctx.body = {}
  }))

  router.post('/api/switch-tenant', signIn.sameOrigin, asPerson((ctx, session) => switchTenant(ctx, { session, refresh })))

  for (const [path, file] of pageFiles()) {
    router.get(path, (ctx) => {
      ctx.type = file.type
      ctx.body = file.body
    })
  }
  signIn.addRoutes(router)

  const app = new Koa()
  app.use(securityHeaders(config.issuer))
  app.use(calmErrors)
  app.use(router.routes())
  app.use(router.allowedMethods())
  const answer = app.callback()
  return { handler: (request, response) => void answer(request, response), close: () => signIn.sessions.clear() }
}

/** Moves the session to another tenant of the same person by a refresh; through the sign-in pages where that is not enough. */
async function switchTenant(ctx: Context, { session, refresh }: { session: SignedIn; refresh: ReturnType<typeof refresher> }): Promise<void> {
  const { refreshToken } = session.person
  const input = switchSchema.safeParse(await jsonOf(ctx))
  if (!input.success) {
    refuse(ctx, 400, 'invalid_request')
    return
  }
  const { tenant } = input.data
  const problem = refreshToken === undefined ? ({ kind: 'not_signed_in', status: 409 } as const) : await refresh(session, { tenant })
  if (problem === null) {
    ctx.body = {}
  } else if (problem.kind === 'not_signed_in') {
    // The issuer can ask there for what is missing (a second factor, say).
    ctx.status = 409
    ctx.body = { reason: 'sign_in_needed', location: `/login?tenant=${encodeURIComponent(tenant)}` }
  } else if (problem.kind === 'stale') {
    refuse(ctx, 401, 'signed_out')
  } else {
    refuse(ctx, problem.status, problem.kind)
  }
}

/**
 * Renews a person's tokens and claims when they are no longer fresh, or at once for another tenant; answers the problem or null.
 * One at a time for each session: a refresh token may be good for one use only.
 */
function refresher(signIn: SignIn) {
  const underWay = new WeakMap<Session, Promise<unknown>>()
  return (session: Session, parameters: { tenant?: string }): Promise<Problem | null> => {
    const run = async (): Promise<Problem | null> => {
      const before = session.person
      if (before?.refreshToken === undefined || (parameters.tenant === undefined && before.freshUntilMs > Date.now())) return null
      try {
        const tokens = await oidc.refreshTokenGrant(await signIn.issuer(), before.refreshToken, { ...parameters })
        const person = await signIn.personOf(tokens)
        if (person.claims.sub !== before.claims.sub) throw new Error('The issuer answered for somebody else.')
        // A sign-out that came in the meantime stands.
        if (session.person === before) session.person = { ...person, refreshToken: tokens.refresh_token ?? before.refreshToken }
        return null
      } catch (error) {
        const problem = problemOf(error)
        console.error(`koe: refresh failed: ${problem.code ?? problem.kind}`)
        // The refresh token is no longer good, so nothing could renew this session again.
        if (problem.kind === 'stale') signIn.sessions.end(session)
        return problem
      }
    }
    const turn = (underWay.get(session) ?? Promise.resolve()).then(run)
    underWay.set(session, turn)
    return turn
  }
}

/** The tenants that a person has been in while this process runs, offered for quick switching. */
class TenantsSeen {
  readonly #bySub = new Map<string, Map<string, string>>()

  add({ sub, tenant_id: id, tenant_name: name }: Person['claims']): readonly { id: string; name: string }[] {
    const seen = this.#bySub.get(sub) ?? new Map<string, string>()
    if (id !== undefined) seen.set(id, name ?? id)
    this.#bySub.set(sub, seen)
    return [...seen].map(([tenantId, tenantName]) => ({ id: tenantId, name: tenantName }))
  }
}

async function jsonOf(ctx: Context): Promise<unknown> {
  if (!ctx.is('application/json')) return undefined
  try {
    return JSON.parse((await bodyOf(ctx, largestBodyBytes)) ?? '')
  } catch {
    return undefined
  }
}

function refuse(ctx: Context, status: number, reason: string): void {
  ctx.status = status
  ctx.body = { reason }
}

/** The one page that the server itself renders; every word of it is ours, so nothing needs escaping. */
function showProblem(ctx: Context, { kind, status, code }: Problem): void {
  const language = languageOf(ctx)
  const t = problemTexts[language]
  const [title, help] = t[kind]
  ctx.status = status
  if (ctx.path.startsWith('/api/')) return void (ctx.body = { reason: kind })
  ctx.type = 'html'
  ctx.body = `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Koe</title><link rel="icon" href="/mark.svg" type="image/svg+xml"><link rel="stylesheet" href="/koe.css"></head>
<body><header class="top"><a class="brand" href="/"><img src="/mark.svg" alt="" width="34" height="34">Koe</a></header>
<main><section class="hero" id="problem" data-kind="${kind}"><h1>${title}</h1><p class="lead">${help}</p>
${code === undefined ? '' : `<p class="muted"><code id="problem_code">${code}</code></p>`}
<p class="actions"><a class="button" id="try_again" href="/login">${t.tryAgain}</a> <a class="button quiet" href="/">${t.home}</a></p></section></main>
<footer class="foot">Koe · example product</footer></body></html>`
}

/** A fault gets one line in the log and a plain answer, never a stack trace. */
async function calmErrors(ctx: Context, next: Next): Promise<void> {
  try {
    await next()
  } catch (error) {
    console.error(`koe: ${ctx.method} ${ctx.path}: ${error instanceof Error ? error.message : 'failed'}`)
    refuse(ctx, 500, 'fault')
  }
}

function securityHeaders(issuer: string) {
  // The sign-out form is answered with a redirect to the issuer, and browsers hold form-action against redirects too.
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "connect-src 'self'",
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
