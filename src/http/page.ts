/**
 * Owns the browser's doors: a page is declared as data, its handler returns what to show, and the runner writes it.
 * Invariants: no page is cached; a POST from another site never reaches a handler; a redirect is a 303 to a path of ours
 * unless the handler says externalRedirect aloud. Who may see a page beyond its PageAccess is the handler's question.
 */
import type { Readable } from 'node:stream'
import type { JSX } from 'preact'
import type { Origin } from '../base/origin.ts'
import type { Locale } from '../../views/locale.ts'
import type { FrameProps } from '../../views/props.ts'
import type { Csrf } from './csrf.ts'
import { readForm } from './form.ts'
import type { FrameFor } from './frame.ts'
import { freshSignInSeconds } from './freshness.ts'
import type { ContentSecurityPolicyOptions } from './headers.ts'
import { generic } from './problem.ts'
import type { RequestRefusal } from './problem.ts'
import { refuseWithPage } from './refuse.ts'
import { readUpload, type UploadedFile } from './upload.ts'
import type { AppContext } from './context.ts'
import { writePage } from './write-page.ts'

/** Who an open page is for: anybody; whoever holds the interaction's cookie (the handler checks); the demo only (else 404). */
export type PageAccess = 'public' | 'interaction' | 'demo'

/** The person whose session asks for a page of their own. */
export interface Signed {
  readonly sessionUid: string
  readonly accountId: string
  readonly acr: string
  readonly amr: readonly string[]
  /** Seconds since the epoch. */
  readonly authTime: number
  readonly hasSecondFactor: boolean
  /** For this person's forms on pages of their own; the runner has checked the posted one. */
  readonly csrfToken: string
}

/** Any living session, or one whose person has just shown who they are with the strongest level they have. */
export type Freshness = 'any' | 'fresh'

export interface PageRequest {
  readonly ctx: AppContext
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** Empty on GET. */
  readonly form: URLSearchParams
  /** Of a door that takes one; null where nothing was chosen. */
  readonly file: UploadedFile | null
  readonly locale: Locale
  readonly origin: Origin
  /** The token for this page's form, and whether the posted one holds; see csrf.ts. */
  readonly csrf: { readonly token: (binding: string) => string; readonly check: (binding: string) => boolean }
  /** Whoever is signed in, for a page that is open to everybody; null for a stranger. Reads only. */
  readonly session: () => Promise<Omit<Signed, 'csrfToken'> | null>
  /** Leads through the sign-in and back to a path of ours, with the name of whom it is for, and the tenant whose rules count, where they are known. */
  readonly signIn: (returnTo: string, hints?: SignInHints) => PageResult
  /** Asks whether to sign out, and leads back to a path of ours. */
  readonly signOut: (returnTo: string) => PageResult
  /** What the view's frame needs, in the language of ctx.state at the time of the call. */
  readonly frame: () => FrameProps
}

export interface SignInHints {
  readonly identifier?: string | undefined
  /** Id or subdomain. */
  readonly tenant?: string | undefined
  /** The least that will do, whatever browser the person has trusted. */
  readonly acr?: 'aal2' | undefined
}

export type PageResult =
  | { readonly kind: 'html'; readonly node: JSX.Element; readonly status: number; readonly policy: ContentSecurityPolicyOptions }
  | { readonly kind: 'file'; readonly body: Buffer; readonly type: string }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'refusal'; readonly refusal: RequestRefusal }
  | { readonly kind: 'download'; readonly body: Readable | string; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'answered' }

export interface OpenPageDoor {
  readonly kind: 'page'
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly access: PageAccess
  readonly handle: (request: PageRequest) => PageResult | Promise<PageResult>
}

export interface SessionPageDoor {
  readonly kind: 'page'
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly access: 'session'
  readonly freshness: Freshness
  /** Its form carries a file; see upload.ts. */
  readonly upload?: true | undefined
  readonly handle: (request: PageRequest, signed: Signed) => PageResult | Promise<PageResult>
}

export type PageDoor = OpenPageDoor | SessionPageDoor

/** The one session system (the provider's) as pages see it. */
export interface SessionDesk {
  /** Whoever is signed in; null for everybody else. Reads only. */
  read(ctx: AppContext): Promise<Omit<Signed, 'csrfToken'> | null>
  /** True when the sign-in is at most `maxAgeSeconds` old and as strong as this person can be. */
  isFresh(signed: Omit<Signed, 'csrfToken'>, maxAgeSeconds: number): boolean
  /** Leads through the provider's own policy and back to `returnTo`, a path of ours; `again` asks a signed-in person to prove it once more. */
  begin(ctx: AppContext, demand: { readonly returnTo: string; readonly again: Omit<Signed, 'csrfToken'> | null } & SignInHints): PageResult
  /** Leads through the provider's own sign-out and back to `returnTo`, a path of ours. */
  end(ctx: AppContext, returnTo: string): PageResult
}

export interface PageDeps {
  readonly csrf: Csrf
  readonly frame: FrameFor
  readonly sessions: SessionDesk
}

/** A person who has just shown who they are opens dangerous forms for five minutes, and has ten more to send them. */
const freshSeconds = { GET: freshSignInSeconds, POST: 3 * freshSignInSeconds } as const

/** Declares a page; HEAD is answered wherever GET is. */
export function page(door: Omit<OpenPageDoor, 'kind'>): PageDoor {
  return { kind: 'page', ...door }
}

/** Declares a page of the signed-in person; its forms carry `signed.csrfToken`. */
export function sessionPage(door: Omit<SessionPageDoor, 'kind' | 'access'>): PageDoor {
  return { kind: 'page', access: 'session', ...door }
}

/** Shows a page; `formAction` names further origins or schemes that its forms may lead to. */
export function html(node: JSX.Element, { status = 200, ...policy }: { readonly status?: number } & ContentSecurityPolicyOptions = {}): PageResult {
  return { kind: 'html', node, status, policy }
}

/** Sends what its address names by its content, and which therefore never changes: caches keep it for ever, and nothing in it runs. */
export function file(body: Buffer, type: string): PageResult {
  return { kind: 'file', body, type }
}

/** Leads to a path of ours; throws on anything that a browser could take for another host. */
export function redirect(path: string): PageResult {
  if (!/^\/(?![/\\])[\x21-\x7e]*$/.test(path)) throw new Error('redirect() takes a path that starts with one slash: use externalRedirect() for a checked URL.')
  return { kind: 'redirect', location: path }
}

/** Leads to an absolute URL that the caller has checked; throws on one that runs or holds content of its own. */
export function externalRedirect(url: string): PageResult {
  if (!URL.canParse(url) || /^(?:javascript|data|blob|vbscript|file|about):$/.test(new URL(url).protocol)) throw new Error('externalRedirect() takes an absolute URL of a place to go to.')
  return { kind: 'redirect', location: new URL(url).href }
}

/** Shows the error page for a refusal of a page's own. */
export function refusePage(refusal: RequestRefusal): PageResult {
  return { kind: 'refusal', refusal }
}

/** For a handler that has let the provider write the answer itself. */
export function answered(): PageResult {
  return { kind: 'answered' }
}

/** Sends a list or a file to be kept, as its headers say; no cache keeps it. */
export function download({ body, headers }: { readonly body: Readable | string; readonly headers: Readonly<Record<string, string>> }): PageResult {
  return { kind: 'download', body, headers }
}

/** Runs one page: origin and form first, then its handler, then the answer. */
export async function runPage(door: PageDoor, deps: PageDeps, { ctx, params }: { ctx: AppContext; params: Readonly<Record<string, string>> }): Promise<void> {
  const { csrf, frame, sessions } = deps
  const read = await readAllowed(door, deps, ctx)
  if ('kind' in read) {
    writeResult(ctx, read, frame)
    return
  }
  const { form, file } = read
  const request: PageRequest = {
    ctx,
    params,
    query: new URLSearchParams(ctx.querystring),
    form,
    file,
    get locale() { return ctx.state.locale },
    origin: ctx.state.origin,
    csrf: { token: (binding) => csrf.token(ctx, binding), check: (binding) => csrf.check(ctx, form, binding) },
    session: () => sessions.read(ctx),
    signIn: (returnTo, hints = {}) => sessions.begin(ctx, { returnTo, again: null, ...hints }),
    signOut: (returnTo) => sessions.end(ctx, returnTo),
    frame: () => frame(ctx.req),
  }
  writeResult(ctx, await (door.access === 'session' ? answerSigned(door, deps, request) : door.handle(request)), frame)
}

/** Nobody, and nobody's old session, reaches a handler: they are led through the sign-in and back to the page itself. */
async function answerSigned(door: SessionPageDoor, { sessions }: PageDeps, request: PageRequest): Promise<PageResult> {
  const { ctx, csrf } = request
  // What was posted is not kept over a sign-in: the form is shown again, and nothing has happened.
  const returnTo = door.method === 'POST' ? ctx.path : ctx.url
  const who = await sessions.read(ctx)
  if (who === null) return sessions.begin(ctx, { returnTo, again: null })
  if (door.method === 'POST' && !csrf.check(bindingOf(who))) return refusePage(generic('form_expired'))
  if (door.freshness === 'fresh' && !sessions.isFresh(who, freshSeconds[door.method])) return sessions.begin(ctx, { returnTo, again: who })
  return door.handle(request, { ...who, csrfToken: csrf.token(bindingOf(who)) })
}

function bindingOf({ sessionUid }: { readonly sessionUid: string }): string {
  return `session ${sessionUid}`
}

interface Sent {
  readonly form: URLSearchParams
  readonly file: UploadedFile | null
}

async function readAllowed(door: PageDoor, { csrf, sessions }: PageDeps, ctx: AppContext): Promise<Sent | PageResult> {
  if (door.method === 'GET') return { form: new URLSearchParams(), file: null }
  if (!csrf.isOwnOrigin(ctx.req)) return refusePage(generic('foreign_origin'))
  const takesFile = door.access === 'session' && door.upload === true
  // A stranger's megabytes are not even read.
  if (takesFile && (await sessions.read(ctx)) === null) return sessions.begin(ctx, { returnTo: ctx.path, again: null })
  const read = takesFile ? await readUpload(ctx.req) : await readForm(ctx.req)
  return read.ok ? { file: null, ...read } : refusePage(read.refusal)
}

function writeResult(ctx: AppContext, result: PageResult, frame: FrameFor): void {
  switch (result.kind) {
    case 'html':
      return writePage(ctx, result.node, { status: result.status, ...result.policy })
    case 'file':
      ctx.set('Content-Security-Policy', "default-src 'none'; sandbox")
      ctx.set('Cache-Control', 'public, max-age=31536000, immutable')
      ctx.status = 200
      ctx.body = result.body
      ctx.set('Content-Type', result.type)
      return
    case 'redirect':
      ctx.body = ''
      ctx.remove('Content-Type')
      // 303 and never 307: a password must not be posted on to the next place (RFC 9700 §4.12).
      ctx.status = 303
      ctx.set('Location', result.location)
      ctx.set('Cache-Control', 'no-store')
      return
    case 'refusal':
      return refuseWithPage(ctx, result.refusal, frame)
    case 'download':
      ctx.set('Content-Security-Policy', "default-src 'none'; sandbox")
      ctx.set('Cache-Control', 'no-store')
      ctx.status = 200
      ctx.body = result.body
      ctx.set(result.headers)
      return
    case 'answered':
      ctx.respond = false
  }
}
