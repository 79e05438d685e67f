/**
 * The whole demo as a newcomer gets it: Tegata with its two example products beside it, in this process, on the ports and with
 * the secrets that the seeded clients have.
 */
import { createServer, type RequestListener } from 'node:http'
import { createKarte } from '../../examples/karte/karte.ts'
import { createKoe } from '../../examples/koe/koe.ts'
import { demoApps } from '../../src/operations/demo.ts'
import { startTegata, type Tegata } from './tegata.ts'

export interface Demo extends Tegata {
  /** Addresses of the products, without a slash at the end. */
  readonly karte: string
  readonly koe: string
}

const products = { karte: createKarte, koe: createKoe } as const

export async function startDemo(extra: Readonly<Record<string, string>> = {}): Promise<Demo> {
  const tegata = await startTegata(extra)
  const endings: (() => Promise<void>)[] = [() => tegata.close()]
  const start = async (clientId: keyof typeof products): Promise<string> => {
    const app = demoApps(tegata.config).find((one) => one.clientId === clientId)
    if (app === undefined) throw new Error(`the demo has no ${clientId}`)
    const { ISSUER = '', BASE_URL = '', CLIENT_SECRET = '' } = app.env
    const product = products[clientId]({ issuer: ISSUER, baseUrl: BASE_URL, clientId, clientSecret: CLIENT_SECRET })
    const stop = await serve(product.handler, app.port)
    endings.push(async () => {
      product.close()
      await stop()
    })
    return BASE_URL
  }
  const [karte, koe] = [await start('karte'), await start('koe')]
  const close = async (): Promise<void> => {
    while (endings.length > 0) await endings.pop()?.()
  }
  return { ...tegata, karte, koe, close, [Symbol.asyncDispose]: close }
}

async function serve(handler: RequestListener, port: number): Promise<() => Promise<void>> {
  const server = createServer(handler)
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, resolve))
  return () => new Promise((resolve) => {
    server.close(() => resolve())
    // A browser keeps its connections for the next page.
    server.closeAllConnections()
  })
}
