/** Walks one operator past the pages of the operators' console: through setting up a second factor, and each page as it is, after a mistake and after it was done. */
import { expect } from 'vitest'
import { newcomer, newTenant } from './newcomer.ts'
import type { Place } from './place.ts'
import { press, sendPassword } from './steps.ts'
import { connectApp } from './totp.ts'

export async function walkAdmin(place: Place): Promise<void> {
  const { demo, language, visitor: { page }, look } = place
  const { accountId, email } = await newcomer(demo, { locale: language })
  await demo.databases.engine.insertInto('operator').values({ account_id: accountId }).execute()
  await page.goto(`${demo.issuer}/admin`)
  await sendPassword(page, email)
  await press(page, 'enrol_totp')
  await connectApp(page)
  await page.locator('#stored').check()
  await press(page, 'codes_stored')
  expect(new URL(page.url()).pathname).toBe('/admin')
  await look('admin', page)
  await page.setViewportSize({ width: 360, height: 800 })
  await page.locator('.board-menu > summary').click()
  await look('admin-menu', page)
  await tenants(place)
  await accounts(place)
  await apps(place)
  await work(place)
}

async function show({ demo, visitor: { page }, look }: Place, name: string, path: string): Promise<void> {
  await page.goto(`${demo.issuer}/admin/${path}`)
  await look(name, page)
}

async function tenants(place: Place): Promise<void> {
  const { demo, language, visitor: { page }, look } = place
  await show(place, 'admin-tenants', 'tenants')
  await show(place, 'admin-tenants-none', 'tenants?search=nowhere')
  await show(place, 'admin-tenant-new', 'tenants/new')
  await page.locator('#name').fill('医療法人つばき会')
  await page.locator('#subdomain').fill('sakura')
  await page.locator('#admin_email').fill(`tsubaki-${language}@example.com`)
  await press(page, 'create')
  await look('admin-tenant-new-wrong', page)
  await page.locator('#subdomain').fill(`tsubaki-${language}`)
  await page.locator('#seat_limit').fill('1')
  await press(page, 'create')
  await look('admin-tenant-created', page)
  await page.locator('#reason').fill('short')
  await press(page, 'start_break_glass')
  await look('admin-tenant-wrong', page)
  await page.locator('#reason').fill(language === 'ja' ? '管理者と連絡が取れないため' : 'Nobody can reach its administrator')
  await press(page, 'start_break_glass')
  await look('console-break-glass', page)
  await page.goto(`${demo.issuer}/admin/tenants?search=tsubaki-${language}`)
  await press(page, `tenant_tsubaki-${language}`)
  await look('admin-tenant-inside', page)
  await press(page, 'end_break_glass')
  await page.locator('#close_name').fill('医療法人つばき会')
  await press(page, 'close')
  await look('admin-tenant-closing', page)
}

async function accounts(place: Place): Promise<void> {
  const { demo, language, visitor: { page }, look } = place
  const subdomain = await newTenant(demo)
  const { accountId } = await newcomer(demo, { locale: language, memberships: [{ tenant: subdomain, role: 'therapist' }] })
  await show(place, 'admin-accounts', 'accounts')
  await show(place, 'admin-accounts-found', `accounts?search=${accountId}`)
  await show(place, 'admin-account', `accounts/${accountId}`)
  await press(page, 'activate')
  await look('admin-account-activation', page)
  await press(page, 'lock_down')
  await look('admin-account-locked', page)
}

async function apps(place: Place): Promise<void> {
  const { language, visitor: { page }, look } = place
  const id = `ward-${language}`
  await show(place, 'admin-apps', 'apps')
  await show(place, 'admin-app-types', 'apps/new')
  await press(page, 'type_web')
  await page.locator('#name').fill('Ward')
  await page.locator('#client_id').fill(id)
  await page.locator('#redirect_uris').fill('https://ward.example/callback\nhttp://ward.example/callback')
  await press(page, 'save')
  await look('admin-app-new-wrong', page)
  await page.locator('#redirect_uris').fill('https://ward.example/callback')
  await press(page, 'save')
  await look('admin-app-secret', page)
  await press(page, 'to_app')
  await look('admin-app', page)
  await show(place, 'admin-app-new-machine', 'apps/new/machine')
  await show(place, 'admin-app-edit', `apps/${id}/edit`)
  await show(place, 'admin-app-claims', `apps/${id}/claims`)
  await page.locator('#claim_0').fill('staffId')
  await page.locator('#from_0').selectOption('employee_number')
  await page.locator('#member').fill('hanako@example.com')
  await press(page, 'preview')
  await look('admin-app-claims-preview', page)
  await show(place, 'admin-app-test', `apps/${id}/test`)
  await press(page, 'start_test')
  await press(page, 'allow')
  await look('admin-app-test-result', page)
  await show(place, 'admin-apis', 'apis')
  await show(place, 'admin-api-new', 'apis/new')
  await show(place, 'admin-api', `apis/${Buffer.from('https://karte.example.com/api').toString('base64url')}`)
}

async function work(place: Place): Promise<void> {
  const { visitor: { page }, look } = place
  await show(place, 'admin-keys', 'keys')
  await press(page, 'rotate_ES256')
  await look('admin-keys-young', page)
  await show(place, 'admin-jobs', 'jobs')
  await show(place, 'admin-events', 'events?type=tenant.created')
  await page.locator('.change > summary').first().click()
  await look('admin-events-open', page)
  await show(place, 'admin-operators', 'operators')
}
