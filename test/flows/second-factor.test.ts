/**
 * The second factor in the middle of sign-ins, as people and apps meet it: set up where it is demanded and missing, asked for where
 * it is there, raised on demand, never skipped. Ken is on the staff of Sakura, whose rules change from test to test.
 */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sql } from 'kysely'
import { codesOn, enrolTotp, secretOn, totpCode } from '../helpers/factors.ts'
import type { Person, Visit } from '../helpers/person.ts'
import type { RelyingParty } from '../helpers/relying-party.ts'
import { codeOf, redeemed, signIn } from '../helpers/sign-in.ts'
import { demoPassword, startTegata, type Tegata } from '../helpers/tegata.ts'

let tegata: Tegata
let app: RelyingParty
let other: RelyingParty
beforeAll(async () => {
  tegata = await startTegata()
  app = await tegata.app({ name: 'Rota' })
  other = await tegata.app({ name: 'Ledger' })
})
afterAll(() => tegata.close())

const scope = 'openid tenant offline_access'
let people = 0

interface Rules { mfa_rule?: string; mfa_level?: string; mfa_enforced_from?: string | null; trusted_device_days?: number; password_max_age_days?: number | null }

/** A new member of a tenant of their own, whose rules are as given; nobody else is touched by them. */
async function somebody(rules: Rules = {}): Promise<{ email: string; accountId: string; subdomain: string }> {
  people += 1
  const { engine } = tegata.databases
  const [accountId, tenantId, roleId, subdomain, email] = [`person-${people}`, crypto.randomUUID(), crypto.randomUUID(), `tenant-${people}`, `person-${people}@example.com`]
  const { mfa_rule = 'off', mfa_level = 'aal2', mfa_enforced_from = null, trusted_device_days = 0, password_max_age_days = null } = rules
  await sql`insert into account (id, email, display_name) values (${accountId}, ${email}, 'ひと')`.execute(engine)
  await sql`insert into factor_password (account_id, phc) select ${accountId}, f.phc from factor_password f join account a on a.id = f.account_id where a.email = 'ken@example.com'`.execute(engine)
  await sql`insert into tenant (id, name, subdomain, mfa_rule, mfa_level, mfa_enforced_from, trusted_device_days, password_max_age_days)
    values (${tenantId}, ${subdomain}, ${subdomain}, ${mfa_rule}, ${mfa_level}, ${mfa_enforced_from}, ${trusted_device_days}, ${password_max_age_days})`.execute(engine)
  await sql`insert into role (tenant_id, id, name) values (${tenantId}, ${roleId}, 'STAFF')`.execute(engine)
  await sql`insert into membership (tenant_id, id, account_id, role_id, status) values (${tenantId}, ${crypto.randomUUID()}, ${accountId}, ${roleId}, 'active')`.execute(engine)
  return { email, accountId, subdomain }
}

const id = (visit: Visit, name: string) => visit.html.getElementById(name)

async function claimsOf(party: RelyingParty, start: ReturnType<RelyingParty['start']>, visit: Visit) {
  const tokens = await redeemed(party, start, visit)
  return { ...tokens, claims: decodeJwt(tokens.idToken) }
}

/** Signs in to an app where a factor has been set up before; answers the question with the authenticator app. */
async function signInWithCode(browser: Person, party: RelyingParty, who: { email: string; secret: string; steps?: number }, extra: Record<string, string> = {}) {
  const start = party.start(scope, extra)
  const question = await signIn(browser, start, who)
  return { start, visit: await browser.submit(question, { code: await totpCode(who.secret, who.steps ?? 0) }, 'verify') }
}

describe('a tenant that asks everybody', () => {
  test('has its member set one up in the middle of the sign-in, and the tokens say so', async () => {
    const { email } = await somebody({ mfa_rule: 'everyone' })
    const browser = tegata.person()
    const start = app.start(scope)
    const choice = await signIn(browser, start, { email })
    expect(id(choice, 'enrol_totp')).not.toBeNull()
    expect(id(choice, 'later')).toBeNull()
    const { codes, next } = await enrolTotp(browser, choice)
    expect(codes).toHaveLength(10)
    const { claims } = await claimsOf(app, start, next)
    expect(claims).toMatchObject({ acr: 'aal2', amr: ['pwd', 'otp', 'mfa'], auth_time: expect.any(Number) })
  })

  test('asks for it at the next sign-in, takes a code once, and refuses it again', async () => {
    const { email } = await somebody({ mfa_rule: 'everyone' })
    const first = tegata.person()
    const { secret } = await enrolTotp(first, await signIn(first, app.start(scope), { email }))
    const [one, two] = [tegata.person(), tegata.person()]
    const code = await totpCode(secret)
    const [startOne, startTwo] = [app.start(scope), app.start(scope)]
    const [questionOne, questionTwo] = [await signIn(one, startOne, { email }), await signIn(two, startTwo, { email })]
    const answers = await Promise.all([one.submit(questionOne, { code }, 'verify'), two.submit(questionTwo, { code }, 'verify')])
    expect(answers.filter((answer) => answer.url.searchParams.has('code'))).toHaveLength(1)
    const refused = answers.find((answer) => !answer.url.searchParams.has('code'))
    expect(refused?.status).toBe(400)
    expect(id(refused ?? answers[0], 'code')).not.toBeNull()
  })

  test('lets nobody past by starting over, by another app, or silently', async () => {
    const { email } = await somebody({ mfa_rule: 'everyone' })
    const browser = tegata.person()
    await signIn(browser, app.start(scope), { email })
    const again = await browser.open(other.start(scope).url)
    expect(id(again, 'enrol_totp')).not.toBeNull()
    const silent = await browser.open(other.start(scope, { prompt: 'none' }).url)
    expect(silent.url.searchParams.get('error')).toBe('unmet_authentication_requirements')
  })

  test('ends what was renewed under weaker rules', async () => {
    const { email, subdomain } = await somebody()
    const browser = tegata.person()
    const start = app.start(scope)
    const { refreshToken } = await redeemed(app, start, await signIn(browser, start, { email }))
    await sql`update tenant set mfa_rule = 'everyone' where subdomain = ${subdomain}`.execute(tegata.databases.engine)
    expect(await app.refresh(refreshToken)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })

  test('reminds in its grace, once in a sign-in, and lets it be put off', async () => {
    const { email } = await somebody({ mfa_rule: 'everyone', mfa_enforced_from: '2099-01-01' })
    const browser = tegata.person()
    const start = app.start(scope)
    const choice = await signIn(browser, start, { email })
    const visit = await browser.submit(choice, {}, 'later')
    expect((await claimsOf(app, start, visit)).claims).toMatchObject({ acr: 'aal1', amr: ['pwd'] })
    expect((await browser.open(other.start(scope).url)).url.searchParams.has('code')).toBe(true)
  })

  test('counts as answered though the browser went away from the recovery codes', async () => {
    const { email } = await somebody({ mfa_rule: 'everyone' })
    const browser = tegata.person()
    const start = app.start(scope)
    const choice = await signIn(browser, start, { email })
    const page = await browser.submit(choice, {}, 'enrol_totp')
    const secret = secretOn(page)
    await browser.submit(page, { code: await totpCode(secret, -1) }, 'confirm_totp')
    // The same page once more goes on to the app: the factor was proved, and is not asked for twice.
    expect((await claimsOf(app, start, await browser.open(choice.url))).claims).toMatchObject({ acr: 'aal2' })
  })
})

describe('whoever has a second factor', () => {
  async function withFactor(rules: Rules = {}) {
    const who = await somebody(rules)
    const browser = tegata.person()
    const start = app.start(scope, { acr_values: 'aal2' })
    const choice = await signIn(browser, start, who)
    const { secret, codes } = await enrolTotp(browser, choice)
    return { ...who, secret, codes, browser }
  }

  test('is asked for it everywhere, though no rule asks', async () => {
    const who = await withFactor()
    const { start, visit } = await signInWithCode(tegata.person(), app, who)
    expect((await claimsOf(app, start, visit)).claims).toMatchObject({ acr: 'aal2', amr: ['pwd', 'otp', 'mfa'] })
  })

  test('gets in by a recovery code, once', async () => {
    const who = await withFactor()
    const code = who.codes[0] ?? ''
    const answers: Visit[] = []
    for (let round = 0; round < 2; round += 1) {
      const browser = tegata.person()
      const question = await signIn(browser, app.start(scope), who)
      const form = await browser.submit(question, {}, 'use_recovery_code')
      answers.push(await browser.submit(form, { recovery_code: ` ${code.toUpperCase()} ` }, 'verify'))
    }
    expect(answers.map((answer) => answer.url.searchParams.has('code'))).toEqual([true, false])
  })

  test('is locked out of guessing at all doors together, and told how long', async () => {
    const who = await withFactor()
    const browser = tegata.person()
    let page = await signIn(browser, app.start(scope), who)
    for (let guess = 0; guess < 10; guess += 1) page = await browser.submit(page, { code: '000000' }, 'verify')
    const locked = await browser.submit(page, { code: await totpCode(who.secret) }, 'verify')
    expect(locked.status).toBe(429)
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(0)
    const elsewhere = tegata.person()
    const question = await elsewhere.submit(await signIn(elsewhere, other.start(scope), who), {}, 'use_recovery_code')
    expect((await elsewhere.submit(question, { recovery_code: who.codes[1] ?? '' }, 'verify')).status).toBe(429)
  })

  test('gets a new session id at the rise of the level', async () => {
    const who = await withFactor()
    const browser = tegata.person()
    const question = await signIn(browser, app.start(scope), who)
    const before = await browser.jar.getCookieString(tegata.issuer)
    await browser.submit(question, { code: await totpCode(who.secret) }, 'verify')
    const sessionIn = (cookies: string) => /tegata_session=([^;]+)/.exec(cookies)?.[1]
    expect(sessionIn(await browser.jar.getCookieString(tegata.issuer))).not.toBe(sessionIn(before))
  })

  test('has a browser trusted where the tenant allows it, and an app that names a level still gets its own', async () => {
    const who = await withFactor({ trusted_device_days: 30 })
    const browser = tegata.person()
    const start = app.start(scope)
    const question = await signIn(browser, start, who)
    expect(id(question, 'trust_device')).not.toBeNull()
    await redeemed(app, start, await browser.submit(question, { code: await totpCode(who.secret), trust_device: 'yes' }, 'verify'))
    await browser.open(`${tegata.issuer}/oauth2/logout`).then((page) => browser.submit(page, {}, 'sign_out_everywhere'))
    const second = app.start(scope)
    const silent = await claimsOf(app, second, await signIn(browser, second, who))
    // What was not proved is not claimed.
    expect(silent.claims).toMatchObject({ acr: 'aal1', amr: ['pwd'] })
    expect((await app.refresh(silent.refreshToken)).status).toBe(200)
    expect(id(await browser.open(app.start(scope, { acr_values: 'aal2' }).url), 'verify')).not.toBeNull()
  })

  test('has no browser trusted where the tenant does not allow it', async () => {
    const who = await withFactor()
    const question = await signIn(tegata.person(), app.start(scope), who)
    expect(id(question, 'trust_device')).toBeNull()
  })
})

describe('an app that names a level', () => {
  test('gets it for a session that has less, with only the second factor asked (RFC 9470 §4)', async () => {
    const { email } = await somebody()
    const browser = tegata.person()
    const first = app.start(scope)
    const before = (await claimsOf(app, first, await signIn(browser, first, { email }))).claims
    expect(before).toMatchObject({ acr: 'aal1' })
    const start = app.start(scope, { acr_values: 'phr aal2' })
    const { next } = await enrolTotp(browser, await browser.open(start.url))
    const { claims } = await claimsOf(app, start, next)
    expect(claims).toMatchObject({ acr: 'aal2', amr: ['pwd', 'otp', 'mfa'], auth_time: before['auth_time'] })
  })

  test('in its registration keeps that floor whatever the request says', async () => {
    const strict = await tegata.app({ name: 'Strict', defaultAcrValues: ['aal2'] })
    const { email } = await somebody()
    const browser = tegata.person()
    const page = await signIn(browser, strict.start(scope, { acr_values: 'aal1' }), { email })
    expect(id(page, 'enrol_totp')).not.toBeNull()
  })

  test('that nobody knows is not stopped by it, unless it is essential', async () => {
    const { email } = await somebody()
    const browser = tegata.person()
    const start = app.start(scope, { acr_values: 'urn:example:gold' })
    codeOf(await signIn(browser, start, { email }))
    const essential = app.start(scope, { claims: JSON.stringify({ id_token: { acr: { essential: true, values: ['urn:example:gold'] } } }) })
    expect((await browser.open(essential.url)).url.searchParams.get('error')).toBe('unmet_authentication_requirements')
  })

  test('silently learns that it cannot be had without the person', async () => {
    const { email } = await somebody()
    const browser = tegata.person()
    codeOf(await signIn(browser, app.start(scope), { email }))
    const silent = await browser.open(app.start(scope, { prompt: 'none', acr_values: 'aal2' }).url)
    expect(silent.url.searchParams.get('error')).toBe('unmet_authentication_requirements')
  })
})

describe('setting up', () => {
  test('takes a fresh sign-in: an open browser of this morning gives nobody a factor', async () => {
    const { email, accountId } = await somebody()
    const browser = tegata.person()
    codeOf(await signIn(browser, app.start(scope), { email }))
    await sql`update session set payload = payload || jsonb_build_object('loginTs', extract(epoch from now())::bigint - 3600) where account_id = ${accountId}`.execute(tegata.databases.engine)
    const again = await browser.open(app.start(scope, { acr_values: 'aal2' }).url)
    expect(id(again, 'password')).not.toBeNull()
    const choice = await browser.submit(again, { password: demoPassword }, 'sign_in')
    expect(id(choice, 'enrol_totp')).not.toBeNull()
  })

  test('a passkey only where only that will do', async () => {
    const { email } = await somebody({ mfa_rule: 'everyone', mfa_level: 'phr' })
    const page = await signIn(tegata.person(), app.start(scope), { email })
    expect(id(page, 'create_passkey')).not.toBeNull()
  })
})

describe('the first one, set up on the account’s own page', () => {
  test('counts for the session at once, which gets a new id', async () => {
    const { email } = await somebody()
    const browser = tegata.person()
    codeOf(await signIn(browser, app.start(scope), { email }))
    const sessionOf = async () => /tegata_session=([^;]+)/.exec(await browser.jar.getCookieString(tegata.issuer))?.[1]
    const before = await sessionOf()
    const page = await browser.open(`${tegata.issuer}/account/factors/totp`)
    const shown = await browser.submit(page, { code: await totpCode(secretOn(page), -1) }, 'confirm_totp')
    expect(codesOn(shown)).toHaveLength(10)
    expect(await sessionOf()).not.toBe(before)
    // No code is asked for again: the one on the phone has just been spent.
    expect((await browser.open(`${tegata.issuer}/account`)).url.pathname).toBe('/account')
    const silent = app.start(scope, { prompt: 'none', acr_values: 'aal2' })
    expect((await claimsOf(app, silent, await browser.open(silent.url))).claims).toMatchObject({ acr: 'aal2', amr: ['pwd', 'otp', 'mfa'] })
  })
})

describe('a password that grew too old', () => {
  test('is changed in the middle of the sign-in, where the tenant wants that', async () => {
    const { email, accountId } = await somebody({ password_max_age_days: 30 })
    await sql`update factor_password set changed_at = now() - interval '31 days' where account_id = ${accountId}`.execute(tegata.databases.engine)
    const browser = tegata.person()
    const start = app.start(scope)
    const page = await signIn(browser, start, { email })
    const weak = await browser.submit(page, { password: 'password' }, 'set_password')
    expect(weak.status).toBe(400)
    const visit = await browser.submit(weak, { password: 'kingfisher over quiet water' }, 'set_password')
    expect((await claimsOf(app, start, visit)).claims).toMatchObject({ acr: 'aal1' })
  })
})

describe('a sign-in that was overtaken', () => {
  test('by a reset is worth nothing, though its password was right a moment before', async () => {
    const { email, accountId } = await somebody({ mfa_rule: 'everyone' })
    const browser = tegata.person()
    const choice = await signIn(browser, app.start(scope), { email })
    await sql`update account set not_before = clock_timestamp() where id = ${accountId}`.execute(tegata.databases.engine)
    const page = await browser.submit(choice, {}, 'enrol_totp')
    expect([page.status, id(page, 'start_again') ?? id(page, 'request_id')]).toEqual([400, expect.anything()])
    expect((await browser.open(app.start(scope, { prompt: 'none' }).url)).url.searchParams.get('error')).toBe('login_required')
  })
})
