/** The pages by which a tenant invites: one person, a pasted list, and what is done with an invitation. Alice invites, Bob may not, Charlie belongs elsewhere. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshAddress, forge } from '../helpers/people.ts'
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
const open = (path: string) => openConsole(tegata, cast.alice, at(path))

async function invite(values: Readonly<Record<string, string>>) {
  return cast.alice.person.submit(await open('/invitations/new'), { role: 'GUEST', ...values }, 'invite')
}

async function membershipOf(where: { email?: string; number?: string }): Promise<{ id: string; status: string }> {
  return tegata.databases.engine.selectFrom('membership').innerJoin('account', 'account.id', 'membership.account_id').select(['membership.id', 'membership.status'])
    .where('membership.tenant_id', '=', cast.alice.tenantId).where(where.email === undefined ? 'membership.employee_number' : 'account.email', '=', where.email ?? where.number ?? '').executeTakeFirstOrThrow()
}

describe('inviting one person', () => {
  test('says so, offers the next one, and stands in the list', async () => {
    const email = freshAddress()
    const next = await invite({ email, family_name: '山田', given_name: '太郎' })
    expect([next.status, next.url.pathname]).toEqual([200, at('/invitations/new')])
    expect(next.html.querySelector('.notice')?.text).toContain(email)
    expect(next.html.querySelector('select#role option[selected]')?.getAttribute('value')).toBe('GUEST')
    expect((await open(`/invitations?search=${email}`)).text).toContain('返事待ち')
  })

  test('keeps what was typed when something does not fit', async () => {
    const page = await invite({ email: 'nobody', title: '看護師' })
    expect([page.status, page.html.getElementById('error_summary')?.text, page.html.getElementById('title')?.getAttribute('value')]).toEqual([400, expect.stringContaining('形'), '看護師'])
  })

  test('leads to the link of somebody without an address, which is shown when it is asked for', async () => {
    const next = await invite({ employee_number: 'N-1', family_name: '鈴木', given_name: '花' })
    const asked = await cast.alice.person.open(`${tegata.issuer}${next.html.getElementById('hand_over')?.getAttribute('href') ?? ''}`)
    expect(asked.html.getElementById('invitation_link')).toBeNull()
    const shown = await cast.alice.person.submit(asked, {}, 'show_link')
    const link = shown.html.getElementById('invitation_link')?.text.trim() ?? ''
    expect((await tegata.person().open(link)).status).toBe(200)
  })

  test('asks whether somebody who was removed comes back', async () => {
    const email = freshAddress()
    await invite({ email })
    const { id } = await membershipOf({ email })
    const done = await cast.alice.person.submit(await open(`/invitations/${id}/revoke`), {}, 'revoke')
    expect([done.url.pathname, done.text.includes('取り消しました')]).toEqual([at('/invitations'), true])
    const question = await invite({ email })
    expect([question.status, question.html.getElementById('reinvite') === null]).toEqual([400, false])
    await cast.alice.person.submit(question, { reinvite: 'on' }, 'invite')
    expect(await membershipOf({ email })).toEqual({ id, status: 'invited' })
  })
})

describe('the list of invitations', () => {
  test('sends one again from its row', async () => {
    const email = freshAddress()
    await invite({ email })
    const { id } = await membershipOf({ email })
    const done = await cast.alice.person.submit(await open(`/invitations?search=${email}`), {}, `resend_${id}`)
    expect([done.status, done.text.includes('送り直しました'), done.text.includes(email)]).toEqual([200, true, true])
  })

  test('counts how far each inviter has come', async () => {
    const rows = (await open('/invitations')).html.querySelectorAll('.panel tbody tr')
    expect(rows.map((row) => row.querySelector('td')?.text)).toEqual([cast.alice.email])
  })
})

describe('a pasted list', () => {
  test('invites everybody whom it can, and says why not where it cannot', async () => {
    const [one, two] = [freshAddress(), freshAddress()]
    const page = await cast.alice.person.submit(await open('/invitations/paste'), { addresses: `花 <${one}>; ${two}\n${cast.bob.email}`, role: 'GUEST' }, 'invite_all')
    const outcome = Object.fromEntries(page.html.querySelectorAll('tbody tr').map((row) => row.querySelectorAll('td').map((cell) => cell.text)))
    expect(outcome).toEqual({ [one]: '招待しました', [two]: '招待しました', [cast.bob.email]: 'すでにメンバーです' })
  })

  test('sends longer lists to the imports', async () => {
    const addresses = Array.from({ length: 201 }, (_, place) => `p${place}@example.com`).join('\n')
    const page = await cast.alice.person.submit(await open('/invitations/paste'), { addresses, role: 'GUEST' }, 'invite_all')
    expect([page.status, page.html.getElementById('error_summary')?.text]).toEqual([400, expect.stringContaining('200人')])
  })
})

test('whoever may not invite, or belongs elsewhere, sees and does nothing', async () => {
  await invite({ email: freshAddress() })
  for (const path of ['/invitations', '/invitations/new', '/invitations/paste']) {
    expect((await openConsole(tegata, cast.bob, at(path))).status).toBe(403)
    expect((await openConsole(tegata, cast.charlie, at(path))).status).toBe(404)
  }
  const { id, status } = await membershipOf({ number: 'N-1' })
  const own = await openConsole(tegata, cast.charlie, `/t/${cast.charlie.subdomain}/invitations`)
  expect((await forge(cast.charlie.person, own, { fields: { resend: id } })).status).toBe(404)
  for (const path of ['revoke', 'link']) expect((await openConsole(tegata, cast.charlie, `/t/${cast.charlie.subdomain}/invitations/${id}/${path}`)).status).toBe(404)
  expect(await membershipOf({ number: 'N-1' })).toEqual({ id, status })
})
