/**
 * Making an account, as newcomers and those who would like to be somebody else meet it: pages, mails and links over HTTP and SMTP.
 * Alice wants an account. Charlie would like to have hers, and must get nothing.
 */
import { sql } from 'kysely'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { t } from '../../views/messages.ts'
import { newId } from '../../src/base/ids.ts'
import { allMailHasLeft, linkMailTo, mailsTo } from '../helpers/mail.ts'
import { forge, freshAddress, isSignedIn, member, newTenant, openAccount, somebody, throughSignIn } from '../helpers/people.ts'
import type { Person, Visit } from '../helpers/person.ts'
import type { RelyingParty, Started } from '../helpers/relying-party.ts'
import { codeOf, redeemed } from '../helpers/sign-in.ts'
import { startTegata, type Tegata } from '../helpers/tegata.ts'

let tegata: Tegata
let app: RelyingParty
beforeAll(async () => {
  tegata = await startTegata()
  app = await tegata.app({ name: 'Rota', initiateLoginUri: 'https://product.example/login' })
})
afterAll(() => tegata.close())
// All of this file comes from one network, which may ask for thirty mails in an hour.
beforeEach(() => sql`delete from attempt where key like 'mail_network%'`.execute(tegata.databases.engine))

const scope = 'openid profile email'
const password = 'kingfisher over quiet water'
const names = { family_name: '有栖', given_name: '川', family_name_kana: 'アリス', given_name_kana: 'ガワ' }
const details = { ...names, password }
const id = (visit: Visit, name: string) => visit.html.getElementById(name)
const wrong = (code: string | null) => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

async function accountsOf(email: string, house: Tegata = tegata) {
  return house.databases.engine.selectFrom('account').select(['id', 'status', 'display_name', 'family_name_kana', 'email_verified_at', 'locale']).where('email', '=', email).execute()
}

/** From an app's sign-in page to the page that asks for the address. */
async function registerPage(person: Person, party: RelyingParty = app, extra: Readonly<Record<string, string>> = {}) {
  const start = party.start(scope, extra)
  const signInPage = await person.open(start.url)
  return { start, signInPage, page: await person.open(new URL(id(signInPage, 'register')?.getAttribute('href') ?? 'nowhere:', signInPage.url)) }
}

/** Up to the page that asks for the code of the mail. */
async function asked(person: Person, email: string, page?: Visit): Promise<Visit> {
  return person.submit(page ?? (await registerPage(person)).page, { email }, 'send_code')
}

/** Whom the app gets to know at the end of a sign-in. */
async function personIn(party: RelyingParty, start: Started, callback: Visit) {
  return (await party.userinfo((await redeemed(party, start, callback)).accessToken)).body
}

const registrationMail = (email: string, nth = 1) => linkMailTo(tegata, email, { path: '/register/', nth })

/** A page without what is random in it. */
function plain({ text }: Visit, email: string): string {
  return text.replaceAll(email, 'ADDRESS').replaceAll(/value="[\w.-]{24,}"/g, 'RANDOM').replaceAll(/\/interaction\/[\w-]+/g, 'INTERACTION').replace(/<code id="request_id">[\w-]+/, 'REQUEST')
}

describe('somebody new', () => {
  test('registers in the middle of an app’s sign-in by the code of the mail, and ends in the app', async () => {
    const [person, email] = [tegata.person(), freshAddress()]
    const { start, page } = await registerPage(person)
    const codePage = await asked(person, email, page)
    expect(codePage.text).toContain(email)
    const { code, subject } = await registrationMail(email)
    expect(subject).toContain(t('ja')('registration_mail.title'))
    // Full-width digits and gaps are what a Japanese keyboard gives.
    const typed = (code ?? '').replaceAll(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0))
    const detailsPage = await person.submit(codePage, { code: ` ${typed} ` }, 'verify_code')
    expect(await accountsOf(email)).toEqual([])
    const { idToken, accessToken } = await redeemed(app, start, await person.submit(detailsPage, details, 'register'))
    expect(decodeJwt(idToken)).toMatchObject({ acr: 'aal1', amr: ['pwd'] })
    expect((await app.userinfo(accessToken)).body).toMatchObject({ email, email_verified: true, name: '有栖 川' })
    expect(await accountsOf(email)).toMatchObject([{ status: 'active', display_name: '有栖 川', family_name_kana: 'アリス', locale: 'ja' }])
    expect(await isSignedIn(tegata, person)).toBe(true)
  })

  test('registers by the link in another browser: looking changes nothing, and nobody is signed in by it', async () => {
    const [first, second, email] = [tegata.person(), tegata.person('en'), freshAddress()]
    const { start, signInPage, page } = await registerPage(first)
    const codePage = await asked(first, email, page)
    const { link, code } = await registrationMail(email)
    await second.open(link)
    const detailsPage = await second.open(link)
    expect(detailsPage.status).toBe(200)
    expect(await accountsOf(email)).toEqual([])
    const done = await second.submit(detailsPage, details, 'register')
    expect([done.status, id(done, 'continue')?.getAttribute('href')]).toEqual([200, 'https://product.example/login'])
    expect(await isSignedIn(tegata, second)).toBe(false)
    // The code is worth nothing now, and the first browser goes on with the new password.
    expect((await first.submit(codePage, { code: code ?? '' }, 'verify_code')).status).toBe(400)
    const callback = await throughSignIn(first, await first.open(signInPage.url), { email }, password)
    expect(await personIn(app, start, callback)).toMatchObject({ email })
    expect((await second.open(link)).status).toBe(410)
  })

  test('is sent straight to the registration by an app that asks for it (prompt=create)', async () => {
    const [person, email] = [tegata.person(), freshAddress()]
    const start = app.start(scope, { prompt: 'create' })
    const codePage = await asked(person, email, await person.open(start.url))
    const { code } = await registrationMail(email)
    const callback = await person.submit(await person.submit(codePage, { code: code ?? '' }, 'verify_code'), details, 'register')
    expect(await personIn(app, start, callback)).toMatchObject({ email })
  })

  test('may go back to the app instead', async () => {
    const person = tegata.person()
    const page = await person.open(app.start(scope, { prompt: 'create' }).url)
    expect((await person.submit(page, {}, 'cancel')).url.searchParams.get('error')).toBe('access_denied')
  })

  test('registers outside of any app and lands on the pages of the new account', async () => {
    const [person, email] = [tegata.person('en'), freshAddress()]
    const codePage = await asked(person, email, await person.open(`${tegata.issuer}/register`))
    expect(codePage.html.querySelector('html')?.getAttribute('lang')).toBe('en')
    const { code, subject } = await registrationMail(email)
    expect(subject).toContain(t('en')('registration_mail.title'))
    const account = await person.submit(await person.submit(codePage, { code: code ?? '' }, 'verify_code'), details, 'register')
    expect([account.status, account.url.pathname]).toEqual([200, '/account'])
    expect(account.text).toContain(email)
  })

  test('registers in a browser where somebody else is signed in, and is that person afterwards', async () => {
    const [person, bob, email] = [tegata.person(), await somebody(tegata), freshAddress()]
    await openAccount(tegata, person, bob)
    const codePage = await asked(person, email, await person.open(`${tegata.issuer}/register`))
    const { code } = await registrationMail(email)
    const handOver = await person.submit(await person.submit(codePage, { code: code ?? '' }, 'verify_code'), details, 'register')
    const account = handOver.url.pathname === '/account' ? handOver : await person.submitOnlyForm(handOver)
    expect([account.url.pathname, account.text.includes(email), account.text.includes(bob.email)]).toEqual(['/account', true, false])
  })

  test('gets the account that was prepared for the address, with its memberships', async () => {
    const [person, email, accountId] = [tegata.person(), freshAddress(), newId()]
    await sql`insert into account (id, email, display_name, status) values (${accountId}, ${email}, '招待', 'pending')`.execute(tegata.databases.engine)
    const { membershipId } = await member(tegata, { accountId })
    const start = app.start('openid tenant', { prompt: 'create' })
    const codePage = await asked(person, email, await person.open(start.url))
    const { code } = await registrationMail(email)
    const callback = await person.submit(await person.submit(codePage, { code: code ?? '' }, 'verify_code'), details, 'register')
    expect(decodeJwt((await redeemed(app, start, callback)).idToken)).toMatchObject({ sub: accountId, membership_id: membershipId })
    expect(await accountsOf(email)).toMatchObject([{ id: accountId, status: 'active', display_name: '有栖 川' }])
  })

  test('is asked for a better password or a name, and the link and the proof live on', async () => {
    const [person, byLink, email] = [tegata.person(), tegata.person(), freshAddress()]
    const codePage = await asked(person, email)
    const { code, link } = await registrationMail(email)
    const linkPage = await byLink.open(link)
    let page = await person.submit(codePage, { code: code ?? '' }, 'verify_code')
    for (const refused of [{ password: 'short one' }, { password: 'password password' }, { password: '' }, { family_name: ' ', given_name: ' ' }]) {
      page = await person.submit(page, { ...details, ...refused }, 'register')
      expect([page.status, id(page, 'register') === null]).toEqual([400, false])
      expect((await byLink.submit(linkPage, { ...details, ...refused }, 'register')).status).toBe(400)
    }
    expect(page.html.getElementById('family_name_kana')?.getAttribute('value')).toBe('アリス')
    expect(await accountsOf(email)).toEqual([])
    codeOf(await person.submit(page, details, 'register'))
    expect(await accountsOf(email)).toHaveLength(1)
  })
})

describe('an address that somebody has', () => {
  test('gets the same page, its owner is told by mail, and nothing else happens', async () => {
    const [person, alice, free] = [tegata.person(), await somebody(tegata), freshAddress()]
    const before = await accountsOf(alice.email)
    const [taken, other] = [await asked(person, alice.email), await asked(person, free)]
    expect([taken.status, plain(taken, alice.email)]).toEqual([other.status, plain(other, free)])
    await allMailHasLeft(tegata)
    const mails = await mailsTo(tegata, alice.email)
    expect(mails.map(({ subject }) => subject)).toEqual([expect.stringContaining(t('ja')('already_registered_mail.title'))])
    expect(mails.flatMap(({ links }) => links).map(({ pathname }) => pathname)).toEqual(expect.arrayContaining(['/recover']))
    expect(mails.flatMap(({ links }) => links).filter(({ pathname }) => pathname.startsWith('/register'))).toEqual([])
    expect(mails[0]?.code).toBeNull()
    expect((await person.submit(taken, { code: '000000' }, 'verify_code')).status).toBe(400)
    expect(await accountsOf(alice.email)).toEqual(before)
  })

  test('is one address in all its spellings', async () => {
    const name = `fuji-${newId()}`
    const [first, second] = [tegata.person(), tegata.person()]
    const codePage = await asked(first, `${name.replace('fuji', 'ＦＵＪＩ')}@例え.Example.COM`)
    const stored = `${name}@xn--r8jz45g.example.com`
    // A mail server writes the domain as people do.
    const delivered = `${name}@例え.example.com`
    const { code } = await registrationMail(delivered)
    codeOf(await first.submit(await first.submit(codePage, { code: code ?? '' }, 'verify_code'), details, 'register'))
    await asked(second, `${name.toUpperCase()}@xn--R8JZ45G.example.com`)
    await allMailHasLeft(tegata)
    expect((await mailsTo(tegata, delivered))[0]?.subject).toContain(t('ja')('already_registered_mail.title'))
    const other = tegata.person()
    codeOf(await throughSignIn(other, await other.open(app.start(scope).url), { email: delivered.toUpperCase() }, password))
    expect(await accountsOf(stored)).toHaveLength(1)
  })

  test.each(['nobody', 'nobody@localhost', 'two@at@example.com', 'line\nbreak@example.com', ''])('that is none is asked for again: %j', async (email) => {
    const page = await asked(tegata.person(), email)
    expect([page.status, id(page, 'send_code') === null]).toEqual([400, false])
  })
})

describe('a code', () => {
  test('is refused after five wrong ones, though it is right; the link still counts', async () => {
    const [person, email] = [tegata.person(), freshAddress()]
    let page = await asked(person, email)
    const { code, link } = await registrationMail(email)
    for (let guess = 0; guess < 5; guess += 1) page = await person.submit(page, { code: wrong(code) }, 'verify_code')
    expect(page.status).toBe(400)
    const refused = await person.submit(page, { code: code ?? '' }, 'verify_code')
    expect([refused.status, id(refused, 'register')]).toEqual([400, null])
    expect((await tegata.person().open(link)).status).toBe(200)
    // Another mail brings another code.
    const again = await person.submit(refused, {}, 'resend')
    const second = await registrationMail(email, 2)
    expect(id(await person.submit(again, { code: second.code ?? '' }, 'verify_code'), 'register')).not.toBeNull()
  })

  test('of guesses sent at once counts five', async () => {
    const [person, email] = [tegata.person(), freshAddress()]
    const page = await asked(person, email)
    const { code } = await registrationMail(email)
    const guesses = await Promise.all(Array.from({ length: 12 }, () => person.submit(page, { code: wrong(code) }, 'verify_code')))
    expect(guesses.every(({ status }) => status === 400)).toBe(true)
    const tries = await sql<{ code_tries: number }>`select code_tries from account_link where email = ${email}`.execute(tegata.databases.engine)
    expect(tries.rows).toEqual([{ code_tries: 5 }])
    expect((await person.submit(page, { code: code ?? '' }, 'verify_code')).status).toBe(400)
  })

  test('is worth nothing after ten minutes, and its link for an hour', async () => {
    const [person, email] = [tegata.person(), freshAddress()]
    const page = await asked(person, email)
    const { code, link } = await registrationMail(email)
    const pass = (minutes: number) => sql`update account_link set created_at = created_at - make_interval(mins => ${minutes}), expires_at = expires_at - make_interval(mins => ${minutes}) where email = ${email}`.execute(tegata.databases.engine)
    await pass(11)
    expect((await person.submit(page, { code: code ?? '' }, 'verify_code')).status).toBe(400)
    expect((await person.open(link)).status).toBe(200)
    await pass(50)
    expect((await person.open(link)).status).toBe(410)
  })

  test('of another registration is refused, and so is another registration’s form', async () => {
    const [alice, charlie, hers, his] = [tegata.person(), tegata.person(), freshAddress(), freshAddress()]
    const [herPage, hisPage] = [await asked(alice, hers), await asked(charlie, his)]
    const [herMail, hisMail] = [await registrationMail(hers), await registrationMail(his)]
    expect((await charlie.submit(hisPage, { code: herMail.code ?? '' }, 'verify_code')).status).toBe(400)
    const registration = id(herPage, 'registration')?.getAttribute('value') ?? ''
    expect((await charlie.submit(hisPage, { registration, code: hisMail.code ?? '' }, 'verify_code')).status).toBe(400)
    expect((await charlie.submit(hisPage, { registration: 'made up', code: hisMail.code ?? '' }, 'verify_code')).status).toBe(400)
    // The sealed name of a mail is no proof that its code was typed.
    const own = await charlie.submit(hisPage, { code: hisMail.code ?? '' }, 'verify_code')
    expect((await charlie.submit(own, { ...details, proof: registration }, 'register')).status).toBe(400)
    // And what counts is the proved address, whatever the form says.
    codeOf(await charlie.submit(own, { ...details, email: hers }, 'register'))
    expect([await accountsOf(hers), (await accountsOf(his)).length]).toEqual([[], 1])
  })
})

describe('Charlie, who begins with Alice’s address', () => {
  test('gets nothing by her finishing it: no session, no password of his, no second use', async () => {
    const [alice, charlie, email] = [tegata.person(), tegata.person(), freshAddress()]
    const { signInPage, page } = await registerPage(charlie)
    const hisPage = await asked(charlie, email, page)
    const { link, code } = await registrationMail(email)
    expect((await alice.submit(await alice.open(link), details, 'register')).status).toBe(200)
    expect((await charlie.submit(hisPage, { code: code ?? '' }, 'verify_code')).status).toBe(400)
    expect(await isSignedIn(tegata, charlie)).toBe(false)
    expect(id(await charlie.open(signInPage.url), 'password')).not.toBeNull()
    expect(await isSignedIn(tegata, alice)).toBe(false)
    expect((await openAccount(tegata, alice, { email })).status).toBe(400)
    expect((await throughSignIn(alice, await alice.open(`${tegata.issuer}/account`), { email }, password)).url.pathname).toBe('/account')
  })

  test('cannot finish what he proved before she had her account', async () => {
    const [alice, charlie, email] = [tegata.person(), tegata.person(), freshAddress()]
    const hisPage = await asked(charlie, email)
    const { code } = await registrationMail(email)
    const his = await charlie.submit(hisPage, { code: code ?? '' }, 'verify_code')
    const herPage = await asked(alice, email)
    const hers = await registrationMail(email, 2)
    codeOf(await alice.submit(await alice.submit(herPage, { code: hers.code ?? '' }, 'verify_code'), details, 'register'))
    const late = await charlie.submit(his, { ...details, password: 'another long one of Charlie 12' }, 'register')
    expect([late.status, await isSignedIn(tegata, charlie)]).toEqual([400, false])
    expect(await accountsOf(email)).toHaveLength(1)
    const other = tegata.person()
    expect((await throughSignIn(other, await other.open(`${tegata.issuer}/account`), { email }, password)).url.pathname).toBe('/account')
  })

  test('cannot post her forms: they carry a token of their own browser', async () => {
    const [alice, charlie, email] = [tegata.person(), tegata.person(), freshAddress()]
    const { page } = await registerPage(alice)
    expect((await charlie.submit(page, { email }, 'send_code')).status).toBe(400)
    expect((await alice.submit(page, { email, csrf_token: '' }, 'send_code')).status).toBe(400)
    await asked(alice, email, page)
    const { link } = await registrationMail(email)
    const detailsPage = await alice.open(link)
    expect((await alice.submit(detailsPage, { ...details, csrf_token: 'made up' }, 'register')).status).toBe(400)
    expect((await charlie.submit(detailsPage, details, 'register')).status).toBe(400)
    expect(await accountsOf(email)).toEqual([])
    expect(await mailsTo(tegata, email)).toHaveLength(1)
  })

  test('cannot fill her mailbox', async () => {
    const [charlie, email] = [tegata.person(), freshAddress()]
    let page = await asked(charlie, email)
    for (let more = 0; more < 4; more += 1) page = await charlie.submit(page, {}, 'resend')
    const refused = await charlie.submit(page, {}, 'resend')
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, true])
    await allMailHasLeft(tegata)
    expect(await mailsTo(tegata, email)).toHaveLength(5)
  })
})

describe('a link', () => {
  test('that two browsers use at once makes one account, with the password of the one that won', async () => {
    const [one, two, email] = [tegata.person(), tegata.person(), freshAddress()]
    await asked(one, email)
    const { link } = await registrationMail(email)
    const passwords = ['first kingfisher at the gate', 'second kingfisher at the gate']
    const [pageOne, pageTwo] = [await one.open(link), await two.open(link)]
    const answers = await Promise.all([one.submit(pageOne, { ...details, password: passwords[0] ?? '' }, 'register'), two.submit(pageTwo, { ...details, password: passwords[1] ?? '' }, 'register')])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 410])
    expect(await accountsOf(email)).toHaveLength(1)
    const opens = await Promise.all(passwords.map(async (each) => {
      const person = tegata.person()
      return (await throughSignIn(person, await person.open(`${tegata.issuer}/account`), { email }, each)).url.pathname === '/account'
    }))
    expect(opens).toEqual(answers.map(({ status }) => status === 200))
  })

  test('that was made up leads to a page that says where another one can be had', async () => {
    const page = await tegata.person().open(`${tegata.issuer}/register/${'A'.repeat(43)}`)
    expect([page.status, id(page, 'start_again')?.getAttribute('href')]).toEqual([410, '/register'])
  })
})

describe('a deployment where nobody registers by themselves', () => {
  let closed: Tegata
  let rota: RelyingParty
  beforeAll(async () => {
    closed = await startTegata({ TEGATA_REGISTRATION: 'closed' })
    rota = await closed.app({ name: 'Rota', initiateLoginUri: 'https://product.example/login' })
  })
  afterAll(() => closed.close())

  test('offers it nowhere, and takes no form of it', async () => {
    const [person, email] = [closed.person(), freshAddress()]
    const signInPage = await person.open(rota.start(scope).url)
    expect(id(signInPage, 'register')).toBeNull()
    const asPath = `${signInPage.url.pathname}/register`
    expect((await person.open(new URL(asPath, closed.issuer))).url.pathname).toBe(signInPage.url.pathname)
    await forge(person, signInPage, { action: asPath, fields: { email, action: 'send_code' } })
    expect((await person.open(rota.start(scope, { prompt: 'create' }).url)).url.searchParams.get('error')).toBe('access_denied')
    expect((await person.open(`${closed.issuer}/register`)).url.pathname).toBe('/')
    await allMailHasLeft(closed)
    expect(await mailsTo(closed, email)).toEqual([])
  })

  test('lets people register for the tenant that allows it, as members with the role that it names', async () => {
    const [person, email, tenant] = [closed.person(), freshAddress(), await newTenant(closed, { registration: true })]
    const start = rota.start('openid tenant email', { tenant: tenant.subdomain })
    const signInPage = await person.open(start.url)
    const page = await person.open(new URL(id(signInPage, 'register')?.getAttribute('href') ?? 'nowhere:', signInPage.url))
    const codePage = await asked(person, email, page)
    const { code } = await linkMailTo(closed, email, { path: '/register/' })
    const callback = await person.submit(await person.submit(codePage, { code: code ?? '' }, 'verify_code'), details, 'register')
    expect(await personIn(rota, start, callback)).toMatchObject({ email, tenant_id: tenant.tenantId, role: 'GUEST' })
    const rows = await closed.databases.engine.selectFrom('membership').select(['status', 'source', 'role_id']).where('tenant_id', '=', tenant.tenantId).execute()
    expect(rows).toEqual([{ status: 'active', source: 'jit', role_id: tenant.tenantId }])
  })

  test('makes them members also where they follow the link in another browser', async () => {
    const [first, second, email, tenant] = [closed.person(), closed.person(), freshAddress(), await newTenant(closed, { registration: true })]
    const start = rota.start('openid tenant email', { tenant: tenant.tenantId, prompt: 'create' })
    await asked(first, email, await first.open(start.url))
    const { link } = await linkMailTo(closed, email, { path: '/register/' })
    expect((await second.submit(await second.open(link), details, 'register')).status).toBe(200)
    const next = rota.start('openid tenant email', { tenant: tenant.tenantId })
    const callback = await throughSignIn(second, await second.open(next.url), { email }, password)
    expect(await personIn(rota, next, callback)).toMatchObject({ email, tenant_id: tenant.tenantId, role: 'GUEST' })
  })

  test('lets nobody register for a tenant that does not say so', async () => {
    const [person, tenant] = [closed.person(), await newTenant(closed)]
    expect(id(await person.open(rota.start(scope, { tenant: tenant.subdomain }).url), 'register')).toBeNull()
    expect((await person.open(rota.start(scope, { tenant: tenant.subdomain, prompt: 'create' }).url)).url.searchParams.get('error')).toBe('access_denied')
  })
})
