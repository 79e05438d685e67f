/** The account's pages as a browser walks them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { noOrigin } from '../../src/base/origin.ts'
import type { PageDoor } from '../../src/http/page.ts'
import { inviteMember } from '../../src/members/invite-member.ts'
import { must } from '../accounts/house.ts'
import { admin, goodPassword, knownIn, newcomer, newestLink, newPassword, opens, linesAbout, wrongCode, type Newcomer } from '../accounts/links-house.ts'
import { scan } from '../factors/totp-app.ts'
import { Authenticator } from '../helpers/authenticator.ts'
import { buildDesk, issuer, type Desk, type Page } from './desk.ts'

let desk: Desk
beforeAll(async () => { desk = await buildDesk() })
afterAll(() => desk.close())

const pages = () => desk.doors.filter((door): door is PageDoor => door.kind === 'page')
const fill = (path: string) => path.replace(':membership_id', desk.house.alice.membershipId).replaceAll(/:[a-z_]+/g, 'AAAA')
const text = (page: Page, selector: string) => page.root.querySelector(selector)?.text.trim() ?? null
const value = (page: Page, id: string) => page.root.getElementById(id)?.getAttribute('value') ?? ''
const notice = (page: Page) => text(page, '[role=status]')

async function someone(): Promise<Newcomer & { visitor: Awaited<ReturnType<Desk['visitor']>> }> {
  const person = await newcomer(desk.house)
  return { ...person, visitor: await desk.visitor(person.accountId) }
}

describe('every page of the account', () => {
  it('is shown to its person, in their language, and kept by no cache', async () => {
    const { alice } = desk.house
    const visitor = await desk.visitor(alice.accountId)
    for (const door of pages().filter(({ method }) => method === 'GET')) {
      const page = await visitor.get(fill(door.path))
      expect([door.path, page.status === 200 || page.status === 303 || page.status === 404]).toEqual([door.path, true])
      expect(page.headers['cache-control'], door.path).toBe('no-store')
      if (page.status === 200 && page.headers['content-type']?.startsWith('text/html') === true) expect(text(page, 'h1'), door.path).not.toBeNull()
    }
  })

  it('leads a stranger to the sign-in and back to itself', async () => {
    for (const door of pages()) {
      const answer = await desk.send(fill(door.path), { method: door.method, headers: door.method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {} })
      expect([answer.status, answer.headers.location], `${door.method} ${door.path}`).toEqual([303, `/sign-in?${new URLSearchParams({ to: fill(door.path), again: 'false' }).toString()}`])
    }
  })

  it('that is dangerous asks again whose sign-in is old, and a form that can be sent can be seen', async () => {
    const { accountId } = await newcomer(desk.house)
    const visitor = await desk.visitor(accountId, { fresh: false })
    const asked: string[] = []
    for (const door of pages().filter(({ method }) => method === 'GET')) {
      if ((await visitor.get(fill(door.path))).headers.location?.startsWith('/sign-in') === true) asked.push(door.path)
    }
    expect(asked.toSorted()).toEqual([
      '/account/address', '/account/data', '/account/data/delete', '/account/data/download', '/account/factors/passkey', '/account/factors/passkeys/:passkey_id',
      '/account/factors/passkeys/:passkey_id/remove', '/account/factors/recovery-codes', '/account/factors/totp', '/account/factors/totp/remove', '/account/password',
    ])
    for (const door of pages().filter(({ method }) => method === 'POST')) {
      expect(pages().some(({ method, path }) => method === 'GET' && path === door.path), door.path).toBe(true)
    }
  })

  it('takes no form without its token', async () => {
    const { accountId } = await newcomer(desk.house)
    const visitor = await desk.visitor(accountId)
    for (const door of pages().filter(({ method }) => method === 'POST')) {
      const page = await visitor.post(fill(door.path), { csrf_token: 'made up', action: 'confirm' })
      expect([door.path, page.status]).toEqual([door.path, 403])
    }
  })

  it('shows no word that a link brings along', async () => {
    const { visitor } = await someone()
    const page = await visitor.get('/account/profile?done=Call+0120+now')
    expect([page.status, notice(page)]).toEqual([200, null])
  })
})

describe('the overview', () => {
  it('counts what is there', async () => {
    const visitor = await desk.visitor(desk.house.bob.accountId)
    const page = await visitor.get('/account')
    expect(text(page, 'h1')).toContain('試験 bob')
    expect(page.body).toContain('bob@example.com')
  })
})

describe('the profile', () => {
  it('saves what was typed, says so, and speaks the language that was chosen', async () => {
    const { accountId, visitor } = await someone()
    const fields = { family_name: '山田', given_name: '花', family_name_kana: 'ヤマダ', given_name_kana: 'ハナ', locale: 'ja', zoneinfo: 'Asia/Tokyo', action: 'save' }
    const answer = await visitor.post('/account/profile', fields)
    expect([answer.status, answer.headers.location]).toEqual([303, '/account/profile?done=saved'])
    const page = await visitor.follow(answer)
    expect(notice(page)).not.toBeNull()
    expect([page.root.querySelector('html')?.getAttribute('lang'), value(page, 'family_name'), value(page, 'given_name_kana')]).toEqual(['ja', '山田', 'ハナ'])
    expect(await linesAbout(desk.house, accountId)).toContain('profile.updated success')
  })

  it('comes back with what was typed where it does not fit', async () => {
    const { visitor } = await someone()
    const page = await visitor.post('/account/profile', { family_name: ' ', given_name: '', family_name_kana: '', given_name_kana: 'ハナ', locale: 'xx', zoneinfo: 'Mars/Olympus' })
    expect([page.status, value(page, 'given_name_kana')]).toEqual([400, 'ハナ'])
    expect(page.root.querySelector('[aria-invalid=true]')).not.toBeNull()
  })
})

describe('the address', () => {
  it('changes once the code from the new mailbox is typed; a wrong one is asked for again', async () => {
    const { accountId, visitor } = await someone()
    const asked = await visitor.post('/account/address', { email: 'New.Home@example.com', action: 'change_address' })
    expect([asked.status, asked.body.includes('new.home@example.com')]).toEqual([200, true])
    const { code } = await newestLink(desk.house, 'address_change')
    const sent = (typed: string) => visitor.post('/account/address', { change: value(asked, 'change'), code: typed, action: 'confirm_address' })
    const wrong = await sent(wrongCode(code))
    expect([wrong.status, wrong.body.includes('new.home@example.com'), value(wrong, 'change')]).toEqual([400, true, value(asked, 'change')])
    expect((await sent('')).status).toBe(400)
    expect((await sent(code)).headers.location).toBe('/account/address?done=address_changed')
    expect((await desk.program(accountId).call('GET', '/api/v1/me/profile')).body).toMatchObject({ email: 'new.home@example.com', email_verified: true })
  })

  it.each(['', 'nobody', 'v1.x.y.z'])('is not changed by a change that was never asked for: %s', async (change) => {
    const { visitor } = await someone()
    expect((await visitor.post('/account/address', { change, code: '123456', action: 'confirm_address' })).status).toBe(400)
  })

  it('says the same about an address that somebody has and one that nobody has', async () => {
    const { visitor } = await someone()
    const [taken, free] = [await visitor.post('/account/address', { email: 'alice@example.com' }), await visitor.post('/account/address', { email: 'nobody-has-this@example.com' })]
    expect([taken.status, text(taken, 'h1')]).toEqual([free.status, text(free, 'h1')])
  })
})

describe('the password', () => {
  it('is changed, this session stays and the others end', async () => {
    const { accountId, visitor } = await someone()
    const other = await desk.visitor(accountId)
    expect((await visitor.post('/account/password', { password: 'short' })).status).toBe(400)
    expect((await visitor.post('/account/password', { password: '' })).status).toBe(400)
    expect((await visitor.post('/account/password', { password: goodPassword })).status).toBe(400)
    expect((await visitor.post('/account/password', { password: newPassword })).headers.location).toBe('/account/password?done=password_changed')
    expect(await opens(desk.house, accountId, newPassword)).toBe(true)
    const left = (await desk.deps.sessions.list(accountId)).map(({ uid }) => uid)
    expect([left.includes(visitor.sessionUid), left.includes(other.sessionUid)]).toEqual([true, false])
  })
})

async function connectApp(visitor: Awaited<ReturnType<Desk['visitor']>>): Promise<Page> {
  const page = await visitor.get('/account/factors/totp')
  const app = scan(page.root.getElementById('open_authenticator')?.getAttribute('href')?.replaceAll('&amp;', '&') ?? '')
  return visitor.post('/account/factors/totp', { enrolment: value(page, 'enrolment'), code: app.codeAt(new Date()) })
}

describe('an authenticator app', () => {
  it('is connected by one of its codes, shows recovery codes once, and goes with them', async () => {
    const { accountId, visitor } = await someone()
    const page = await visitor.get('/account/factors/totp')
    const enrolment = value(page, 'enrolment')
    const app = scan(page.root.getElementById('open_authenticator')?.getAttribute('href')?.replaceAll('&amp;', '&') ?? '')
    const code = app.codeAt(new Date())
    const wrong = await visitor.post('/account/factors/totp', { enrolment, code: wrongCode(code) })
    expect([wrong.status, value(wrong, 'enrolment')]).toEqual([400, enrolment])
    expect((await visitor.post('/account/factors/totp', { enrolment: 'stale', code })).status).toBe(400)
    const connected = await visitor.post('/account/factors/totp', { enrolment, code })
    const shown = new Set(connected.root.querySelector('main')?.text.match(/\b[a-z0-9]{5}-[a-z0-9]{5}\b/g))
    expect([connected.status, shown.size]).toEqual([200, 10])
    expect(connected.headers['content-security-policy']).toContain(`script-src 'self'`)
    const leads = await visitor.post('/account/factors', { action: 'remove_totp' })
    expect(leads.headers.location).toBe('/account/factors/totp/remove')
    expect((await visitor.post('/account/factors/totp/remove', { action: 'confirm' })).headers.location).toBe('/account/factors?done=totp_removed')
    expect((await desk.program(accountId).call('GET', '/api/v1/me/factors')).body).toEqual({ totp: null, passkeys: [], recovery_codes_left: 0 })
    expect((await visitor.get('/account/factors/totp/remove')).headers.location).toBe('/account/factors')
  })

  it('comes before recovery codes: alone they are not made', async () => {
    const { accountId, visitor } = await someone()
    expect((await visitor.post('/account/factors/recovery-codes', { action: 'confirm' })).headers.location).toBe('/account/factors')
    await connectApp(visitor)
    expect((await visitor.post('/account/factors', { action: 'renew_recovery_codes' })).headers.location).toBe('/account/factors/recovery-codes')
    expect((await visitor.post('/account/factors/recovery-codes', { action: 'confirm' })).body).toMatch(/[a-z0-9]{5}-[a-z0-9]{5}/)
    expect((await linesAbout(desk.house, accountId)).filter((line) => line.startsWith('recovery_codes.generated'))).toHaveLength(2)
  })
})

describe('a passkey', () => {
  it('is added, renamed and removed by its owner, and is nobody else’s', async () => {
    const { accountId, visitor } = await someone()
    const charlie = await desk.visitor(desk.house.charlie.accountId)
    const page = await visitor.get('/account/factors/passkey')
    const options: unknown = JSON.parse(page.root.querySelector('form[data-passkey]')?.getAttribute('data-passkey-options') ?? '')
    const answer = new Authenticator().create(options, issuer)
    const fields = { passkey_challenge: value(page, 'passkey_challenge'), passkey_name: 'Ward PC', action: 'passkey' }
    expect((await visitor.post('/account/factors/passkey', { ...fields, passkey_response: 'no JSON' })).status).toBe(400)
    expect((await visitor.post('/account/factors/passkey', { ...fields, passkey_response: JSON.stringify(answer) })).status).toBe(200)
    const own = `/account/factors/passkeys/${answer.id}`
    expect(text(await visitor.get('/account/factors'), 'body')).toContain('Ward PC')
    expect([(await charlie.get(own)).status, (await charlie.get(`${own}/remove`)).status]).toEqual([404, 404])
    expect((await charlie.post('/account/factors', { remove: answer.id })).status).toBe(404)
    expect((await charlie.post('/account/factors', { passkey_name: 'Mine' }, own)).status).toBe(404)
    expect((await charlie.post('/account/factors', { action: 'confirm' }, `${own}/remove`)).status).toBe(404)
    expect((await visitor.post(own, { passkey_name: ' ' })).status).toBe(400)
    expect((await visitor.post(own, { passkey_name: 'Home PC' })).headers.location).toBe('/account/factors?done=passkey_renamed')
    expect((await visitor.post('/account/factors', { remove: answer.id })).headers.location).toBe(`${own}/remove`)
    expect((await visitor.get(`${own}/remove`)).body).toContain('Home PC')
    expect((await visitor.post(`${own}/remove`, { action: 'confirm' })).headers.location).toBe('/account/factors?done=passkey_removed')
    expect(await linesAbout(desk.house, accountId)).toEqual(expect.arrayContaining(['passkey.registered success', 'passkey.renamed success', 'passkey.removed success']))
  })
})

describe('sessions', () => {
  it('are listed with this browser marked, and ended one by one or all but this one', async () => {
    const { accountId, visitor } = await someone()
    const [second, third] = [await desk.visitor(accountId), await desk.visitor(accountId)]
    await knownIn(desk.house, accountId, `device of ${accountId}`)
    expect((await visitor.get('/account/sessions')).root.getElementById(`end-${second.sessionUid}`)).not.toBeNull()
    expect((await visitor.post('/account/sessions', { end: second.sessionUid })).headers.location).toBe('/account/sessions?done=session_ended')
    expect((await visitor.post('/account/sessions', { end: second.sessionUid })).status).toBe(404)
    expect((await visitor.post('/account/sessions', { action: 'end_others' })).headers.location).toBe('/account/sessions?done=others_ended')
    expect((await visitor.post('/account/sessions', { action: 'forget_devices' })).headers.location).toBe('/account/sessions?done=devices_forgotten')
    expect((await desk.deps.sessions.list(accountId)).map(({ uid }) => uid)).toEqual([visitor.sessionUid])
    expect(third.sessionUid).not.toBe(visitor.sessionUid)
    expect(await linesAbout(desk.house, accountId)).toContain('device.forgotten success')
  })

  it('of somebody else are not there', async () => {
    const [alices, charlie] = [await desk.visitor(desk.house.alice.accountId), await desk.visitor(desk.house.charlie.accountId)]
    expect((await charlie.get('/account/sessions')).body).not.toContain(alices.sessionUid)
    expect((await charlie.post('/account/sessions', { end: alices.sessionUid })).status).toBe(404)
    expect((await desk.deps.sessions.list(desk.house.alice.accountId)).map(({ uid }) => uid)).toContain(alices.sessionUid)
  })

  it('of others do not end by an old sign-in', async () => {
    const { accountId } = await newcomer(desk.house)
    const [stale, other] = [await desk.visitor(accountId, { fresh: false }), await desk.visitor(accountId)]
    const answer = await stale.post('/account/sessions', { end: other.sessionUid })
    expect(answer.headers.location).toBe(`/sign-in?${new URLSearchParams({ to: '/account/sessions', again: 'true' }).toString()}`)
    expect(await desk.deps.sessions.list(accountId)).toHaveLength(2)
  })
})

describe('tenants', () => {
  it('are left after one more question', async () => {
    const { bob } = desk.house
    const visitor = await desk.visitor(bob.accountId)
    expect(text(await visitor.get('/account/tenants'), 'body')).toContain('看護部門')
    const leads = await visitor.post('/account/tenants', { leave: bob.membershipId })
    expect(leads.headers.location).toBe(`/account/tenants/${bob.membershipId}/leave`)
    const left = await visitor.post(`/account/tenants/${bob.membershipId}/leave`, { action: 'confirm' })
    expect(left.headers.location).toBe('/account/tenants?done=left')
    expect((await visitor.get(`/account/tenants/${bob.membershipId}/leave`)).status).toBe(404)
    const [row] = await admin(desk.house, 'select status from membership where id = $1', [bob.membershipId])
    expect(row).toEqual({ status: 'ended' })
  })

  it('show the invitations that wait, and are joined or declined by their own person with a proved address only', async () => {
    const { house } = desk
    const { charlie, alice, sakura } = house
    const { accountId } = await newcomer(house)
    const [row] = await admin(house, 'select email from account where id = $1', [accountId])
    const invite = () => inviteMember({ databases: house.test.databases, masterKey: house.test.masterKey }, {
      tenantId: sakura, person: { email: String(row?.['email']), familyName: null, givenName: null, locale: 'ja' }, role: 'STAFF', reinvite: true, mover: { kind: 'operator', accountId: null }, origin: noOrigin,
    })
    const { membershipId } = await must(invite())
    const visitor = await desk.visitor(accountId)
    const status = async () => (await admin(house, 'select status from membership where id = $1', [membershipId]))[0]
    await admin(house, 'update account set email_verified_at = null where id = $1', [accountId])
    expect((await visitor.get('/account/tenants')).root.getElementById(`accept-${membershipId}`)).toBeNull()
    // No form, no token: there is nothing to send.
    expect((await visitor.post('/account/tenants', { accept: membershipId })).status).toBe(403)
    await admin(house, 'update account set email_verified_at = now() where id = $1', [accountId])
    for (const stranger of [charlie, alice]) expect((await (await desk.visitor(stranger.accountId)).post('/account/tenants', { accept: membershipId })).status).toBe(404)
    expect(await status()).toEqual({ status: 'invited' })
    expect((await visitor.get('/account/tenants')).root.getElementById(`accept-${membershipId}`)).not.toBeNull()
    expect((await visitor.post('/account/tenants', { decline: membershipId })).headers.location).toBe('/account/tenants?done=declined')
    expect(await status()).toEqual({ status: 'ended' })
    await must(invite())
    expect((await visitor.post('/account/tenants', { accept: membershipId })).headers.location).toBe('/account/tenants?done=joined')
    expect(await status()).toEqual({ status: 'active' })
    expect((await visitor.post('/account/tenants', { accept: membershipId })).status).toBe(404)
  })

  it('keep their last administrator, and tell a stranger nothing', async () => {
    const { alice, charlie } = desk.house
    const path = `/account/tenants/${alice.membershipId}/leave`
    const visitor = await desk.visitor(alice.accountId)
    const asked = await visitor.get(path)
    expect([asked.status, asked.root.getElementById('confirm'), asked.body.includes('医療法人さくら会')]).toEqual([200, null, true])
    expect((await visitor.post(path, { action: 'confirm' })).status).toBe(409)
    const stranger = await desk.visitor(charlie.accountId)
    const nothing = await stranger.get(path)
    expect([nothing.status, nothing.body.includes('さくら会')]).toEqual([404, false])
    expect((await stranger.post('/account/tenants', {}, path)).status).toBe(404)
    expect(await admin(desk.house, 'select status from membership where id = $1', [alice.membershipId])).toEqual([{ status: 'active' }])
  })
})

describe('apps', () => {
  it('lose what they were allowed after one more question; those of these pages are not in the list', async () => {
    const { accountId, visitor } = await someone()
    await admin(desk.house, `insert into client (id, name, metadata, first_party) values ('tegata-account', 'Tegata', '{}', true) on conflict do nothing`)
    await admin(desk.house, `insert into consent (account_id, client_id, scopes) values ($1, 'karte', '{openid,email}'), ($1, 'tegata-account', '{openid}')`, [accountId])
    const list = await visitor.get('/account/apps')
    expect([list.root.getElementById('revoke-karte') !== null, list.root.getElementById('revoke-tegata-account')]).toEqual([true, null])
    const leads = await visitor.post('/account/apps', { revoke: 'karte' })
    expect(leads.headers.location).toBe('/account/apps/revoke?app=karte')
    const asked = await visitor.follow(leads)
    expect([text(asked, 'h1')?.includes('Karte'), value(asked, 'target')]).toEqual([true, 'karte'])
    const revoked = await visitor.post('/account/apps/revoke?app=karte', { action: 'confirm' }, '/account/apps/revoke')
    expect(revoked.headers.location).toBe('/account/apps?done=revoked')
    expect(await admin(desk.house, 'select client_id from consent where account_id = $1', [accountId])).toEqual([{ client_id: 'tegata-account' }])
    expect((await visitor.post('/account/profile', { revoke: 'karte' }, '/account/apps')).status).toBe(404)
  })
})

describe('the log', () => {
  it('is shown newest first, page by page', async () => {
    const { accountId, visitor } = await someone()
    await admin(desk.house, `insert into event (id, occurred_at, type, outcome, subject, actor) select gen_random_uuid(), now() - n * interval '1 hour', 'sign_in.succeeded', 'success', $1, $1 from generate_series(1, 60) n`, [accountId])
    const first = await visitor.get('/account/activity')
    expect([first.root.getElementById('newest'), first.root.getElementById('older') !== null]).toEqual([null, true])
    const second = await visitor.get(first.root.getElementById('older')?.getAttribute('href') ?? '')
    expect([second.status, second.root.getElementById('newest') !== null, second.root.getElementById('older')]).toEqual([200, true, null])
    expect((await visitor.get('/account/activity?before=nonsense')).root.getElementById('newest')).toBeNull()
  })
})

describe('the data', () => {
  it('comes as a file, and that is written down', async () => {
    const { accountId, email, visitor } = await someone()
    const file = await visitor.get('/account/data/download')
    expect(file.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'content-disposition': 'attachment; filename="account.json"', 'x-content-type-options': 'nosniff' })
    expect(z.looseObject({ account: z.looseObject({ email: z.string() }) }).parse(JSON.parse(file.body)).account.email).toBe(email)
    expect(await linesAbout(desk.house, accountId)).toContain('data.exported success')
  })

  it('is erased at a later day unless the person keeps it', async () => {
    const { accountId, visitor } = await someone()
    expect((await visitor.post('/account/data', { action: 'delete_account' })).headers.location).toBe('/account/data/delete')
    expect((await visitor.post('/account/data/delete', { action: 'confirm' })).headers.location).toBe('/account/data?done=deletion_requested')
    expect((await visitor.get('/account/data')).root.getElementById('keep_account')).not.toBeNull()
    expect((await visitor.get('/account/data/delete')).headers.location).toBe('/account/data')
    expect((await visitor.post('/account/data', { action: 'keep_account' })).headers.location).toBe('/account/data?done=deletion_cancelled')
    expect(await linesAbout(desk.house, accountId)).toEqual(expect.arrayContaining(['account.deletion_requested success', 'account.deletion_cancelled success']))
  })

  it('of a last administrator stays', async () => {
    const visitor = await desk.visitor(desk.house.alice.accountId)
    expect((await visitor.get('/account/data/delete')).root.getElementById('confirm')).toBeNull()
    expect((await visitor.post('/account/data/delete', { action: 'confirm' })).status).toBe(409)
  })
})
