/**
 * Owns the answer to "where does this request come from?", for rate limits and the audit trail.
 * Invariant: X-Forwarded-For is believed only as far as TRUSTED_PROXIES reaches; without them it is not read at all.
 */
import type { IncomingMessage } from 'node:http'
import { isIP, isIPv4, isIPv6 } from 'node:net'
import proxyAddr from 'proxy-addr'

type Trust = ReturnType<typeof proxyAddr.compile>
const compiled = new WeakMap<readonly string[], Trust>()
const unknownAddress = '0.0.0.0'

/**
 * The client's address in its one canonical spelling, IPv4 where it is IPv4 written as IPv6.
 * A socket that is already gone gives 0.0.0.0.
 */
export function clientAddress(req: IncomingMessage, trustedProxies: readonly string[]): string {
  const hops = proxyAddr.all(req, trustFor(trustedProxies))
  // A trusted proxy that passes on nonsense does not make nonsense an address: the nearest real hop counts.
  return canonical(hops.findLast((hop) => isIP(hop) !== 0) ?? unknownAddress)
}

/** What a rate limit counts as one place: an IPv4 address itself, an IPv6 address's /64, which one household or server holds whole. */
export function addressGroup(address: string): string {
  const plain = canonical(address)
  if (!isIPv6(plain)) return plain
  const [head = '', tail = ''] = plain.split('::')
  const left = head.split(':').filter(Boolean)
  const right = tail.split(':').filter(Boolean)
  const missing = Array.from({ length: 8 - left.length - right.length }, () => '0')
  const network = [...left, ...missing, ...right].slice(0, 4)
  return `${canonical(`${network.join(':')}::`)}/64`
}

function trustFor(trustedProxies: readonly string[]): Trust {
  const known = compiled.get(trustedProxies)
  if (known) return known
  const trust = proxyAddr.compile([...trustedProxies])
  compiled.set(trustedProxies, trust)
  return trust
}

function canonical(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined && isIPv4(mapped)) return mapped
  const [bare = ''] = address.split('%')
  if (isIPv4(bare) || !isIPv6(bare)) return bare
  // The URL parser spells IPv6 in one way only (RFC 5952) and writes an embedded IPv4 in hexadecimal.
  const spelled = new URL(`http://[${bare}]`).hostname.slice(1, -1)
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(spelled) ?? []
  if (high === undefined || low === undefined) return spelled
  return [high, low].flatMap((half) => [parseInt(half, 16) >> 8, parseInt(half, 16) & 0xff]).join('.')
}
