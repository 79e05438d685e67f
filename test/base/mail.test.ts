// The way out to a real SMTP server on this machine.
import type { AddressInfo } from 'node:net'
import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { NoMailServer, createMailer } from '../../src/base/mail.ts'

const received: { recipients: string[]; raw: Buffer }[] = []
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  onData(stream, session, done) {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      received.push({ recipients: session.envelope.rcptTo.map(({ address }) => address), raw: Buffer.concat(chunks) })
      done()
    })
  },
})
let smtpUrl = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const address: AddressInfo | string | null = server.server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  smtpUrl = `smtp://127.0.0.1:${address.port}`
})
beforeEach(() => { received.length = 0 })
afterAll(() => new Promise<void>((resolve) => { server.close(() => resolve()) }))

const mail = { to: 'alice@example.com', subject: '招待: さくら会', text: 'こんにちは', html: '<p>こんにちは</p>' }

describe('the mailer', () => {
  it('delivers subject, text and HTML as they were written', async () => {
    const mailer = createMailer({ smtpUrl, mailFrom: 'Tegata <no-reply@example.com>' })
    await mailer.send(mail)
    mailer.close()
    const message = await PostalMime.parse(received[0]?.raw ?? '')
    expect(received.map(({ recipients }) => recipients)).toEqual([['alice@example.com']])
    expect(message).toMatchObject({ subject: mail.subject, from: { name: 'Tegata', address: 'no-reply@example.com' } })
    expect(message.text?.trim()).toBe(mail.text)
    expect(message.html?.trim()).toBe(mail.html)
    expect(message.headers).toContainEqual(expect.objectContaining({ key: 'auto-submitted', value: 'auto-generated' }))
  })

  it.each(['alice@example.com, charlie@example.com', 'alice@example.com\r\nBcc: charlie@example.com', 'Alice <alice@example.com>; charlie@example.com'])(
    'does not let %j reach a second person', async (to) => {
      const mailer = createMailer({ smtpUrl, mailFrom: 'no-reply@example.com' })
      await mailer.send({ ...mail, to }).catch(() => {})
      mailer.close()
      expect(received.flatMap(({ recipients }) => recipients)).not.toContain('charlie@example.com')
      expect(received.map(({ raw }) => raw.toString())).not.toContainEqual(expect.stringMatching(/^bcc:/im))
    })

  it('does not let a subject add a header', async () => {
    const mailer = createMailer({ smtpUrl, mailFrom: 'no-reply@example.com' })
    await mailer.send({ ...mail, subject: 'Hello\r\nBcc: charlie@example.com' })
    mailer.close()
    expect(received[0]?.recipients).toEqual(['alice@example.com'])
    expect(received[0]?.raw.toString()).not.toMatch(/^bcc:/im)
  })

  it('says what to set when there is no mail server', async () => {
    await expect(createMailer({ smtpUrl: null, mailFrom: 'x@example.com' }).send(mail)).rejects.toThrow(NoMailServer)
  })
})
