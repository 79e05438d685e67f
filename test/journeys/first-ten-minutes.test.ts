/** An administrator's first ten minutes in a real browser, without a manual: from the mail that invites them to a colleague who is shut out at once. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { noOrigin } from '../../src/base/origin.ts'
import { foundTenant } from '../../src/members/found-tenant.ts'
import { changeSignInRules } from '../../src/tenants/change-sign-in-rules.ts'
import { openBrowser, type RealBrowser } from '../helpers/browser.ts'
import { startDemo, type Demo } from '../helpers/demo.ts'
import { encode } from '../provisioning/encode.ts'
import { followLink, openMail } from './mailbox.ts'
import { heading, press, read, sees, sendPassword, whoIs } from './steps.ts'
import { connectApp } from './totp.ts'

let demo: Demo
let browser: RealBrowser
beforeAll(async () => { [demo, browser] = await Promise.all([startDemo(), openBrowser()]) })
afterAll(async () => {
  await browser.close()
  await demo.close()
})

const [tsubaki, admin, ume, sumire] = ['tsubaki', 'first-admin@example.com', 'ume@example.com', 'sumire@example.com']
const password = 'plum-harbour-lantern-27'

/** What the operator has done before: a hospital whose administrators need a second factor. */
async function found(): Promise<void> {
  const by = { actor: null, origin: noOrigin } as const
  const founded = await foundTenant(demo, { ...by, name: 'つばき病院', subdomain: tsubaki, kind: 'hospital_group', admin: { email: admin, locale: 'ja' } })
  if (!founded.ok) throw new Error(founded.reason)
  await changeSignInRules(demo, { ...by, tenantId: founded.tenantId, rules: { mfaRule: 'admins' } })
}

/** From the mail to a membership; whoever is there for the first time says who they are. */
async function join({ to, familyName, givenName }: { readonly to: string; readonly familyName: string; readonly givenName: string }): Promise<Page> {
  const { context } = await browser.visitor()
  const page = await openMail(context, demo, { to, subject: /招待/ })
  await followLink(page, '/invitations/')
  await page.locator('#family_name').fill(familyName)
  await page.locator('#given_name').fill(givenName)
  await page.locator('#password').fill(password)
  await press(page, 'accept')
  return page
}

/** The rows of the table on the page, each as the words in it. */
const rowsOn = (page: Page) => page.locator('table.rows tbody tr').allInnerTexts()

test('the first administrator joins, sets up a second factor, invites by hand and by a list, sees who came, and shuts one out', { timeout: 120_000 }, async () => {
  await found()
  const page = await join({ to: admin, familyName: '椿', givenName: '和子' })
  await page.goto(`${demo.issuer}/account/tenants`)
  await sendPassword(page, admin, password)
  await Promise.all([page.waitForEvent('load'), page.locator('[id^="manage-"]').click()])
  expect(await sees(page, 'enrol_totp'), 'the console opens without the second factor that the hospital asks for').toBe(true)
  await press(page, 'enrol_totp')
  await connectApp(page)
  await page.locator('#stored').check()
  await press(page, 'codes_stored')
  expect(page.url()).toBe(`${demo.issuer}/t/${tsubaki}`)

  await invitePasted(page)
  await inviteFromExcel(page)
  const colleague = await join({ to: ume, familyName: '梅田', givenName: '梅' })
  await page.goto(`${demo.issuer}/t/${tsubaki}/invitations?state=accepted`)
  expect((await rowsOn(page)).filter((row) => row.includes(ume)), 'who has joined').toHaveLength(1)

  await colleague.goto(`${demo.karte}/login?tenant=${tsubaki}`)
  await sendPassword(colleague, ume, password)
  expect(await whoIs(colleague)).toMatchObject({ tenant: 'つばき病院', role: 'STAFF' })
  await suspend(page)
  await colleague.goto(`${demo.karte}/login?tenant=${tsubaki}`)
  expect(new URL(colleague.url()).pathname, 'a suspended member gets in').toMatch(/^\/interaction\//)
  expect(await heading(colleague)).toBe('使える組織がありません')
})

async function invitePasted(page: Page): Promise<void> {
  await page.goto(`${demo.issuer}/t/${tsubaki}/invitations/paste`)
  await page.locator('#addresses').fill(`${ume}\n${sumire}`)
  await page.locator('#role').selectOption('STAFF')
  await press(page, 'invite_all')
  for (const address of [ume, sumire]) expect(await page.locator('main').innerText()).toContain(address)
}

/** A list as Excel in Japan saves it, of people with and without a mail address. */
async function inviteFromExcel(page: Page): Promise<void> {
  await page.goto(`${demo.issuer}/t/${tsubaki}/imports/new`)
  const list = '氏名,職員番号,メール\r\n高橋 蓮,T-1,\r\n"山田 花子",T-2,hanako-t@example.com\r\n'
  await page.locator('#file').setInputFiles({ name: '名簿.csv', mimeType: 'text/csv', buffer: Buffer.from(encode(list, 'shift_jis')) })
  await press(page, 'upload')
  await page.locator('#role').selectOption('STAFF')
  await press(page, 'save_columns')
  expect(await rowsOn(page)).toEqual([expect.stringContaining('高橋 蓮'), expect.stringContaining('hanako-t@example.com')])
  await press(page, 'to_waves')
  await page.locator('#plan_all').check()
  await press(page, 'plan_waves')
  await press(page, 'start_1')
  await expect.poll(async () => {
    await page.reload()
    return read(page, 'wave_1')
  }, { timeout: 20_000, interval: 200 }).toContain('2 / 2人')
}

async function suspend(page: Page): Promise<void> {
  await page.goto(`${demo.issuer}/t/${tsubaki}/members?search=${encodeURIComponent(ume)}`)
  await Promise.all([page.waitForEvent('load'), page.locator('a.row-name').click()])
  await page.goto(`${page.url().split('?')[0] ?? ''}/suspend`)
  await press(page, 'confirm')
}
