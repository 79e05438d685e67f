/** Walks an administrator past the home, the members and the log of a tenant's console, each as it is at first, after a mistake, and after it was done. */
import { newcomer } from './newcomer.ts'
import type { Place } from './place.ts'
import { press, sendPassword } from './steps.ts'

export async function walkConsole(place: Place): Promise<void> {
  const { demo, language, visitor: { page }, look } = place
  const admin = await newcomer(demo, { locale: language, memberships: [{ tenant: 'sakura', role: 'Admin' }] })
  const colleague = await newcomer(demo, { locale: language })
  const { id } = await demo.databases.engine.selectFrom('membership').select('id').where('account_id', '=', colleague.accountId).executeTakeFirstOrThrow()
  const walker = { ...place, at: `${demo.issuer}/t/sakura`, id }
  await page.goto(walker.at)
  await sendPassword(page, admin.email)
  await look('console-home', page)
  await members(walker)
  await member(walker)
  await handOver({ ...walker, accountId: colleague.accountId })
  await page.goto(`${walker.at}/audit`)
  await page.locator('summary').filter({ visible: true }).last().click()
  await look('console-audit', page)
  await page.goto(`${walker.at}/audit?from=2000-01-01&until=2000-01-02`)
  await look('console-audit-empty', page)
}

type Walker = Place & { readonly at: string; readonly id: string }

async function members({ at, id, visitor: { page }, look }: Walker): Promise<void> {
  await page.goto(`${at}/members`)
  await look('console-members', page)
  await page.goto(`${at}/members?search=nobody&seen=90d`)
  await look('console-members-empty', page)
  await page.goto(`${at}/members/bulk?act=end`)
  await look('console-members-none', page)
  await page.goto(`${at}/members/bulk?act=add_unit&member.${id}=on`)
  await look('console-bulk', page)
  await press(page, 'confirm')
  await look('console-bulk-done', page)
  await page.goto(`${at}/members/bulk?act=resume&member.${id}=on`)
  await press(page, 'confirm')
  await look('console-bulk-refused', page)
}

async function member({ at, id, visitor: { page }, look }: Walker): Promise<void> {
  await page.goto(`${at}/members/${id}`)
  await look('console-member', page)
  await page.goto(`${at}/members/${id}/edit`)
  await look('console-member-edit', page)
  await page.locator('#valid_from').fill('2030-02-01')
  await page.locator('#valid_until').fill('2030-01-01')
  await press(page, 'save')
  await look('console-member-edit-wrong', page)
  for (const act of ['suspend', 'resume', 'end-sessions', 'end']) {
    await page.goto(`${at}/members/${id}/${act}`)
    await look(`console-member-${act}`, page)
    if (act === 'suspend' || act === 'resume') await press(page, 'confirm')
  }
  await look('console-member-resumed', page)
  await page.goto(`${at}/members/${id}/reset-factors`)
  await look('console-member-reset', page)
  await page.locator('#reason').fill(' ')
  await press(page, 'confirm')
  await look('console-member-reset-wrong', page)
}

async function handOver({ at, id, accountId, demo, visitor: { page }, look }: Walker & { readonly accountId: string }): Promise<void> {
  await page.goto(`${at}/members/${id}/activation-link`)
  await look('console-member-activation', page)
  await demo.databases.engine.updateTable('account').set({ email: null, email_verified_at: null }).where('id', '=', accountId).execute()
  await press(page, 'confirm')
  await look('console-member-link', page)
}
