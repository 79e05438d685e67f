/** The JSON doors of a person to their own account: for the account of the token, in the scopes of the token, and for nobody else. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../../src/base/ids.ts'
import type { EndpointDoor } from '../../src/http/endpoint.ts'
import { admin, linesAbout, newcomer, newestLink, newPassword, opens, signedIn, wrongCode } from '../accounts/links-house.ts'
import { scan } from '../factors/totp-app.ts'
import { Authenticator } from '../helpers/authenticator.ts'
import { buildDesk, issuer, type Desk, type Program } from './desk.ts'

let desk: Desk
beforeAll(async () => { desk = await buildDesk() })
afterAll(() => desk.close())

const doors = () => desk.doors.filter((door): door is EndpointDoor => door.kind === 'endpoint')
const fill = (path: string) => path.replace(':membership_id', desk.house.alice.membershipId).replaceAll(/:[a-z_]+/g, 'something')
const at = (path: string) => `/api/v1/me/${path}`

async function someone(): Promise<{ accountId: string; email: string; api: Program }> {
  const person = await newcomer(desk.house)
  return { ...person, api: desk.program(person.accountId) }
}

describe('every door to one’s own account', () => {
  it('asks for a scope, and for writing another than for reading', () => {
    expect(doors().length).toBeGreaterThan(20)
    for (const door of doors()) expect(door.access, `${door.method} ${door.path}`).toMatchObject({ scope: door.method === 'GET' ? 'account:read' : 'account:write' })
  })

  it('refuses a token without the scope, and a machine', async () => {
    const [without, machine] = [desk.program(desk.house.alice.accountId, { scopes: [] }), desk.program(null)]
    for (const door of doors()) {
      const body = door.body === undefined ? undefined : {}
      expect(await without.call(door.method, fill(door.path), body), door.path).toMatchObject({ status: 403, body: { reason: 'insufficient_scope' } })
      // What a body must hold is told before whose account it would be; with one that fits nothing, either "no" is right.
      const answer = await machine.call(door.method, fill(door.path), body)
      expect([door.path, answer.status === 403 || (body !== undefined && answer.status === 400)]).toEqual([door.path, true])
    }
  })

  it('that is dangerous wants a fresh sign-in', async () => {
    const stale = desk.program(desk.house.alice.accountId, { authTime: Date.now() / 1000 - 301 })
    const asked: string[] = []
    for (const door of doors()) {
      const answer = await stale.call(door.method, fill(door.path), door.body === undefined ? undefined : {})
      if (answer.status !== 401) continue
      asked.push(`${door.method} ${door.path.slice('/api/v1/me/'.length)}`)
      expect(answer.headers['www-authenticate']).toContain('error="insufficient_user_authentication"')
    }
    expect(asked.toSorted()).toEqual([
      'DELETE factors/totp', 'DELETE passkeys/:passkey_id', 'DELETE sessions/:session_uid', 'GET data', 'PATCH passkeys/:passkey_id', 'POST address', 'POST address/confirm',
      'POST deletion', 'POST factors/recovery-codes', 'POST factors/totp', 'POST factors/totp/confirm', 'POST passkeys', 'POST passkeys/options', 'POST sessions/end-others', 'PUT password',
    ])
  })

  it('gives Charlie nothing of Alice’s', async () => {
    const { alice, charlie } = desk.house
    await signedIn(desk.house, alice.accountId, 'alices-session')
    const before = await linesAbout(desk.house, alice.accountId)
    const api = desk.program(charlie.accountId)
    expect(await api.call('DELETE', at('sessions/alices-session'))).toMatchObject({ status: 404 })
    expect(await api.call('POST', at('sessions/end-others'), { keep_session_uid: 'alices-session' })).toMatchObject({ status: 404 })
    expect(await api.call('POST', at(`memberships/${alice.membershipId}/leave`))).toMatchObject({ status: 404, body: { reason: 'not_found' } })
    expect(await api.call('DELETE', `${at('apps/karte')}?membership_id=${alice.membershipId}`)).toMatchObject({ status: 404 })
    for (const door of doors().filter(({ method, path }) => method === 'GET' && !path.includes(':'))) {
      const { status, body } = await api.call('GET', door.path)
      expect([door.path, status]).toEqual([door.path, 200])
      for (const secret of [alice.accountId, alice.membershipId, 'alice@example.com', 'alices-session', desk.house.sakura]) expect(JSON.stringify(body), `${door.path} tells ${secret}`).not.toContain(secret)
    }
    expect(await linesAbout(desk.house, alice.accountId)).toEqual(before)
    expect((await desk.deps.sessions.list(alice.accountId)).map(({ uid }) => uid)).toContain('alices-session')
  })
})

describe('profile', () => {
  it('changes what is given and leaves the rest', async () => {
    const { api, accountId, email } = await someone()
    expect(await api.call('GET', at('profile'))).toMatchObject({ status: 200, body: { account_id: accountId, email, email_verified: true, family_name: '新', locale: 'ja', zoneinfo: 'Asia/Tokyo', delete_after: null } })
    expect(await api.call('PATCH', at('profile'), { given_name: '花', locale: null })).toMatchObject({ status: 200, body: { family_name: '新', given_name: '花', display_name: '新 花', locale: null } })
    expect(await api.call('PATCH', at('profile'), { family_name: null, given_name: '' })).toMatchObject({ status: 400, body: { reason: 'name_missing' } })
    expect(await api.call('PATCH', at('profile'), { zoneinfo: '+09:00' })).toMatchObject({ status: 400, body: { reason: 'zoneinfo_unknown' } })
    expect(await api.call('PATCH', at('profile'), { email: 'x@example.com' })).toMatchObject({ status: 400, body: { reason: 'invalid_request' } })
  })
})

describe('address and password', () => {
  it('change as on the pages', async () => {
    const { api, accountId } = await someone()
    expect(await api.call('POST', at('address'), { email: 'not an address' })).toMatchObject({ status: 400, body: { reason: 'invalid_email' } })
    const asked = await api.call('POST', at('address'), { email: 'api-home@example.com' })
    expect(asked).toMatchObject({ status: 202, body: { email: 'api-home@example.com' } })
    const { code } = await newestLink(desk.house, 'address_change')
    const { change } = asked.body
    expect(await api.call('POST', at('address/confirm'), { change, code: wrongCode(code) })).toMatchObject({ status: 400, body: { reason: 'wrong_code' } })
    expect(await desk.program(desk.house.charlie.accountId).call('POST', at('address/confirm'), { change, code })).toMatchObject({ status: 400, body: { reason: 'link_invalid' } })
    expect(await api.call('POST', at('address/confirm'), { change, code })).toMatchObject({ status: 200, body: { email: 'api-home@example.com' } })
    expect(await api.call('PUT', at('password'), { password: 'short' })).toMatchObject({ status: 400, body: { reason: 'password_too_short' } })
    expect(await api.call('PUT', at('password'), { password: newPassword })).toMatchObject({ status: 204 })
    expect(await api.call('PUT', at('password'), { password: newPassword })).toMatchObject({ status: 409, body: { reason: 'same_password' } })
    expect(await opens(desk.house, accountId, newPassword)).toBe(true)
  })

  it('says how long to wait where too much was asked', async () => {
    const { api } = await someone()
    const answers = []
    for (let n = 0; n < 12; n += 1) answers.push(await api.call('POST', at('address'), { email: 'often@example.com' }))
    const refused = answers.find(({ status }) => status === 429)
    expect(refused).toMatchObject({ body: { reason: 'too_many_attempts' }, headers: { 'retry-after': expect.stringMatching(/^\d+$/) } })
  })
})

describe('factors', () => {
  it('are connected, listed without secrets, and removed', async () => {
    const { api } = await someone()
    expect(await api.call('POST', at('factors/recovery-codes'))).toMatchObject({ status: 404, body: { reason: 'not_enrolled' } })
    const { body: offer } = await api.call('POST', at('factors/totp'))
    const code = scan(String(offer['uri'])).codeAt(new Date())
    expect(await api.call('POST', at('factors/totp/confirm'), { enrolment: offer['enrolment'], code: wrongCode(code) })).toMatchObject({ status: 400, body: { reason: 'wrong_code' } })
    const connected = await api.call('POST', at('factors/totp/confirm'), { enrolment: offer['enrolment'], code })
    expect(connected).toMatchObject({ status: 200, body: { recovery_codes: expect.any(Array) } })
    const { body: listed } = await api.call('GET', at('factors'))
    expect(listed).toEqual({ totp: { created_at: expect.any(String), last_used_at: null }, passkeys: [], recovery_codes_left: 10 })
    expect(JSON.stringify(listed)).not.toContain(offer['secret'])
    expect(await api.call('POST', at('factors/recovery-codes'))).toMatchObject({ status: 201 })
    expect(await api.call('DELETE', at('factors/totp'))).toMatchObject({ status: 204 })
    expect(await api.call('DELETE', at('factors/totp'))).toMatchObject({ status: 404, body: { reason: 'not_enrolled' } })
  })

  it('include passkeys, which are their owner’s alone', async () => {
    const { api } = await someone()
    const charlie = desk.program(desk.house.charlie.accountId)
    const { body: question } = await api.call('POST', at('passkeys/options'))
    const response = new Authenticator().create(question['options'], issuer)
    expect(await charlie.call('POST', at('passkeys'), { challenge: question['challenge'], response })).toMatchObject({ status: 400, body: { reason: 'challenge_invalid' } })
    expect(await api.call('POST', at('passkeys'), { challenge: question['challenge'], response: {} })).toMatchObject({ status: 400, body: { reason: 'passkey_invalid' } })
    expect(await api.call('POST', at('passkeys'), { challenge: question['challenge'], response, name: 'Ward PC' })).toMatchObject({ status: 201, body: { passkey_id: response.id, recovery_codes: expect.any(Array) } })
    const own = at(`passkeys/${response.id}`)
    expect(await charlie.call('PATCH', own, { name: 'Mine' })).toMatchObject({ status: 404 })
    expect(await charlie.call('DELETE', own)).toMatchObject({ status: 404 })
    expect(await api.call('PATCH', own, { name: '' })).toMatchObject({ status: 400, body: { reason: 'name_missing' } })
    expect(await api.call('PATCH', own, { name: 'Home PC' })).toMatchObject({ status: 200, body: { name: 'Home PC' } })
    expect(await api.call('GET', at('factors'))).toMatchObject({ body: { passkeys: [{ passkey_id: response.id, name: 'Home PC' }] } })
    expect(await api.call('DELETE', own)).toMatchObject({ status: 204 })
  })
})

describe('what acts for a person', () => {
  it('ends: sessions, apps, memberships', async () => {
    const { api, accountId } = await someone()
    for (const uid of ['one', 'two', 'three']) await signedIn(desk.house, accountId, `${uid}-of-api`)
    await admin(desk.house, `insert into consent (account_id, client_id, scopes) values ($1, 'karte', '{openid,email}')`, [accountId])
    expect(await api.call('GET', at('sessions'))).toMatchObject({ status: 200, body: { sessions: expect.arrayContaining([expect.objectContaining({ session_uid: 'one-of-api', browser: null, amr: [] })]) } })
    expect(await api.call('DELETE', at('sessions/one-of-api'))).toMatchObject({ status: 204 })
    expect(await api.call('POST', at('sessions/end-others'), { keep_session_uid: 'two-of-api' })).toMatchObject({ status: 200, body: { ended: 1 } })
    expect(await api.call('GET', at('apps'))).toMatchObject({ status: 200, body: { apps: [{ client_id: 'karte', name: 'Karte', membership_id: null, scopes: ['email', 'openid'] }] } })
    expect(await api.call('DELETE', at('apps/karte'))).toMatchObject({ status: 204 })
    expect(await api.call('DELETE', at('apps/karte'))).toMatchObject({ status: 404 })
    const bob = desk.program(desk.house.bob.accountId)
    expect(await bob.call('GET', at('memberships'))).toMatchObject({ body: { memberships: [{ membership_id: desk.house.bob.membershipId, status: 'active', usable: true, role: 'STAFF', units: ['看護部門'] }] } })
    expect(await bob.call('POST', at(`memberships/${desk.house.bob.membershipId}/leave`))).toMatchObject({ status: 204 })
    expect(await bob.call('POST', at(`memberships/${desk.house.bob.membershipId}/leave`))).toMatchObject({ status: 409, body: { reason: 'already_ended' } })
    expect(await bob.call('GET', at('memberships'))).toMatchObject({ body: { memberships: [{ status: 'ended', usable: false }] } })
    expect(await desk.program(desk.house.alice.accountId).call('POST', at(`memberships/${desk.house.alice.membershipId}/leave`))).toMatchObject({ status: 409, body: { reason: 'last_admin' } })
  })
})

describe('the log', () => {
  it('comes in pages', async () => {
    const { api } = await someone()
    await api.call('PATCH', at('profile'), { given_name: '一' })
    await api.call('PATCH', at('profile'), { given_name: '二' })
    const first = await api.call('GET', `${at('activity')}?limit=1`)
    expect(first).toMatchObject({ status: 200, body: { events: [{ type: 'profile.updated', by: 'self' }], next_cursor: expect.any(String) } })
    const second = await api.call('GET', `${at('activity')}?limit=1&cursor=${String(first.body['next_cursor'])}`)
    expect(second).toMatchObject({ status: 200, body: { events: [{ type: 'profile.updated' }] } })
    expect(second.body['events']).not.toEqual(first.body['events'])
    for (const query of ['cursor=x', `cursor=1.${newId()}x`, 'limit=0', 'limit=101']) expect((await api.call('GET', `${at('activity')}?${query}`)).status, query).toBe(400)
  })
})

describe('erasure', () => {
  it('is asked for, asked for again without effect, and taken back', async () => {
    const { api } = await someone()
    const asked = await api.call('POST', at('deletion'))
    expect(asked).toMatchObject({ status: 202, body: { delete_after: expect.any(String) } })
    expect((await api.call('POST', at('deletion'))).body).toEqual(asked.body)
    expect(await api.call('DELETE', at('deletion'))).toMatchObject({ status: 204 })
    expect(await api.call('DELETE', at('deletion'))).toMatchObject({ status: 409, body: { reason: 'not_requested' } })
  })

  it('waits for another administrator', async () => {
    const answer = await desk.program(desk.house.alice.accountId).call('POST', at('deletion'))
    expect(answer).toMatchObject({ status: 409, body: { reason: 'last_admin', detail: expect.stringContaining('医療法人さくら会') } })
  })
})
