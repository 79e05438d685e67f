/**
 * What is wrong with a page for anybody: what axe finds (WCAG 2.2 AA and its best practice), and what stands out sideways.
 * axe comes with every page that is opened after `bringAxe`: carrying it into a page that stands there takes longer than looking.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { BrowserContext, Page } from 'playwright-core'
import { z } from 'zod'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const rules = { preload: false, resultTypes: ['violations'], runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] } }
const findings = z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) }))

export async function bringAxe(context: BrowserContext): Promise<void> {
  await context.addInitScript({ content: source })
}

export async function faultsOf(page: Page): Promise<string[]> {
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  return [...(await violationsOn(page)), ...(sideways > 0 ? [`stands out sideways by ${sideways} px`] : [])]
}

/** What axe finds, outside of `exclude` (a selector), and by these rules `only` where they are named. */
export async function violationsOn(page: Page, { exclude, only }: { readonly exclude?: string; readonly only?: readonly string[] } = {}): Promise<string[]> {
  const context = exclude === undefined ? 'document' : JSON.stringify({ exclude: [[exclude]] })
  const options = only === undefined ? rules : { ...rules, runOnly: { type: 'rule', values: only } }
  const violations = findings.parse(await page.evaluate(`axe.run(${context}, ${JSON.stringify(options)}).then(({ violations }) => violations)`))
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)
}
