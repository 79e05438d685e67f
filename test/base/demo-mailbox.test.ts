/** The demo's mailbox as the real SMTP server that it is, with the mailer that production uses. */
import { connect } from 'node:net'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDemoMailbox, type DemoMailbox } from '../../src/base/demo-mailbox.ts'
import { createMailer, type Mailer } from '../../src/base/mail.ts'

let mailbox: DemoMailbox
let mailer: Mailer
beforeAll(async () => {
  mailbox = await startDemoMailbox()
  mailer = createMailer({ smtpUrl: mailbox.smtpUrl, mailFrom: 'Tegata <no-reply@example.com>' })
})
afterAll(async () => {
  mailer.close()
  await mailbox.close()
})

const send = (subject: string, text = 'text') => mailer.send({ to: 'alice@example.com', subject, text, html: `<p>${text}</p>` })

describe('the demo mailbox', () => {
  it('shows a mail as it was sent, Japanese included', async () => {
    await send('サインインを一時的に停止しました', '再開する日時')
    const [mail] = mailbox.list()
    expect(mail).toMatchObject({ from: 'no-reply@example.com', to: 'alice@example.com', subject: 'サインインを一時的に停止しました' })
    expect(mail?.text.trim()).toBe('再開する日時')
    expect(mail?.html).toContain('<p>再開する日時</p>')
    expect(Date.now() - Date.parse(mail?.at ?? '')).toBeLessThan(60_000)
    expect(mailbox.find(mail?.id ?? '')).toEqual(mail)
    expect(mailbox.find('unknown')).toBeUndefined()
  })

  it('puts the newest first and keeps a hundred', async () => {
    // All over one connection: the server lets each new one wait a moment before it greets.
    const transport = createTransport({ url: mailbox.smtpUrl, pool: true, maxConnections: 1, maxMessages: Infinity })
    for (let number = 1; number <= 101; number++) await transport.sendMail({ from: 'a@example.com', to: 'b@example.com', subject: `mail ${number}`, text: '' })
    transport.close()
    const subjects = mailbox.list().map(({ subject }) => subject)
    expect(subjects).toHaveLength(100)
    expect([subjects[0], subjects[99]]).toEqual(['mail 101', 'mail 2'])
  })

  it('tells who waits for the next mail', async () => {
    const next = mailbox.next()
    await send('the awaited one')
    expect((await next).subject).toBe('the awaited one')
  })

  it('listens on this machine only', () => {
    expect(mailbox.smtpUrl).toMatch(/^smtp:\/\/127\.0\.0\.1:\d+$/)
  })

  it('outlives a client that breaks off in the middle', async () => {
    const gone = Promise.withResolvers<undefined>()
    const socket = connect(Number(new URL(mailbox.smtpUrl).port), '127.0.0.1')
    socket.once('data', () => {
      socket.write('EHLO me\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nSubject: never ended\r\n')
      socket.resetAndDestroy()
    })
    socket.once('close', () => { gone.resolve(undefined) })
    await gone.promise
    await send('after it')
    expect(mailbox.list()[0]?.subject).toBe('after it')
  })
})
