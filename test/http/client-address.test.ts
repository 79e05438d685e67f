// Who is believed about where a request comes from, and what counts as one place.
import { IncomingMessage } from 'node:http'
import { Socket, isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressGroup, clientAddress } from '../../src/http/client-address.ts'

function requestFrom(peer: string | undefined, forwardedFor?: string): IncomingMessage {
  const socket = new Socket()
  Object.defineProperty(socket, 'remoteAddress', { value: peer })
  const req = new IncomingMessage(socket)
  if (forwardedFor !== undefined) req.headers['x-forwarded-for'] = forwardedFor
  return req
}

describe('the address of a client', () => {
  it.each([
    ['is the peer where no proxy is trusted', '203.0.113.9', '198.51.100.1', [], '203.0.113.9'],
    ['is the peer where the peer is not the trusted proxy', '203.0.113.9', '198.51.100.1', ['10.0.0.0/8'], '203.0.113.9'],
    ['is what the trusted proxy saw', '10.0.0.5', '198.51.100.1', ['10.0.0.0/8'], '198.51.100.1'],
    ['is not what the client wrote before the proxy', '10.0.0.5', '192.0.2.66, 198.51.100.1', ['10.0.0.0/8'], '198.51.100.1'],
    ['is found behind two trusted proxies', '127.0.0.1', '192.0.2.66, 198.51.100.1, 10.0.0.7', ['loopback', '10.0.0.0/8'], '198.51.100.1'],
    ['is the proxy where it forwards nothing', '10.0.0.5', undefined, ['10.0.0.0/8'], '10.0.0.5'],
    ['is the proxy where it forwards nonsense', '10.0.0.5', '<script>', ['10.0.0.0/8'], '10.0.0.5'],
    ['is IPv4 where the peer is IPv4 written as IPv6', '::ffff:203.0.113.9', undefined, [], '203.0.113.9'],
    ['is IPv4 also in the hexadecimal spelling', '10.0.0.5', '::FFFF:CB00:7109', ['10.0.0.0/8'], '203.0.113.9'],
    ['trusts a proxy that is IPv4 written as IPv6', '::ffff:10.0.0.5', '198.51.100.1', ['10.0.0.0/8'], '198.51.100.1'],
    ['is IPv6 in its short spelling', '2001:DB8:0:0:0:0:0:1', undefined, [], '2001:db8::1'],
    ['leaves out the zone of a link-local peer', 'fe80::1%eth0', undefined, [], 'fe80::1'],
    ['is 0.0.0.0 where the socket is gone', undefined, undefined, [], '0.0.0.0'],
  ])('%s', (_, peer, forwardedFor, trusted, expected) => {
    expect(clientAddress(requestFrom(peer, forwardedFor), trusted)).toBe(expected)
  })

  it('is an address whatever a client writes', () => {
    const trusted = ['10.0.0.0/8']
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(isIP(clientAddress(requestFrom('10.0.0.5', text), trusted))).not.toBe(0)
      expect(clientAddress(requestFrom('203.0.113.9', text), trusted)).toBe('203.0.113.9')
    }))
  })
})

describe('the group of an address', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8::/64'],
    ['2001:db8:0:2::1', '2001:db8:0:2::/64'],
    ['::1', '::/64'],
    ['fe80::1%eth0', 'fe80::/64'],
  ])('of %s is %s', (address, group) => expect(addressGroup(address)).toBe(group))

  it('is one for all that share the first 64 bits, and another for the rest', () => {
    const half = fc.array(fc.integer({ min: 0x2000, max: 0x3fff }).map((part) => part.toString(16)), { minLength: 4, maxLength: 4 })
    fc.assert(fc.property(half, half, half, half, (network, other, hostA, hostB) => {
      const group = addressGroup([...network, ...hostA].join(':'))
      expect(addressGroup([...network, ...hostB].join(':'))).toBe(group)
      expect(addressGroup([...other, ...hostA].join(':')) === group).toBe(network.join(':') === other.join(':'))
    }))
  })
})
