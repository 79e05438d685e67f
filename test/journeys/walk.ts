/**
 * Walks one person past every page there is, in the order in which a person could meet them, and lets somebody look at each:
 * the accessibility test, or whoever wants pictures. A new page is added here.
 */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Visitor } from '../helpers/browser.ts'
import type { Demo } from '../helpers/demo.ts'
import { demoPassword, press, sendPassword } from './steps.ts'
import type { OutsideApp } from './outside-app.ts'

export type Look = (name: string, page: Page) => Promise<void>

interface Place {
  readonly demo: Demo
  readonly shift: OutsideApp
  readonly visitor: Visitor
  readonly look: Look
}

export async function walkEveryPage(place: Place): Promise<void> {
  const { demo, shift, visitor: { page, context }, look } = place
  await shift.showLogo(context)
  const show = async (name: string, path: string) => {
    await page.goto(path)
    await look(name, page)
  }
  await show('home', demo.issuer)
  await show('not-found', `${demo.issuer}/nowhere`)
  await show('error', `${demo.issuer}/oauth2/authorize?client_id=nobody`)
  await show('dead-unknown', `${demo.issuer}/interaction/nobody`)
  await lockMinoru(demo)
  await signInPages(place)
  await show('mails', `${demo.issuer}/dev/mail`)
  await Promise.all([page.waitForEvent('load'), page.locator('td a').first().click()])
  await look('mail', page)
  await show('no-tenant', `${demo.karte}/login?tenant=nowhere`)
  await show('sign-in-again', `${demo.karte}/login?prompt=login`)
  await press(page, 'switch_account')
  await look('sign-in-switched', page)
  await page.goto(shift.party.start('openid profile email tenant offline_access', { tenant: 'sakura', prompt: 'consent' }).url.href)
  await look('consent', page)
  await endings(place)
}

async function signInPages({ demo, visitor: { page, context }, look }: Place): Promise<void> {
  await page.goto(demo.karte)
  await look('karte-welcome', page)
  await press(page, 'sign_in')
  await look('sign-in', page)
  await sendPassword(page, 'hanako@example.com', 'not the password')
  await look('sign-in-wrong', page)
  await sendPassword(page, 'minoru@example.com')
  await look('sign-in-locked', page)
  await sendPassword(page, 'hanako@example.com')
  await look('select-tenant', page)
  const interaction = page.url()
  await press(page, 'tenant-sakura')
  await look('karte', page)
  await page.goto(interaction)
  await look('dead-finished', page)
  const koe = await context.newPage()
  await koe.goto(`${demo.koe}/login?tenant=sakura`)
  await koe.locator('#person_name').waitFor()
  await look('koe', koe)
  await koe.close()
}

async function endings({ demo, shift, visitor: { page }, look }: Place): Promise<void> {
  await page.goto(demo.karte)
  await press(page, 'sign_out')
  await look('sign-out', page)
  await press(page, 'sign_out_here')
  await look('karte-signed-out', page)
  await page.goto(`${demo.issuer}/oauth2/logout?client_id=${shift.party.options.clientId}`)
  await press(page, 'sign_out_here')
  await look('signed-out-here', page)
  await page.goto(`${demo.issuer}/oauth2/logout`)
  await look('sign-out-alone', page)
  await press(page, 'sign_out_everywhere')
  await look('signed-out', page)
}

/** Until a mail says so; the eleventh wrong password is the one that locks. */
async function lockMinoru(demo: Demo): Promise<void> {
  const person = demo.person()
  let page = await person.open(`${demo.karte}/login`)
  for (let failure = 0; failure <= 10; failure += 1) page = await person.submit(page, { identifier: 'minoru@example.com', password: `not ${demoPassword}` }, 'sign_in')
  await expect.poll(async () => (await person.open(`${demo.issuer}/dev/mail`)).text, { timeout: 15_000 }).toContain('minoru@')
}
