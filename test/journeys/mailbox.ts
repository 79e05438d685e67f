/** The demo's mailbox as people read it: in a tab of its own, beside whatever they were doing. */
import type { BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Demo } from '../helpers/demo.ts'

interface Wanted {
  readonly to: string
  /** Words of the subject. */
  readonly subject: RegExp
  /** How many such mails there have to be, where one alone may be an older one. */
  readonly count?: number
}

/** Waits for a mail to that address with those words in its subject, and opens the newest one. */
export async function openMail(context: BrowserContext, demo: Demo, { to, subject, count = 1 }: Wanted): Promise<Page> {
  const tab = await context.newPage()
  await tab.goto(`${demo.issuer}/dev/mail`)
  const mails = tab.locator('tr').filter({ hasText: to }).getByRole('link', { name: subject })
  await expect.poll(async () => {
    await tab.reload()
    return mails.count()
  }, { timeout: 15_000, interval: 200 }).toBeGreaterThanOrEqual(count)
  await Promise.all([tab.waitForEvent('load'), mails.first().click()])
  return tab
}

/** The six digits in an open mail. */
export async function codeIn(mail: Page): Promise<string> {
  const text = await mail.locator('#mail_text').innerText()
  const [code] = /^\d{6}$/m.exec(text) ?? []
  if (code === undefined) throw new Error(`no code in ${text}`)
  return code
}

/** Other six digits. */
export function wrongCode(code: string): string {
  return code === '000000' ? '000001' : '000000'
}

/** Follows the link of an open mail whose address holds `path`. */
export async function followLink(mail: Page, path: string): Promise<void> {
  await Promise.all([mail.waitForEvent('load'), mail.locator(`#mail_text a[href*="${path}"]`).click()])
}
