/**
 * The mail that a person got, read as everybody in the demo reads it: off the pages below /dev/mail.
 * Mail leaves after the answer, so whoever waits for one asks again until it is there.
 */
import { parse, type HTMLElement } from 'node-html-parser'
import { asSuperuser } from './database.ts'
import { eventually } from './eventually.ts'
import type { Tegata } from './tegata.ts'

export interface ReceivedMail {
  readonly id: string
  readonly subject: string
  readonly text: string
  /** Addresses that can be followed, in their order. */
  readonly links: readonly URL[]
  /** The six digits, where the mail brings some. */
  readonly code: string | null
}

/** A mail that brings a link, with that link. */
export interface LinkMail extends ReceivedMail {
  readonly link: URL
}

/** Everything that came for the address, newest first. */
export async function mailsTo({ issuer }: Pick<Tegata, 'issuer'>, address: string): Promise<readonly ReceivedMail[]> {
  const list = await pageAt(`${issuer}/dev/mail`)
  const paths = list.querySelectorAll('tbody tr').filter((row) => row.querySelectorAll('td')[1]?.text === address)
    .flatMap((row) => row.querySelector('a')?.getAttribute('href') ?? [])
  return Promise.all(paths.map(async (path) => receivedMail(path, await pageAt(`${issuer}${path}`))))
}

async function pageAt(url: string): Promise<HTMLElement> {
  const answer = await fetch(url)
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}: is this the demo?`)
  // Left to itself, the parser takes what stands in <pre> for text.
  return parse(await answer.text(), { blockTextElements: { script: true, style: true } })
}

function receivedMail(path: string, page: HTMLElement): ReceivedMail {
  const body = page.getElementById('mail_text')
  const text = body?.text ?? ''
  return {
    id: path, text,
    subject: page.querySelector('h1')?.text ?? '',
    links: (body?.querySelectorAll('a') ?? []).flatMap((link) => URL.parse(link.getAttribute('href') ?? '') ?? []),
    code: /^\d{6}$/m.exec(text)?.[0] ?? null,
  }
}

/** Waits for the newest mail to the address that brings a link below `path`, such as `/reset/`; `nth` waits for that many of them. */
export async function linkMailTo(tegata: Pick<Tegata, 'issuer'>, address: string, { path, nth = 1 }: { readonly path: string; readonly nth?: number }): Promise<LinkMail> {
  let found: readonly LinkMail[] = []
  await eventually(async () => {
    found = (await mailsTo(tegata, address)).flatMap((mail) => {
      const link = mail.links.find(({ pathname }) => pathname.startsWith(path))
      return link === undefined ? [] : { ...mail, link }
    })
    return found.length
  }).toBeGreaterThanOrEqual(nth)
  const [newest] = found
  if (newest === undefined) throw new Error(`no mail with a link below ${path}`)
  return newest
}

/** Waits for a mail to the address whose subject ends so; a subject begins with who writes. */
export async function noticeTo(tegata: Pick<Tegata, 'issuer'>, address: string, subject: string): Promise<ReceivedMail> {
  let found: ReceivedMail | undefined
  await eventually(async () => (found = (await mailsTo(tegata, address)).find((mail) => mail.subject.endsWith(subject)))?.subject).toBeDefined()
  if (found === undefined) throw new Error(`no mail about ${subject}`)
  return found
}

/** Waits until every mail that anything so far asks for has left: what is not there then, does not come. */
export async function allMailHasLeft({ database }: Pick<Tegata, 'database'>): Promise<void> {
  await asSuperuser(database.adminUrl, async (admin) => {
    // One statement sees one moment: an event is behind the reader, a job in the queue, or its mail has left.
    const waiting = async () => (await admin.query<{ waiting: number }>(`select
      (select count(*) from event e join event_cursor c on c.subscriber = 'mail' where (e.xid, e.id) > (c.xid, c.event_id))::int
      + (select count(*) from job.jobs where task_identifier = 'send_mail')::int as waiting`)).rows[0]?.waiting
    await eventually(waiting).toBe(0)
  })
}
