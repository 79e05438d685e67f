/**
 * From the event to the mail server: the log's reader that makes jobs, and the task that finds the event its job names, has the
 * mail composed and hands it over.
 * Invariant: no mail leaves inside a request or a transaction. Which events ask for one is mail-jobs.ts's, what it says
 * mail-templates.ts's, the way to the server base/mail.ts's.
 */
import { z } from 'zod'
import type { Logger } from '../base/log.ts'
import { NoMailServer, type Mailer } from '../base/mail.ts'
import { task, type Task } from '../events/jobs.ts'
import type { Subscriber } from '../events/subscriber.ts'
import { mailedTypes, mailJob, mailJobsOf } from './mail-jobs.ts'
import type { LinkDeps } from './mail-links.ts'
import { composeMail } from './mail-templates.ts'
import { findEvent } from './queries.ts'

export const mailSubscriber: Subscriber = { name: 'mail', types: mailedTypes, job: mailJobsOf }

export interface SendMailDeps extends LinkDeps {
  readonly mailer: Mailer
  readonly log: Logger
}

/** The task `send_mail`. A failing server is tried again; no server, nobody to write to and a refused address end the job, with a line in the log. */
export function sendMailTask(deps: SendMailDeps): Task {
  const { databases, mailer, log } = deps
  return task(mailJob, async ({ event_id: id, type, occurred_at: occurredAt, reader = null }) => {
    const event = await findEvent(databases.engine, { id, occurredAt: new Date(occurredAt) })
    const mail = event === undefined || event.subject === null ? null : await composeMail(deps, type, { ...event, id, subject: event.subject, reader })
    if (mail === null) {
      log.debug({ event_type: type, event_id: id }, 'no mail: there is nobody to write to, or its link does not count any more')
      return
    }
    try {
      await mailer.send(mail)
    } catch (error) {
      const reason = whyNever(error)
      if (reason === null) throw error
      log.warn({ event_type: type, event_id: id }, reason)
    }
  })
}

const refused = z.object({ responseCode: z.number().min(500).max(599), command: z.literal('RCPT TO') })

/** Why trying again cannot help, or null when it may: the server itself refuses for good only by a 5xx to this one address (RFC 5321 §4.2.1). */
function whyNever(error: unknown): string | null {
  if (error instanceof NoMailServer) return 'a mail was dropped because mail is not configured: set SMTP_URL'
  return refused.safeParse(error).success ? 'the mail server refuses this address for good: the mail was dropped' : null
}
