/** One act of a product wants a surer sign-in than the rest of it (RFC 9470): Karte's prescriptions are signed with a second factor. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, type RealBrowser } from '../helpers/browser.ts'
import { startDemo, type Demo } from '../helpers/demo.ts'
import { newcomer } from './newcomer.ts'
import { heading, press, read, sees, signInAt, whoIs } from './steps.ts'
import { connectApp, showCode } from './totp.ts'

let demo: Demo
let browser: RealBrowser

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), openBrowser()])
})
afterAll(async () => {
  await browser.close()
  await demo.close()
})

const level = async (page: Page): Promise<string> => {
  await page.goto(demo.karte)
  return read(page, 'sign_in_level')
}

test('Minoru has an authenticator app: he is asked for its code alone, and the prescription is signed', async () => {
  const { page, complaints } = await browser.visitor()
  await signInAt(page, demo.karte, { email: 'minoru@example.com' })
  // Set up in another browser: the session of this one has proved the password alone.
  const { page: elsewhere } = await browser.visitor()
  await signInAt(elsewhere, demo.karte, { email: 'minoru@example.com' })
  await elsewhere.goto(`${demo.issuer}/account/factors`)
  await press(elsewhere, 'add_totp')
  const secret = await connectApp(elsewhere)
  await press(elsewhere, 'codes_stored')
  expect(await level(page), 'what was set up in one place is claimed in another').toBe('aal1 · pwd')

  await press(page, 'prescriptions')
  await press(page, 'sign-R-0001')
  expect(new URL(page.url()).origin).toBe(demo.issuer)
  expect(await heading(page)).toBe('確認コード')
  expect([await sees(page, 'password'), await read(page, 'use_recovery_code')]).toEqual([false, 'リカバリーコードを使う'])
  await showCode(page, secret)
  expect(new URL(page.url()).origin).toBe(demo.karte)
  expect(await read(page, 'signed')).toContain('R-0001')
  expect(await read(page, 'signature-R-0001')).toContain('aal2')
  expect(await level(page)).toBe('aal2 · pwd · otp · mfa')
  expect(complaints).toEqual([])
})

test('whoever has no second factor sets one up on the way, and the prescription is signed in the end', async () => {
  const { email } = await newcomer(demo, { memberships: [{ tenant: 'midori', role: 'clinic_admin' }] })
  const { page, complaints } = await browser.visitor()
  await signInAt(page, demo.karte, { email })
  await press(page, 'prescriptions')
  await press(page, 'sign-R-0003')
  expect(await heading(page)).toBe('二要素認証の設定')
  await press(page, 'enrol_totp')
  await connectApp(page)
  expect(await heading(page)).toBe('リカバリーコードの保管')
  await page.locator('#stored').check()
  await press(page, 'codes_stored')
  expect(await read(page, 'signed')).toContain('R-0003')
  expect(await level(page)).toBe('aal2 · pwd · otp · mfa')
  expect(complaints).toEqual([])
})

test('whoever gives up on the way is back at Karte, still signed in, and nothing is signed', async () => {
  const { email } = await newcomer(demo, { memberships: [{ tenant: 'midori', role: 'clinic_admin' }] })
  const { page, complaints } = await browser.visitor()
  await signInAt(page, demo.karte, { email })
  await press(page, 'prescriptions')
  await press(page, 'sign-R-0002')
  await press(page, 'cancel')
  expect(new URL(page.url()).origin).toBe(demo.karte)
  await page.goto(demo.karte)
  expect((await whoIs(page)).role).toBe('clinic_admin')
  await press(page, 'prescriptions')
  expect([await sees(page, 'signed'), await sees(page, 'sign-R-0002')]).toEqual([false, true])
  expect(complaints).toEqual([])
})

test('a therapist sees prescriptions and signs none: that is for Karte to say', async () => {
  const { page, complaints } = await browser.visitor()
  await signInAt(page, demo.karte, { email: 'hanako@example.com', tenant: 'midori' })
  await press(page, 'prescriptions')
  expect([await sees(page, 'prescription_list'), await page.locator('[id^="sign-"]').count()]).toEqual([true, 0])
  expect(complaints).toEqual([])
})
