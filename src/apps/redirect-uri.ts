/**
 * Owns which addresses an app may name for itself. Redirects are compared as exact text later (RFC 9700 §2.1), so what is
 * accepted here has one spelling only: absolute, without fragment, password, wildcard or dot segments. Pure.
 */

/** web has a server, spa runs in the browser, native on a device, machine has no person. */
export const clientTypes = ['web', 'spa', 'native', 'machine'] as const
export type ClientType = (typeof clientTypes)[number]

const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]'])
// RFC 8252 §7.1: a domain name in reverse order, so the scheme holds a dot.
const privateUseScheme = /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:$/

/** Everything that can be wrong with an address, in words. */
const flaws = {
  machine: 'a machine has no redirects',
  not_exact: 'must be an absolute address without spaces, wildcard, fragment or password',
  loopback_https: 'a native app uses http on this machine itself',
  plain_http: 'must be https, unless it is on this machine (localhost, 127.0.0.1, [::1])',
  not_https: 'must be https',
  not_own_scheme: 'must be https, or a scheme of your own domain in reverse order such as com.example.app:/callback',
} as const
export type RedirectUriFlaw = keyof typeof flaws

/** Why the address cannot be a redirect of such an app, or null. */
export function redirectUriFlaw(uri: string, type: ClientType): RedirectUriFlaw | null {
  if (type === 'machine') return 'machine'
  const url = parseExact(uri)
  if (url === null) return 'not_exact'
  if (isLoopback(url)) return url.protocol === 'https:' && type === 'native' ? 'loopback_https' : null
  if (url.protocol === 'https:') return null
  if (url.protocol === 'http:') return 'plain_http'
  if (type !== 'native') return 'not_https'
  return privateUseScheme.test(url.protocol) ? null : 'not_own_scheme'
}

/** The same in words. */
export function redirectUriProblem(uri: string, type: ClientType): string | null {
  const flaw = redirectUriFlaw(uri, type)
  return flaw === null ? null : flaws[flaw]
}

/** Why the address cannot be a page or an endpoint of an app, in words, or null; plain http only on this machine. */
export function webUriProblem(uri: string): string | null {
  const url = parseExact(uri)
  if (url === null) return 'must be an absolute address without spaces, fragment or password'
  return url.protocol === 'https:' || isLoopback(url) ? null : 'must be https, unless it is on this machine'
}

/** Whether the address is http or https on this machine itself. */
export function isLoopbackUri(uri: string): boolean {
  const url = URL.parse(uri)
  return url !== null && isLoopback(url)
}

function isLoopback(url: URL): boolean {
  return /^https?:$/.test(url.protocol) && loopbackHosts.has(url.hostname)
}

/** Only what the URL parser would not rewrite: letter case, default ports and dot segments must be spelled its way. */
function parseExact(uri: string): URL | null {
  if (uri.length > 2048 || !/^[\x21-\x7e]+$/.test(uri) || /[#*\\]/.test(uri)) return null
  const url = URL.parse(uri)
  if (url === null || url.username !== '' || url.password !== '') return null
  // A missing path is the one shorthand that everybody writes.
  return url.href === uri || url.href === `${uri}/` ? url : null
}
