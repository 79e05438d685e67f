/** Mails and their server: nothing is lost while it is down, and nobody waits for another's mail. */
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { linkCode, linkToken } from '../../src/accounts/links.ts'
import { startDemoMailbox } from '../../src/base/demo-mailbox.ts'
import { createLogger } from '../../src/base/log.ts'
import { addJobs } from '../../src/events/queries.ts'
import { eventually } from '../helpers/eventually.ts'
import { openPostOffice, type PostOffice } from './post-office.ts'

let office: PostOffice
beforeAll(async () => { office = await openPostOffice({ running: false }) })
afterAll(() => office.close())

const changed = (subject: string) => ({ type: 'password.changed', subject, actor: subject, after: { how: 'self' } } as const)
const attempts = async () => (await office.waitingJobs()).map((job) => job.attempts)
const noJobs = () => eventually(attempts).toEqual([])
const runJobsNow = () => office.sql(`with due as (update job._private_jobs set run_at = now()) select pg_notify('jobs:insert', '{"count":1}')`)

function firstLine() {
  const { promise, resolve } = Promise.withResolvers<string>()
  return { line: promise, log: createLogger({ level: 'warn', debug: false }, { write: resolve }) }
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** A real server that answers RCPT TO with this code where the address matches. */
async function pickyServer(refuses: RegExp, responseCode: number) {
  const accepted: string[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onRcptTo({ address }, _session, done) {
      if (refuses.test(address)) done(Object.assign(new Error('not now'), { responseCode }))
      else done()
    },
    onData(stream, session, done) {
      stream.resume().on('end', () => {
        accepted.push(...session.envelope.rcptTo.map(({ address }) => address))
        done()
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  return {
    accepted,
    smtpUrl: `smtp://127.0.0.1:${portOf(server.server.address())}`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

describe('a mail', () => {
  it('waits for a mail server that is down and leaves when it is back', async () => {
    const down = await startDemoMailbox()
    const { smtpUrl } = down
    await down.close()
    const { line, log } = firstLine()
    const jobs = await office.startJobs({ smtpUrl, log })
    await office.tell(changed('alice'))
    expect(await line).toContain('tried again')
    await eventually(attempts).toEqual([1])
    const back = await startDemoMailbox(Number(new URL(smtpUrl).port))
    const mail = back.next()
    await runJobsNow()
    expect((await mail).to).toBe('alice@example.com')
    await noJobs()
    await jobs.stop()
    await back.close()
  })

  it('that is tried again brings the unlock link that its first try made', async () => {
    const failing = await office.startJobs({ smtpUrl: 'smtp://127.0.0.1:1' })
    await office.tell({ type: 'account.locked', outcome: 'refused', subject: 'charlie', after: { until: new Date(Date.now() + 600_000).toISOString(), ip: null } })
    await eventually(attempts).toEqual([1])
    await failing.stop()
    const mail = office.mailbox.next()
    const jobs = await office.startJobs({ smtpUrl: office.mailbox.smtpUrl })
    await runJobsNow()
    const { text } = await mail
    const links = await office.db.databases.engine.selectFrom('account_link').select('id').where('account_id', '=', 'charlie').execute()
    expect(links.map(({ id }) => text.includes(linkToken(office.db.masterKey, id)))).toEqual([true])
    await noJobs()
    await jobs.stop()
  })

  it('is dropped with a warning where no mail server is configured', async () => {
    const { line, log } = firstLine()
    const jobs = await office.startJobs({ smtpUrl: null, log })
    await office.tell(changed('alice'))
    expect(await line).toContain('mail is not configured')
    await noJobs()
    await jobs.stop()
  })

  it('is dropped with a warning that names nobody where the server refuses the address for good', async () => {
    const server = await pickyServer(/^alice@/, 550)
    const { line, log } = firstLine()
    const jobs = await office.startJobs({ smtpUrl: server.smtpUrl, log })
    await office.tell(changed('alice'))
    expect(await line).toContain('refuses this address for good')
    expect(await line).not.toMatch(/alice|example\.com/)
    await noJobs()
    await jobs.stop()
    await server.close()
  })

  it('that one mailbox does not take now holds up nobody else', async () => {
    const server = await pickyServer(/^hanako@/, 450)
    const jobs = await office.startJobs({ smtpUrl: server.smtpUrl, concurrency: 1 })
    await office.tell(changed('hanako'))
    await office.tell(changed('alice'))
    await office.tell(changed('charlie'))
    await eventually(() => server.accepted.toSorted()).toEqual(['alice@example.com', 'charlie@example.net'])
    await eventually(attempts).toEqual([1])
    await jobs.stop()
    await server.close()
    await office.sql('delete from job._private_jobs')
  })

  it('to a server that never answers leaves the other jobs their room', async () => {
    const sockets: Socket[] = []
    const mute = createServer((socket) => { sockets.push(socket.on('error', () => {})) })
    await new Promise<void>((resolve) => { mute.listen(0, '127.0.0.1', resolve) })
    const asked = Promise.withResolvers<string>()
    const jobs = await office.startJobs({
      smtpUrl: `smtp://127.0.0.1:${portOf(mute.address())}`,
      concurrency: 3,
      tasks: { other: () => Promise.resolve(asked.resolve('ran')) },
    })
    for (const subject of ['alice', 'hanako', 'charlie', 'staff', 'alice', 'hanako']) await office.tell(changed(subject))
    await eventually(() => sockets.length).toBeGreaterThan(0)
    await office.db.databases.inEngine((trx) => addJobs(trx, [{ task: 'other', payload: {} }]))
    expect(await asked.promise).toBe('ran')
    const stopped = jobs.stop()
    for (const socket of sockets) socket.destroy()
    await stopped
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => mute.close(resolve))
    await office.sql('delete from job._private_jobs')
  })
})

describe('a job that waits', () => {
  it('holds ids alone: no address, no name, no token, no code', async () => {
    const linkId = await office.link({ purpose: 'registration', email: 'new@example.org', locale: 'en' })
    await office.tell({ type: 'registration.requested', subject: linkId, after: { link_id: linkId } })
    await office.tell({ type: 'account.locked', outcome: 'refused', subject: 'alice', after: { until: '2026-11-21T03:00:00.000Z', ip: '192.0.2.7' } })
    const payloads = (await office.waitingJobs()).map(({ payload }) => payload)
    expect(payloads.map((payload) => Object.keys(Object(payload)).toSorted())).toEqual([['event_id', 'occurred_at', 'type'], ['event_id', 'occurred_at', 'type']])
    const { masterKey } = office.db
    for (const secret of ['example.', 'Alice', linkToken(masterKey, linkId), `"${linkCode(masterKey, linkId)}"`]) expect(JSON.stringify(payloads)).not.toContain(secret)
    await office.sql('delete from job._private_jobs')
  })

  it('speaks to the person as they are when it leaves', async () => {
    await office.tell(changed('charlie'))
    await office.sql(`update account set email = 'karl@example.net', locale = 'ja' where id = 'charlie'`)
    const mail = office.mailbox.next()
    const jobs = await office.startJobs({ smtpUrl: office.mailbox.smtpUrl })
    expect(await mail).toMatchObject({ to: 'karl@example.net', subject: '【Tegata】パスワードが変更されました' })
    await noJobs()
    await jobs.stop()
  })
})
