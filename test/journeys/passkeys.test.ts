/** Passkeys as people use them: in place of the password, beside it, more than one, lost and copied. The devices are Chromium's own. */
import { decodeJwt } from 'jose'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser, type RealBrowser } from '../helpers/browser.ts'
import { startDemo, type Demo } from '../helpers/demo.ts'
import { ageSignIns } from '../helpers/people.ts'
import { textIn } from '../helpers/relying-party.ts'
import { openMail } from './mailbox.ts'
import { newcomer } from './newcomer.ts'
import { plugIn, untilOffered, type PasskeyDevice } from './passkey-device.ts'
import { demoPassword, heading, press, pressFirst, read, sees, sendPassword, signInAt, whoIs } from './steps.ts'

let demo: Demo
let browser: RealBrowser

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), openBrowser()])
})
afterAll(async () => {
  await browser.close()
  await demo.close()
})

const main = (page: Page) => page.locator('main').innerText()
const addPage = () => `${demo.issuer}/account/factors/passkey`

/** From the page that asks for a name to the list; returns the recovery codes where there were none before. From the first one on it is asked for there. */
async function create(page: Page, device: PasskeyDevice, name: string): Promise<readonly string[]> {
  await page.locator('#passkey_name').fill(name)
  await device.touch()
  await press(page, 'create_passkey')
  const codes = await page.locator('#codes li').allInnerTexts()
  if (codes.length === 0) return codes
  await press(page, 'codes_stored')
  if (await sees(page, 'sign_in_with_passkey')) await answer(page, device)
  return codes
}

/** Shows the passkey where it is asked for and nothing else is. */
async function answer(page: Page, device: PasskeyDevice): Promise<void> {
  await device.touch()
  await press(page, 'sign_in_with_passkey')
}

/** Somebody of their own at the list of their passkeys, with one of them. */
async function owner() {
  const who = await newcomer(demo)
  const visitor = await browser.visitor()
  const { page } = visitor
  const device = await plugIn(page)
  await page.goto(addPage())
  await sendPassword(page, who.email)
  const codes = await create(page, device, '診察室のPC')
  return { ...visitor, who, device, codes }
}

/** The sign-in form of Karte in a browser that nobody is signed in with. */
async function atForm(page: Page): Promise<void> {
  await page.context().clearCookies()
  await page.goto(demo.karte)
  await press(page, 'sign_in')
}

/** Signs in with nothing but the device, by the button of the form. */
async function byButton(page: Page, device: PasskeyDevice): Promise<void> {
  await untilOffered(page)
  await answer(page, device)
}

test('Hanako proves who she is once more, adds a passkey with a name, and signs in with nothing else', async () => {
  const { page, complaints } = await browser.visitor()
  const device = await plugIn(page)
  await signInAt(page, demo.karte, { email: 'hanako@example.com', tenant: 'sakura' })
  const { id: accountId } = await demo.databases.engine.selectFrom('account').select('id').where('email', '=', 'hanako@example.com').executeTakeFirstOrThrow()
  await ageSignIns(demo, accountId)
  await page.goto(`${demo.issuer}/account`)
  await press(page, 'nav-factors')
  await press(page, 'add_passkey')
  expect([await heading(page), await page.locator('#identifier').inputValue()]).toEqual(['ご本人の確認', 'hanako@example.com'])
  await page.locator('#password').fill(demoPassword)
  await press(page, 'sign_in')
  expect(page.url()).toBe(addPage())
  expect(await create(page, device, '仕事用のスマートフォン')).toHaveLength(10)
  expect(page.url()).toBe(`${demo.issuer}/account/factors`)
  for (const words of ['仕事用のスマートフォン', '残りは10個です']) expect(await main(page)).toContain(words)

  await atForm(page)
  await byButton(page, device)
  await press(page, 'tenant-sakura')
  expect((await whoIs(page)).name).toBe('佐藤 花子')
  expect(await read(page, 'sign_in_level')).toBe('phr · hwk · user · mfa')
  await page.goto(`${demo.issuer}/account/factors`)
  expect(await main(page)).not.toContain('まだ使っていません')
  await openMail(page.context(), demo, { to: 'hanako@example.com', subject: /パスキーが登録されました/ })
  expect(complaints).toEqual([])
})

test('the browser offers the passkey under the field, and nothing is typed or pressed', async () => {
  const { page, device, complaints } = await owner()
  await device.touch()
  await atForm(page)
  await page.locator('#person_name').waitFor()
  expect(await read(page, 'sign_in_level')).toBe('phr · hwk · user · mfa')
  expect(complaints).toEqual([])
})

test('after a password it is the second factor', async () => {
  const { page, who, device, complaints } = await owner()
  await atForm(page)
  await sendPassword(page, who.email)
  expect(await heading(page)).toBe('パスキーで確認')
  await answer(page, device)
  expect(await read(page, 'sign_in_level')).toBe('phr · pwd · hwk · user · mfa')
  expect(complaints).toEqual([])
})

test('an app that takes nothing less has one set up in the middle of the sign-in', async () => {
  const { email } = await newcomer(demo)
  const strict = await demo.app({ name: '麻薬管理', redirectUris: [`${demo.karte}/elsewhere`] })
  const { page, complaints } = await browser.visitor()
  const device = await plugIn(page)
  const start = strict.start('openid', { acr_values: 'phr' })
  await page.goto(start.url.href)
  await sendPassword(page, email)
  expect(await heading(page)).toBe('パスキーの作成')
  await page.locator('#passkey_name').fill('薬剤部のPC')
  await device.touch()
  await press(page, 'create_passkey')
  expect(await heading(page)).toBe('リカバリーコードの保管')
  await page.locator('#stored').check()
  await press(page, 'codes_stored')
  const answer = await strict.redeem(start, new URL(page.url()).searchParams.get('code') ?? page.url())
  expect(decodeJwt(textIn(answer, 'id_token'))).toMatchObject({ acr: 'phr', amr: ['pwd', 'hwk', 'user', 'mfa'] })
  expect(complaints).toEqual([])
})

test('one person has several, no device twice, and what is removed opens nothing', async () => {
  const { page, device, complaints } = await owner()
  await press(page, 'add_passkey')
  await device.touch()
  await page.locator('#create_passkey').click()
  await expect.poll(() => read(page, 'passkey_status')).toContain('すでにあります')
  await device.leave()
  const key = await plugIn(page, { transport: 'usb' })
  expect(await create(page, key, '予備のキー'), 'codes that are still there are not made anew').toEqual([])
  expect([await device.count(), await key.count()]).toEqual([1, 1])
  const names = page.locator('[id^="rename-"]')
  expect(await names.count()).toBe(2)

  await pressFirst(page, 'rename-')
  await page.locator('#passkey_name').fill('古いPC')
  await press(page, 'rename')
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: /削除.*古いPC/ }).click()])
  expect(await heading(page)).toBe('パスキー「古いPC」を削除しますか？')
  await press(page, 'cancel')
  expect(await names.count()).toBe(2)
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: /削除.*古いPC/ }).click()])
  await press(page, 'confirm')
  expect(await names.count()).toBe(1)
  expect(await main(page)).not.toContain('古いPC')

  await atForm(page)
  await byButton(page, device)
  expect(await read(page, 'error_summary')).toContain('このパスキーは登録されていません')
  await byButton(page, key)
  expect(await read(page, 'sign_in_level')).toBe('phr · hwk · user · mfa')
  expect(complaints).toEqual([])
})

describe('a ceremony that comes to nothing', () => {
  test('says so on the sign-in page, and the password still goes', async () => {
    const { page, device, who, codes, complaints } = await owner()
    await atForm(page)
    await untilOffered(page)
    await page.locator('#identifier').fill(who.email)
    await device.refuse()
    await page.locator('#sign_in_with_passkey').click()
    await expect.poll(() => read(page, 'passkey_status')).toContain('パスキーを確認できませんでした')
    await device.leave()
    expect(await page.locator('#identifier').inputValue()).toBe(who.email)
    await sendPassword(page, who.email)
    await device.refuse()
    await page.locator('#sign_in_with_passkey').click()
    await expect.poll(() => read(page, 'passkey_status')).toContain('パスキーを確認できませんでした')
    await press(page, 'use_recovery_code')
    await page.locator('#recovery_code').fill(codes[0] ?? '')
    await press(page, 'verify')
    expect(await read(page, 'sign_in_level')).toBe('aal2 · pwd · otp · mfa')
    expect(complaints).toEqual([])
  })

  test('says so while one is made, keeps its name, and can be done again', async () => {
    const { email } = await newcomer(demo)
    const { page, complaints } = await browser.visitor()
    const device = await plugIn(page)
    await page.goto(addPage())
    await sendPassword(page, email)
    await page.locator('#passkey_name').fill('受付のPC')
    await device.refuse()
    await page.locator('#create_passkey').click()
    await expect.poll(() => read(page, 'passkey_status')).toContain('パスキーを作成できませんでした')
    expect(await page.locator('#passkey_name').inputValue()).toBe('受付のPC')
    expect(await create(page, device, '受付のPC')).toHaveLength(10)
    expect(await main(page)).toContain('受付のPC')
    expect(complaints).toEqual([])
  })
})

test('a copy is refused, and its owner is warned on the page and by mail', async () => {
  const { page, device, who, codes, complaints } = await owner()
  await atForm(page)
  await byButton(page, device)
  expect(await read(page, 'sign_in_level')).toBe('phr · hwk · user · mfa')
  await device.rewind()
  for (const round of ['the copy', 'the passkey itself, from then on']) {
    await atForm(page)
    await byButton(page, device)
    expect(await read(page, 'error_summary'), round).toContain('パスキーを確認できませんでした')
  }
  await sendPassword(page, who.email)
  await press(page, 'use_recovery_code')
  await page.locator('#recovery_code').fill(codes[0] ?? '')
  await press(page, 'verify')
  await page.goto(`${demo.issuer}/account/factors`)
  expect(await main(page)).toContain('このパスキーの複製が使われた疑いがありました')
  await openMail(page.context(), demo, { to: who.email, subject: /複製/ })
  expect(complaints).toEqual([])
})
