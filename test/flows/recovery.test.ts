/**
 * The way back for people who forgot their password, got locked out or never had one, over HTTP and SMTP: what it tells nobody, what it
 * ends, and what it is no way around. Each test has an Alice of its own; Charlie is whoever else holds her old session or her link.
 */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { issueActivation } from '../../src/accounts/issue-activation.ts'
import { noOrigin } from '../../src/base/origin.ts'
import { t } from '../../views/messages.ts'
import { asSuperuser } from '../helpers/database.ts'
import { eventually } from '../helpers/eventually.ts'
import { enrolTotp, totpCode } from '../helpers/factors.ts'
import { allMailHasLeft, linkMailTo, mailsTo, noticeTo } from '../helpers/mail.ts'
import { forge, freshAddress, isSignedIn, member, nextTotpStep, prove, somebody, throughSignIn, type Somebody } from '../helpers/people.ts'
import type { Person, Visit } from '../helpers/person.ts'
import type { RelyingParty } from '../helpers/relying-party.ts'
import { codeOf, redeemed, signIn, tokensFor } from '../helpers/sign-in.ts'
import { statementsOf } from '../helpers/statements.ts'
import { demoPassword, startTegata, type Tegata } from '../helpers/tegata.ts'

let tegata: Tegata
let app: RelyingParty
beforeAll(async () => {
  tegata = await startTegata()
  app = await tegata.app({ name: 'Rota', initiateLoginUri: 'https://product.example/login', apiScopes: { [`${tegata.issuer}/api/v1`]: ['account:read', 'account:write'] } })
})
afterAll(() => tegata.close())
// All of this file comes from one network, which may ask for thirty mails in an hour and fail a hundred times.
beforeEach(() => sql`delete from attempt where key like 'mail_network%' or key like 'password_network%'`.execute(tegata.databases.engine))

const password = 'kingfisher over quiet water'
const id = (visit: Visit, name: string) => visit.html.getElementById(name)

/** Asks for a new password as a stranger would. */
async function askFor(identifier: string, { person = tegata.person(), house = tegata, query = '' }: { person?: Person; house?: Tegata; query?: string } = {}): Promise<Visit> {
  return person.submit(await person.open(`${house.issuer}/recover${query}`), { identifier }, 'send_link')
}

const resetMail = (email: string, nth = 1, house: Tegata = tegata) => linkMailTo(house, email, { path: '/reset/', nth })

/** From the forgotten password to the page that says it is a new one. */
async function recovered(alice: Pick<Somebody, 'email'>, wanted = password): Promise<Visit> {
  const person = tegata.person()
  await askFor(alice.email, { person })
  const { link } = await resetMail(alice.email)
  return person.submit(await person.open(link), { password: wanted }, 'set_password')
}

async function opensWith(email: string, wanted: string, house: Tegata = tegata): Promise<boolean> {
  const person = house.person()
  return (await throughSignIn(person, await person.open(`${house.issuer}/account`), { email }, wanted)).url.pathname === '/account'
}

function plain({ text }: Visit, identifier: string): string {
  return text.replaceAll(identifier, 'NAME').replaceAll(/value="[\w.-]{24,}"/g, 'RANDOM').replace(/<code id="request_id">[\w-]+/, 'REQUEST')
}

describe('asking for a new password', () => {
  test('is answered alike for every name, byte by byte', async () => {
    const alice = await somebody(tegata)
    const suspended = await somebody(tegata, { status: 'locked' })
    const said = new Set<string>()
    for (const name of [alice.email, suspended.email, freshAddress(), 'S-0388@sakura', 'S-9999@sakura', 'S-0388@nowhere', 'nobody']) {
      const answer = await askFor(name)
      expect(answer.status).toBe(200)
      said.add(plain(answer, name))
    }
    expect([...said]).toHaveLength(1)
  })

  test('makes the same statements for every name', async () => {
    await allMailHasLeft(tegata)
    const askAll = async (): Promise<readonly string[]> => {
      const asked: string[] = []
      for (const name of [(await somebody(tegata)).email, (await somebody(tegata, { status: 'locked' })).email, freshAddress(), 'S-0388@sakura', 'S-9999@nowhere']) {
        const person = tegata.person()
        const page = await person.open(`${tegata.issuer}/recover`)
        asked.push((await statementsOf(() => person.submit(page, { identifier: name }, 'send_link'))).join('\n'))
      }
      return asked
    }
    // While this transaction is open nobody reads the log past it, so that no mail job mixes its statements in.
    await asSuperuser(tegata.database.adminUrl, async (admin) => {
      await admin.query('begin; select pg_current_xact_id()')
      // Housekeeping, once a minute, may come between one time: a difference that is there is there each time.
      let asked: readonly string[] = []
      await eventually(async () => new Set(asked = await askAll()).size).toBe(1)
      expect(asked[0]).toMatch(/insert into "account_link"[^]*insert into "event"/)
    })
  })

  test('is answered alike when it is too much', async () => {
    const [alice, nobody] = [(await somebody(tegata)).email, freshAddress()]
    const answers = await Promise.all([alice, nobody].map(async (name) => {
      let answer = await askFor(name)
      for (let more = 0; more < 5; more += 1) answer = await askFor(name)
      return answer
    }))
    expect(answers.map(({ status }) => status)).toEqual([429, 429])
    expect(answers.every(({ headers }) => Number(headers.get('retry-after')) > 0)).toBe(true)
    expect(answers[0]?.html.querySelector('h1')?.text).toBe(answers[1]?.html.querySelector('h1')?.text)
    await allMailHasLeft(tegata)
    expect(await mailsTo(tegata, alice)).toHaveLength(5)
  })

  test('brings no mail to whoever is suspended, invited or unknown', async () => {
    const people = [await somebody(tegata, { status: 'locked' }), await somebody(tegata, { status: 'disabled' }), await somebody(tegata, { status: 'pending' }), { email: freshAddress() }]
    for (const { email } of people) await askFor(email)
    await allMailHasLeft(tegata)
    for (const { email } of people) expect(await mailsTo(tegata, email)).toEqual([])
  })

  test('by a staff number brings the mail to the address of the account', async () => {
    const alice = await somebody(tegata)
    const { subdomain } = await member(tegata, alice, { employeeNumber: 'S-0007' })
    await askFor(`s-0007@${subdomain}`)
    expect((await resetMail(alice.email)).subject).toContain(t('ja')('reset_mail.title'))
  })

  test('takes no form without its token, and an empty one is asked again', async () => {
    const [alice, person, charlie] = [await somebody(tegata), tegata.person(), tegata.person()]
    const page = await person.open(`${tegata.issuer}/recover`)
    expect((await person.submit(page, { identifier: alice.email, csrf_token: 'made up' }, 'send_link')).status).toBe(400)
    expect((await charlie.submit(page, { identifier: alice.email }, 'send_link')).status).toBe(400)
    expect((await person.submit(page, { identifier: ' ' }, 'send_link')).status).toBe(400)
    await allMailHasLeft(tegata)
    expect(await mailsTo(tegata, alice.email)).toEqual([])
  })

  test('puts no address of the request into the mail', async () => {
    const [alice, person] = [await somebody(tegata), tegata.person()]
    const page = await person.open(`${tegata.issuer}/recover`)
    const status = await post(`${tegata.issuer}/recover`, {
      body: new URLSearchParams({ identifier: alice.email, csrf_token: id(page, 'csrf_token')?.getAttribute('value') ?? '' }).toString(),
      headers: {
        cookie: await person.jar.getCookieString(tegata.issuer), origin: tegata.issuer, host: 'evil.example',
        'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.66', forwarded: 'host=evil.example;proto=https', 'x-original-url': '/evil',
      },
    })
    expect(status).toBe(200)
    const mail = await resetMail(alice.email)
    expect([mail.link.origin, mail.text.includes('evil.example'), mail.text.includes('192.0.2.66')]).toEqual([tegata.issuer, false, false])
    expect(mail.links.every(({ origin }) => origin === tegata.issuer)).toBe(true)
  })
})

/** A POST with headers that no browser would let a page choose; returns its status. */
function post(url: string, { body, headers }: { readonly body: string; readonly headers: IncomingHttpHeaders }): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { method: 'POST', headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) } }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode))
    })
    sent.once('error', reject).end(body)
  })
}

describe('the link of the mail', () => {
  test('changes nothing by being looked at, counts once, and signs nobody in', async () => {
    const [alice, person, scanner] = [await somebody(tegata), tegata.person(), tegata.person()]
    await askFor(alice.email, { person })
    const { link } = await resetMail(alice.email)
    for (let look = 0; look < 3; look += 1) expect((await scanner.open(link)).status).toBe(200)
    expect((await fetch(link, { method: 'HEAD' })).status).toBe(200)
    expect(await opensWith(alice.email, demoPassword)).toBe(true)
    const page = await person.open(link)
    expect((await person.submit(page, { password }, 'set_password')).status).toBe(200)
    expect(await isSignedIn(tegata, person)).toBe(false)
    expect((await person.submit(page, { password: 'another kingfisher over water' }, 'set_password')).status).toBe(410)
    expect((await person.open(link)).status).toBe(410)
    expect([await opensWith(alice.email, password), await opensWith(alice.email, demoPassword)]).toEqual([true, false])
  })

  test('tells by mail that the password was changed', async () => {
    const alice = await somebody(tegata)
    await recovered(alice)
    expect((await noticeTo(tegata, alice.email, t('ja')('password_mail.title'))).text).toContain(t('ja')('password_mail.what.reset'))
  })

  test('leads back to the app that the person came from, by that app’s own address', async () => {
    const [alice, person] = [await somebody(tegata), tegata.person()]
    const signInPage = await person.open(app.start('openid').url)
    const recover = new URL(id(signInPage, 'recover')?.getAttribute('href') ?? 'nowhere:', signInPage.url)
    await person.submit(await person.open(recover), { identifier: alice.email }, 'send_link')
    const { link } = await resetMail(alice.email)
    const done = await person.submit(await person.open(link), { password }, 'set_password')
    expect(id(done, 'continue')?.getAttribute('href')).toBe('https://product.example/login')
  })

  test.each(['?client_id=nobody', '?client_id=https%3A%2F%2Fevil.example', '?client_id=', '?redirect_uri=https%3A%2F%2Fevil.example'])('leads nowhere else: %s', async (query) => {
    const [alice, person] = [await somebody(tegata), tegata.person()]
    const sent = await askFor(alice.email, { person, query })
    const { link } = await resetMail(alice.email)
    const done = await person.submit(await person.open(link), { password }, 'set_password')
    expect([id(sent, 'to_sign_in')?.getAttribute('href'), id(done, 'continue')?.getAttribute('href')]).toEqual(['/account', '/account'])
    for (const page of [sent, done]) expect(page.html.querySelectorAll('[href], [action]').filter((one) => !/^\//.test(one.getAttribute('href') ?? one.getAttribute('action') ?? ''))).toEqual([])
  })

  test('asks for a better password and lives on, and takes no form without its token', async () => {
    const [alice, person, charlie] = [await somebody(tegata), tegata.person(), tegata.person()]
    await askFor(alice.email, { person })
    const { link } = await resetMail(alice.email)
    let page = await person.open(link)
    for (const refused of ['short', 'password password', alice.email, '']) {
      page = await person.submit(page, { password: refused }, 'set_password')
      expect([page.status, id(page, 'set_password') === null]).toEqual([400, false])
    }
    expect((await person.submit(page, { password, csrf_token: '' }, 'set_password')).status).toBe(400)
    expect((await charlie.submit(page, { password }, 'set_password')).status).toBe(400)
    expect(await opensWith(alice.email, demoPassword)).toBe(true)
    expect((await person.submit(page, { password }, 'set_password')).status).toBe(200)
  })

  test('is dead after half an hour, after another one was used, after the address has moved and while the account is suspended', async () => {
    const { engine } = tegata.databases
    const [late, twice, moved, suspended] = [await somebody(tegata), await somebody(tegata), await somebody(tegata), await somebody(tegata)]
    for (const { email } of [late, twice, moved, suspended]) await askFor(email)
    const links = await Promise.all([late, twice, moved, suspended].map(async ({ email }) => (await resetMail(email)).link))
    await sql`update account_link set expires_at = expires_at - interval '30 minutes' where account_id = ${late.accountId}`.execute(engine)
    await askFor(twice.email)
    const person = tegata.person()
    await person.submit(await person.open((await resetMail(twice.email, 2)).link), { password: 'yet another kingfisher 42' }, 'set_password')
    const pages = await Promise.all(links.slice(2).map((link) => person.open(link)))
    await sql`update account set email = ${freshAddress()} where id = ${moved.accountId}`.execute(engine)
    await sql`update account set status = 'locked' where id = ${suspended.accountId}`.execute(engine)
    for (const link of links.slice(0, 2)) expect((await person.open(link)).status).toBe(410)
    for (const page of pages) expect((await person.submit(page, { password }, 'set_password')).status).toBe(410)
    const set = await engine.selectFrom('event').select('subject').where('type', '=', 'password.changed').where('outcome', '=', 'success')
      .where('subject', 'in', [late, moved, suspended].map(({ accountId }) => accountId)).execute()
    expect(set).toEqual([])
  })

  test('used at once at two processes sets one password', async () => {
    await using twins = await startTegata()
    // Before the first request the log's readers know where they stand, or the first mails would never leave.
    expect((await sql`select from event_cursor where subscriber in ('mail', 'logout_tokens')`.execute(twins.databases.engine)).rows).toHaveLength(2)
    const [alice, one, two] = [await somebody(twins), twins.person(), twins.person()]
    await askFor(alice.email, { person: one, house: twins })
    const { link } = await resetMail(alice.email, 1, twins)
    const elsewhere = await twins.another()
    const passwords = ['first kingfisher at the gate', 'second kingfisher at the gate'] as const
    const [pageOne, pageTwo] = [await one.open(link), await two.open(link)]
    const answers = await Promise.all([
      one.submit(pageOne, { password: passwords[0] }, 'set_password'),
      forge(two, pageTwo, { action: `${elsewhere}${link.pathname}`, fields: { password: passwords[1] } }),
    ])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 410])
    expect([await opensWith(alice.email, passwords[0], twins), await opensWith(alice.email, passwords[1], twins)]).toEqual(answers.map(({ status }) => status === 200))
  })
})

describe('a new password', () => {
  test('ends every session, refresh token and API token, those for offline use too', async () => {
    const [alice, old, offline] = [await somebody(tegata), tegata.person(), tegata.person()]
    const api = `${tegata.issuer}/api/v1`
    const online = await tokensFor(app, old, { email: alice.email, scope: 'openid profile' })
    const start = app.start('openid offline_access', { prompt: 'consent' })
    const away = await redeemed(app, start, await offline.submit(await signIn(offline, start, alice), {}, 'allow'))
    const forApi = await tokensFor(app, tegata.person(), { email: alice.email, scope: 'openid account:read', parameters: { resource: api } })
    const profile = () => fetch(`${api}/me/profile`, { headers: { authorization: `Bearer ${forApi.accessToken}` } })
    expect((await profile()).status).toBe(200)
    const kinds = await tegata.databases.engine.selectFrom('oidc_grant').select('offline').where('account_id', '=', alice.accountId).orderBy('offline').execute()
    expect(kinds.map((grant) => grant.offline)).toEqual([false, false, true])
    await recovered(alice)
    expect(await isSignedIn(tegata, old)).toBe(false)
    expect((await old.open(app.start('openid', { prompt: 'none' }).url)).url.searchParams.get('error')).toBe('login_required')
    for (const { refreshToken } of [online, away, forApi]) expect(await app.refresh(refreshToken)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    for (const { accessToken } of [online, away]) expect((await app.userinfo(accessToken)).status).toBe(401)
    expect((await app.introspect(forApi.accessToken)).body).toEqual({ active: false })
    expect((await profile()).status).toBe(401)
  })

  test('leaves the second factor where it was: it is asked for after the reset as before', async () => {
    const [alice, person] = [await somebody(tegata), tegata.person()]
    const { secret, codes } = await enrolTotp(person, await signIn(person, app.start('openid', { acr_values: 'aal2' }), alice))
    // Eight characters will do where a second factor stands beside them.
    expect((await recovered(alice, 'vX4$qZ9w')).status).toBe(200)
    const again = tegata.person()
    const start = app.start('openid')
    const question = await throughSignIn(again, await again.open(start.url), alice, 'vX4$qZ9w')
    expect([question.url.searchParams.get('code'), id(question, 'verify') === null]).toEqual([null, false])
    await redeemed(app, start, await prove(tegata, { ...alice, secret, person: again }, question))
    expect(codes).toHaveLength(10)
  })

  test('has trusted browsers asked for the second factor again', async () => {
    const [alice, person] = [await somebody(tegata), tegata.person()]
    const { tenantId } = await member(tegata, alice)
    await sql`update tenant set trusted_device_days = 30 where id = ${tenantId}`.execute(tegata.databases.engine)
    const { secret } = await enrolTotp(person, await signIn(person, app.start('openid tenant', { acr_values: 'aal2' }), alice))
    await nextTotpStep(tegata, alice.accountId)
    const trusting = tegata.person()
    const question = await signIn(trusting, app.start('openid tenant'), alice)
    codeOf(await trusting.submit(question, { code: await totpCode(secret), trust_device: 'yes' }, 'verify'))
    await recovered(alice)
    expect(id(await throughSignIn(trusting, await trusting.open(app.start('openid tenant').url), alice, password), 'verify')).not.toBeNull()
  })

  test('leaves nothing of a sign-in that was under way with the old one', async () => {
    const [alice, charlie, waiting] = [await somebody(tegata), tegata.person(), tegata.person()]
    const { secret } = await enrolTotp(charlie, await signIn(charlie, app.start('openid', { acr_values: 'aal2' }), alice))
    await nextTotpStep(tegata, alice.accountId)
    const question = await signIn(waiting, app.start('openid'), alice)
    expect(id(question, 'verify')).not.toBeNull()
    await recovered(alice)
    const answer = await waiting.submit(question, { code: await totpCode(secret) }, 'verify')
    expect([answer.url.searchParams.get('code'), answer.status]).toEqual([null, 400])
    expect(await isSignedIn(tegata, waiting)).toBe(false)
    expect((await waiting.open(app.start('openid', { prompt: 'none' }).url)).url.searchParams.get('error')).toBe('login_required')
  })
})

/** As often as it takes until passwords are refused unseen. */
async function lockOut({ email }: Pick<Somebody, 'email'>): Promise<void> {
  const person = tegata.person()
  let page = await person.open(app.start('openid').url)
  for (let guess = 0; guess < 12 && page.status !== 429; guess += 1) page = await person.submit(page, { identifier: email, password: 'wrong' }, 'sign_in')
  expect(page.status).toBe(429)
}

describe('somebody who is locked out', () => {
  test('gets a mail whose link lifts the lock by its button, once', async () => {
    const [alice, person] = [await somebody(tegata), tegata.person()]
    await lockOut(alice)
    expect(await opensWith(alice.email, demoPassword)).toBe(false)
    const { link, subject } = await linkMailTo(tegata, alice.email, { path: '/unlock/' })
    expect(subject).toContain(t('ja')('locked_mail.title'))
    const page = await person.open(link)
    expect(page.status).toBe(200)
    expect(await opensWith(alice.email, demoPassword)).toBe(false)
    expect((await person.submit(page, { csrf_token: 'made up' }, 'confirm')).status).toBe(200)
    expect(await opensWith(alice.email, demoPassword)).toBe(false)
    const done = await person.submit(page, {}, 'confirm')
    expect([done.status, id(done, 'continue') === null, id(done, 'confirm')]).toEqual([200, false, null])
    expect(await opensWith(alice.email, demoPassword)).toBe(true)
    expect((await person.submit(page, {}, 'confirm')).status).toBe(410)
    expect(await mailsTo(tegata, alice.email)).toHaveLength(1)
  })

  test('gets in by a new password at once', async () => {
    const alice = await somebody(tegata)
    await lockOut(alice)
    await recovered(alice)
    expect(await opensWith(alice.email, password)).toBe(true)
  })
})

describe('staff without an address', () => {
  async function nurse(): Promise<{ accountId: string; name: string }> {
    const { accountId } = await somebody(tegata, { status: 'pending' })
    await sql`update account set email = null, email_verified_at = null where id = ${accountId}`.execute(tegata.databases.engine)
    await sql`delete from factor_password where account_id = ${accountId}`.execute(tegata.databases.engine)
    const { subdomain } = await member(tegata, { accountId }, { employeeNumber: 'N-12' })
    return { accountId, name: `N-12@${subdomain}` }
  }

  async function activation(accountId: string): Promise<string> {
    const issued = await issueActivation(tegata, { accountId, actor: null, origin: noOrigin })
    if (!issued.ok) throw new Error(issued.reason)
    return `${tegata.issuer}${issued.path}`
  }

  test('set a first password by the link that an administrator hands over, once, and sign in by their number', async () => {
    const [{ accountId, name }, person] = [await nurse(), tegata.person()]
    expect(await opensWith(name, demoPassword)).toBe(false)
    const [older, link] = [await activation(accountId), await activation(accountId)]
    expect((await person.open(older)).status).toBe(410)
    await person.open(link)
    const page = await person.open(link)
    expect((await person.submit(page, { password: 'short' }, 'set_password')).status).toBe(400)
    expect((await person.submit(page, { password }, 'set_password')).status).toBe(200)
    expect((await person.submit(page, { password }, 'set_password')).status).toBe(410)
    expect([await opensWith(name, demoPassword), await opensWith(name, password)]).toEqual([false, true])
  })

  test('are told nothing by the page for a forgotten password, and no mail goes anywhere', async () => {
    const { accountId, name } = await nurse()
    await sql`update account set status = 'active' where id = ${accountId}`.execute(tegata.databases.engine)
    const unknown = `N-99${name.slice(4)}`
    expect(plain(await askFor(name), name)).toBe(plain(await askFor(unknown), unknown))
    const made = await sql<{ account_id: string | null }>`select account_id from account_link where account_id = ${accountId}`.execute(tegata.databases.engine)
    expect(made.rows).toEqual([])
  })

  test('do not get in by a link for another purpose', async () => {
    const [alice, person] = [await somebody(tegata), tegata.person()]
    await askFor(alice.email)
    const { link } = await resetMail(alice.email)
    const token = link.pathname.split('/').at(-1) ?? ''
    for (const path of ['activate', 'register', 'address', 'undo', 'unlock', 'keep']) expect((await person.open(`${tegata.issuer}/${path}/${token}`)).status, path).toBe(410)
  })
})
