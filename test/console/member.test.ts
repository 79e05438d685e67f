/** One member in the console of a tenant, and acts on one and on many: what is done, what is refused and in which words. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { member, somebody } from '../helpers/people.ts'
import type { Visit } from '../helpers/person.ts'
import { startTegata, type Tegata } from '../helpers/tegata.ts'
import { castOf, openConsole, type Cast } from './house.ts'

let tegata: Tegata
let cast: Cast
beforeAll(async () => {
  tegata = await startTegata()
  cast = await castOf(tegata)
})
afterAll(() => tegata.close())

const open = (path: string) => openConsole(tegata, cast.alice, `/t/${cast.alice.subdomain}/members${path}`)
const press = (visit: Visit, button: string, values: Readonly<Record<string, string>> = {}) => cast.alice.person.submit(visit, values, button)
const colleague = async () => member(tegata, await somebody(tegata), { tenant: cast.alice })
const stored = (id: string) => tegata.databases.engine.selectFrom('membership').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const doorsOf = (id: string) => ['', '/edit', '/suspend', '/resume', '/end', '/reset-factors', '/activation-link', '/end-sessions', '/invitation'].map((path) => `/${id}${path}`)

describe('one member', () => {
  test('is nobody’s from outside, neither by the tenant’s address nor by one’s own', async () => {
    const { alice, bob, charlie } = cast
    for (const path of doorsOf(bob.membershipId)) {
      expect((await openConsole(tegata, charlie, `/t/${alice.subdomain}/members${path}`)).status, path).toBe(404)
      expect((await openConsole(tegata, charlie, `/t/${charlie.subdomain}/members${path}`)).status, path).toBe(404)
      expect((await openConsole(tegata, bob, `/t/${alice.subdomain}/members${path}`)).status, path).toBe(403)
    }
    expect((await open('/nonsense')).status).toBe(404)
  })

  test('is suspended, resumed and ended, each on a page that says what follows; the history tells it', async () => {
    const { membershipId: id } = await colleague()
    for (const [act, status] of [['suspend', 'suspended'], ['resume', 'active'], ['end', 'ended']] as const) {
      const question = await open(`/${id}/${act}`)
      expect(question.html.querySelector('.effects li')).not.toBeNull()
      const done = await press(question, 'confirm')
      expect([done.url.search, (await stored(id)).status]).toEqual([`?done=${act}`, status])
    }
    expect((await open(`/${id}`)).html.querySelectorAll('.log .what').map((line) => line.text).join()).toMatch(/終了しました.*再開しました.*停止しました/s)
  })

  test('keeps the last administrator, in plain words', async () => {
    const own = await open(`/${cast.alice.membershipId}`)
    expect(own.html.getElementById('suspend')).toBeNull()
    const refused = await press(await open(`/${cast.alice.membershipId}/end`), 'confirm')
    expect([refused.status, refused.html.getElementById('error_summary')?.text]).toEqual([403, expect.stringContaining('自分自身')])
  })

  test('is edited; what does not fit comes back as it was typed', async () => {
    const { membershipId: id } = await colleague()
    const wrong = await press(await open(`/${id}/edit`), 'save', { employee_number: 'N-1', valid_from: '2030-02-01', valid_until: '2030-01-01' })
    expect([wrong.status, wrong.html.getElementById('valid_until_error')?.text]).toEqual([400, expect.stringContaining('後に')])
    const saved = await press(wrong, 'save', { title: '主任', valid_from: '', valid_until: '2030-01-31' })
    expect(saved.url.search).toBe('?done=saved')
    expect(await stored(id)).toMatchObject({ employee_number: 'N-1', title: '主任', valid_until: new Date('2030-01-31T15:00:00Z') })
    expect(saved.text).toContain('2030年1月31日まで')
  })

  test('loses second factors only with a reason', async () => {
    const { membershipId: id } = await colleague()
    const missing = await press(await open(`/${id}/reset-factors`), 'confirm', { reason: ' ' })
    expect(missing.html.getElementById('reason_error')).not.toBeNull()
  })

  test('without an address gets a link that is shown once', async () => {
    const { accountId } = await somebody(tegata)
    const { membershipId: id } = await member(tegata, { accountId }, { tenant: cast.alice, employeeNumber: 'N-77' })
    await tegata.databases.engine.updateTable('account').set({ email: null, email_verified_at: null }).where('id', '=', accountId).execute()
    const shown = await press(await open(`/${id}/activation-link`), 'confirm')
    expect(shown.html.getElementById('link')?.text).toContain('/activate')
    expect((await press(await open(`/${cast.bob.membershipId}/activation-link`), 'confirm')).html.getElementById('error_summary')?.text).toContain('メールアドレスがあります')
  })
})

describe('many members', () => {
  test('are changed at once after a page that counts them; those who cannot be are named with the reason', async () => {
    const [one, two] = [await colleague(), await colleague()]
    const chosen = [one, two, cast.alice].map(({ membershipId }) => `member.${membershipId}=on`).join('&')
    const question = await open(`/bulk?act=suspend&${chosen}&member.${cast.charlie.membershipId}=on`)
    expect(question.html.querySelector('h1')?.text).toContain('3人')
    const outcome = await press(question, 'confirm')
    expect(outcome.text).toContain('2人について、済みました')
    expect(outcome.text).toContain('自分自身')
    expect([(await stored(one.membershipId)).status, (await stored(two.membershipId)).status, (await stored(cast.alice.membershipId)).status]).toEqual(['suspended', 'suspended', 'active'])
  })

  test('are nobody’s when none is chosen', async () => {
    expect((await open('/bulk?act=end')).html.getElementById('error_summary')?.text).toContain('選ばれていません')
  })
})
