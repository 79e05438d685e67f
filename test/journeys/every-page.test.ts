/**
 * Every page as everybody needs it: wide and narrow, light and dark, in both languages; without a fault that axe finds (WCAG 2.2 AA),
 * without scrolling sideways, without a complaint of the browser, and without asking anybody else for anything.
 * With PAGE_PICTURES=<folder> in the environment it leaves a picture of each, to be looked at by a person.
 */
import { AxeBuilder } from '@axe-core/playwright'
import { mkdir } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, type RealBrowser } from '../helpers/browser.ts'
import { startDemo, type Demo } from '../helpers/demo.ts'
import { startOutsideApp, type OutsideApp } from './outside-app.ts'
import { walkEveryPage } from './walk.ts'

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

const pictures = process.env['PAGE_PICTURES'] ?? ''
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const screens = {
  'wide-light': { width: 1280, colorScheme: 'light' }, 'phone-dark': { width: 360, colorScheme: 'dark' },
  'wide-dark': { width: 1280, colorScheme: 'dark' }, 'phone-light': { width: 360, colorScheme: 'light' },
} as const

async function faultsOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(rules).setLegacyMode().analyze()
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  return [
    ...violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`),
    ...(sideways > 0 ? [`stands out sideways by ${sideways} px`] : []),
  ]
}

test.concurrent.each([
  // Words and colours do not hang together: between them the two languages see every page on all four screens.
  { language: 'ja', locale: 'ja-JP', own: ['wide-light', 'phone-dark'] },
  { language: 'en', locale: 'en-GB', own: ['wide-dark', 'phone-light'] },
])('every page is without fault, $language', { timeout: 180_000 }, async ({ language, locale, own }) => {
  const visitor = await browser.visitor({ locale })
  const faults: string[] = []
  const seen: string[] = []
  if (pictures !== '') await mkdir(pictures, { recursive: true })
  await walkEveryPage({
    demo, shift, visitor,
    look: async (name, page) => {
      seen.push(name)
      if (await page.locator('html').getAttribute('lang') !== language) faults.push(`${name} is not in ${language}`)
      for (const [screen, { width, colorScheme }] of Object.entries(screens)) {
        if (pictures === '' && !own.includes(screen)) continue
        await page.setViewportSize({ width, height: 800 })
        // At rest: a colour that is still on its way from the other scheme is not one that anybody reads.
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        faults.push(...(await faultsOf(page)).map((fault) => `${name}, ${screen}: ${fault}`))
        if (pictures !== '') await page.screenshot({ path: `${pictures}/${name}-${language}-${screen}.png`, fullPage: true })
      }
    },
  })
  expect(faults).toEqual([])
  expect(seen.length).toBeGreaterThan(20)
  expect(visitor.complaints).toEqual([])
  const known = [demo.issuer, demo.karte, demo.koe, `http://${shift.host}`, 'https://shift.example']
  expect([...visitor.origins].filter((origin) => !known.includes(origin))).toEqual([])
})
