/**
 * The demo's mail server: real SMTP on this machine that keeps what arrives instead of passing it on, so that a newcomer can
 * read the mails and no demo ever writes to a person.
 * Invariant: it listens on 127.0.0.1 only and remembers the newest 100 mails, in memory.
 */
import { randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import PostalMime from 'postal-mime'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'

export interface DemoMail {
  readonly id: string
  /** ISO 8601: when it arrived. */
  readonly at: string
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
}

export interface DemoMailbox {
  /** For SMTP_URL or createMailer. */
  readonly smtpUrl: string
  /** Newest first. */
  list(): readonly DemoMail[]
  find(id: string): DemoMail | undefined
  /** Resolves with the next mail that arrives. */
  next(): Promise<DemoMail>
  close(): Promise<void>
}

const kept = 100
const largestBytes = 1_000_000

/** Listens on a free port of 127.0.0.1, without login and without encryption. */
export async function startDemoMailbox(port = 0): Promise<DemoMailbox> {
  const mails: DemoMail[] = []
  let waiting: ((mail: DemoMail) => void)[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    size: largestBytes,
    // Nobody waits for a reverse lookup on this machine.
    disableReverseLookup: true,
    closeTimeout: 1_000,
    logger: false,
    onData(stream, session, done) {
      receive(stream, session).then((mail) => {
        mails.unshift(mail)
        mails.length = Math.min(mails.length, kept)
        for (const tell of waiting.splice(0)) tell(mail)
        done()
      }, done)
    },
  })
  // A client that breaks off is that client's business; without a listener it would end the process.
  server.on('error', () => {})
  const address = await new Promise<string>((resolve, reject) => {
    server.server.once('error', reject)
    const listening = server.listen(port, '127.0.0.1', () => {
      const bound = listening.address()
      resolve(bound !== null && typeof bound === 'object' ? `smtp://127.0.0.1:${bound.port}` : '')
    })
  })
  return {
    smtpUrl: address,
    list: () => [...mails],
    find: (id) => mails.find((mail) => mail.id === id),
    next: () => new Promise((resolve) => { waiting.push(resolve) }),
    close: () => new Promise((resolve) => {
      waiting = []
      server.close(() => { resolve() })
    }),
  }
}

async function receive(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<DemoMail> {
  const parsed = await PostalMime.parse(await buffer(stream))
  return {
    id: randomBytes(9).toString('base64url'),
    at: new Date().toISOString(),
    from: parsed.from?.address ?? '',
    // The envelope says who really gets it, whatever the header claims.
    to: session.envelope.rcptTo.map(({ address }) => address).join(', '),
    subject: parsed.subject ?? '',
    text: parsed.text ?? '',
    html: parsed.html ?? '',
  }
}
