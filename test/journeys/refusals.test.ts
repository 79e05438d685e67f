/** What people meet when something goes wrong: a wrong password, a lock, a dead page, lost cookies. Every page leads on. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { asSuperuser } from '../helpers/database.ts'
import { openBrowser, type RealBrowser } from '../helpers/browser.ts'
import { startDemo, type Demo } from '../helpers/demo.ts'
import { followLink } from './mailbox.ts'
import { heading, press, read, sees, sendPassword, signInAt, whoIs } from './steps.ts'

let demo: Demo
let browser: RealBrowser

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), openBrowser()])
})
afterAll(async () => {
  await browser.close()
  await demo.close()
})

async function atForm(): Promise<{ page: Page; complaints: readonly string[] }> {
  const { page, complaints } = await browser.visitor()
  await page.goto(demo.karte)
  await press(page, 'sign_in')
  return { page, complaints }
}

const focused = (page: Page) => page.evaluate(() => document.activeElement?.id)

describe('a wrong password', () => {
  test('is said on top with the focus there, keeps the name and forgets the password', async () => {
    const { page, complaints } = await atForm()
    await sendPassword(page, 'misaki@example.com', 'not the password')
    expect(await focused(page)).toBe('error_summary')
    expect(await page.locator('#identifier').inputValue()).toBe('misaki@example.com')
    expect(await page.locator('#password').inputValue()).toBe('')
    await page.locator('#error_summary a').click()
    expect(await focused(page)).toBe('identifier')
    await sendPassword(page, 'misaki@example.com')
    expect((await whoIs(page)).role).toBe('Admin')
    expect(complaints).toEqual([])
  })

  test('looks just as an address that nobody has', async () => {
    const { page } = await atForm()
    await sendPassword(page, 'ken@example.com', 'not the password')
    const ofKen = [await page.title(), await page.locator('main').innerText()]
    await sendPassword(page, 'nobody@example.com', 'not the password')
    expect([await page.title(), await page.locator('main').innerText()]).toEqual(ofKen)
  })

  test('ten times locks the name with a time, and a mail that can be read in the demo lets its owner in again', async () => {
    const { page, complaints } = await atForm()
    for (let failure = 0; failure < 10; failure += 1) await sendPassword(page, 'minoru@example.com', `guess ${failure}`)
    expect(await read(page, 'error_summary')).not.toMatch(/後にもう一度/)
    await sendPassword(page, 'minoru@example.com')
    expect(await read(page, 'error_summary')).toMatch(/約(?:\d{1,2}秒|1分)後にもう一度/)
    expect(await focused(page)).toBe('error_summary')

    await page.goto(demo.issuer)
    await press(page, 'mail')
    await expect.poll(async () => {
      await page.reload()
      return page.locator('main').innerText()
    }, { timeout: 15_000, interval: 200 }).toContain('minoru@example.com')
    await Promise.all([page.waitForEvent('load'), page.getByRole('link', { name: /一時的に停止/ }).click()])
    expect(await read(page, 'mail_to')).toBe('minoru@example.com')
    expect(await read(page, 'mail_text')).toMatch(/田中 実[\s\S]*再開する日時/)
    await press(page, 'mail_list')
    expect(await heading(page)).toBe('送信されたメール')
    await page.goBack()
    await followLink(page, '/unlock/')
    expect(await heading(page)).toBe('サインインの再開')
    await press(page, 'confirm')
    await signInAt(page, demo.karte, { email: 'minoru@example.com' })
    expect((await whoIs(page)).role).toBe('clinic_admin')
    expect(complaints).toEqual([])
  })
})

describe('a dead page', () => {
  test('reached by the back button after signing in leads on to the app', async () => {
    const { page, complaints } = await browser.visitor()
    await signInAt(page, demo.karte, { email: 'ken@example.com' })
    await page.goBack()
    expect(new URL(page.url()).pathname).toMatch(/^\/interaction\//)
    expect(await heading(page)).toBe('すでにサインインしています')
    expect(await read(page, 'continue_to_app')).toContain('Karte')
    await press(page, 'continue_to_app')
    expect(page.url()).toBe(`${demo.karte}/`)
    expect((await whoIs(page)).name).toBe('鈴木 健')
    expect(complaints).toEqual([])
  })

  test('whose time is over leads to a fresh start', async () => {
    const { page, complaints } = await atForm()
    // The row outlives the interaction by a day, so that a late page still knows its app.
    await asSuperuser(demo.database.adminUrl, (admin) => admin.query(
      `update oidc_artifact set payload = jsonb_set(payload, '{exp}', to_jsonb(extract(epoch from now())::int - 600)) where model = 'Interaction' and payload ? 'exp'`,
    ))
    await sendPassword(page, 'ken@example.com')
    expect(await heading(page)).toBe('ページの有効期限が切れました')
    await press(page, 'start_again')
    await sendPassword(page, 'ken@example.com')
    expect((await whoIs(page)).name).toBe('鈴木 健')
    expect(complaints).toEqual([])
  })

  test('of somebody else shows nothing of theirs and leads to a sign-in of one’s own', async () => {
    const { page: hanako } = await atForm()
    await sendPassword(hanako, 'hanako@example.com')
    const { page, complaints } = await browser.visitor()
    await page.goto(hanako.url())
    expect(await page.content()).not.toMatch(/花子|hanako|さくら会/)
    await press(page, 'start_again')
    await sendPassword(page, 'ken@example.com')
    expect((await whoIs(page)).name).toBe('鈴木 健')
    // She goes on as if nothing had been.
    await press(hanako, 'tenant-sakura')
    expect((await whoIs(hanako)).name).toBe('佐藤 花子')
    expect(complaints).toEqual([])
  })

  test('of a browser that lost its cookies in the middle leads to a fresh start that works', async () => {
    const { page, complaints } = await atForm()
    await page.context().clearCookies()
    await sendPassword(page, 'ken@example.com')
    await press(page, 'start_again')
    await sendPassword(page, 'ken@example.com')
    expect((await whoIs(page)).name).toBe('鈴木 健')
    expect(complaints).toEqual([])
  })

  test('that nobody ever had says so without a raw error', async () => {
    const { page, complaints } = await browser.visitor()
    await page.goto(`${demo.issuer}/interaction/AAAAAAAAAAAAAAAAAAAAA`)
    expect(await heading(page)).toBe('このページは使えません')
    expect(await sees(page, 'request_id')).toBe(true)
    expect(complaints).toEqual([])
  })
})
