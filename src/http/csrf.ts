/**
 * Owns the proof that a form came from our own page, in two independent walls: where the browser says it came from,
 * and a hidden token bound to a cookie and to the page. Invariant: nothing is stored; a token of another browser or
 * another page is worth nothing. A failed check is a returned value: the page comes back with form_expired.
 */
import type { IncomingMessage } from 'node:http'
import type { MasterKey } from '../base/crypto.ts'
import { equalStrings, hmac, randomToken } from '../base/crypto.ts'
import type { CookieJar } from './cookies.ts'
import type { AppContext } from './context.ts'

export interface Csrf {
  /** The hidden field's value for the page that `binding` names; sets the cookie where the browser has none. */
  token(ctx: AppContext, binding: string): string
  /** True when the form's csrf_token was made for this browser and this binding, and the request is from our own origin. */
  check(ctx: AppContext, form: URLSearchParams, binding: string): boolean
  /** True unless the browser says that another site sent the request (Origin, Sec-Fetch-Site). */
  isOwnOrigin(req: IncomingMessage): boolean
}

interface CsrfOptions {
  readonly masterKey: MasterKey
  readonly issuer: string
  readonly cookies: CookieJar
}

const cookieName = 'tegata_csrf'
const seedShape = /^[A-Za-z0-9_-]{43}$/

export function createCsrf({ masterKey, issuer, cookies }: CsrfOptions): Csrf {
  const key = masterKey.derive('csrf')
  const ownOrigin = new URL(issuer).origin
  // A page may hold several forms: all of them share the cookie that its first one set.
  const fresh = new WeakMap<IncomingMessage, string>()

  const seedOf = (req: IncomingMessage) => {
    const sent = cookies.read(req, cookieName)
    return fresh.get(req) ?? (sent !== null && seedShape.test(sent) ? sent : null)
  }
  const newSeed = (ctx: AppContext) => {
    const seed = randomToken()
    fresh.set(ctx.req, seed)
    cookies.write(ctx.res, { name: cookieName, value: seed })
    return seed
  }
  const isOwnOrigin = ({ headers }: IncomingMessage) =>
    [undefined, 'same-origin', 'none'].some((site) => site === headers['sec-fetch-site'])
    && (headers.origin === undefined || headers.origin === ownOrigin)

  return {
    isOwnOrigin,
    token: (ctx, binding) => hmac(key, `${seedOf(ctx.req) ?? newSeed(ctx)}.${binding}`),
    check(ctx, form, binding) {
      const seed = seedOf(ctx.req)
      return seed !== null && isOwnOrigin(ctx.req) && equalStrings(form.get('csrf_token') ?? '', hmac(key, `${seed}.${binding}`))
    },
  }
}
