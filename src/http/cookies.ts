/**
 * Owns how our own pages read and write cookies; the provider's session cookies are the library's business.
 * Invariant: every cookie is HttpOnly, SameSite=Lax and for the whole site; under an https issuer it is Secure
 * and carries the `__Host-` prefix, so that no sibling subdomain can plant it (RFC 6265bis §4.1.3.2).
 */
import type { IncomingMessage, ServerResponse } from 'node:http'

export interface CookieJar {
  /** The value the browser sent, or null. */
  read(req: IncomingMessage, name: string): string | null
  /** Sets the cookie; without `maxAgeSeconds` it lasts as long as the browser stays open. */
  write(res: ServerResponse, cookie: { name: string; value: string; maxAgeSeconds?: number }): void
}

/** The jar for one issuer; the TLS end may be a proxy, so the issuer decides what is secure, not the socket. */
export function createCookieJar(issuer: string): CookieJar {
  const secure = issuer.startsWith('https:')
  const nameOf = (name: string) => (secure ? `__Host-${name}` : name)
  return {
    read: (req, name) => findCookie(req.headers.cookie, nameOf(name)),
    write(res, { name, value, maxAgeSeconds }) {
      const age = maxAgeSeconds === undefined ? '' : `; Max-Age=${maxAgeSeconds}`
      res.appendHeader('Set-Cookie', `${nameOf(name)}=${value}; Path=/${age}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`)
    },
  }
}

function findCookie(header: string | undefined, name: string): string | null {
  for (const pair of header?.split(';') ?? []) {
    const [key, ...value] = pair.split('=')
    if (key?.trim() === name) return value.join('=').trim()
  }
  return null
}
