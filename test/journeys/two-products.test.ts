/** The main journey in a real browser: one sign-in for two products, two tenants of one person, and two ways to sign out. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, type RealBrowser } from '../helpers/browser.ts'
import { startDemo, type Demo } from '../helpers/demo.ts'
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

const inSakura = { name: '佐藤 花子', tenant: '医療法人さくら会', role: 'DEPARTMENT_HEAD' }
const inMidori = { name: '佐藤 花子', tenant: 'みどり整骨院', role: 'therapist' }

test('Hanako signs in to Karte, is known at Koe, switches tenant there, leaves one product and then both', async () => {
  const { page, context, complaints } = await browser.visitor()
  await page.goto(demo.karte)
  await press(page, 'sign_in')
  expect(new URL(page.url()).origin).toBe(demo.issuer)
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('identifier')
  await sendPassword(page, 'hanako@example.com')
  expect(await heading(page)).toBe('どの組織で使いますか')
  await press(page, 'tenant-sakura')
  expect(page.url()).toBe(`${demo.karte}/`)
  expect(await whoIs(page)).toEqual(inSakura)
  const may = await page.locator('#permissions .may').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-permission')))
  expect(may, 'what a DEPARTMENT_HEAD may do is for Karte to say').toEqual(['records_all', 'appointments_view', 'figures_view'])
  await press(page, 'records')
  expect(await page.locator('#record_list tbody tr').count()).toBe(3)

  const koe = await context.newPage()
  await koe.goto(demo.koe)
  await press(koe, 'sign_in')
  expect(await sees(koe, 'password'), 'a password is asked for at the second product').toBe(false)
  await press(koe, 'tenant-sakura')
  await expect.poll(() => whoIs(koe)).toEqual(inSakura)
  await koe.locator('#tenant').fill('midori')
  await koe.locator('#switch_tenant').click()
  await expect.poll(() => whoIs(koe)).toEqual(inMidori)
  await expect.poll(() => read(koe, 'message')).toContain('みどり整骨院')
  await page.goto(demo.karte)
  expect(await whoIs(page), 'what Koe does is no business of Karte').toEqual(inSakura)

  await press(page, 'sign_out')
  expect(await page.locator('main').innerText()).toContain('佐藤 花子')
  expect((await page.locator('.scopes li').allInnerTexts()).toSorted()).toEqual(['Karte', 'Koe'])
  await press(page, 'sign_out_here')
  expect(new URL(page.url()).origin).toBe(demo.karte)
  expect([await sees(page, 'signed_out'), await sees(page, 'person_name')]).toEqual([true, false])
  await koe.reload()
  await expect.poll(() => whoIs(koe)).toEqual(inMidori)

  await press(page, 'sign_in')
  expect(await sees(page, 'password'), 'a password is asked for although the session lives').toBe(false)
  await press(page, 'tenant-midori')
  expect(await whoIs(page)).toEqual(inMidori)

  await press(page, 'sign_out')
  await press(page, 'sign_out_everywhere')
  expect(await sees(page, 'signed_out')).toBe(true)
  // Koe hears of it from the platform, not from the browser.
  await expect.poll(async () => {
    await koe.reload()
    return koe.locator('#sign_in').isVisible()
  }, { timeout: 15_000, interval: 200 }).toBe(true)
  await press(page, 'sign_in')
  expect(await sees(page, 'password')).toBe(true)
  await koe.bringToFront()
  await press(koe, 'sign_in')
  expect(await sees(koe, 'password')).toBe(true)
  expect(complaints).toEqual([])
})

test('Ken has one tenant and is asked for none', async () => {
  const { page, complaints } = await browser.visitor()
  await signInAt(page, demo.karte, { email: 'ken@example.com' })
  expect(await whoIs(page)).toEqual({ name: '鈴木 健', tenant: '医療法人さくら会', role: 'STAFF' })
  await press(page, 'records')
  expect(await sees(page, 'forbidden'), 'Karte decides what STAFF may not do').toBe(true)
  expect(complaints).toEqual([])
})

test('Misaki signs in with her staff number and is the Admin of her tenant', async () => {
  const { page, complaints } = await browser.visitor({ locale: 'en-GB' })
  await signInAt(page, demo.koe, { email: 'S-0001@sakura' })
  await expect.poll(() => whoIs(page)).toEqual({ name: '高橋 美咲', tenant: '医療法人さくら会', role: 'Admin' })
  expect(complaints).toEqual([])
})

test('two tabs act for two tenants of one person at the same time', async () => {
  const { page: karte, context, complaints } = await browser.visitor()
  const koe = await context.newPage()
  for (const [tab, product] of [[karte, demo.karte], [koe, demo.koe]] as const) {
    await tab.goto(product)
    await press(tab, 'sign_in')
  }
  // Both forms stand open before either is sent.
  await sendPassword(karte, 'hanako@example.com')
  await sendPassword(koe, 'hanako@example.com')
  await press(karte, 'tenant-sakura')
  await press(koe, 'tenant-midori')
  await expect.poll(() => whoIs(koe)).toEqual(inMidori)
  expect(await whoIs(karte)).toEqual(inSakura)
  await Promise.all([karte.reload(), koe.reload()])
  await expect.poll(() => whoIs(koe)).toEqual(inMidori)
  expect(await whoIs(karte)).toEqual(inSakura)
  expect(complaints).toEqual([])
})
