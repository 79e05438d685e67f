/** One sign-in, many people: two languages, dark colours, no scripts, another account on the same computer, an app from outside. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser, type RealBrowser } from '../helpers/browser.ts'
import { startDemo, type Demo } from '../helpers/demo.ts'
import { promises, startOutsideApp, type OutsideApp } from './outside-app.ts'
import { heading, press, read, sees, sendPassword, signInAt, whoIs } from './steps.ts'

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

describe('the language', () => {
  test('is the browser’s, and changes in the middle of a sign-in without losing it', async () => {
    const { page, complaints } = await browser.visitor({ locale: 'ja-JP' })
    await page.goto(demo.karte)
    await press(page, 'sign_in')
    expect([await page.locator('html').getAttribute('lang'), await heading(page)]).toEqual(['ja', 'サインイン'])
    await sendPassword(page, 'hanako@example.com')
    await press(page, 'language_en')
    expect([await page.locator('html').getAttribute('lang'), await heading(page)]).toEqual(['en', 'Choose an organisation'])
    await press(page, 'tenant-midori')
    expect((await whoIs(page)).role).toBe('therapist')
    await press(page, 'sign_out')
    expect(await heading(page), 'a choice just made beats what the app wishes').toBe('Sign out')
    expect(complaints).toEqual([])
  })

  test('is the app’s wish where the person has made no choice', async () => {
    const { page, context, complaints } = await browser.visitor({ locale: 'ja-JP' })
    await shift.showLogo(context)
    await page.goto(shift.party.start('openid', { ui_locales: 'fr en' }).url.href)
    expect(await heading(page)).toBe('Sign in')
    await sendPassword(page, 'ken@example.com', 'not the password')
    expect(await heading(page), 'a refused form keeps the language').toBe('Sign in')
    expect(complaints).toEqual([])
  })
})

test('a dark screen gets a dark page with readable words', async () => {
  const { page } = await browser.visitor({ colorScheme: 'dark' })
  await page.goto(demo.karte)
  await press(page, 'sign_in')
  const light = await page.evaluate(() => ['body', 'main'].map((name) => {
    const style = getComputedStyle(document.querySelector(name) ?? document.body)
    return style.color
  }))
  const ground = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  const brightness = (colour: string) => (colour.match(/\d+/g) ?? []).slice(0, 3).reduce((sum, part) => sum + Number(part), 0)
  expect(brightness(ground)).toBeLessThan(150)
  for (const colour of light) expect(brightness(colour)).toBeGreaterThan(500)
})

describe('a browser without scripts', () => {
  test('signs in, chooses, and signs out', async () => {
    const { page, complaints } = await browser.visitor({ javaScriptEnabled: false })
    await signInAt(page, demo.karte, { email: 'hanako@example.com', tenant: 'sakura' })
    expect((await whoIs(page)).tenant).toBe('医療法人さくら会')
    await press(page, 'sign_out')
    await press(page, 'sign_out_everywhere')
    expect(await sees(page, 'signed_out')).toBe(true)
    await press(page, 'sign_in')
    expect(await sees(page, 'password')).toBe(true)
    expect(complaints).toEqual([])
  })

  test('hands over to another account with a button', async () => {
    const { page, complaints } = await browser.visitor({ javaScriptEnabled: false })
    await signInAt(page, demo.karte, { email: 'ken@example.com' })
    await page.goto(`${demo.karte}/login?prompt=login`)
    await press(page, 'switch_account')
    await sendPassword(page, 'misaki@example.com')
    await Promise.all([page.waitForEvent('load'), page.locator('form button').click()])
    expect((await whoIs(page)).name).toBe('高橋 美咲')
    expect(complaints).toEqual([])
  })
})

test('with scripts another account takes over by itself', async () => {
  const { page, complaints } = await browser.visitor()
  await signInAt(page, demo.karte, { email: 'ken@example.com' })
  await page.goto(`${demo.karte}/login?prompt=login`)
  expect(await page.locator('#identifier').inputValue()).toBe('ken@example.com')
  await press(page, 'switch_account')
  await sendPassword(page, 'misaki@example.com')
  await expect.poll(async () => (await sees(page, 'person_name')) && (await read(page, 'person_name'))).toBe('高橋 美咲')
  expect(page.url()).toBe(`${demo.karte}/`)
  expect(complaints).toEqual([])
})

describe('an app from outside', () => {
  test('asks once, with its logo and its promises; no means no, and yes is remembered', async () => {
    const { page, context, complaints } = await browser.visitor()
    await shift.showLogo(context)
    const scope = 'openid profile email tenant'
    await page.goto(shift.party.start(scope).url.href)
    await sendPassword(page, 'ken@example.com')
    expect(await heading(page)).toBe('アクセスの許可')
    expect(await page.locator('img.logo').evaluate((logo) => logo instanceof HTMLImageElement && logo.naturalWidth > 0)).toBe(true)
    const links = await page.locator('.links a').evaluateAll((all) => all.map((link) => link.getAttribute('href')))
    expect(links.toSorted()).toEqual([promises.policyUri, promises.tosUri])
    const asked = await page.locator('main').innerText()
    for (const words of ['シフト名人', '医療法人さくら会', '鈴木 健', 'メールアドレスを見る', shift.host]) expect(asked).toContain(words)

    await press(page, 'cancel')
    expect(new URL(page.url()).host).toBe(shift.host)
    expect(new URL(page.url()).searchParams.get('error')).toBe('access_denied')

    const again = shift.party.start(scope)
    await page.goto(again.url.href)
    expect(await sees(page, 'password')).toBe(false)
    await press(page, 'allow')
    const answer = new URL(page.url()).searchParams
    expect([answer.get('state'), answer.get('error')]).toEqual([again.state, null])
    expect((await shift.party.redeem(again, answer.get('code') ?? '')).status).toBe(200)

    await page.goto(shift.party.start(scope).url.href)
    expect(new URL(page.url()).host, 'it is asked a second time').toBe(shift.host)
    expect(new URL(page.url()).searchParams.get('code')).not.toBeNull()
    expect(complaints).toEqual([])
  })
})
