/**
 * The account by program: /api/v1/me/* with tokens as apps get them, over HTTP, with the mails that follow. Dangerous doors want a fresh
 * sign-in and say so (RFC 9470); whatever else a token can do, it reaches one person's account. What is checked of each door by
 * itself is test/self-service/api.test.ts's.
 */
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { newId } from '../../src/base/ids.ts'
import type { EndpointDoor } from '../../src/http/endpoint.ts'
import { t } from '../../views/messages.ts'
import { Authenticator } from '../helpers/authenticator.ts'
import { totpCode } from '../helpers/factors.ts'
import { linkMailTo, noticeTo } from '../helpers/mail.ts'
import { ageSignIns, freshAddress, isSignedIn, member, openAccount, prove, somebody, throughSignIn, type Somebody } from '../helpers/people.ts'
import type { Person } from '../helpers/person.ts'
import type { RelyingParty } from '../helpers/relying-party.ts'
import { redeemed, tokensFor } from '../helpers/sign-in.ts'
import { startTegata, type Tegata } from '../helpers/tegata.ts'

let tegata: Tegata
let app: RelyingParty
let api: string
beforeAll(async () => {
  tegata = await startTegata()
  api = `${tegata.issuer}/api/v1`
  app = await tegata.app({ name: 'Wallet', apiScopes: { [api]: ['account:read', 'account:write'] } })
})
afterAll(() => tegata.close())
// All of this file comes from one network, which may ask for thirty mails in an hour and fail a hundred times.
beforeEach(() => sql`delete from attempt where key like 'mail_network%' or key like 'password_network%'`.execute(tegata.databases.engine))

const says = t('ja')
const password = 'kingfisher over quiet water'
const scope = 'openid account:read account:write'
const wrong = (code: string | null) => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly headers: Headers
}

type Call = (method: string, path: string, body?: unknown) => Promise<Answer>

/** A program with this access token. */
function caller(accessToken: string): Call {
  return async (method, path, body) => {
    const answer = await fetch(`${api}/${path}`, {
      method, headers: { authorization: `Bearer ${accessToken}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, body: text === '' ? {} : z.looseObject({}).parse(JSON.parse(text)) }
  }
}

interface Alice extends Somebody {
  readonly person: Person
  readonly call: Call
}

/** Somebody whose app has just got a token for their account. */
async function alice(wanted = scope): Promise<Alice> {
  const [who, person] = [await somebody(tegata), tegata.person()]
  const { accessToken } = await tokensFor(app, person, { email: who.email, scope: wanted, parameters: { resource: api } })
  return { ...who, person, call: caller(accessToken) }
}

/** Another token for the same browser, without a question where `parameters` need none. */
async function again({ person, email }: Alice, parameters: Readonly<Record<string, string>> = {}): Promise<Call> {
  const start = app.start(scope, { resource: api, ...parameters })
  return caller((await redeemed(app, start, await throughSignIn(person, await person.open(start.url), { email }))).accessToken)
}

const doors = () => tegata.server.doors.filter((door): door is EndpointDoor => door.kind === 'endpoint' && door.path.startsWith('/api/v1/me/'))
const nameOf = (door: EndpointDoor) => `${door.method} ${door.path}`

describe('the profile', () => {
  test('is read and changed in part', async () => {
    const { call, email, accountId } = await alice()
    expect(await call('GET', 'me/profile')).toMatchObject({ status: 200, body: { account_id: accountId, email, family_name: '試験' } })
    expect(await call('PATCH', 'me/profile', { given_name: '花', locale: 'en' })).toMatchObject({ status: 200, body: { family_name: '試験', given_name: '花', display_name: '試験 花', locale: 'en' } })
    expect(await call('PATCH', 'me/profile', { account_id: newId() })).toMatchObject({ status: 400, body: { reason: 'invalid_request' } })
    expect((await call('GET', 'me/profile')).headers.get('cache-control')).toBe('no-store')
  })
})

describe('the address', () => {
  test('changes by the code of the mail, and the old one can take it back', async () => {
    const [{ call, email, person }, charlie, wanted] = [await alice(), await alice(), freshAddress()]
    const asked = await call('POST', 'me/address', { email: wanted })
    expect(asked).toMatchObject({ status: 202, body: { email: wanted } })
    const { change } = asked.body
    const { code } = await linkMailTo(tegata, wanted, { path: '/address/' })
    expect(await charlie.call('POST', 'me/address/confirm', { change, code })).toMatchObject({ status: 400, body: { reason: 'link_invalid' } })
    expect(await call('POST', 'me/address/confirm', { change, code: wrong(code) })).toMatchObject({ status: 400, body: { reason: 'wrong_code' } })
    expect(await call('POST', 'me/address/confirm', { change, code })).toMatchObject({ status: 200, body: { email: wanted } })
    expect((await call('GET', 'me/profile')).body).toMatchObject({ email: wanted, email_verified: true })
    const { link } = await linkMailTo(tegata, email, { path: '/undo/' })
    const owner = tegata.person()
    expect((await owner.submit(await owner.open(link), {}, 'confirm')).status).toBe(200)
    expect((await call('GET', 'me/profile')).status).toBe(401)
    expect(await isSignedIn(tegata, person)).toBe(false)
  })

  test('that somebody has is answered like any other', async () => {
    const [{ call }, bob] = [await alice(), await somebody(tegata)]
    expect(await call('POST', 'me/address', { email: bob.email })).toMatchObject({ status: 202, body: { email: bob.email, change: expect.any(String) } })
    await noticeTo(tegata, bob.email, says('address_wanted_mail.title'))
  })
})

describe('the password', () => {
  test('is set, and everything that was signed in is out, this token too', async () => {
    const [{ call, email, person }, other] = [await alice(), tegata.person()]
    await openAccount(tegata, other, { email })
    expect(await call('PUT', 'me/password', { password: 'password password' })).toMatchObject({ status: 400, body: { reason: 'password_too_common' } })
    expect(await call('PUT', 'me/password', { password })).toMatchObject({ status: 204, body: {} })
    expect([(await call('GET', 'me/profile')).status, await isSignedIn(tegata, person), await isSignedIn(tegata, other)]).toEqual([401, false, false])
    const next = tegata.person()
    expect((await throughSignIn(next, await next.open(`${tegata.issuer}/account`), { email }, password)).url.pathname).toBe('/account')
    expect((await noticeTo(tegata, email, says('password_mail.title'))).text).toContain(says('password_mail.what.self'))
  })
})

describe('second factors', () => {
  test('are set up, and from then on the token of before is not enough for what is dangerous (RFC 9470)', async () => {
    const who = await alice()
    const { call, person, email, accountId } = who
    const offer = z.object({ enrolment: z.string(), secret: z.string() }).parse((await call('POST', 'me/factors/totp')).body)
    expect(await call('POST', 'me/factors/totp/confirm', { enrolment: offer.enrolment, code: wrong(await totpCode(offer.secret)) })).toMatchObject({ status: 400, body: { reason: 'wrong_code' } })
    const confirmed = await call('POST', 'me/factors/totp/confirm', { enrolment: offer.enrolment, code: await totpCode(offer.secret) })
    expect([confirmed.status, z.array(z.string()).parse(confirmed.body['recovery_codes']).length]).toEqual([200, 10])
    await noticeTo(tegata, email, says('factor_mail.title.totp_enrolled'))
    const refused = await call('DELETE', 'me/factors/totp')
    expect(refused).toMatchObject({ status: 401, body: { reason: 'insufficient_user_authentication' } })
    expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer error="insufficient_user_authentication".*acr_values="aal2", max_age="300"/)
    expect((await call('GET', 'me/factors')).body).toMatchObject({ totp: { created_at: expect.any(String) }, recovery_codes_left: 10 })
    // The app does what the challenge says.
    const start = app.start(scope, { resource: api, acr_values: 'aal2', max_age: '300' })
    const { accessToken } = await redeemed(app, start, await prove(tegata, { person, accountId, secret: offer.secret }, await person.open(start.url)))
    const strong = caller(accessToken)
    expect((await strong('POST', 'me/factors/recovery-codes')).status).toBe(201)
    expect((await strong('DELETE', 'me/factors/totp')).status).toBe(204)
    expect(await strong('DELETE', 'me/factors/totp')).toMatchObject({ status: 404, body: { reason: 'not_enrolled' } })
    expect((await strong('GET', 'me/factors')).body).toEqual({ totp: null, passkeys: [], recovery_codes_left: 0 })
  })

  test('may be passkeys', async () => {
    const [{ call }, charlie] = [await alice(), await alice()]
    const { options, challenge } = (await call('POST', 'me/passkeys/options')).body
    const response = new Authenticator().create(options, tegata.issuer)
    expect(await charlie.call('POST', 'me/passkeys', { challenge, response })).toMatchObject({ status: 400, body: { reason: 'challenge_invalid' } })
    expect(await call('POST', 'me/passkeys', { challenge, response, name: 'Ward PC' })).toMatchObject({ status: 201, body: { passkey_id: response.id } })
    expect(await call('POST', 'me/passkeys', { challenge, response })).toMatchObject({ status: 401, body: { reason: 'insufficient_user_authentication' } })
    expect((await call('GET', 'me/factors')).body).toMatchObject({ passkeys: [{ passkey_id: response.id, name: 'Ward PC' }] })
    for (const [method, body] of [['PATCH', { name: 'mine' }], ['DELETE', undefined]] as const) {
      expect(await charlie.call(method, `me/passkeys/${response.id}`, body)).toMatchObject({ status: 404, body: { reason: 'not_found' } })
    }
  })
})

describe('a sign-in of an hour ago', () => {
  test('is not enough for what is dangerous; the challenge says what is', async () => {
    const who = await alice()
    await ageSignIns(tegata, who.accountId)
    const stale = await again(who)
    for (const door of doors().filter(({ access }) => access !== 'public' && access.fresh === true)) {
      const answer = await stale(door.method, door.path.slice('/api/v1/'.length), door.body === undefined ? undefined : {})
      expect([nameOf(door), answer.status, answer.body['reason']]).toEqual([nameOf(door), 401, 'insufficient_user_authentication'])
      expect(answer.headers.get('www-authenticate')).toContain('acr_values="aal1", max_age="300"')
    }
    expect((await stale('GET', 'me/profile')).status).toBe(200)
    const fresh = await again(who, { max_age: '300' })
    expect((await fresh('GET', 'me/data')).status).toBe(200)
    // A new token from the old refresh token is as old as its sign-in.
    const start = app.start(scope, { resource: api })
    await ageSignIns(tegata, who.accountId)
    const { refreshToken } = await redeemed(app, start, await who.person.open(start.url))
    const renewed = await app.refresh(refreshToken, { resource: api })
    expect(await caller(String(renewed.body['access_token']))('GET', 'me/data')).toMatchObject({ status: 401, body: { reason: 'insufficient_user_authentication' } })
  })
})

describe('sessions, apps and tenants', () => {
  test('are listed, and ended by their person', async () => {
    const [who, other, third] = [await alice(), tegata.person(), tegata.person()]
    await openAccount(tegata, other, who)
    await openAccount(tegata, third, who)
    const listed = z.object({ sessions: z.array(z.object({ session_uid: z.string(), client_ids: z.array(z.string()) })) }).parse((await who.call('GET', 'me/sessions')).body).sessions
    expect(listed).toHaveLength(3)
    const own = listed.find(({ client_ids }) => client_ids.includes(app.options.clientId))?.session_uid ?? ''
    const [others] = [listed.filter(({ session_uid }) => session_uid !== own)]
    expect((await who.call('DELETE', `me/sessions/${others[0]?.session_uid ?? ''}`)).status).toBe(204)
    expect([await isSignedIn(tegata, other), await isSignedIn(tegata, third)].toSorted()).toEqual([false, true])
    expect(await who.call('POST', 'me/sessions/end-others', { keep_session_uid: 'no-such-one' })).toMatchObject({ status: 404 })
    expect(await who.call('POST', 'me/sessions/end-others', { keep_session_uid: own })).toMatchObject({ status: 200, body: { ended: 1 } })
    expect([await isSignedIn(tegata, other), await isSignedIn(tegata, third), await isSignedIn(tegata, who.person)]).toEqual([false, false, true])
    expect((await who.call('DELETE', `me/sessions/${own}`)).status).toBe(204)
    expect([(await who.call('GET', 'me/sessions')).status, await isSignedIn(tegata, who.person)]).toEqual([401, false])
  })

  test('are taken back and left', async () => {
    const who = await alice()
    const [{ membershipId, tenantId }, sole] = [await member(tegata, who), await member(tegata, who, { admin: true })]
    const start = app.start('openid tenant', { tenant: tenantId })
    const { refreshToken } = await redeemed(app, start, await who.person.open(start.url))
    const { apps } = z.object({ apps: z.array(z.object({ client_id: z.string(), membership_id: z.string().nullable() })) }).parse((await who.call('GET', 'me/apps')).body)
    expect(apps).toEqual(expect.arrayContaining([{ client_id: app.options.clientId, membership_id: membershipId }]))
    expect((await who.call('DELETE', `me/apps/${app.options.clientId}?membership_id=${membershipId}`)).status).toBe(204)
    expect((await app.refresh(refreshToken)).status).toBe(400)
    expect(await who.call('POST', `me/memberships/${sole.membershipId}/leave`)).toMatchObject({ status: 409, body: { reason: 'last_admin' } })
    expect((await who.call('POST', `me/memberships/${membershipId}/leave`)).status).toBe(204)
    expect(await who.call('POST', `me/memberships/${membershipId}/leave`)).toMatchObject({ status: 409, body: { reason: 'already_ended' } })
    expect((await who.call('GET', 'me/memberships')).body).toMatchObject({ memberships: expect.arrayContaining([expect.objectContaining({ membership_id: membershipId, status: 'ended', usable: false })]) })
    // Taken back for the person alone: this very token goes with it.
    expect((await who.call('DELETE', `me/apps/${app.options.clientId}`)).status).toBe(204)
    expect((await who.call('GET', 'me/apps')).status).toBe(401)
  })
})

describe('the log, the copy and the end', () => {
  test('are had by program as well', async () => {
    const who = await alice()
    expect(await who.call('GET', 'me/data')).toMatchObject({ status: 200, body: { account: { email: who.email } } })
    const page = z.object({ events: z.array(z.object({ type: z.string(), by: z.string() })), next_cursor: z.string().nullable() }).parse((await who.call('GET', 'me/activity?limit=1')).body)
    expect(page.events).toMatchObject([{ type: 'data.exported', by: 'self' }])
    expect((await who.call('GET', `me/activity?cursor=${page.next_cursor ?? ''}`)).body).toMatchObject({ events: expect.arrayContaining([expect.objectContaining({ type: 'sign_in.succeeded' })]) })
    const asked = await who.call('POST', 'me/deletion')
    expect(asked).toMatchObject({ status: 202, body: { delete_after: expect.any(String) } })
    await linkMailTo(tegata, who.email, { path: '/keep/' })
    expect((await who.call('GET', 'me/profile')).body).toMatchObject({ delete_after: asked.body['delete_after'] })
    expect((await who.call('DELETE', 'me/deletion')).status).toBe(204)
    expect(await who.call('DELETE', 'me/deletion')).toMatchObject({ status: 409, body: { reason: 'not_requested' } })
    expect((await who.call('GET', 'me/profile')).body).toMatchObject({ delete_after: null })
    await member(tegata, who, { admin: true })
    expect(await who.call('POST', 'me/deletion')).toMatchObject({ status: 409, body: { reason: 'last_admin' } })
  })
})

describe('Charlie', () => {
  test('reaches nothing of Alice’s with a token of his own, whatever ids he knows', async () => {
    const [who, charlie] = [await alice(), await alice()]
    const { membershipId } = await member(tegata, who)
    const { engine } = tegata.databases
    const uids = (await engine.selectFrom('session').select('uid').where('account_id', '=', who.accountId).execute()).map(({ uid }) => uid)
    const logOf = () => engine.selectFrom('event').select('id').where((where) => where.or([where('subject', '=', who.accountId), where('actor', '=', who.accountId)])).orderBy('id').execute()
    const before = await logOf()
    for (const uid of uids) expect([(await charlie.call('DELETE', `me/sessions/${uid}`)).status, (await charlie.call('POST', 'me/sessions/end-others', { keep_session_uid: uid })).status]).toEqual([404, 404])
    expect((await charlie.call('POST', `me/memberships/${membershipId}/leave`)).status).toBe(404)
    expect((await charlie.call('DELETE', `me/apps/${app.options.clientId}?membership_id=${membershipId}`)).status).toBe(404)
    for (const door of doors().filter(({ method }) => method === 'GET')) {
      const { status, body } = await charlie.call('GET', door.path.slice('/api/v1/'.length))
      expect([nameOf(door), status]).toEqual([nameOf(door), 200])
      for (const secret of [who.email, who.accountId, membershipId, ...uids]) expect([nameOf(door), JSON.stringify(body).includes(secret)]).toEqual([nameOf(door), false])
    }
    expect(await logOf()).toEqual(before)
  })

  test('changes nothing with a token that may only read', async () => {
    const reader = await alice('openid account:read')
    for (const door of doors().filter(({ method }) => method !== 'GET')) {
      const answer = await reader.call(door.method, door.path.replaceAll(/:[a-z_]+/g, 'x').slice('/api/v1/'.length), door.body === undefined ? undefined : {})
      expect([nameOf(door), answer.status, answer.body['reason']]).toEqual([nameOf(door), 403, 'insufficient_scope'])
    }
  })
})

describe('the description', () => {
  const operation = z.looseObject({ responses: z.record(z.string(), z.looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.looseObject({}) })).optional() })) })
  const shape = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), operation)), components: z.looseObject({ schemas: z.record(z.string(), z.unknown()).optional() }) })

  test('names every door, and what they answer is what it says', async () => {
    const described = shape.parse(await (await fetch(`${api}/openapi.json`)).json())
    const operationOf = (method: string, path: string) => described.paths[`/api/v1/${path.replaceAll(/:(\w+)/g, '{$1}')}`]?.[method.toLowerCase()]
    for (const door of doors()) expect([nameOf(door), operationOf(door.method, door.path.slice('/api/v1/'.length)) === undefined]).toEqual([nameOf(door), false])
    const who = await alice()
    await member(tegata, who)
    const reads = doors().filter(({ method }) => method === 'GET').map(({ path }): [string, string] => ['GET', path.slice('/api/v1/'.length)])
    const writes: [string, string, unknown?][] = [
      ['PATCH', 'me/profile', { given_name: '花' }], ['POST', 'me/address', { email: freshAddress() }], ['POST', 'me/factors/totp'], ['POST', 'me/passkeys/options'], ['POST', 'me/deletion'], ['DELETE', 'me/deletion'],
    ]
    for (const [method, path, sent] of [...writes, ...reads]) {
      const { status, body } = await who.call(method, path, sent)
      const response = operationOf(method, path)?.responses[String(status)]
      expect([method, path, status, status < 300 && response !== undefined]).toEqual([method, path, status, true])
      const schema = response?.content?.['application/json']?.schema
      const read = schema === undefined ? z.strictObject({}).safeParse(body) : z.fromJSONSchema({ ...schema, components: described.components }).safeParse(body)
      expect([method, path, read.success ? [] : read.error.issues]).toEqual([method, path, []])
    }
  })
})
