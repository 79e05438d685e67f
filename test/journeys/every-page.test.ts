/**
 * Every page as everybody needs it: wide and narrow, light and dark, in both languages; without a fault that axe finds (WCAG 2.2 AA),
 * without scrolling sideways, without a complaint of the browser, and without asking anybody else for anything.
 * With PAGE_PICTURES=<folder> in the environment it leaves a picture of each, to be looked at by a person.
 */
import { AxeBuilder } from '@axe-core/playwright'
import { mkdir } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { openBrowser, type RealBrowser, type Visitor } from '../helpers/browser.ts'
import { startDemo, type Demo } from '../helpers/demo.ts'
import { startOutsideApp, type OutsideApp } from './outside-app.ts'
import type { Look, Place } from './place.ts'
import { walkAccount } from './walk-account.ts'
import { walkAdmin } from './walk-admin.ts'
import { walkConsole } from './walk-console.ts'
import { walkFactors, walkSigning } from './walk-factors.ts'
import { walkLinks } from './walk-links.ts'
import { walkInAndOut } from './walk.ts'

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
const rules = { resultTypes: ['violations'], runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] } } as const
const screens = {
  'wide-light': { width: 1280, colorScheme: 'light' }, 'phone-dark': { width: 360, colorScheme: 'dark' },
  'wide-dark': { width: 1280, colorScheme: 'dark' }, 'phone-light': { width: 360, colorScheme: 'light' },
} as const

const findings = z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) }))

/** Brings axe into the page the first time that it is looked at; carrying it there takes longer than looking. */
async function violationsOn(page: Page): Promise<unknown> {
  if (await page.evaluate(() => 'axe' in globalThis)) return page.evaluate(`axe.run(document, ${JSON.stringify(rules)}).then(({ violations }) => violations)`)
  const { violations } = await new AxeBuilder({ page }).options({ resultTypes: [...rules.resultTypes], runOnly: { ...rules.runOnly, values: [...rules.runOnly.values] } }).setLegacyMode().analyze()
  return violations
}

async function faultsOf(page: Page): Promise<string[]> {
  const violations = findings.parse(await violationsOn(page))
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  return [
    ...violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`),
    ...(sideways > 0 ? [`stands out sideways by ${sideways} px`] : []),
  ]
}

/** Doors of pages that show nothing of their own: they lead on, or send a file. */
const withoutPage = [
  '/account/return', '/register', '/account/data/download', '/t/:subdomain/end-break-glass', '/t/:subdomain/members.csv', '/t/:subdomain/members/:membership_id/invitation',
  // test/journeys/reference.test.ts looks at this one: its elements are not all ours.
  '/api/docs', '/api/docs/return', '/t/:subdomain/imports/template.csv', '/t/:subdomain/imports/:import_id/result.csv', '/logos/:digest.png', '/brand/:color.css',
]

/** Pages of the consoles that this walk does not reach yet; test/console asks for each over HTTP. */
const overHttpOnly = /^\/t\/:subdomain\/(?:invitations|imports|roles|units|apps|security|branding|settings)(?:\/|$)/

/** The paths of our pages that none of these addresses belongs to. */
function unseen(addresses: readonly string[]): readonly string[] {
  const paths = addresses.filter((address) => address.startsWith(demo.issuer)).map((address) => new URL(address).pathname)
  return demo.server.doors.flatMap((door) => {
    if (door.kind !== 'page' || door.method !== 'GET' || withoutPage.includes(door.path) || overHttpOnly.test(door.path)) return []
    const pattern = new RegExp(`^${door.path.replaceAll(/:[a-z_]+/g, '[^/]+')}$`)
    return paths.some((path) => pattern.test(path)) ? [] : [door.path]
  })
}

test.each([
  // Words and colours do not hang together: between them the two languages see every page on all four screens.
  { language: 'ja', locale: 'ja-JP', own: ['wide-light', 'phone-dark'] },
  { language: 'en', locale: 'en-GB', own: ['wide-dark', 'phone-light'] },
] as const)('every page is without fault, $language', { timeout: 600_000 }, async ({ language, locale, own }) => {
  const faults: string[] = []
  const seen: string[] = []
  if (pictures !== '') await mkdir(pictures, { recursive: true })
  const look: Look = async (name, page) => {
    seen.push(page.url())
    if (await page.locator('html').getAttribute('lang') !== language) faults.push(`${name} is not in ${language}`)
    for (const [screen, { width, colorScheme }] of Object.entries(screens)) {
      if (pictures === '' && !own.some((one) => one === screen)) continue
      await page.setViewportSize({ width, height: 800 })
      // At rest: a colour that is still on its way from the other scheme is not one that anybody reads.
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      faults.push(...(await faultsOf(page)).map((fault) => `${name}, ${screen}: ${fault}`))
      if (pictures !== '') await page.screenshot({ path: `${pictures}/${name}-${language}-${screen}.png`, fullPage: true })
    }
  }
  // Not all at once: a browser that waits for its turn is no fault of a page.
  const rounds = [[walkInAndOut, walkLinks, walkFactors, walkSigning, (place: Place) => walkAccount(place, browser)], [walkConsole, walkAdmin]]
  const visitors: Visitor[] = []
  for (const walks of rounds) {
    visitors.push(...await Promise.all(walks.map(async (walk) => {
      const visitor = await browser.visitor({ locale })
      await walk({ demo, shift, language, visitor, look })
      return visitor
    })))
  }
  expect(faults).toEqual([])
  expect(unseen(seen)).toEqual([])
  expect(visitors.flatMap(({ complaints }) => complaints)).toEqual([])
  const known = [demo.issuer, demo.karte, demo.koe, `http://${shift.host}`, 'https://shift.example']
  expect(visitors.flatMap(({ origins }) => [...origins]).filter((origin) => !known.includes(origin))).toEqual([])
})
