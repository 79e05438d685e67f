/**
 * What somebody tries who has a part of what it takes: a password without the second factor, an open browser without the person, a
 * token from before the rules. Each of these was a door once, or could become one.
 */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Authenticator } from '../helpers/authenticator.ts'
import { enrolTotp, secretOn, totpCode } from '../helpers/factors.ts'
import { ageSignIns, forge, member, nextTotpStep, somebody, type Member, type Somebody } from '../helpers/people.ts'
import type { Person, Visit } from '../helpers/person.ts'
import type { RelyingParty } from '../helpers/relying-party.ts'
import { codeOf, redeemed, signIn } from '../helpers/sign-in.ts'
import { demoPassword, startTegata, type Tegata } from '../helpers/tegata.ts'

let tegata: Tegata
let app: RelyingParty
beforeAll(async () => {
  tegata = await startTegata()
  app = await tegata.app({ name: 'Rota' })
})
afterAll(() => tegata.close())

const scope = 'openid tenant offline_access'
const has = (visit: Visit, id: string) => visit.html.getElementById(id) !== null

async function alice(): Promise<Somebody & Member> {
  const who = await somebody(tegata)
  return { ...who, ...(await member(tegata, who)) }
}

/** Somebody whose account has an authenticator app. */
async function aliceWithApp() {
  const who = await alice()
  const browser = tegata.person()
  const { secret } = await enrolTotp(browser, await signIn(browser, app.start(scope, { acr_values: 'aal2' }), who))
  await nextTotpStep(tegata, who.accountId)
  return { ...who, secret, browser }
}

function tenantRule({ tenantId }: Member, rule: { readonly mfa_rule?: string; readonly trusted_device_days?: number; readonly password_max_age_days?: number }) {
  return tegata.databases.engine.updateTable('tenant').set(rule).where('id', '=', tenantId).execute()
}

describe('a password without its second factor', () => {
  const pages = ['', '/profile', '/address', '/password', '/factors', '/factors/totp', '/sessions', '/tenants', '/apps', '/activity', '/data', '/data/download']

  test('opens no page of the account, though the password has begun a session', async () => {
    const who = await aliceWithApp()
    const thief = tegata.person()
    expect(has(await signIn(thief, app.start(scope), who), 'verify')).toBe(true)
    for (const page of pages) {
      const visit = await thief.open(`${tegata.issuer}/account${page}`)
      expect([page, visit.url.pathname.split('/')[1], has(visit, 'verify')]).toEqual([page, 'interaction', true])
    }
    const { status } = await post(thief, '/account/profile', { family_name: 'Mallory', given_name: 'M', locale: 'ja', zoneinfo: 'Asia/Tokyo' })
    expect(status).toBe(303)
    const { family_name } = await tegata.databases.engine.selectFrom('account').select('family_name').where('id', '=', who.accountId).executeTakeFirstOrThrow()
    expect(family_name).not.toBe('Mallory')
  })

  test('closes the pages of a browser that was signed in before the factor was there, until it is shown', async () => {
    const who = await alice()
    const [old, other] = [tegata.person(), tegata.person()]
    codeOf(await signIn(old, app.start(scope), who))
    const { secret } = await enrolTotp(other, await signIn(other, app.start(scope, { acr_values: 'aal2' }), who))
    const question = await old.open(`${tegata.issuer}/account`)
    expect(has(question, 'verify')).toBe(true)
    expect((await old.submit(question, { code: await totpCode(secret) }, 'verify')).url.pathname).toBe('/account')
  })

  test('opens the pages in a browser that its owner has trusted, for as long as it is trusted', async () => {
    const who = await aliceWithApp()
    await tenantRule(who, { trusted_device_days: 30 })
    const browser = tegata.person()
    await browser.submit(await signIn(browser, app.start(scope), who), { code: await totpCode(who.secret), trust_device: 'yes' }, 'verify')
    await browser.open(`${tegata.issuer}/oauth2/logout`).then((page) => browser.submit(page, {}, 'sign_out_everywhere'))
    codeOf(await signIn(browser, app.start(scope), who))
    const home = await browser.open(`${tegata.issuer}/account`)
    expect([home.status, home.url.pathname]).toEqual([200, '/account'])
    await sql`delete from device where account_id = ${who.accountId}`.execute(tegata.databases.engine)
    expect(has(await browser.open(`${tegata.issuer}/account`), 'verify')).toBe(true)
  })

  test('gets nothing by forms that belong to other steps', async () => {
    const who = await aliceWithApp()
    const thief = tegata.person()
    const question = await signIn(thief, app.start(scope), who)
    const own = await alice()
    const mallory = tegata.person()
    const offered = await mallory.submit(await signIn(mallory, app.start(scope, { acr_values: 'aal2' }), own), {}, 'enrol_totp')
    const enrolment = offered.html.querySelector('input[name=enrolment]')?.getAttribute('value') ?? ''
    const code = await totpCode(secretOn(offered))
    for (const fields of [
      { action: 'later' }, { action: 'codes_stored', stored: 'yes' }, { action: 'enrol_totp' }, { action: 'enrol_passkey' },
      { action: 'confirm_totp', enrolment, code }, { action: 'set_password', password: 'kingfisher over quiet water' }, { action: 'allow' },
    ]) {
      const answer = await forge(thief, question, { fields })
      expect([fields.action, answer.url.searchParams.has('code'), has(answer, 'verify')]).toEqual([fields.action, false, true])
    }
  })

  test('has no browser trusted by a box that nobody was offered', async () => {
    const who = await aliceWithApp()
    const browser = tegata.person()
    const question = await signIn(browser, app.start(scope), who)
    codeOf(await forge(browser, question, { fields: { action: 'verify', code: await totpCode(who.secret), trust_device: 'yes' } }))
    const trusted = await tegata.databases.engine.selectFrom('device').select('id_hash').where('account_id', '=', who.accountId).where('trusted_until', 'is not', null).execute()
    expect(trusted).toEqual([])
  })

  test('has no browser trusted for longer than the strictest of the tenants that allow it', async () => {
    const who = await aliceWithApp()
    await tenantRule(who, { trusted_device_days: 1 })
    const lax = await member(tegata, who)
    await tenantRule(lax, { trusted_device_days: 90 })
    const browser = tegata.person()
    const question = await signIn(browser, app.start(scope, { tenant: lax.subdomain }), who)
    codeOf(await browser.submit(question, { code: await totpCode(who.secret), trust_device: 'yes' }, 'verify'))
    const { rows } = await sql<{ hours: number }>`select extract(epoch from trusted_until - now())::float8 / 3600 as hours from device
      where account_id = ${who.accountId} and trusted_until is not null`.execute(tegata.databases.engine)
    expect(rows).toEqual([{ hours: expect.closeTo(24, 0) }])
  })

  test('does not reach one sign-in with the form of another', async () => {
    const [who, own] = [await aliceWithApp(), await alice()]
    const browser = tegata.person()
    const mine = await browser.open(app.start(scope).url)
    const hers = await browser.open(app.start(scope).url)
    const question = await browser.submit(hers, { identifier: who.email, password: demoPassword }, 'sign_in')
    const mixed = await forge(browser, mine, { action: question.url.pathname, fields: { identifier: own.email, password: demoPassword, code: await totpCode(who.secret) } })
    expect(mixed.url.searchParams.has('code')).toBe(false)
  })
})

describe('an open browser without its person', () => {
  test('does not get a new password where the old one grew too old: the person signs in again first', async () => {
    const who = await alice()
    const browser = tegata.person()
    codeOf(await signIn(browser, app.start(scope), who))
    await ageSignIns(tegata, who.accountId)
    await tenantRule(who, { password_max_age_days: 30 })
    await sql`update factor_password set changed_at = now() - interval '31 days' where account_id = ${who.accountId}`.execute(tegata.databases.engine)
    const start = app.start(scope)
    const again = await browser.open(start.url)
    expect([has(again, 'set_password'), has(again, 'password')]).toEqual([false, true])
    const form = await browser.submit(again, { password: demoPassword }, 'sign_in')
    codeOf(await browser.submit(form, { password: 'kingfisher over quiet water' }, 'set_password'))
  })

  test('is not made fresh for a stolen cookie by the sign-in of its owner', async () => {
    const who = await alice()
    const browser = tegata.person()
    codeOf(await signIn(browser, app.start(scope), who))
    await ageSignIns(tegata, who.accountId)
    const stolen = tegata.person()
    for (const cookie of await browser.jar.getCookies(tegata.issuer)) await stolen.jar.setCookie(cookie.toString(), tegata.issuer)
    const asked = await browser.open(`${tegata.issuer}/account/password`)
    expect((await browser.submit(asked, { password: demoPassword }, 'sign_in')).url.pathname).toBe('/account/password')
    expect(has(await stolen.open(`${tegata.issuer}/account/password`), 'sign_in')).toBe(true)
  })

  test('is not signed in anew by a key that only wants a touch', async () => {
    const who = await alice()
    const browser = tegata.person()
    const key = new Authenticator()
    const create = await signIn(browser, app.start(scope, { acr_values: 'phr' }), who)
    const made = { passkey_challenge: valueOf(create, 'passkey_challenge'), passkey_response: JSON.stringify(key.create(optionsOn(create), tegata.issuer)) }
    codeOf(await browser.submit(await forge(browser, create, { fields: { action: 'passkey', ...made } }), { stored: 'yes' }, 'codes_stored'))
    const answer = async (userVerified: boolean) => {
      const page = await browser.open(app.start(scope, { prompt: 'login' }).url)
      const given = { passkey_challenge: valueOf(page, 'passkey_challenge'), passkey_response: JSON.stringify(key.get(optionsOn(page), tegata.issuer, { userVerified })) }
      return forge(browser, page, { fields: { action: 'passkey', ...given } })
    }
    const touched = await answer(false)
    expect([touched.status, touched.url.searchParams.has('code')]).toEqual([400, false])
    codeOf(await answer(true))
  })
})

describe('a token family from before the rules', () => {
  test('is not renewed by naming the tenant that it is in already', async () => {
    const who = await alice()
    const browser = tegata.person()
    const start = app.start(scope)
    const tokens = await redeemed(app, start, await signIn(browser, start, who))
    const named = await app.refresh(tokens.refreshToken, { tenant: who.subdomain })
    expect(named.status).toBe(200)
    await tenantRule(who, { mfa_rule: 'everyone' })
    const refused = await app.refresh(String(named.body['refresh_token']), { tenant: who.subdomain })
    expect([refused.status, refused.body['error']]).toEqual([400, 'invalid_grant'])
  })
})

function valueOf(visit: Visit, name: string): string {
  const value = visit.html.querySelector(`input[name=${name}]`)?.getAttribute('value')
  if (value === undefined) throw new Error(`no field ${name} on ${visit.url.pathname}`)
  return value
}

function optionsOn(visit: Visit): unknown {
  return JSON.parse(visit.html.querySelector('[data-passkey-options]')?.getAttribute('data-passkey-options') ?? 'null')
}

/** A POST from a page of ours, without any form of it. */
async function post(person: Person, path: string, fields: Readonly<Record<string, string>>): Promise<Response> {
  const headers = { origin: tegata.issuer, cookie: await person.jar.getCookieString(tegata.issuer) }
  return fetch(new URL(path, tegata.issuer), { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams(fields) })
}
