/**
 * Owns how a refusal or fault looks to whoever asked: a person gets the error page, a program a problem document.
 */
import { h } from 'preact'
import { ErrorPage } from '../../views/pages/error.tsx'
import type { FrameFor } from './frame.ts'
import { writeProblem } from './problem.ts'
import type { RequestRefusal } from './problem.ts'
import type { AppContext } from './context.ts'
import { writePage } from './write-page.ts'

export type AnyRefusal = RequestRefusal & { readonly retryAfterSeconds?: number | undefined }

/** Refuses in the form that fits the request: problem+json below /api/ or where only JSON is accepted, else a page. */
export function refuse(ctx: AppContext, refusal: AnyRefusal, frame: FrameFor): void {
  if (refusal.retryAfterSeconds !== undefined) ctx.set('Retry-After', String(refusal.retryAfterSeconds))
  if (wantsPage(ctx)) refuseWithPage(ctx, refusal, frame)
  else writeProblem(ctx, refusal)
}

/** Refuses with the error page. */
export function refuseWithPage(ctx: AppContext, refusal: AnyRefusal, frame: FrameFor): void {
  const again = refusal.retryAfterSeconds !== undefined && (ctx.method === 'GET' || ctx.method === 'HEAD')
  const node = h(ErrorPage, {
    frame: frame(ctx.req),
    code: pageCodeOf(refusal),
    description: refusal.detail,
    retryAfterSeconds: refusal.retryAfterSeconds,
    retryUrl: again ? ctx.url : refusal.reason === 'form_expired' ? ctx.path : undefined,
  })
  writePage(ctx, node, { status: refusal.status })
}

function wantsPage(ctx: AppContext): boolean {
  if (/^\/(?:api|scim)(?:\/|$)/.test(ctx.path)) return false
  return ctx.accepts('html', 'application/problem+json', 'json') === 'html'
}

/** Reasons are for programs and finer than what a person needs to hear. */
const pageCodes: Readonly<Record<string, string>> = {
  foreign_origin: 'forbidden',
  permission_missing: 'forbidden',
  insufficient_scope: 'forbidden',
  body_too_large: 'payload_too_large',
  body_timeout: 'form_expired',
}

function pageCodeOf({ status, reason }: RequestRefusal): string {
  if (Object.hasOwn(pageCodes, reason)) return pageCodes[reason] ?? reason
  return status === 400 || status === 414 || status === 415 ? 'invalid_request' : reason
}
