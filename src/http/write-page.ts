/**
 * Owns how HTML leaves: rendered by views/, with a policy of its own, kept by no cache.
 */
import type { JSX } from 'preact'
import { renderPage } from '../../views/render.ts'
import { contentSecurityPolicy } from './headers.ts'
import type { ContentSecurityPolicyOptions } from './headers.ts'

/** What of a Koa context a page is written to; the provider's own contexts fit too. */
export interface PageTarget {
  status: number
  type: string
  body: unknown
  set(field: string, value: string): void
}

export type PageOptions = { readonly status?: number | undefined } & ContentSecurityPolicyOptions

/** Writes one HTML page; 200 and a policy without extras unless told. */
export function writePage(target: PageTarget, node: JSX.Element, { status = 200, ...policy }: PageOptions = {}): void {
  target.status = status
  target.type = 'html'
  target.set('Content-Security-Policy', contentSecurityPolicy(policy))
  target.set('Cache-Control', 'no-store')
  target.body = renderPage(node)
}
