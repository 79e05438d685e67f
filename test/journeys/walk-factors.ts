/**
 * Walks one person through sign-ins that ask for more than a password: in a clinic that will soon want a second factor of
 * everybody, and whose passwords grow old, both are seen to; then the factor is asked for in each of its forms.
 */
import { sql } from 'kysely'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { newcomer, newTenant, type Newcomer } from './newcomer.ts'
import { plugIn } from './passkey-device.ts'
import type { Place } from './place.ts'
import { press, read, sendPassword } from './steps.ts'
import { connectApp, showCode } from './totp.ts'

const inTwoWeeks = () => new Date(Date.now() + 14 * 24 * 3600 * 1000)
const nextPassword = '縁側の風鈴と三毛猫と麦茶'

export async function walkFactors(place: Place): Promise<void> {
  const { demo, language, visitor: { page } } = place
  const tenant = await newTenant(demo, { mfaRule: 'everyone', mfaEnforcedFrom: inTwoWeeks(), trustedDeviceDays: 30, passwordMaxAgeDays: 90 })
  const who = await newcomer(demo, { locale: language, memberships: [{ tenant, role: 'clinic_admin' }] })
  const device = await plugIn(page)
  await sql`update factor_password set changed_at = now() - interval '91 days' where account_id = ${who.accountId}`.execute(demo.databases.engine)
  await page.goto(demo.karte)
  await press(page, 'sign_in')
  await sendPassword(page, who.email)
  const key = await enrolment(place)
  await oldPassword(place)
  await codes(place, who, key)
  await page.goto(`${demo.issuer}/account/factors/passkey`)
  await device.touch()
  await press(page, 'create_passkey')
  await atQuestion(place, who)
  await press(page, 'use_passkey')
  await place.look('factor-passkey', page)
  await device.refuse()
  await page.locator('#sign_in_with_passkey').click()
  await expect.poll(() => page.locator('#passkey_status.failed').isVisible()).toBe(true)
  await place.look('factor-passkey-failed', page)
}

async function oldPassword({ demo, visitor: { page }, look }: Place): Promise<void> {
  await look('password-expired', page)
  await page.locator('#password').fill('short')
  await press(page, 'set_password')
  await look('password-expired-short', page)
  await page.locator('#password').fill(nextPassword)
  await press(page, 'set_password')
  expect(new URL(page.url()).origin).toBe(demo.karte)
}

/** Returns the key of the authenticator app. */
async function enrolment({ visitor: { page }, look }: Place): Promise<string> {
  await look('enrol', page)
  await press(page, 'enrol_passkey')
  await look('enrol-passkey', page)
  await press(page, 'enrol_totp')
  await look('enrol-totp', page)
  await page.locator('#code').fill('000000')
  await press(page, 'confirm_totp')
  await look('enrol-totp-wrong', page)
  const key = await connectApp(page)
  await look('recovery-codes', page)
  await page.locator('#stored').check()
  await press(page, 'codes_stored')
  return key
}

async function codes(place: Place, who: Newcomer, key: string): Promise<void> {
  const { visitor: { page }, look } = place
  await atQuestion(place, who)
  await look('factor-code', page)
  await page.locator('#code').fill('000000')
  await press(page, 'verify')
  await look('factor-code-wrong', page)
  await press(page, 'use_recovery_code')
  await look('factor-recovery-code', page)
  await page.locator('#recovery_code').fill('aaaaa-aaaaa')
  await press(page, 'verify')
  await look('factor-recovery-code-wrong', page)
  await press(page, 'use_totp')
  await showCode(page, key)
  await read(page, 'person_name')
}

/** In front of the question for the second factor, in a browser that nobody is signed in with. */
async function atQuestion({ demo, visitor: { page } }: Place, { email }: Newcomer): Promise<void> {
  await page.context().clearCookies()
  await page.goto(demo.karte)
  await press(page, 'sign_in')
  await sendPassword(page, email, nextPassword)
}

/** Signing what wants a second factor, and giving it up on the way. */
export async function walkSigning({ demo, language, visitor: { page }, look }: Place): Promise<void> {
  const tenant = await newTenant(demo)
  const { email } = await newcomer(demo, { locale: language, memberships: [{ tenant, role: 'clinic_admin' }] })
  await page.context().clearCookies()
  await page.goto(demo.karte)
  await press(page, 'sign_in')
  await sendPassword(page, email)
  await press(page, 'prescriptions')
  await look('karte-prescriptions', page)
  await press(page, 'sign-R-0001')
  await look('enrol-for-app', page)
  await press(page, 'cancel')
  await look('karte-gave-up', page)
  await signed(page, demo.karte)
  await look('karte-signed', page)
}

async function signed(page: Page, karte: string): Promise<void> {
  await page.goto(`${karte}/prescriptions`)
  await press(page, 'sign-R-0001')
  await press(page, 'enrol_totp')
  await connectApp(page)
  await page.locator('#stored').check()
  await press(page, 'codes_stored')
}
