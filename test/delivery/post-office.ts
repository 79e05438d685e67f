/**
 * The whole way of a mail for a test: a real log, the real relay, the real job runner and a real mail server on this machine.
 * Alice reads English and Hanako Japanese; Charlie belongs elsewhere and must get nothing that is theirs.
 */
import { expect } from 'vitest'
import { createLink, type NewLink } from '../../src/accounts/links.ts'
import { startDemoMailbox, type DemoMail, type DemoMailbox } from '../../src/base/demo-mailbox.ts'
import { createLogger, type Logger } from '../../src/base/log.ts'
import { createMailer } from '../../src/base/mail.ts'
import { noOrigin } from '../../src/base/origin.ts'
import { mailSubscriber, sendMailTask } from '../../src/delivery/send-mail.ts'
import { startJobs, type Jobs, type Tasks } from '../../src/events/jobs.ts'
import { record, type NewEvent } from '../../src/events/record.ts'
import { startRelay } from '../../src/events/relay.ts'
import { asSuperuser, createDatabase, type TestDatabase } from '../helpers/database.ts'
import { deliver } from '../helpers/deliver.ts'
import { eventually } from '../helpers/eventually.ts'

export const issuer = 'https://id.example.com'
export const silent = createLogger({ level: 'silent', debug: false })

/** `at`: as if it had happened then. */
type Told = Partial<NewEvent> & Pick<NewEvent, 'type'> & { readonly at?: string }

export interface MailJobsOptions {
  readonly smtpUrl: string | null
  readonly log?: Logger
  readonly concurrency?: number
  /** Besides `send_mail`. */
  readonly tasks?: Tasks
}

export interface PostOffice {
  readonly db: TestDatabase
  readonly mailbox: DemoMailbox
  /** Writes an event and lets the relay make its jobs. */
  tell(event: Told): Promise<void>
  /** The mail that the event becomes. */
  mailOf(event: Told): Promise<DemoMail>
  /** Fails when the event becomes a mail. */
  expectNoMail(event: Told): Promise<void>
  link(link: Partial<NewLink> & Pick<NewLink, 'purpose'>): Promise<string>
  /** Runs statements that no command of the product has. */
  sql(statement: string, values?: unknown[]): Promise<void>
  startJobs(options: MailJobsOptions): Promise<Jobs>
  /** Jobs that wait, with how often they were tried. */
  waitingJobs(): Promise<readonly { attempts: number; payload: unknown }[]>
  close(): Promise<void>
}

const people = [
  { id: 'alice', display_name: 'Alice', email: 'alice@example.com', locale: 'en', zoneinfo: 'Europe/London', status: 'active' },
  { id: 'hanako', display_name: '山田 花子', email: 'hanako@example.com', locale: 'ja', zoneinfo: 'Asia/Tokyo', status: 'active' },
  { id: 'charlie', display_name: 'Charlie', email: 'charlie@example.net', locale: 'en', zoneinfo: 'Asia/Tokyo', status: 'active' },
  { id: 'staff', display_name: 'No address', email: null, locale: null, zoneinfo: 'Asia/Tokyo', status: 'active' },
]

/** Opens for one test file; jobs run until close where `running` is true. */
export async function openPostOffice({ running = true }: { running?: boolean } = {}): Promise<PostOffice> {
  const db = await createDatabase()
  const mailbox = await startDemoMailbox()
  await db.databases.engine.insertInto('account').values(people).execute()
  const relay = startRelay({ databases: db.databases, subscribers: [mailSubscriber], log: silent, pollMs: null })
  await relay.runOnce()
  const startMailJobs = ({ smtpUrl, log = silent, concurrency = 2, tasks = {} }: MailJobsOptions): Promise<Jobs> => {
    const mailer = createMailer({ smtpUrl, mailFrom: 'Tegata <no-reply@id.example.com>' })
    const send = sendMailTask({ databases: db.databases, masterKey: db.masterKey, mailer, config: { issuer }, log })
    return startJobs({ databases: db.databases, log, concurrency, tasks: { send_mail: send, ...tasks } })
  }
  const jobs = running ? await startMailJobs({ smtpUrl: mailbox.smtpUrl }) : null

  const sql = (statement: string, values: unknown[] = []) => asSuperuser(db.adminUrl, async (admin) => { await admin.query(statement, values) })
  const tell = async ({ at, ...event }: Told): Promise<void> => {
    await db.databases.inEngine((trx) => record(trx, { outcome: 'success', origin: noOrigin, ...event }))
    if (at !== undefined) await sql('update event set occurred_at = $1 where id = (select id from event order by id desc limit 1)', [at])
    await deliver(relay, 1)
  }
  const waitingJobs = () => asSuperuser(db.adminUrl, async (admin) =>
    (await admin.query<{ attempts: number; payload: unknown }>('select attempts, payload from job._private_jobs where locked_at is null order by id')).rows)
  const allJobs = () => asSuperuser(db.adminUrl, async (admin) => (await admin.query('select 1 from job._private_jobs')).rowCount)
  return {
    db, mailbox, tell, sql, waitingJobs,
    startJobs: startMailJobs,
    async mailOf(event) {
      const mail = mailbox.next()
      await tell(event)
      return mail
    },
    async expectNoMail(event) {
      const before = mailbox.list().length
      await tell(event)
      await eventually(allJobs).toBe(0)
      expect(mailbox.list()).toHaveLength(before)
    },
    link: (link) => db.databases.inEngine(async (trx) =>
      (await createLink(trx, db.masterKey, { accountId: null, email: null, clientId: null, locale: null, ...link })).id),
    async close() {
      await jobs?.stop()
      await relay.stop()
      await mailbox.close()
      await db.close()
    },
  }
}

/** Every address of the web in both halves of a mail. */
export function addressesIn({ text, html }: Pick<DemoMail, 'text' | 'html'>): ReadonlySet<string> {
  return new Set(`${text}\n${html}`.match(/\w+:\/\/[^\s"<]+/g))
}
