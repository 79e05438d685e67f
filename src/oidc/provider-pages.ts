/**
 * The pages that oidc-provider asks us to show by itself: errors, the question at sign-out, the goodbye. Words and markup live in
 * views/; this turns what the library knows into their props.
 */
import type { IncomingMessage } from 'node:http'
import type { Client, Configuration, ErrorOut, KoaContextWithOIDC } from 'oidc-provider'
import { z } from 'zod'
import type { Logger } from '../base/log.ts'
import type { FrameFor } from '../http/frame.ts'
import { formActionOf } from '../http/headers.ts'
import type { CookieJar } from '../http/cookies.ts'
import { localeFor } from '../http/locale.ts'
import { requestStateOf } from '../http/request-state.ts'
import { writePage, type PageTarget } from '../http/write-page.ts'
import { DeadInteractionPage } from '../../views/pages/dead-interaction.tsx'
import { HandOverPage } from '../../views/pages/hand-over.tsx'
import { ErrorPage } from '../../views/pages/error.tsx'
import { SignOutPage } from '../../views/pages/sign-out.tsx'
import { SignedOutPage } from '../../views/pages/signed-out.tsx'
import type { AppProps } from '../../views/props.ts'
import { appOf, type ClientStore } from './client-store.ts'
import { routes } from './routes.ts'
import { findDead } from './dead-interaction.ts'
import type { References } from './references.ts'
import { currentUnit, LostRace } from './unit-of-work.ts'

type Logout = NonNullable<NonNullable<Configuration['features']>['rpInitiatedLogout']>

export interface ProviderPages {
  readonly renderError: NonNullable<Configuration['renderError']>
  readonly logoutSource: NonNullable<Logout['logoutSource']>
  readonly postLogoutSuccessSource: NonNullable<Logout['postLogoutSuccessSource']>
  /** The answer to an app that asked for it by a form (OAuth 2.0 Form Post Response Mode). */
  formPost(ctx: FaultContext, action: string, fields: Readonly<Record<string, unknown>>): void
  /** Puts our page in place of the library's bare one where it hands the browser on by a form that submits itself. */
  dressHandOver(ctx: HandOverContext): void
  /** Answers a request whose writes were refused or failed: a lost race leads on, a fault says sorry and is logged. */
  renderFault(ctx: FaultContext, error: unknown): void
}

const handOverShape = z.object({
  oidc: z.object({
    route: z.enum(['resume', 'end_session']),
    // The library's own class, of which two members matter here.
    params: z.object({ post_logout_redirect_uri: z.string().optional(), state: z.string().optional() }).optional(),
    entities: z.object({ Interaction: z.object({ params: z.object({ redirect_uri: z.string().optional() }) }).optional() }),
    session: z.object({ accountId: z.string().optional(), state: z.object({ secret: z.string() }) }),
  }),
})

export interface HandOverContext extends FaultContext {
  readonly response: { get(name: string): string | undefined }
  redirect(url: string): void
}

/** What of a Koa context a fault is written to. */
export interface FaultContext extends PageTarget {
  readonly req: IncomingMessage
  readonly path: string
  accepts(...types: string[]): string | false
}

export interface ProviderPagesDeps {
  readonly frame: FrameFor
  readonly cookies: CookieJar
  readonly clients: ClientStore
  readonly references: References
  readonly log: Logger
  readonly submitScriptUrl: string
}

export function createProviderPages(deps: ProviderPagesDeps): ProviderPages {
  return {
    renderError: (ctx, out, error) => renderError(ctx, { out, error, ...deps }),
    logoutSource: (ctx) => askSignOut(ctx, deps),
    postLogoutSuccessSource: async (ctx) => {
      const app = await appFor(ctx, deps.clients)
      useRequestedLocale(ctx, deps.cookies)
      writePage(ctx, SignedOutPage({ frame: deps.frame(ctx.req), everywhere: ctx.oidc.client === undefined, ...(app === undefined ? {} : { app }) }))
    },
    renderFault: (ctx, error) => renderFault(ctx, error, deps),
    formPost: (ctx, action, fields) => writeHandOver(ctx, { action, fields, to: 'app' }, deps),
    dressHandOver: (ctx) => dressHandOver(ctx, deps),
  }
}

function renderFault(ctx: FaultContext, error: unknown, { frame, log }: ProviderPagesDeps): void {
  const lost = error instanceof LostRace || isUnstorable(error)
  const requestId = requestStateOf(ctx.req)?.requestId
  if (!lost) log.error({ err: error, request_id: requestId, path: ctx.path }, 'the provider failed')
  if (ctx.accepts('json', 'html') !== 'html') {
    ctx.status = lost ? 400 : 500
    ctx.body = { error: lost ? 'invalid_request' : 'server_error', request_id: requestId }
    return
  }
  if (lost) writePage(ctx, DeadInteractionPage({ frame: frame(ctx.req), state: 'ended' }), { status: 400 })
  else writePage(ctx, ErrorPage({ frame: frame(ctx.req), code: 'server_error' }), { status: 500 })
}

interface HandOver {
  readonly action: string
  readonly fields: Readonly<Record<string, unknown>>
  readonly to: 'app' | 'next_person'
  /** Where the redirects after it may lead, because browsers apply form-action to them as well. */
  readonly endsAt?: string | undefined
}

function writeHandOver(ctx: FaultContext, { action, fields, to, endsAt = action }: HandOver, { frame, submitScriptUrl }: ProviderPagesDeps): void {
  const texts = Object.entries(fields).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [])
  const goesTo = formActionOf(endsAt)
  writePage(ctx, HandOverPage({ frame: frame(ctx.req), action, fields: texts, scriptUrl: submitScriptUrl, to }), {
    status: 200, script: 'self', formAction: goesTo === null ? [] : [goesTo],
  })
}

/** The library's self-submitting page is known by the hash of its inline script in the policy; no page of ours has one. */
function dressHandOver(ctx: HandOverContext, deps: ProviderPagesDeps): void {
  if (ctx.response.get('Content-Security-Policy')?.includes("'sha256-") !== true) return
  const found = handOverShape.safeParse(ctx)
  if (!found.success) return
  const { route, session, params, entities } = found.data.oidc
  if (route === 'end_session' && session.accountId === undefined) {
    // Nobody is signed in, so there is nothing to ask and nothing to end: straight back to where the app wants its people.
    ctx.redirect(afterSignOut(params?.post_logout_redirect_uri, params?.state))
    return
  }
  writeHandOver(ctx, { action: `${routes.end_session}/confirm`, fields: { xsrf: session.state.secret, logout: 'yes' }, to: 'next_person', endsAt: entities.Interaction?.params.redirect_uri }, deps)
}

/** `post_logout_redirect_uri` has been checked by the library, or was taken out (RP-Initiated Logout §3). */
function afterSignOut(back: string | undefined, state: string | undefined): string {
  if (back === undefined) return `${routes.end_session}/success`
  const url = new URL(back)
  if (state !== undefined) url.searchParams.set('state', state)
  return url.href
}

/** PostgreSQL cannot hold a NUL: a parameter with one is the request's fault, not ours. */
function isUnstorable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '22P05' || error.code === '22021')
}

/** The page for an error that cannot be told to the app: a fixed text each, and for a dead interaction the way on. */
async function renderError(
  ctx: KoaContextWithOIDC,
  input: ProviderPagesDeps & { out: ErrorOut; error: Error },
): Promise<void> {
  const { out, error, clients } = input
  useRequestedLocale(ctx, input.cookies)
  const frame = input.frame(ctx.req)
  if (error.name === 'SessionNotFound') {
    const uid = ctx.path.split('/').at(-1) ?? ''
    const dead = await findDead(uid, input)
    writePage(ctx, DeadInteractionPage({ frame, ...dead }), { status: 400 })
    return
  }
  const app = error.name === 'InvalidRedirectUri' ? undefined : await appFor(ctx, clients)
  writePage(
    ctx,
    ErrorPage({ frame, code: out.error, description: out.error_description, ...(app === undefined ? {} : { app, retryUrl: app.homeUrl }) }),
    { status: ctx.status },
  )
}

async function askSignOut(ctx: KoaContextWithOIDC, { frame, clients, cookies }: ProviderPagesDeps): Promise<void> {
  useRequestedLocale(ctx, cookies)
  const { session } = ctx.oidc
  const app = await appFor(ctx, clients)
  const others = await Promise.all(Object.keys(session?.authorizations ?? {}).map((id) => clients.find(id)))
  const account = session?.accountId === undefined ? undefined : await currentUnit().account(session.accountId)
  const back = ctx.oidc.params?.['post_logout_redirect_uri']
  const goesTo = typeof back === 'string' ? formActionOf(back) : null
  const xsrf = session?.state?.['secret']
  writePage(
    ctx,
    SignOutPage({
      frame: frame(ctx.req),
      formAction: new URL(ctx.oidc.urlFor('end_session_confirm')).pathname,
      xsrf: typeof xsrf === 'string' ? xsrf : '',
      apps: others.flatMap((client) => (client === undefined ? [] : [client.name])),
      ...(app === undefined ? {} : { app }),
      ...(account === undefined ? {} : { person: { displayName: account.display_name, identifier: account.email ?? '' } }),
    }),
    { formAction: goesTo === null ? [] : [goesTo] },
  )
}

/** `ui_locales` of a provider route counts for its own pages too (OIDC Core §3.1.2.1, RP-Initiated Logout §2). */
function useRequestedLocale(ctx: KoaContextWithOIDC, cookies: CookieJar): void {
  const state = requestStateOf(ctx.req)
  const tags = ctx.oidc.params?.['ui_locales']
  if (state !== null && typeof tags === 'string') state.locale = localeFor(ctx.req, cookies, tags)
}

async function appFor(ctx: KoaContextWithOIDC, clients: ClientStore): Promise<AppProps | undefined> {
  const client: Client | undefined = ctx.oidc.client
  const row = client === undefined ? undefined : await clients.find(client.clientId)
  return row === undefined ? undefined : appOf(row)
}
