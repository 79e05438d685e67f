/**
 * Every page as everybody needs it: wide and narrow, light and dark, in both languages; without a fault that axe finds (WCAG 2.2 AA),
 * without scrolling sideways, without a complaint of the browser, and without asking anybody else for anything.
 * With PAGE_PICTURES=<folder> in the environment it leaves a picture of each, to be looked at by a person.
 */
import { mkdir } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, type RealBrowser, type Visitor } from '../helpers/browser.ts'
import { startDemo, type Demo } from '../helpers/demo.ts'
import { bringAxe, faultsOf } from './faults.ts'
import { startOutsideApp, type OutsideApp } from './outside-app.ts'
import type { Look, Place } from './place.ts'
import { walkAccount } from './walk-account.ts'
import { walkAdmin } from './walk-admin.ts'
import { walkConsole } from './walk-console.ts'
import { walkInvitations, walkSettings } from './walk-console-lists.ts'
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
const screens = {
  'wide-light': { width: 1280, colorScheme: 'light' }, 'phone-dark': { width: 360, colorScheme: 'dark' },
  'wide-dark': { width: 1280, colorScheme: 'dark' }, 'phone-light': { width: 360, colorScheme: 'light' },
} as const

/** Doors of pages that show nothing of their own: they lead on, or send a file. */
const withoutPage = [
  '/account/return', '/register', '/account/data/download', '/t/:subdomain/end-break-glass', '/t/:subdomain/members.csv', '/t/:subdomain/members/:membership_id/invitation',
  // test/journeys/reference.test.ts looks at this one: its elements are not all ours.
  '/api/docs', '/api/docs/return', '/t/:subdomain/imports/template.csv', '/t/:subdomain/imports/:import_id/result.csv', '/logos/:digest.png', '/brand/:color.css',
]

/** The paths of our pages that none of these addresses belongs to. */
function unseen(addresses: readonly string[]): readonly string[] {
  const paths = addresses.filter((address) => address.startsWith(demo.issuer)).map((address) => new URL(address).pathname)
  return demo.server.doors.flatMap((door) => {
    if (door.kind !== 'page' || door.method !== 'GET' || withoutPage.includes(door.path)) return []
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
  const rounds = [[walkInAndOut, walkLinks, walkFactors, walkSigning, (place: Place) => walkAccount(place, browser)], [walkConsole, walkAdmin], [walkInvitations, walkSettings]]
  const visitors: Visitor[] = []
  for (const walks of rounds) {
    visitors.push(...await Promise.all(walks.map(async (walk) => {
      const visitor = await browser.visitor({ locale })
      await bringAxe(visitor.context)
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
