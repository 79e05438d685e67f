/**
 * Sends the mails that events ask for. A job names the template and the account; address, name and language are read when the
 * mail leaves, so a job that waited speaks to the person as they are now.
 * Invariant: links are built from ISSUER alone. How a mail looks is views/mails', the way to the server base/mail.ts's.
 */
import { z } from 'zod'
import { accountLockedMail, type Mail } from '../../views/mails/account-locked.tsx'
import { isLocale } from '../../views/locale.ts'
import type { Config } from '../base/config.ts'
import type { Databases } from '../base/db.ts'
import type { Logger } from '../base/log.ts'
import { NoMailServer, type Mailer } from '../base/mail.ts'
import { task, type Task } from '../events/jobs.ts'
import type { Subscriber } from '../events/subscriber.ts'
import { findRecipient, type Recipient } from './queries.ts'

const accountLocked = z.object({ template: z.literal('account_locked'), account_id: z.string(), until: z.iso.datetime(), ip: z.string().nullable() })
const mailJob = z.discriminatedUnion('template', [accountLocked])
type MailJob = z.output<typeof mailJob>

export const mailSubscriber: Subscriber = {
  name: 'mail',
  types: ['account.locked'],
  job: ({ id, subject, after }) => [{
    task: 'send_mail',
    payload: { template: 'account_locked', account_id: subject, until: after?.['until'], ip: after?.['ip'] ?? null },
    key: `mail:${id}`,
  }],
}

export interface SendMailDeps {
  readonly databases: Databases
  readonly mailer: Mailer
  readonly config: Pick<Config, 'issuer'>
  readonly log: Logger
}

/** The task `send_mail`. A failing server is tried again; no server, no address and a refused address end the job with a line in the log. */
export function sendMailTask({ databases, mailer, config, log }: SendMailDeps): Task {
  return task(mailJob, async (job) => {
    const recipient = await findRecipient(databases.engine, job.account_id)
    // Erased meanwhile, or staff who sign in by number: there is nobody to write to.
    if (recipient === undefined || recipient.email === null) return
    const mail = write(job, { ...recipient, email: recipient.email }, config.issuer)
    try {
      await mailer.send({ to: recipient.email, ...mail })
    } catch (error) {
      const reason = whyNever(error)
      if (reason === null) throw error
      log.warn({ template: job.template, account_id: job.account_id }, reason)
    }
  })
}

function write(job: MailJob, recipient: Recipient & { readonly email: string }, issuer: string): Mail {
  return accountLockedMail({
    locale: recipient.locale !== null && isLocale(recipient.locale) ? recipient.locale : 'ja',
    displayName: recipient.display_name,
    address: recipient.email,
    until: job.until,
    clientAddress: job.ip ?? '-',
    signInUrl: `${issuer}/`,
    timeZone: isTimeZone(recipient.zoneinfo) ? recipient.zoneinfo : undefined,
  })
}

/** An imported account may carry a zone that no library knows; its mail shall leave all the same. */
function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

const refused = z.object({ responseCode: z.number().min(500).max(599), command: z.literal('RCPT TO') })

/** Why trying again cannot help, or null when it may: the server itself refuses for good only by a 5xx to this one address (RFC 5321 §4.2.1). */
function whyNever(error: unknown): string | null {
  if (error instanceof NoMailServer) return 'a mail was dropped because mail is not configured: set SMTP_URL'
  return refused.safeParse(error).success ? 'the mail server refuses this address for good: the mail was dropped' : null
}
