import { once } from 'node:events'
import { Agent, get, request } from 'node:http'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { listen } from '../../src/http/server.ts'

async function serving(handler: RequestListener) {
  const server = await listen(handler, 0, { host: '127.0.0.1' })
  onTestFinished(() => server.stop(0))
  return server
}

/** A handler whose requests wait until the test lets them go. */
function held() {
  const arrived = Promise.withResolvers<{ req: IncomingMessage; res: ServerResponse }>()
  const handler: RequestListener = (req, res) => arrived.resolve({ req, res })
  return { handler, arrived: arrived.promise }
}

function ask(port: number, agent?: Agent): Promise<{ status: number; connection: string | undefined; body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; connection: string | undefined; body: string }>()
  get({ host: '127.0.0.1', port, path: '/', ...(agent === undefined ? {} : { agent }) }, (res) => {
    text(res).then((body) => resolve({ status: res.statusCode ?? 0, connection: res.headers.connection, body }), reject)
  }).on('error', reject)
  return promise
}

describe('a server', () => {
  it('says on which port it listens', async () => {
    const { port } = await serving((_req, res) => res.end('here'))
    expect(await ask(port)).toMatchObject({ status: 200, body: 'here' })
  })

  it('says in one line what to do when its port is in use', async () => {
    const { port } = await serving(() => {})
    await expect(listen(() => {}, port, { host: '127.0.0.1' })).rejects.toMatchObject({
      name: 'CannotListen', message: `Port ${port} is in use: stop what uses it, or choose another with PORT.`,
    })
  })

  it('lets a running request finish, tells it to go, and takes no new one', async () => {
    const { handler, arrived } = held()
    const server = await serving(handler)
    const agent = new Agent({ keepAlive: true })
    onTestFinished(() => agent.destroy())
    const running = ask(server.port, agent)
    const { res } = await arrived
    const stopped = server.stop(60_000)
    await expect(ask(server.port)).rejects.toThrow('ECONNREFUSED')
    res.end('finished')
    expect(await running).toEqual({ status: 200, connection: 'close', body: 'finished' })
    await stopped
  })

  it('stops at once when only idle connections are left', async () => {
    const server = await serving((_req, res) => res.end())
    const agent = new Agent({ keepAlive: true })
    onTestFinished(() => agent.destroy())
    await ask(server.port, agent)
    await server.stop(60_000)
  })

  it('cuts what is still running when the grace is over', async () => {
    const { handler, arrived } = held()
    const server = await serving(handler)
    const running = expect(ask(server.port)).rejects.toThrow()
    await arrived
    await server.stop(10)
    await running
  })

  it('does not wait for a client that never finishes its request', async () => {
    const server = await serving(() => {})
    const socket = connect(server.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write('GET / HTTP/1.1\r\nHost:')
    await once(socket, 'ready')
    const closed = once(socket, 'close')
    await server.stop(10)
    await closed
  })

  it('answers a request that comes on an open connection while it stops, and closes it', async () => {
    const [first, second] = [held(), held()]
    const server = await serving((req, res) => (req.url === '/1' ? first : second).handler(req, res))
    const socket = connect(server.port, '127.0.0.1')
    const all = text(socket)
    socket.write('GET /1 HTTP/1.1\r\nHost: x\r\n\r\n')
    const { res } = await first.arrived
    res.writeHead(200, { 'Content-Length': '5' }).flushHeaders()
    const stopped = server.stop(60_000)
    socket.write('GET /2 HTTP/1.1\r\nHost: x\r\n\r\n')
    const { res: next } = await second.arrived
    res.end('first')
    next.end('second')
    expect(await all).toMatch(/first[^]*Connection: close[^]*second/)
    await stopped
  })

  it('may be told to stop twice', async () => {
    const server = await serving(() => {})
    await Promise.all([server.stop(10), server.stop(10)])
  })

  it('refuses headers beyond 16 KiB', async () => {
    const { port } = await serving((_req, res) => res.end())
    const req = request({ host: '127.0.0.1', port, headers: { 'X-Big': 'a'.repeat(17_000) } }).on('error', () => {})
    req.end()
    expect(await once(req, 'response')).toMatchObject([{ statusCode: 431 }])
  })
})
