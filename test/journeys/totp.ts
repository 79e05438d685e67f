/** The authenticator app on a person's phone, beside the tab that asks for its codes. */
import type { Page } from 'playwright-core'
import { totpCode } from '../helpers/factors.ts'
import { press } from './steps.ts'

/** The text key on a page that connects an app. */
export async function keyOn(page: Page): Promise<string> {
  return (await page.locator('#secret').innerText()).replaceAll(/\s/g, '')
}

/** Types the page's key into the app and the app's code into the page; returns the key. */
export async function connectApp(page: Page): Promise<string> {
  const key = await keyOn(page)
  await page.locator('#code').fill(await totpCode(key))
  await press(page, 'confirm_totp')
  return key
}

/** Answers the question for a second factor. The app's clock is a little ahead, so that this code is never the one that connected it. */
export async function showCode(page: Page, key: string): Promise<void> {
  await page.locator('#code').fill(await totpCode(key, 1))
  await press(page, 'verify')
}
