/** What people do with their own account: get one, get back into it, guard it, tidy it up and end it. With a keyboard, and without scripts. */
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser, type RealBrowser } from '../helpers/browser.ts'
import { startDemo, type Demo } from '../helpers/demo.ts'
import { totpCode } from '../helpers/factors.ts'
import { enter, tabTo } from './keyboard.ts'
import { codeIn, followLink, openMail, wrongCode } from './mailbox.ts'
import { newcomer } from './newcomer.ts'
import { startOutsideApp, type OutsideApp } from './outside-app.ts'
import { showsCodeOf } from './qr.ts'
import { demoPassword, heading, press, pressFirst, read, sees, sendPassword, signInAt, whoIs } from './steps.ts'
import { keyOn } from './totp.ts'

let demo: Demo
let browser: RealBrowser
let shift: OutsideApp

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), openBrowser()])
  shift = await startOutsideApp(demo)
})
afterAll(async () => {
  await browser.close()
  await shift.close()
  await demo.close()
})

const newPassword = '海辺の図書館と七つの鍵とラムネ'
const main = (page: Page) => page.locator('main').innerText()
const withoutScripts = { javaScriptEnabled: false } as const

/** Somebody of their own, signed in at that page of their account. */
async function at(path: string, options: Parameters<RealBrowser['visitor']>[0] = withoutScripts) {
  const who = await newcomer(demo)
  const visitor = await browser.visitor(options)
  await visitor.page.goto(`${demo.issuer}${path}`)
  await sendPassword(visitor.page, who.email)
  return { ...visitor, ...who }
}

async function saved(page: Page, id: string): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator(`#${id}`).click()])
  return readFile(await download.path(), 'utf8')
}

describe('without scripts', () => {
  test('somebody makes an account on the way into an app, by the code in the mail', async () => {
    const { page, context, complaints } = await browser.visitor(withoutScripts)
    await shift.showLogo(context)
    const start = shift.party.start('openid profile email')
    await page.goto(start.url.href)
    await press(page, 'register')
    await page.locator('#email').fill('Sakura.Yamada@example.com')
    await press(page, 'send_code')
    const mail = await openMail(context, demo, { to: 'sakura.yamada@example.com', subject: /メールアドレスの確認/ })
    const code = await codeIn(mail)
    await page.locator('#code').fill(wrongCode(code))
    await press(page, 'verify_code')
    expect(await read(page, 'error_summary')).toContain('コードが違います')
    await page.locator('#code').fill(code)
    await press(page, 'verify_code')
    expect(await page.locator('#email').inputValue()).toBe('sakura.yamada@example.com')
    await page.locator('#family_name').fill('山田')
    await page.locator('#given_name').fill('さくら')
    await page.locator('#password').fill('sakura yamada')
    await press(page, 'register')
    expect([await read(page, 'password_error'), await page.locator('#family_name').inputValue()]).toEqual([expect.stringContaining('15文字以上'), '山田'])
    await page.locator('#password').fill(newPassword)
    await press(page, 'register')
    expect(await heading(page)).toBe('アクセスの許可')
    await press(page, 'allow')
    expect(new URL(page.url()).host).toBe(shift.host)
    expect((await shift.party.redeem(start, new URL(page.url()).searchParams.get('code') ?? '')).status).toBe(200)
    await page.goto(`${demo.issuer}/account`)
    expect(await heading(page)).toContain('山田 さくら')
    expect(complaints).toEqual([])
  })

  test('whoever forgot the password gets a link, sets a new one, and is back at the app; what was signed in elsewhere ends', async () => {
    const { email } = await newcomer(demo)
    const elsewhere = await browser.visitor()
    await signInAt(elsewhere.page, demo.karte, { email })
    const { page, context, complaints } = await browser.visitor(withoutScripts)
    await page.goto(demo.karte)
    await press(page, 'sign_in')
    await press(page, 'recover')
    await page.locator('#identifier').fill(email)
    await press(page, 'send_link')
    expect(await heading(page)).toBe('メールを確認してください')
    const mail = await openMail(context, demo, { to: email, subject: /パスワードの再設定/ })
    await followLink(mail, '/reset/')
    expect(await mail.locator('#username').inputValue()).toBe(email)
    await mail.locator('#password').fill(newPassword)
    await press(mail, 'set_password')
    expect(await heading(mail)).toBe('パスワードを設定しました')
    expect(await read(mail, 'continue')).toContain('Karte')
    await press(mail, 'continue')
    await sendPassword(mail, email)
    expect(await read(mail, 'error_summary'), 'the old password').toContain('パスワードが違います')
    await sendPassword(mail, email, newPassword)
    expect((await whoIs(mail)).role).toBe('STAFF')
    await expect.poll(async () => {
      await elsewhere.page.goto(demo.karte)
      return sees(elsewhere.page, 'sign_in')
    }, { timeout: 15_000, interval: 200 }).toBe(true)
    expect([...complaints, ...elsewhere.complaints]).toEqual([])
  })

  test('a session at another desk is ended, and the app there hears of it', async () => {
    const { page, email, complaints } = await at('/account')
    const other = await browser.visitor()
    await signInAt(other.page, demo.karte, { email })
    await press(page, 'nav-sessions')
    expect(await page.locator('[id^="end-"]').count()).toBe(1)
    expect(await main(page)).toContain('Karte')
    await pressFirst(page, 'end-')
    expect(await main(page)).toContain('その端末のサインインを終了しました')
    expect(await page.locator('[id^="end-"]').count()).toBe(0)
    await other.page.goto(`${demo.issuer}/account`)
    expect(await sees(other.page, 'password')).toBe(true)
    await expect.poll(async () => {
      await other.page.goto(demo.karte)
      return sees(other.page, 'sign_in')
    }, { timeout: 15_000, interval: 200 }).toBe(true)
    expect([...complaints, ...other.complaints]).toEqual([])
  })

  test('another address takes the place of the old one, whose owner may take it back', async () => {
    const { page, context, email, complaints } = await at('/account/address')
    const other = `new-${email}`
    await page.locator('#email').fill(other)
    await press(page, 'change_address')
    const mail = await openMail(context, demo, { to: other, subject: /新しいメールアドレスの確認/ })
    await page.locator('#code').fill(await codeIn(mail))
    await press(page, 'confirm_address')
    expect(await main(page)).toContain(other)
    const told = await openMail(context, demo, { to: email, subject: /メールアドレスが変更されました/ })
    expect(await read(told, 'mail_text'), 'the old address learns the new one').not.toContain(other)

    const fresh = await browser.visitor(withoutScripts)
    await fresh.page.goto(`${demo.issuer}/account`)
    await sendPassword(fresh.page, other)
    expect(await heading(fresh.page)).toContain('新人')
    await followLink(told, '/undo/')
    expect([await heading(told), await main(told)]).toEqual(['メールアドレスを元に戻す', expect.stringContaining(email)])
    await fresh.page.goto(`${demo.issuer}/account/profile`)
    expect(await sees(fresh.page, 'save'), 'opening the link has changed something').toBe(true)
    await press(told, 'confirm')
    expect(await heading(told)).toBe('メールアドレスを元に戻しました')
    await fresh.page.goto(`${demo.issuer}/account`)
    await sendPassword(fresh.page, other)
    expect(await sees(fresh.page, 'error_summary')).toBe(true)
    await sendPassword(fresh.page, email)
    expect(await heading(fresh.page)).toContain('新人')
    expect([...complaints, ...fresh.complaints]).toEqual([])
  })

  test('names and language are changed, and the pages follow', async () => {
    const { page, complaints } = await at('/account/profile')
    await page.locator('#family_name').fill('朝比奈')
    await page.locator('#locale').selectOption('en')
    await press(page, 'save')
    expect([await page.locator('html').getAttribute('lang'), await page.locator('.side-person bdi').innerText()]).toEqual(['en', expect.stringContaining('朝比奈')])
    expect(complaints).toEqual([])
  })

  test('a copy of everything is taken along, the account is to be deleted, and a link in the mail keeps it', async () => {
    const { page, context, email, complaints } = await at('/account/data')
    expect(JSON.parse(await saved(page, 'download'))).toMatchObject({ account: { email } })
    await press(page, 'delete_account')
    expect(await heading(page)).toBe('アカウントを削除しますか？')
    await press(page, 'confirm')
    expect(await main(page)).toContain('アカウントの削除を受け付けました')
    expect(await sees(page, 'keep_account')).toBe(true)
    const mail = await openMail(context, demo, { to: email, subject: /削除を受け付けました/ })
    await followLink(mail, '/keep/')
    await press(mail, 'confirm')
    expect(await heading(mail)).toBe('アカウントの削除を取り消しました')
    await page.reload()
    expect([await sees(page, 'keep_account'), await sees(page, 'delete_account')]).toEqual([false, true])
    expect(complaints).toEqual([])
  })
})

test('with the keyboard alone somebody connects an authenticator app and puts the recovery codes away', async () => {
  const { email } = await newcomer(demo)
  const { page, context, complaints } = await browser.visitor({ viewport: { width: 360, height: 740 } })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto(`${demo.issuer}/account`)
  // The browser gives the first field the focus a moment after the page has loaded.
  await page.waitForFunction(() => document.activeElement?.id === 'identifier')
  await page.keyboard.type(email)
  await tabTo(page, 'password')
  await page.keyboard.type(demoPassword)
  await Promise.all([page.waitForURL(`${demo.issuer}/account`), page.keyboard.press('Enter')])
  // On a phone the way between the pages folds behind one button.
  await tabTo(page, 'summary')
  await page.keyboard.press('Enter')
  await enter(page, 'nav-factors')
  expect(new URL(page.url()).pathname).toBe('/account/factors')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  expect(await page.evaluate(() => document.activeElement?.id), 'the first Tab leads past the navigation').toBe('content')
  await enter(page, 'add_totp')

  const address = (await page.locator('#open_authenticator').getAttribute('href')) ?? ''
  const key = await keyOn(page)
  expect(new URL(address).searchParams.get('secret')).toBe(key)
  expect(await showsCodeOf(page.locator('img.qr'), address)).toBe(true)
  expect(await showsCodeOf(page.locator('img.qr'), `${address}&`)).toBe(false)
  await tabTo(page, 'copy_secret')
  await page.keyboard.press('Enter')
  await expect.poll(() => read(page, 'copy_status')).not.toBe('')
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key)
  await tabTo(page, 'code')
  await page.keyboard.type(await totpCode(key))
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])

  const codes = await page.locator('#codes li').allInnerTexts()
  expect(codes).toHaveLength(10)
  await tabTo(page, 'download_codes')
  const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')])
  const file = await readFile(await download.path(), 'utf8')
  for (const words of [...codes, email]) expect(file).toContain(words)
  await page.emulateMedia({ media: 'print' })
  expect((await page.locator('body').innerText()).trim(), 'paper holds the file and nothing else').toBe(file.replaceAll('\r', '').trim())
  await page.emulateMedia({ media: 'screen' })
  await enter(page, 'codes_stored')
  // From now on the app is asked for, here as well.
  if (await sees(page, 'verify')) {
    await page.keyboard.type(await totpCode(key, 1))
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])
  }
  expect(await main(page)).toContain('残りは10個です')
  await openMail(context, demo, { to: email, subject: /認証アプリが/ })
  expect(complaints).toEqual([])
})
