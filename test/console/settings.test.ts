/** The pages by which a tenant is set up: what it says of itself, and what it asks of sign-ins. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
const tenant = () => tegata.databases.engine.selectFrom('tenant').selectAll().where('id', '=', cast.alice.tenantId).executeTakeFirstOrThrow()

describe('settings', () => {
  test('are saved, and what does not fit comes back as it was typed', async () => {
    const page = await openConsole(tegata, cast.alice, at('/settings'))
    const saved = await cast.alice.person.submit(page, { name: 'さくら会', contact: '内線 1234', invitation_lifetime_days: '14' }, 'save')
    expect(saved.url.search).toBe('?done=saved')
    expect(await tenant()).toMatchObject({ name: 'さくら会', contact: '内線 1234', invitation_lifetime_days: 14 })
    const refused = await cast.alice.person.submit(saved, { invitation_lifetime_days: '91' }, 'save')
    expect([refused.status, refused.html.getElementById('invitation_lifetime_days')?.getAttribute('value')]).toEqual([400, '91'])
  })

  test('show nothing to Charlie, and nothing to Bob, who may not change them', async () => {
    expect((await openConsole(tegata, cast.charlie, at('/settings'))).status).toBe(404)
    expect((await openConsole(tegata, cast.bob, at('/security'))).status).toBe(403)
  })
})

describe('the rules of sign-in', () => {
  test('say whom they would hit before they are saved, and are refused where they would lock out who sets them', async () => {
    const page = await openConsole(tegata, cast.alice, at('/security'))
    const preview = await cast.alice.person.submit(page, { mfa_rule: 'everyone' }, 'preview')
    expect(preview.html.querySelectorAll('table.rows tbody tr').map((row) => row.getAttribute('class') ?? row.querySelector('a')?.getAttribute('href')))
      .toContain(at(`/members/${cast.bob.membershipId}`))
    expect((await tenant()).mfa_rule).toBe('off')
    const refused = await cast.alice.person.submit(preview, { mfa_rule: 'everyone' }, 'save')
    expect([refused.status, refused.html.getElementById('error_summary')?.text]).toEqual([400, expect.stringContaining('あなた自身')])
    const later = await cast.alice.person.submit(refused, { mfa_rule: 'everyone', mfa_enforced_from: '2030-04-01' }, 'save')
    expect(later.url.search).toBe('?done=saved')
    expect(await tenant()).toMatchObject({ mfa_rule: 'everyone', mfa_enforced_from: new Date('2030-04-01T00:00:00+09:00') })
  })
})
