/** Walks an administrator past invitations, lists of people in waves, and everything by which a tenant is set up. */
import { newcomer } from './newcomer.ts'
import type { Place } from './place.ts'
import { press, pressFirst, sendPassword } from './steps.ts'

type Walker = Place & { readonly at: string }

/** Invitations one by one, pasted, and by a list in waves. */
export async function walkInvitations(place: Place): Promise<void> {
  const walker = await enter(place)
  await inviting(walker)
  await answering(walker)
  await listing(walker)
}

/** What a tenant says of itself, asks of sign-ins, looks like, and is made of. */
export async function walkSettings(place: Place): Promise<void> {
  const walker = await enter(place)
  const { at, visitor: { page }, look } = walker
  await show(walker, 'console-settings', 'settings')
  await page.locator('#invitation_lifetime_days').fill('91')
  await page.locator('form:has(#save)').evaluate((form: HTMLFormElement) => { form.noValidate = true })
  await press(page, 'save')
  await look('console-settings-wrong', page)
  await show(walker, 'console-security', 'security')
  await page.locator('#mfa_rule').selectOption('everyone')
  await press(page, 'preview')
  await look('console-security-preview', page)
  await show(walker, 'console-branding', 'branding')
  await page.locator('#accent_color').fill('#ffff00')
  await press(page, 'save_color')
  await look('console-branding-wrong', page)
  await show(walker, 'console-apps', 'apps')
  await show(walker, 'console-app', 'apps/karte')
  await page.locator('#member').fill('nobody')
  await press(page, 'assign_member')
  await look('console-app-wrong', page)
  await page.goto(`${at}/apps/karte`)
  await press(page, 'assign_role')
  await look('console-app-assigned', page)
  await rolesAndUnits(walker)
}

async function rolesAndUnits(walker: Walker): Promise<void> {
  const { at, visitor: { page }, look } = walker
  await show(walker, 'console-roles', 'roles')
  await show(walker, 'console-role-new', 'roles/new')
  await page.goto(`${at}/roles`)
  await pressFirst(page, 'role_')
  await look('console-role', page)
  await show(walker, 'console-units', 'units')
  await show(walker, 'console-unit-new', 'units/new')
  await page.goto(`${at}/units`)
  await pressFirst(page, 'unit_')
  await look('console-unit', page)
}

async function enter(place: Place): Promise<Walker> {
  const { demo, language, visitor: { page } } = place
  const admin = await newcomer(demo, { locale: language, memberships: [{ tenant: 'sakura', role: 'Admin' }] })
  await page.goto(`${demo.issuer}/t/sakura`)
  await sendPassword(page, admin.email)
  return { ...place, at: `${demo.issuer}/t/sakura` }
}

async function show({ at, visitor: { page }, look }: Walker, name: string, path: string): Promise<void> {
  await page.goto(`${at}/${path}`)
  await look(name, page)
}

async function inviting(walker: Walker): Promise<void> {
  const { language, visitor: { page }, look } = walker
  await show(walker, 'console-invite', 'invitations/new')
  await press(page, 'invite')
  await look('console-invite-wrong', page)
  await page.locator('#employee_number').fill(`W-${language}`)
  await page.locator('#family_name').fill('山田')
  await page.locator('#given_name').fill('花')
  await press(page, 'invite')
  await look('console-invite-done', page)
  await show(walker, 'console-invite-many', 'invitations/paste')
  await page.locator('#addresses').fill(`walked-${language}@example.com\nno address`)
  await press(page, 'invite_all')
  await look('console-invite-many-done', page)
}

async function answering(walker: Walker): Promise<void> {
  const { at, demo, language, visitor: { page }, look } = walker
  await show(walker, 'console-invitations', 'invitations')
  await show(walker, 'console-invitations-none', 'invitations?search=nobody-at-all')
  const { id } = await demo.databases.engine.selectFrom('membership').select('id').where('employee_number', '=', `W-${language.toUpperCase()}`).executeTakeFirstOrThrow()
  await page.goto(`${at}/invitations/${id}/link`)
  await look('console-invitation-link', page)
  await press(page, 'show_link')
  await look('console-invitation-link-shown', page)
  await show(walker, 'console-invitation-revoke', `invitations/${id}/revoke`)
}

async function listing(walker: Walker): Promise<void> {
  const { at, language, visitor: { page }, look } = walker
  await show(walker, 'console-imports', 'imports')
  await show(walker, 'console-import-new', 'imports/new')
  await page.locator('#text').fill(`氏名\t職員番号\tメール\n山田 一郎\tL-1${language}\t\n山田 二郎\tL-2${language}\tlist-${language}@example.com\n山田 三郎\t\tnot an address`)
  await press(page, 'upload')
  await look('console-import-columns', page)
  await press(page, 'save_columns')
  await look('console-import-columns-wrong', page)
  await page.locator('#role').selectOption('STAFF')
  await press(page, 'save_columns')
  await look('console-import-rows', page)
  const list = page.url().replace(/\/rows.*$/, '')
  await page.goto(`${list}/rows/3`)
  await look('console-import-row', page)
  await page.goto(list)
  await look('console-import-waves', page)
  await page.locator('#plan_all').check()
  await press(page, 'plan_waves')
  await look('console-import-planned', page)
  await press(page, 'start_1')
  await page.goto(list)
  await look('console-import-started', page)
  await page.goto(`${list}/waves/1/links`)
  await look('console-import-links', page)
  await page.goto(`${list}/waves/1/roll-back`)
  await look('console-import-roll-back', page)
  await page.goto(`${at}/imports`)
  await look('console-imports-some', page)
}
