/** Walks one person past the pages of their own account, each as it is at first, after a mistake, and after it was done. */
import { expect } from 'vitest'
import type { RealBrowser } from '../helpers/browser.ts'
import { codeIn, followLink, openMail, wrongCode } from './mailbox.ts'
import { newcomer, newTenant, type Newcomer } from './newcomer.ts'
import { plugIn } from './passkey-device.ts'
import type { Place } from './place.ts'
import { press, pressFirst, sendPassword, signInAt } from './steps.ts'
import { connectApp } from './totp.ts'

type Walker = Place & Newcomer & { readonly browser: RealBrowser }

export async function walkAccount(place: Place, browser: RealBrowser): Promise<void> {
  const { demo, shift, language, visitor: { page, context }, look } = place
  const who = await newcomer(demo, { locale: language, memberships: [{ tenant: 'sakura', role: 'STAFF' }, { tenant: 'midori', role: 'therapist' }] })
  const walker = { ...place, ...who, browser }
  await shift.showLogo(context)
  await page.goto(`${demo.issuer}/account`)
  await look('account-sign-in', page)
  await sendPassword(page, who.email)
  await look('account', page)
  await page.setViewportSize({ width: 360, height: 800 })
  await page.locator('summary').click()
  await look('account-menu', page)
  await profileAndPassword(walker)
  await address(walker)
  await sessions(walker, await factors(walker))
  await connections(walker)
  await deletion(walker)
  await lastAdmin(walker)
}

async function show({ demo, visitor: { page }, look }: Place, name: string, path: string): Promise<void> {
  await page.goto(`${demo.issuer}/account/${path}`)
  expect(new URL(page.url()).pathname).toBe(`/account/${path}`)
  await look(name, page)
}

async function profileAndPassword(walker: Walker): Promise<void> {
  const { visitor: { page }, look } = walker
  await show(walker, 'account-profile', 'profile')
  for (const id of ['family_name', 'given_name']) await page.locator(`#${id}`).fill(' ')
  await press(page, 'save')
  await look('account-profile-wrong', page)
  await page.locator('#family_name').fill('樋口')
  await page.locator('#given_name').fill('一葉')
  await press(page, 'save')
  await look('account-profile-saved', page)
  await show(walker, 'account-password', 'password')
  await page.locator('#password').fill('short')
  await press(page, 'change_password')
  await look('account-password-short', page)
}

async function address(walker: Walker): Promise<void> {
  const { demo, email, visitor: { page, context }, look } = walker
  await show(walker, 'account-address', 'address')
  await page.locator('#email').fill('nobody@localhost')
  await press(page, 'change_address')
  await look('account-address-wrong', page)
  await page.locator('#email').fill(`new-${email}`)
  await press(page, 'change_address')
  await look('account-address-code', page)
  const mail = await openMail(context, demo, { to: `new-${email}`, subject: /確認|Confirm/ })
  const code = await codeIn(mail)
  await page.locator('#code').fill(wrongCode(code))
  await press(page, 'confirm_address')
  await look('account-address-code-wrong', page)
  await followLink(mail, '/address/')
  await look('address-by-link', mail)
  await press(mail, 'confirm')
  await look('address-by-link-done', mail)
  await mail.close()
  const told = await openMail(context, demo, { to: email, subject: /変更されました|was changed/ })
  await followLink(told, '/undo/')
  await look('address-undo', told)
  await told.close()
}

/** Returns one of the recovery codes. */
async function factors(walker: Walker): Promise<string> {
  const { demo, visitor: { page }, look } = walker
  const device = await plugIn(page)
  await show(walker, 'account-factors-none', 'factors')
  await show(walker, 'account-add-totp', 'factors/totp')
  await page.locator('#code').fill('000000')
  await press(page, 'confirm_totp')
  await look('account-add-totp-wrong', page)
  await connectApp(page)
  await look('account-recovery-codes', page)
  const spare = await page.locator('#codes li').first().innerText()
  await page.goto(`${demo.issuer}/account/factors/passkey`)
  await look('account-add-passkey', page)
  await device.refuse()
  await page.locator('#create_passkey').click()
  await expect.poll(() => page.locator('#passkey_status.failed').isVisible()).toBe(true)
  await look('account-add-passkey-failed', page)
  await device.touch()
  await press(page, 'create_passkey')
  await look('account-factors', page)
  await pressFirst(page, 'rename-')
  await look('account-rename-passkey', page)
  await page.locator('#passkey_name').fill(' ')
  await press(page, 'rename')
  await look('account-rename-passkey-wrong', page)
  await page.goto(`${demo.issuer}/account/factors`)
  await pressFirst(page, 'remove-')
  await look('account-remove-passkey', page)
  await show(walker, 'account-remove-totp', 'factors/totp/remove')
  await show(walker, 'account-renew-codes', 'factors/recovery-codes')
  return spare
}

async function sessions(walker: Walker, recoveryCode: string): Promise<void> {
  const { demo, browser, email, visitor: { page }, look } = walker
  await show(walker, 'account-sessions-alone', 'sessions')
  const elsewhere = await browser.visitor()
  await elsewhere.page.goto(`${demo.karte}/login?tenant=sakura`)
  await sendPassword(elsewhere.page, `new-${email}`)
  await press(elsewhere.page, 'use_recovery_code')
  await elsewhere.page.locator('#recovery_code').fill(recoveryCode)
  await press(elsewhere.page, 'verify')
  await show(walker, 'account-sessions', 'sessions')
  await press(page, 'end_others')
  await look('account-sessions-ended', page)
  await elsewhere.context.close()
}

async function connections(walker: Walker): Promise<void> {
  const { shift, visitor: { page }, look } = walker
  await show(walker, 'account-tenants', 'tenants')
  await pressFirst(page, 'leave-')
  await look('account-leave-tenant', page)
  await show(walker, 'account-apps-none', 'apps')
  await page.goto(shift.party.start('openid profile email tenant offline_access', { tenant: 'sakura', prompt: 'consent' }).url.href)
  await press(page, 'allow')
  await show(walker, 'account-apps', 'apps')
  await pressFirst(page, 'revoke-')
  await look('account-revoke-app', page)
  await show(walker, 'account-activity', 'activity')
}

async function deletion(walker: Walker): Promise<void> {
  const { demo, email, visitor: { page, context }, look } = walker
  await show(walker, 'account-data', 'data')
  await press(page, 'delete_account')
  await look('account-delete', page)
  await press(page, 'confirm')
  await look('account-data-pending', page)
  await page.goto(`${demo.issuer}/account`)
  await look('account-pending', page)
  const mail = await openMail(context, demo, { to: `new-${email}`, subject: /削除|deleted/ })
  await followLink(mail, '/keep/')
  await look('keep', mail)
  await press(mail, 'confirm')
  await look('keep-done', mail)
  await mail.close()
}

/** Whoever runs a clinic alone can neither leave it nor end their account. */
async function lastAdmin(walker: Walker): Promise<void> {
  const { demo, language, visitor: { page, context } } = walker
  const { email } = await newcomer(demo, { locale: language, memberships: [{ tenant: await newTenant(demo), role: 'clinic_admin' }] })
  await context.clearCookies()
  await signInAt(page, demo.karte, { email })
  await show(walker, 'account-tenants-last-admin', 'tenants')
  await show(walker, 'account-data-last-admin', 'data')
}
