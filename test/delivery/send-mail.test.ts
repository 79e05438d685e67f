/** Mails from the event to the mailbox, over the real relay, the real job runner and real SMTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDemoMailbox, type DemoMailbox } from '../../src/base/demo-mailbox.ts'
import { createLogger } from '../../src/base/log.ts'
import { createMailer } from '../../src/base/mail.ts'
import { noOrigin } from '../../src/base/origin.ts'
import { mailSubscriber, sendMailTask } from '../../src/delivery/send-mail.ts'
import { startJobs, type Jobs } from '../../src/events/jobs.ts'
import { record } from '../../src/events/record.ts'
import { startRelay, type Relay } from '../../src/events/relay.ts'
import { asSuperuser, createDatabase, type TestDatabase } from '../helpers/database.ts'
import { deliver } from '../helpers/deliver.ts'
import { eventually } from '../helpers/eventually.ts'

const silent = createLogger({ level: 'silent', debug: false })
const issuer = 'https://id.example.com'
let db: TestDatabase
let mailbox: DemoMailbox
let relay: Relay

beforeAll(async () => {
  db = await createDatabase()
  mailbox = await startDemoMailbox()
  await db.databases.engine.insertInto('account').values([
    { id: 'alice', display_name: 'Alice', email: 'alice@example.com', locale: 'en', zoneinfo: 'Mars/Olympus' },
    { id: 'hanako', display_name: '花子', email: 'hanako@example.com' },
    { id: 'staff', display_name: 'No address', email: null },
  ]).execute()
  relay = startRelay({ databases: db.databases, subscribers: [mailSubscriber], log: silent, pollMs: null })
  await relay.runOnce()
})
afterAll(async () => {
  await mailbox.close()
  await db.close()
})

const lockAccount = async (subject: string): Promise<void> => {
  await db.databases.inEngine((trx) => record(trx, {
    type: 'account.locked', outcome: 'success', subject, origin: noOrigin, after: { until: '2026-11-21T03:00:00.000Z', ip: '192.0.2.7' },
  }))
  await deliver(relay, 1)
}

function startMailJobs(smtpUrl: string | null, log = silent): Promise<Jobs> {
  const mailer = createMailer({ smtpUrl, mailFrom: 'Tegata <no-reply@id.example.com>' })
  return startJobs({ databases: db.databases, log, concurrency: 2, tasks: { send_mail: sendMailTask({ databases: db.databases, mailer, config: { issuer }, log }) } })
}

const waitingJobs = () => asSuperuser(db.adminUrl, async (admin) =>
  (await admin.query<{ attempts: number }>('select attempts from job._private_jobs where locked_at is null')).rows)
const noJobs = () => eventually(waitingJobs).toEqual([])

describe('the mail of a locked account', () => {
  it('leaves in the language of its reader, with links to the issuer alone', async () => {
    const jobs = await startMailJobs(mailbox.smtpUrl)
    const english = mailbox.next()
    await lockAccount('alice')
    expect(await english).toMatchObject({ to: 'alice@example.com', subject: '[Tegata] Signing in is paused for your account' })
    const japanese = mailbox.next()
    await lockAccount('hanako')
    const { subject, text, html } = await japanese
    expect(subject).toBe('【Tegata】サインインを一時的に停止しました')
    expect(text).toContain('192.0.2.7')
    expect(new Set(`${text} ${html}`.match(/https?:\/\/[^\s/"<]+/g))).toEqual(new Set([issuer]))
    await jobs.stop()
  })

  it('waits for a mail server that is down and leaves when it is back', async () => {
    const down = await startDemoMailbox()
    const { smtpUrl } = down
    await down.close()
    const failed = Promise.withResolvers<undefined>()
    const jobs = await startMailJobs(smtpUrl, createLogger({ level: 'warn', debug: false }, { write: () => { failed.resolve(undefined) } }))
    await lockAccount('alice')
    await failed.promise
    await eventually(waitingJobs).toEqual([{ attempts: 1 }])
    const back = await startDemoMailbox(Number(new URL(smtpUrl).port))
    const mail = back.next()
    await asSuperuser(db.adminUrl, (admin) => admin.query(`with due as (update job._private_jobs set run_at = now()) select pg_notify('jobs:insert', '{"count":1}')`))
    expect((await mail).to).toBe('alice@example.com')
    await jobs.stop()
    await back.close()
    await noJobs()
  })

  it('is dropped with a warning where no mail server is configured', async () => {
    const warned = Promise.withResolvers<string>()
    const jobs = await startMailJobs(null, createLogger({ level: 'warn', debug: false }, { write: (line) => { warned.resolve(line) } }))
    await lockAccount('alice')
    expect(await warned.promise).toContain('mail is not configured')
    await jobs.stop()
    await noJobs()
  })

  it('goes nowhere when the person has no address', async () => {
    const jobs = await startMailJobs(mailbox.smtpUrl)
    const before = mailbox.list().length
    await lockAccount('staff')
    await lockAccount('nobody at all')
    await noJobs()
    await jobs.stop()
    expect(mailbox.list()).toHaveLength(before)
  })
})
