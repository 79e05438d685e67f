/**
 * Owns the security headers of every answer. Invariant: nothing is loaded, framed or run unless a page says so,
 * and no page can say more than the builder here lets it.
 */
import type { AppMiddleware } from './context.ts'

export interface ContentSecurityPolicyOptions {
  /** Where forms may lead besides ourselves: origins or schemes, as formActionOf gives them. 'any' is for the provider's own self-submitting answers only. */
  readonly formAction?: readonly string[] | 'any' | undefined
  /** 'self' where a page brings a script of ours; with 'none' the provider still adds the hash of its own inline script. */
  readonly script?: 'none' | 'self' | undefined
  /** 'self' where that script asks us for something. */
  readonly connect?: 'none' | 'self' | undefined
}

const sourceShape = /^(?:https?:\/\/[a-z0-9.-]+(?::\d{1,5})?|[a-z][a-z0-9+.-]*:)$/i

/** The policy of one page; throws on a form-action source that is neither an origin nor a scheme. */
export function contentSecurityPolicy({ formAction = [], script = 'none', connect = 'none' }: ContentSecurityPolicyOptions = {}): string {
  const forms = formAction === 'any' ? [] : [`form-action ${["'self'", ...formAction.map(checkedSource)].join(' ')}`]
  return [
    "default-src 'none'", "style-src 'self'", "img-src 'self' https: data:", "font-src 'self'",
    // An empty list means 'none' as well, but takes the hash that the provider adds for its own script: beside it 'none' makes browsers complain.
    formAction === 'any' && script === 'none' ? 'script-src' : `script-src '${script}'`,
    ...(connect === 'none' ? [] : [`connect-src '${connect}'`]), ...forms, "frame-ancestors 'none'", "base-uri 'none'",
  ].join('; ')
}

/**
 * The form-action source for a checked redirect_uri, since browsers apply form-action to the redirects after a POST too:
 * its origin for http(s), its scheme for a native app. Null where the URI is no URL.
 */
export function formActionOf(redirectUri: string): string | null {
  if (!URL.canParse(redirectUri)) return null
  const { protocol, origin, hostname } = new URL(redirectUri)
  // CSP's grammar has no IPv6 literals: for a native app's http://[::1]:port only the scheme can be named.
  const named = /^https?:$/.test(protocol) && !hostname.startsWith('[')
  return named ? origin : protocol
}

/** Sets the headers that every answer has; a page refines its policy later. */
export function securityHeaders({ issuer }: { readonly issuer: string }): AppMiddleware {
  const headers = securityHeadersOf(issuer)
  return (ctx, next) => {
    for (const [name, value] of headers) ctx.res.setHeader(name, value)
    return next()
  }
}

/** The same as a list of names and values. */
export function securityHeadersOf(issuer: string): readonly (readonly [name: string, value: string])[] {
  return Object.entries({
    'Content-Security-Policy': contentSecurityPolicy(),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    // no-referrer would make Chromium send "Origin: null" with our own forms, which the CSRF check refuses.
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-create=(self), publickey-credentials-get=(self)',
    ...(issuer.startsWith('https:') ? { 'Strict-Transport-Security': 'max-age=63072000' } : {}),
  })
}

function checkedSource(source: string): string {
  if (!sourceShape.test(source) || /^(?:javascript|data|blob):/i.test(source)) throw new Error('A form-action source is neither an origin nor a scheme: use formActionOf(redirectUri).')
  return source
}
