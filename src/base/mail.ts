/**
 * Owns the way out to the mail server: one message to one address over SMTP, within a time limit.
 * What a mail says is views/'s business, and when it is tried again is the job runner's: a failure is thrown, not kept.
 */
import { createTransport } from 'nodemailer'
import type { Config } from './config.ts'

export interface Mail {
  /** One address; a list is refused, so that no input can add a recipient. */
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
}

export interface Mailer {
  send(mail: Mail): Promise<void>
  close(): void
}

/** Thrown when a mail should leave and no mail server is configured. */
export class NoMailServer extends Error {
  override readonly name = 'NoMailServer'

  constructor() {
    super('No mail can be sent: set SMTP_URL to the address of a mail server.')
  }
}

/** A mailer over SMTP_URL; without one every send is refused with NoMailServer. */
export function createMailer(config: Pick<Config, 'smtpUrl' | 'mailFrom'>): Mailer {
  if (config.smtpUrl === null) return { send: () => Promise.reject(new NoMailServer()), close: () => {} }
  const transport = createTransport({
    url: config.smtpUrl,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    dnsTimeout: 10_000,
    socketTimeout: 20_000,
    // Our mails are made of text alone: whatever slips into one must not make nodemailer open a file or a URL.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    async send({ to, subject, text, html }) {
      await transport.sendMail({
        from: config.mailFrom,
        // As an object the address is taken whole, so a comma in it cannot start a second recipient.
        to: { name: '', address: to },
        subject,
        text,
        html,
        // Keeps holiday replies from answering us (RFC 3834 §5).
        headers: { 'Auto-Submitted': 'auto-generated' },
      })
    },
    close: () => transport.close(),
  }
}
