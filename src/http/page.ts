/**
 * Owns the browser's doors: a page is declared as data, its handler returns what to show, and the runner writes it.
 * Invariants: no page is cached; a POST from another site never reaches a handler; a redirect is a 303 to a path of ours
 * unless the handler says externalRedirect aloud. Who may see a page beyond its PageAccess is the handler's question.
 */
import type { JSX } from 'preact'
import type { Origin } from '../base/origin.ts'
import type { Locale } from '../../views/locale.ts'
import type { FrameProps } from '../../views/props.ts'
import type { Csrf } from './csrf.ts'
import { readForm } from './form.ts'
import type { FormRead } from './form.ts'
import type { FrameFor } from './frame.ts'
import type { ContentSecurityPolicyOptions } from './headers.ts'
import { generic } from './problem.ts'
import type { RequestRefusal } from './problem.ts'
import { refuseWithPage } from './refuse.ts'
import type { AppContext } from './context.ts'
import { writePage } from './write-page.ts'

/** Who a page is for: anybody; whoever holds the interaction's cookie (the handler checks); the demo only (else 404). */
export type PageAccess = 'public' | 'interaction' | 'demo'

export interface PageRequest {
  readonly ctx: AppContext
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** Empty on GET. */
  readonly form: URLSearchParams
  readonly locale: Locale
  readonly origin: Origin
  /** The token for this page's form, and whether the posted one holds; see csrf.ts. */
  readonly csrf: { readonly token: (binding: string) => string; readonly check: (binding: string) => boolean }
  /** What the view's frame needs, in the language of ctx.state at the time of the call. */
  readonly frame: () => FrameProps
}

export type PageResult =
  | { readonly kind: 'html'; readonly node: JSX.Element; readonly status: number; readonly policy: ContentSecurityPolicyOptions }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'refusal'; readonly refusal: RequestRefusal }
  | { readonly kind: 'answered' }

export interface PageDoor {
  readonly kind: 'page'
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly access: PageAccess
  readonly handle: (request: PageRequest) => PageResult | Promise<PageResult>
}

export interface PageDeps {
  readonly csrf: Csrf
  readonly frame: FrameFor
}

/** Declares a page; HEAD is answered wherever GET is. */
export function page(door: Omit<PageDoor, 'kind'>): PageDoor {
  return { kind: 'page', ...door }
}

/** Shows a page; `formAction` names further origins or schemes that its forms may lead to. */
export function html(node: JSX.Element, { status = 200, ...policy }: { readonly status?: number } & ContentSecurityPolicyOptions = {}): PageResult {
  return { kind: 'html', node, status, policy }
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

/** Runs one page: origin and form first, then its handler, then the answer. */
export async function runPage(door: PageDoor, { csrf, frame }: PageDeps, { ctx, params }: { ctx: AppContext; params: Readonly<Record<string, string>> }): Promise<void> {
  const read = await readAllowed(door, csrf, ctx)
  if (!read.ok) {
    refuseWithPage(ctx, read.refusal, frame)
    return
  }
  const { form } = read
  const result = await door.handle({
    ctx,
    params,
    query: new URLSearchParams(ctx.querystring),
    form,
    get locale() { return ctx.state.locale },
    origin: ctx.state.origin,
    csrf: { token: (binding) => csrf.token(ctx, binding), check: (binding) => csrf.check(ctx, form, binding) },
    frame: () => frame(ctx.req),
  })
  writeResult(ctx, result, frame)
}

async function readAllowed({ method }: PageDoor, csrf: Csrf, { req }: AppContext): Promise<FormRead> {
  if (method === 'GET') return { ok: true, form: new URLSearchParams() }
  return csrf.isOwnOrigin(req) ? readForm(req) : { ok: false, refusal: generic('foreign_origin') }
}

function writeResult(ctx: AppContext, result: PageResult, frame: FrameFor): void {
  switch (result.kind) {
    case 'html':
      return writePage(ctx, result.node, { status: result.status, ...result.policy })
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
    case 'answered':
      ctx.respond = false
  }
}
