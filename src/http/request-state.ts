/**
 * Owns how the facts of one request come to be, and the first look at its URL; their types are context.ts's.
 * Invariant: they are set before anything else runs; the request id is always ours, an inbound X-Request-Id never is.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Locale } from '../../views/locale.ts'
import type { Logger } from '../base/log.ts'
import { newId } from '../base/ids.ts'
import { clientAddress } from './client-address.ts'
import type { AppMiddleware, RequestState } from './context.ts'
import type { CookieJar } from './cookies.ts'
import { localeFor } from './locale.ts'
import type { RequestRefusal } from './problem.ts'

export interface RequestStateOptions {
  readonly trustedProxies: readonly string[]
  readonly cookies: CookieJar
  readonly log: Logger
}

const states = new WeakMap<IncomingMessage, RequestState>()
const longestUserAgent = 512
const longestForeignId = 64
const longestUrl = 8 * 1024

/** The facts of a request where only Node's own object is at hand, as in the provider's hooks; null outside a request. */
export function requestStateOf(req: IncomingMessage): RequestState | null {
  return states.get(req) ?? null
}

/** Sets ctx.state and the X-Request-Id header. */
export function requestState(options: RequestStateOptions): AppMiddleware {
  return (ctx, next) => {
    ctx.state = openRequest(ctx.req, ctx.res, options)
    return next()
  }
}

/** The facts of a request that has just arrived, remembered for requestStateOf; answers carry its id as X-Request-Id. */
export function openRequest(req: IncomingMessage, res: ServerResponse, { trustedProxies, cookies, log }: RequestStateOptions): RequestState {
  const requestId = newId()
  let locale: Locale | undefined
  const state: RequestState = {
    requestId,
    origin: { ip: clientAddress(req, trustedProxies), userAgent: plainText(req.headers['user-agent'], longestUserAgent), requestId },
    // Asked for by pages only, which are few beside what machines ask.
    get locale() { return (locale ??= localeFor(req, cookies)) },
    set locale(chosen) { locale = chosen },
    brand: null,
    startedAt: performance.now(),
    door: 'other',
  }
  states.set(req, state)
  res.setHeader('X-Request-Id', requestId)
  const foreignId = plainText(req.headers['x-request-id'], longestForeignId)
  if (foreignId !== null) log.debug({ request_id: requestId, inbound_request_id: foreignId }, 'request arrived with an id of its own')
  return state
}

/**
 * What is wrong with the request target, or null: longer than 8 KiB, not a plain path, percent-encoding that
 * decodes to no text, or a NUL, which PostgreSQL cannot hold and would turn into a fault far below.
 */
export function urlRefusal(url: string): RequestRefusal | null {
  if (url.length > longestUrl) return { status: 414, reason: 'url_too_long' }
  const [path = ''] = url.split('?', 1)
  const plain = /^\/(?![/\\])/.test(path) && !url.includes('%00') && decodes(path)
  return plain ? null : { status: 400, reason: 'malformed_url' }
}

function decodes(path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

function plainText(header: string | readonly string[] | undefined, longest: number): string | null {
  if (typeof header !== 'string') return null
  const text = header.replaceAll(/\p{Cc}/gu, '').slice(0, longest).trim()
  return text === '' ? null : text
}
