/** People who use no mouse: they walk by Tab and press by Enter, and have to see where they are. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

const mostTabs = 80

/** Walks on until the element of that id, or of that tag, has the focus; every place on the way has to show that it has it. */
export async function tabTo(page: Page, target: string): Promise<void> {
  for (let tabs = 0; tabs < mostTabs; tabs += 1) {
    await page.keyboard.press('Tab')
    const { id, tag, isSeen } = await page.evaluate(() => {
      const here = document.activeElement ?? document.body
      const style = getComputedStyle(here)
      return { id: here.id, tag: here.tagName.toLowerCase(), isSeen: style.outlineStyle !== 'none' || style.boxShadow !== 'none' }
    })
    expect(isSeen || tag === 'body', `${tag}#${id} does not show that it has the focus`).toBe(true)
    if (id === target || tag === target) return
  }
  throw new Error(`no way to ${target} by Tab on ${page.url()}`)
}

/** Walks to it and presses Enter, and stays until the next page stands there. */
export async function enter(page: Page, target: string): Promise<void> {
  await tabTo(page, target)
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])
}
