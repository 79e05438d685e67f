/** Where this server may be sent by somebody else's address, and where not. */
import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ForbiddenAddress, isAllowedAddress, postForm } from '../../src/delivery/guarded-request.ts'

let server: Server
let port: number
const asked: string[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    if (request.url === '/silent') return
    if (request.url === '/moved') response.writeHead(302, { location: '/elsewhere' })
    response.end('an answer that nobody reads')
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const address = server.address()
  port = address !== null && typeof address === 'object' ? address.port : 0
})
afterAll(() => {
  server.closeAllConnections()
  return new Promise((resolve) => { server.close(resolve) })
})

const post = (url: string, allowPrivate: boolean, timeoutMs = 5_000) => postForm({ url, form: { logout_token: 'x' }, allowPrivate, timeoutMs })

describe('a guarded request', () => {
  it.each([
    '127.0.0.1', '127.9.9.9', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '224.0.0.1',
    '255.255.255.255', '192.0.0.1', '198.18.0.1', '203.0.113.5', '::1', '::', 'fe80::1', 'fc00::1', 'fd12:3456::1', 'ff02::1', '::ffff:127.0.0.1',
    '::ffff:8.8.8.8', '64:ff9b::7f00:1', '2002:7f00:1::', '2001:db8::1', '2001:0:1::', 'not an address',
  ])('never goes to %s in production', (address) => {
    expect(isAllowedAddress(address, false)).toBe(false)
  })

  it.each(['8.8.8.8', '172.15.0.1', '172.32.0.1', '100.128.0.1', '192.169.0.1', '2606:4700::1111', '2400:cb00::1'])('may go to %s', (address) => {
    expect(isAllowedAddress(address, false)).toBe(true)
  })

  it.each([['127.0.0.1', true], ['::1', true], ['10.0.0.1', true], ['fd00::1', true], ['169.254.169.254', false], ['0.0.0.0', false], ['fe80::1', false], ['100.64.0.1', false]])(
    'of a trial on this machine may go to %s: %s', (address, allowed) => {
      expect(isAllowedAddress(address, true)).toBe(allowed)
    })

  it.each(['https://127.0.0.1', 'https://localhost', 'https://[::1]', 'https://[::ffff:7f00:1]', 'https://2130706433', 'https://0x7f.1'])(
    'is refused before it connects to %s', async (origin) => {
      asked.length = 0
      await expect(post(`${origin}:${port}/`, false)).rejects.toThrow(ForbiddenAddress)
      expect(asked).toEqual([])
    })

  it('is refused over plain http in production, and with a password in the address always', async () => {
    await expect(post('http://example.com/', false)).rejects.toThrow('only https')
    await expect(post('https://alice:secret@example.com/', true)).rejects.toThrow('password')
    await expect(post('ftp://example.com/', true)).rejects.toThrow('only https')
  })

  it('reaches this machine in a trial, by address and by name', async () => {
    expect(await post(`http://127.0.0.1:${port}/`, true)).toBe(200)
    expect(await post(`http://localhost:${port}/`, true)).toBe(200)
  })

  it('does not follow a redirect', async () => {
    asked.length = 0
    expect(await post(`http://127.0.0.1:${port}/moved`, true)).toBe(302)
    expect(asked).toEqual(['/moved'])
  })

  it('gives up on a receiver that does not answer', async () => {
    await expect(post(`http://127.0.0.1:${port}/silent`, true, 100)).rejects.toThrow('no answer within 100 ms')
  })
})
