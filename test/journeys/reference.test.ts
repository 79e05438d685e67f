/**
 * The reference of the API in a real browser: what is ours is without fault and nothing is asked of anybody else, on a phone and in the
 * dark as well; whoever signs in there tries the API with their own rights. Swagger UI's own elements are not judged one by one.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, type RealBrowser } from '../helpers/browser.ts'
import { startTegata, type Tegata } from '../helpers/tegata.ts'
import { bringAxe, violationsOn } from './faults.ts'
import { demoPassword, press } from './steps.ts'

let tegata: Tegata
let browser: RealBrowser

beforeAll(async () => {
  [tegata, browser] = await Promise.all([startTegata(), openBrowser()])
})
afterAll(async () => {
  await browser.close()
  await tegata.close()
})

const open = async (page: Page): Promise<void> => {
  await page.goto(`${tegata.issuer}/api/docs`)
  await page.locator('.opblock-tag').first().waitFor()
}
const unfold = async (page: Page, tag: string, operation: string): Promise<void> => {
  await page.locator(`[data-tag="${tag}"] button`).first().click()
  await page.locator(`#operations-${tag}-${operation} .opblock-summary-control`).click()
  await page.locator(`#operations-${tag}-${operation} .responses-table`).first().waitFor()
}

test.each([
  { locale: 'ja-JP', colorScheme: 'light', width: 1280 }, { locale: 'en-GB', colorScheme: 'dark', width: 1280 },
  { locale: 'ja-JP', colorScheme: 'dark', width: 360 }, { locale: 'en-GB', colorScheme: 'light', width: 360 },
] as const)('it is drawn and legible: $locale, $colorScheme, $width px', async ({ locale, colorScheme, width }) => {
  const { page, context, complaints, origins } = await browser.visitor({ locale, colorScheme, viewport: { width, height: 800 } })
  await bringAxe(context)
  await open(page)
  await page.keyboard.press('Tab')
  expect(await page.evaluate(() => document.activeElement?.className), 'the keyboard is led past our head').toBe('skip')
  await unfold(page, 'roles', 'postRoles')
  expect(await violationsOn(page, { exclude: '#reference' })).toEqual([])
  expect(await violationsOn(page, { only: ['color-contrast', 'label', 'button-name', 'html-has-lang'] })).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
  expect(complaints).toEqual([])
  expect([...origins]).toEqual([tegata.issuer])
})

test('without JavaScript it leads to the description', async () => {
  const { page } = await browser.visitor({ javaScriptEnabled: false })
  await page.goto(`${tegata.issuer}/api/docs`)
  expect(await page.locator('.notice').innerText()).toContain('docs/endpoints.md')
  await press(page, 'description')
  expect(new URL(page.url()).pathname).toBe('/api/v1/openapi.json')
})

async function tryMembers(email: string): Promise<{ status: string; body: string }> {
  const { page, context, complaints } = await browser.visitor()
  await open(page)
  await page.locator('.auth-wrapper .authorize').click()
  await page.locator('.scopes label[for^="members:read"]').first().click()
  const window = context.waitForEvent('page')
  await page.locator('.auth-btn-wrapper .authorize').first().click()
  const popup = await window
  await popup.locator('#identifier').fill(email)
  await popup.locator('#password').fill(demoPassword)
  await Promise.all([popup.waitForEvent('close'), popup.locator('#sign_in').click()])
  await page.locator('.auth-btn-wrapper .btn-done').first().click()
  await unfold(page, 'members', 'getMembers')
  const operation = page.locator('#operations-members-getMembers')
  await operation.locator('.try-out__btn').click()
  await operation.getByPlaceholder('X-Tenant-ID').fill('sakura')
  await operation.locator('.execute').click()
  const live = operation.locator('.live-responses-table .response').first()
  await live.waitFor()
  expect(complaints).toEqual([])
  return { status: (await live.locator('.response-col_status').innerText()).slice(0, 3), body: await live.locator('.response-col_description').innerText() }
}

test('an administrator signs in there and tries the API; a member of another tenant is told nothing', async () => {
  const misaki = await tryMembers('misaki@example.com')
  expect(misaki.status).toBe('200')
  expect(misaki.body).toContain('hanako@example.com')
  const minoru = await tryMembers('minoru@example.com')
  expect(minoru.status).toBe('404')
  expect(minoru.body).not.toContain('hanako')
})

test('its files are ours, kept for ever by their content, and the page is kept by nobody', async () => {
  const page = await fetch(`${tegata.issuer}/api/docs`)
  expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-store'])
  expect(page.headers.get('content-security-policy')).toBe(
    "default-src 'none'; style-src 'self'; img-src 'self' https: data:; font-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  )
  const files = [...(await page.text()).matchAll(/(?:src|href)="(\/assets\/[^"]+\.(?:js|css))"/g)].map(([, path = '']) => path)
  expect(files.map((path) => path.replace(/\.[\w-]{16}\./, '.'))).toEqual(['/assets/tegata.css', '/assets/swagger-ui.css', '/assets/reference.css', '/assets/swagger-ui-bundle.js', '/assets/reference.js'])
  for (const path of files) {
    const file = await fetch(`${tegata.issuer}${path}`)
    expect([file.status, file.headers.get('cache-control'), file.headers.get('content-type')]).toEqual([200, 'public, max-age=31536000, immutable', path.endsWith('.js') ? 'text/javascript; charset=utf-8' : 'text/css; charset=utf-8'])
    expect((await fetch(`${tegata.issuer}${path}`, { headers: { 'If-None-Match': file.headers.get('etag') ?? '', 'Cache-Control': 'max-age=0' } })).status).toBe(304)
  }
})
