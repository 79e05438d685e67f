/** The ports are asked about before anything is begun. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { requireFreePorts } from '../../src/cli/ports.ts'

async function listen(host?: string): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer()
  server.listen(0, host)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not a TCP port')
  return { port: address.port, close: () => new Promise((resolve) => server.close(() => { resolve() })) }
}

it.each([undefined, '127.0.0.1', '0.0.0.0'])('names the port, who needs it and the way out when %s is taken', async (host) => {
  const other = await listen(host)
  onTestFinished(other.close)
  await expect(requireFreePorts([{ port: other.port, neededBy: 'Karte' }])).rejects.toThrow(
    `Port ${other.port} is in use (Karte needs it): stop that program, or start with PORT=4000 npm start.`,
  )
})

it('leaves a free port free', async () => {
  const other = await listen()
  await other.close()
  await requireFreePorts([{ port: other.port, neededBy: 'the platform' }])
  await requireFreePorts([{ port: other.port, neededBy: 'the platform' }])
})
