/**
 * Requests to addresses that others chose (logout endpoints now, webhooks later). Whoever registers an address must not make
 * this server reach into its own network (SSRF).
 * Invariant: the address that is checked is the one the socket connects to, since the check is the socket's own name lookup;
 * redirects are never followed, and no connection is reused.
 */
import { lookup } from 'node:dns'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** Thrown before anything is sent; the message names the rule, never the address that a name resolved to. */
export class ForbiddenAddress extends Error {
  override readonly name = 'ForbiddenAddress'
}

export interface GuardedPost {
  readonly url: string
  /** Sent as application/x-www-form-urlencoded. */
  readonly form: Readonly<Record<string, string>>
  /** For loopback issuers: plain http and addresses of this machine and of private networks are allowed. */
  readonly allowPrivate: boolean
  /** For the whole exchange, name lookup included. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

/** Posts a form and returns the status; the body of the answer is not read. Throws ForbiddenAddress, or what the network says. */
export async function postForm({ url, form, allowPrivate, timeoutMs, signal }: GuardedPost): Promise<number> {
  const target = new URL(url)
  const body = new URLSearchParams(form).toString()
  refuseScheme(target, allowPrivate)
  // A literal address is never looked up, so it is checked here.
  const literal = target.hostname.replace(/^\[|\]$/g, '')
  if (isIP(literal) !== 0) refuseAddress(literal, allowPrivate)
  const deadline = AbortSignal.timeout(timeoutMs)
  return await new Promise((resolve, reject) => {
    const send = target.protocol === 'https:' ? httpsRequest : httpRequest
    const request = send(target, {
      method: 'POST',
      agent: false,
      lookup: guardedLookup(allowPrivate),
      signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body), accept: 'application/json' },
    }, (response) => {
      resolve(response.statusCode ?? 0)
      response.destroy()
    })
    request.on('error', (error) => {
      reject(deadline.aborted ? new Error(`no answer within ${timeoutMs} ms`, { cause: error }) : error)
    })
    request.end(body)
  })
}

function refuseScheme(target: URL, allowPrivate: boolean): void {
  if (target.username !== '' || target.password !== '') throw new ForbiddenAddress('an address with a password in it is not called')
  if (target.protocol === 'https:' || (target.protocol === 'http:' && allowPrivate)) return
  throw new ForbiddenAddress('only https addresses are called')
}

function refuseAddress(address: string, allowPrivate: boolean): void {
  if (!isAllowedAddress(address, allowPrivate)) throw new ForbiddenAddress('the address is not a public one')
}

/** A name with one forbidden address among its addresses is refused whole: which of them a socket takes is not ours to say. */
function guardedLookup(allowPrivate: boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, '')
        return
      }
      const [first] = addresses
      if (first === undefined || !addresses.every(({ address }) => isAllowedAddress(address, allowPrivate))) {
        callback(new ForbiddenAddress('the address is not a public one'), '')
      } else if (options.all === true) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

/** Whether a server may be called at this IP address. */
export function isAllowedAddress(address: string, allowPrivate: boolean): boolean {
  const version = isIP(address)
  if (version === 0) return false
  const family = version === 6 ? 'ipv6' : 'ipv4'
  return !special[family].check(address, family) || (allowPrivate && ownNetwork[family].check(address, family))
}

type Subnet = readonly [network: string, prefix: number]

// One list for each family: a common one would take every IPv4 address for its disguise in IPv6 (::ffff:0:0/96).
function subnets(family: 'ipv4' | 'ipv6', networks: readonly Subnet[]): BlockList {
  const list = new BlockList()
  for (const [network, prefix] of networks) list.addSubnet(network, prefix, family)
  return list
}

const ownNetwork = {
  ipv4: subnets('ipv4', [['10.0.0.0', 8], ['127.0.0.0', 8], ['172.16.0.0', 12], ['192.168.0.0', 16]]),
  ipv6: subnets('ipv6', [['::1', 128], ['fc00::', 7]]),
}

/** What is not globally reachable (IANA special-purpose registries, RFC 6890), and tunnels that lead to it. */
const special = {
  ipv4: subnets('ipv4', [
    ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24],
    ['192.0.2.0', 24], ['192.88.99.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15], ['198.51.100.0', 24], ['203.0.113.0', 24],
    ['224.0.0.0', 4], ['240.0.0.0', 4],
  ]),
  // Of IPv6 only 2000::/3 is handed out: all else goes, IPv4 in disguise (::ffff:0:0/96, 64:ff9b::/96) with it.
  ipv6: subnets('ipv6', [['::', 3], ['4000::', 2], ['8000::', 1], ['2001::', 23], ['2001:db8::', 32], ['2002::', 16], ['3fff::', 20]]),
}
