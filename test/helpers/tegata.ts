/**
 * A whole Tegata as `npm start` would run it, on a database of its own, with the demo's people: real HTTP, real database, real SMTP.
 * A second process of the same platform is another one on the same database with the same issuer.
 */
import { createHash } from 'node:crypto'
import { createServer } from 'node:net'
import { startServer, type RunningServer } from '../../src/app.ts'
import { registerClient } from '../../src/apps/register-client.ts'
import type { ClientInput } from '../../src/apps/client.ts'
import { readConfig, type Config } from '../../src/base/config.ts'
import { MasterKey } from '../../src/base/crypto.ts'
import type { Databases } from '../../src/base/db.ts'
import { noOrigin } from '../../src/base/origin.ts'
import { createDatabase, type TestDatabase } from './database.ts'
import { Person } from './person.ts'
import { RelyingParty } from './relying-party.ts'

export const redirectUri = 'https://product.example/callback'
export const demoPassword = 'tegata-demo-2026'

export interface Tegata extends AsyncDisposable {
  readonly issuer: string
  readonly config: Config
  readonly masterKey: MasterKey
  readonly databases: Databases
  readonly database: TestDatabase
  readonly server: RunningServer
  /** Somebody with a fresh browser who stops at products' doors. */
  person(acceptLanguage?: string): Person
  /** Registers an app and returns it as a relying party; web and first-party unless told. */
  app(input: Partial<ClientInput> & { name: string }): Promise<RelyingParty>
  /** Another process of the same platform; returns the address it answers at. */
  another(): Promise<string>
  close(): Promise<void>
}

/** A free port whose next two are free as well: the demo's products stand there. */
export async function freePort(): Promise<number> {
  for (;;) {
    const first = firstPort + ((process.pid * portsPerProcess + nextPort) % portsInAll)
    nextPort += 3
    const trials = await Promise.allSettled([take(first), take(first + 1), take(first + 2)])
    const taken = trials.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    await Promise.all(taken.map(([, release]) => release()))
    if (taken.length === trials.length) return first
  }
}

// Below the ports that the system hands out by itself, and each process in a range of its own: test files that run side by side
// do not take a port from each other between the look and the start.
const firstPort = 12_000
const portsPerProcess = 120
const portsInAll = 18_000
let nextPort = 0

async function take(port: number): Promise<readonly [number, () => Promise<unknown>]> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return [address.port, () => new Promise((resolve) => server.close(resolve))]
}

const masterKeyText = `dev-${createHash('sha256').update('tegata tests').digest('base64url')}`

export async function startTegata(extra: Readonly<Record<string, string>> = {}): Promise<Tegata> {
  const database = await createDatabase()
  const port = await freePort()
  const issuer = `http://localhost:${port}`
  const servers: RunningServer[] = []
  const start = async (at: number): Promise<[RunningServer, Config]> => {
    const config = readConfig({ NODE_ENV: 'test', MASTER_KEY: masterKeyText, PORT: String(at), ISSUER: issuer, TEGATA_LOG_LEVEL: 'error', TEGATA_DEBUG: '1', API_RATE_LIMIT: '100000', ...extra })
    const server = await startServer(config, { databaseUrl: database.adminUrl, demo: true, onProgress: () => undefined })
    servers.push(server)
    return [server, config]
  }
  const [server, config] = await start(port)
  const close = async () => {
    for (const running of servers) await running.stop()
    await database.close()
  }
  return {
    issuer, config, masterKey: MasterKey.fromText(masterKeyText), databases: database.databases, database, server,
    person: (acceptLanguage = 'ja') => new Person({ stopAt: [new URL(redirectUri).origin], acceptLanguage }),
    async app(input) {
      const registered = await registerClient(
        { databases: database.databases },
        { type: 'web', firstParty: true, redirectUris: [redirectUri], ...input },
        { actor: null, origin: noOrigin },
      )
      if (!registered.ok) throw new Error(JSON.stringify(registered))
      return new RelyingParty({
        issuer, clientId: registered.clientId, redirectUri: input.redirectUris?.[0] ?? redirectUri,
        ...(registered.clientSecret === null ? {} : { clientSecret: registered.clientSecret }),
      })
    },
    async another() {
      const second = await freePort()
      await start(second)
      return `http://localhost:${second}`
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
