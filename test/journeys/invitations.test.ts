/**
 * Invitations in a real browser: from the link to the app, at a computer where somebody else was signed in; and each page on the way
 * without a fault that axe finds (WCAG 2.2 AA), without scrolling sideways and without a complaint of the browser.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseTenantId } from '../../src/base/ids.ts'
import { noOrigin } from '../../src/base/origin.ts'
import { inviteMember } from '../../src/members/invite-member.ts'
import { invitationPath, invitationToken } from '../../src/members/invitation.ts'
import { openBrowser, type RealBrowser } from '../helpers/browser.ts'
import { freshAddress, somebody } from '../helpers/people.ts'
import { startTegata, type Tegata } from '../helpers/tegata.ts'
import { bringAxe, faultsOf } from './faults.ts'
import { press, sendPassword } from './steps.ts'

let tegata: Tegata
let browser: RealBrowser
beforeAll(async () => { [tegata, browser] = await Promise.all([startTegata(), openBrowser()]) })
afterAll(async () => {
  await browser.close()
  await tegata.close()
})

async function invite(email: string): Promise<string> {
  const { id } = await tegata.databases.engine.selectFrom('tenant').select('id').where('subdomain', '=', 'sakura').executeTakeFirstOrThrow()
  const person = { email, familyName: '試験', givenName: '者', locale: 'ja' } as const
  const result = await inviteMember(tegata, { tenantId: parseTenantId(id), person, role: 'STAFF', units: ['nursing'], mover: { kind: 'operator', accountId: null }, origin: noOrigin })
  if (!result.ok) throw new Error(result.reason)
  return `${tegata.issuer}${invitationPath(invitationToken(tegata.masterKey, result.membershipId, 1))}`
}

async function expectNoFault(page: Page): Promise<void> {
  expect(await faultsOf(page), page.url()).toEqual([])
}

test.each([
  { locale: 'ja-JP', colorScheme: 'light', width: 360 },
  { locale: 'en-GB', colorScheme: 'dark', width: 1280 },
] as const)('newcomers join and are led on to the sign-in ($locale)', { timeout: 60_000 }, async ({ locale, colorScheme, width }) => {
  const url = await invite(freshAddress())
  const { page, context, complaints } = await browser.visitor({ locale, colorScheme, viewport: { width, height: 800 }, reducedMotion: 'reduce' })
  await bringAxe(context)
  await page.goto(url)
  await expectNoFault(page)
  await page.locator('#password').fill('short')
  await press(page, 'accept')
  await expectNoFault(page)
  await page.locator('#password').fill('plum-harbour-lantern-27')
  await press(page, 'accept')
  await expectNoFault(page)
  await Promise.all([page.waitForURL(/\/interaction\//), page.locator('#continue').click()])
  await page.goto(`${url}x`)
  await expectNoFault(page)
  expect(complaints).toEqual([])
})

test.each([
  { locale: 'en-GB', colorScheme: 'light', width: 360 },
  { locale: 'ja-JP', colorScheme: 'dark', width: 1280 },
] as const)('somebody with an account gets past a colleague’s session ($locale)', { timeout: 60_000 }, async ({ locale, colorScheme, width }) => {
  const [who, charlie] = [await somebody(tegata), await somebody(tegata)]
  const url = await invite(who.email)
  const { page, context, complaints } = await browser.visitor({ locale, colorScheme, viewport: { width, height: 800 }, reducedMotion: 'reduce' })
  await bringAxe(context)
  await page.goto(`${tegata.issuer}/account`)
  await sendPassword(page, charlie.email)
  await page.goto(url)
  await expectNoFault(page)
  await press(page, 'switch_account')
  await press(page, 'sign_out_everywhere')
  expect(page.url()).toBe(url)
  await expectNoFault(page)
  await press(page, 'sign_in')
  await sendPassword(page, who.email)
  expect(page.url()).toBe(url)
  await expectNoFault(page)
  await press(page, 'accept')
  await expectNoFault(page)
  await Promise.all([page.waitForURL(`${tegata.issuer}/account`), page.locator('#continue').click()])
  expect(complaints).toEqual([])
})
