/**
 * Owns the listening socket: its limits, and an end that lets running requests finish.
 * Invariant: after stop() has settled nothing of the server is left, whether requests finished or were cut.
 */
import { createServer } from 'node:http'
import type { RequestListener, Server, ServerResponse } from 'node:http'

export interface HttpServer {
  /** The port it really listens on, also where 0 was asked. */
  readonly port: number
  /** Stops taking connections, lets running requests finish, and cuts what is left after `graceMilliseconds`. */
  stop(graceMilliseconds: number): Promise<void>
}

/** The port cannot be listened on; the message is one line that says what to do. */
export class CannotListen extends Error {
  override readonly name = 'CannotListen'
}

/** Listens on `port` (0 takes a free one) on all addresses, or on `host` only; throws CannotListen. */
export async function listen(handler: RequestListener, port: number, { host }: { readonly host?: string } = {}): Promise<HttpServer> {
  const running = new Set<ServerResponse>()
  let stopping = false
  const server = createServer({ maxHeaderSize: 16 * 1024, headersTimeout: 15_000, requestTimeout: 60_000, keepAliveTimeout: 65_000 }, (req, res) => {
    running.add(res)
    res.once('close', () => {
      running.delete(res)
      if (stopping) server.closeIdleConnections()
    })
    if (stopping) res.setHeader('Connection', 'close')
    handler(req, res)
  })
  await opened(server, { port, host })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server listens on no port.')

  let stopped: Promise<void> | null = null
  const stop = async (graceMilliseconds: number) => {
    stopping = true
    for (const res of running) if (!res.headersSent) res.setHeader('Connection', 'close')
    const deadline = setTimeout(() => server.closeAllConnections(), graceMilliseconds)
    // close() also closes the connections that are idle now.
    await new Promise<void>((resolve) => server.close(() => resolve()))
    clearTimeout(deadline)
  }
  return { port: address.port, stop: (graceMilliseconds) => (stopped ??= stop(graceMilliseconds)) }
}

function opened(server: Server, { port, host }: { port: number; host: string | undefined }): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(new CannotListen(whyNot(error.code, port), { cause: error }))
    server.once('error', fail)
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.off('error', fail)
      resolve()
    })
  })
}

function whyNot(code: string | undefined, port: number): string {
  if (code === 'EADDRINUSE') return `Port ${port} is in use: stop what uses it, or choose another with PORT.`
  if (code === 'EACCES') return `This user may not listen on port ${port}: choose one above 1023 with PORT.`
  return `Cannot listen on port ${port} (${code ?? 'unknown error'}): choose another with PORT.`
}
