/** The pages of the apps that a tenant uses, and of its look. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTegata, type Tegata } from '../helpers/tegata.ts'
import { castOf, openConsole, type Cast } from './house.ts'

let tegata: Tegata
let cast: Cast
beforeAll(async () => {
  tegata = await startTegata()
  cast = await castOf(tegata)
})
afterAll(() => tegata.close())

const at = (path: string) => `/t/${cast.alice.subdomain}${path}`

test('an app is given to assigned members only, and to Bob by his address', async () => {
  const { person } = cast.alice
  const page = await openConsole(tegata, cast.alice, at('/apps/karte'))
  const narrowed = await person.submit(page, { access: 'assigned' }, 'save_access')
  expect(narrowed.url.search).toBe('?done=saved')
  const unknown = await person.submit(narrowed, { member: cast.charlie.email }, 'assign_member')
  expect([unknown.status, unknown.html.getElementById('member')?.getAttribute('value')]).toEqual([400, cast.charlie.email])
  await person.submit(unknown, { member: cast.bob.email }, 'assign_member')
  const rows = await tegata.databases.engine.selectFrom('client_assignment').selectAll().where('tenant_id', '=', cast.alice.tenantId).execute()
  expect(rows).toMatchObject([{ client_id: 'karte', membership_id: cast.bob.membershipId }])
  expect((await openConsole(tegata, cast.charlie, at('/apps/karte'))).status).toBe(404)
})

test('a colour that cannot be read is refused with one that can', async () => {
  const page = await openConsole(tegata, cast.alice, at('/branding'))
  const refused = await cast.alice.person.submit(page, { accent_color: '#ffff00' }, 'save_color')
  expect([refused.status, refused.html.getElementById('error_summary')?.text]).toEqual([400, expect.stringMatching(/#[0-9a-f]{6} が使えます/)])
  const saved = await cast.alice.person.submit(refused, { accent_color: '#205030' }, 'save_color')
  expect(saved.html.querySelector('link[href="/brand/205030.css"]')).not.toBeNull()
})
