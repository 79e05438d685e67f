/** What people do in a browser, shared by the journeys: press, sign in, read. */
import type { Page } from 'playwright-core'
import { demoPassword } from '../helpers/tegata.ts'

export { demoPassword }

/** Presses a button or follows a link by its id and stays until the next page stands there. */
export async function press(page: Page, id: string): Promise<void> {
  await Promise.all([page.waitForEvent('load'), page.locator(`#${id}`).click()])
}

/** Presses the first of several that do the same, each for a row of its own: their ids begin alike. */
export async function pressFirst(page: Page, beginning: string): Promise<void> {
  await Promise.all([page.waitForEvent('load'), page.locator(`[id^="${beginning}"]`).first().click()])
}

/** Fills in the sign-in form and sends it. */
export async function sendPassword(page: Page, email: string, password: string = demoPassword): Promise<void> {
  await page.locator('#identifier').fill(email)
  await page.locator('#password').fill(password)
  await press(page, 'sign_in')
}

/** From a product's front page to the product with the person signed in; picks `tenant` where one is named. */
export async function signInAt(page: Page, product: string, { email, tenant }: { email: string; tenant?: string }): Promise<void> {
  await page.goto(product)
  await press(page, 'sign_in')
  await sendPassword(page, email)
  if (tenant !== undefined) await press(page, `tenant-${tenant}`)
}

/** The text of an element as it is seen; waits until it stands there. */
export function read(page: Page, id: string): Promise<string> {
  return page.locator(`#${id}`).innerText()
}

/** Whether an element is seen at this moment. */
export function sees(page: Page, id: string): Promise<boolean> {
  return page.locator(`#${id}`).isVisible()
}

/** The heading of the page. */
export function heading(page: Page): Promise<string> {
  return page.locator('h1:visible').first().innerText()
}

/** What a product shows of the person. */
export async function whoIs(page: Page): Promise<{ name: string; tenant: string; role: string }> {
  return { name: await read(page, 'person_name'), tenant: await read(page, 'tenant_name'), role: await read(page, 'role') }
}
