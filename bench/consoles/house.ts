/**
 * The real server for the consoles: one process on the run's PostgreSQL, with a mail server that swallows what it is given.
 * Invariant: whatever was started is handed to `endings` at once.
 */
import { hash } from 'argon2'
import { SMTPServer } from 'smtp-server'
import type { Databases } from '../../src/base/db.ts'
import { launch, type Ground } from '../servers/launch.ts'
import { hashCost, prepareTegata } from '../servers/seed.ts'
import { password } from '../servers/world.ts'

export interface House {
  readonly origin: string
  readonly pid: number
  readonly postgresPid: number
  /** The database, for CPU readings. */
  readonly database: string
  /** A superuser's, to fill it with. */
  readonly adminUrl: string
  readonly databases: Databases
  /** Of the one password that everybody here has. */
  readonly phc: string
  /** How many mails have arrived. */
  readonly mails: () => number
}

export async function openHouse(ground: Ground, profileDir: string | null, endings: AsyncDisposableStack): Promise<House> {
  const { databases, databaseUrl, masterKey } = await prepareTegata(ground.adminUrl, ground.dataDir)
  endings.defer(() => databases.close())
  const mail = await startMailSink(endings)
  // A walk is one caller that asks more in a minute than anybody may.
  const settings = { API_RATE_LIMIT: '1000000', SMTP_URL: mail.url }
  const { pid, origin } = await launch({ file: 'tegata', input: { databaseUrl, masterKey, dataDir: ground.dataDir, settings }, profileDir }, endings)
  const database = new URL(ground.adminUrl).pathname.slice(1)
  return { origin, pid, postgresPid: ground.postgresPid, database, adminUrl: ground.adminUrl, databases, phc: await hash(password, hashCost), mails: mail.count }
}

async function startMailSink(endings: AsyncDisposableStack): Promise<{ readonly url: string; readonly count: () => number }> {
  let mails = 0
  const server = new SMTPServer({
    authOptional: true, disabledCommands: ['AUTH', 'STARTTLS'], disableReverseLookup: true, logger: false, closeTimeout: 1_000,
    onData(stream, _session, done) {
      stream.resume()
      stream.once('end', () => {
        mails += 1
        done()
      })
    },
  })
  // A connection that ends with its server is no news.
  server.on('error', () => {})
  const port = await new Promise<number>((resolve) => {
    const listening = server.listen(0, '127.0.0.1', () => {
      const address = listening.address()
      resolve(address !== null && typeof address === 'object' ? address.port : 0)
    })
  })
  endings.defer(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return { url: `smtp://127.0.0.1:${port}`, count: () => mails }
}
