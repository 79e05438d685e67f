/**
 * Makes the picture of the README from the real pages: light and Japanese beside dark and English. Every run makes it and checks it;
 * with README_PICTURES=1 in the environment it takes the place of the one in docs/images.
 * Only here may a page's policy be bypassed: a font is brought along, so that the picture looks the same on every machine.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { projectRoot } from '../../src/base/root.ts'
import { openBrowser, type RealBrowser } from '../helpers/browser.ts'
import { startDemo, type Demo } from '../helpers/demo.ts'
import { press, sendPassword } from './steps.ts'

const picture = join(projectRoot, 'docs/images/sign-in.png')
const half = { width: 560, height: 690 }
const mostBytes = 200_000

let demo: Demo
let browser: RealBrowser

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), openBrowser()])
})
afterAll(async () => {
  await browser.close()
  await demo.close()
})

test('the README shows the sign-in as it is', async () => {
  const dressed = await stylesheet()
  const left = await browser.visitor({ viewport: half, deviceScaleFactor: 2, bypassCSP: true })
  await left.page.goto(`${demo.karte}/login?login_hint=hanako@example.com`)
  const right = await browser.visitor({ viewport: half, deviceScaleFactor: 2, bypassCSP: true, locale: 'en-GB', colorScheme: 'dark' })
  await right.page.goto(demo.karte)
  await press(right.page, 'sign_in')
  await sendPassword(right.page, 'hanako@example.com')
  const shots = [await shoot(left.page, dressed), await shoot(right.page, dressed)]
  const { page } = await browser.visitor({ viewport: { width: half.width * 2, height: half.height } })
  const images = shots.map((shot) => `<img src="data:image/png;base64,${shot.toString('base64')}" width="${half.width}" height="${half.height}">`)
  await page.setContent(`<style>body{margin:0;display:flex}</style>${images.join('')}`)
  const made = await page.screenshot()
  expect(made.length).toBeLessThan(mostBytes)
  if ((process.env['README_PICTURES'] ?? '') !== '') await writeFile(picture, made)
  expect((await readFile(picture)).length).toBeLessThan(mostBytes)
})

async function shoot(page: Page, dressed: string): Promise<Buffer> {
  await page.addStyleTag({ content: dressed })
  await page.evaluate(async () => {
    await document.fonts.ready
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
  })
  return page.screenshot()
}

async function stylesheet(): Promise<string> {
  const faces = ['japanese', 'latin'].flatMap((subset) => [400, 600, 700].map((weight) => ({ subset, weight })))
  const rules = await Promise.all(faces.map(async ({ subset, weight }) => {
    const file = await readFile(join(projectRoot, `node_modules/@fontsource/noto-sans-jp/files/noto-sans-jp-${subset}-${weight}-normal.woff2`))
    // The Japanese files hold no Latin letters: both families stand in line.
    return `@font-face{font-family:"Picture ${subset}";font-weight:${weight};src:url(data:font/woff2;base64,${file.toString('base64')})}`
  }))
  return `${rules.join('')}html{font-family:"Picture latin","Picture japanese"!important}.foot{visibility:hidden}`
}
