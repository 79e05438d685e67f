/**
 * What people change about how they get in, on the pages of their account: address, password, authenticator app, passkeys, recovery
 * codes. Over HTTP and SMTP, with the sign-ins that follow. Each test has an Alice of its own; Charlie would like to have hers.
 */
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { t } from '../../views/messages.ts'
import { Authenticator } from '../helpers/authenticator.ts'
import { codesOn, secretOn, totpCode } from '../helpers/factors.ts'
import { allMailHasLeft, linkMailTo, mailsTo, noticeTo } from '../helpers/mail.ts'
import { ageSignIns, forge, freshAddress, isSignedIn, nextTotpStep, openAccount, prove, somebody, throughSignIn, type Somebody } from '../helpers/people.ts'
import type { Person, Visit } from '../helpers/person.ts'
import type { RelyingParty } from '../helpers/relying-party.ts'
import { codeOf, redeemed, signIn, tokensFor } from '../helpers/sign-in.ts'
import { demoPassword, startTegata, type Tegata } from '../helpers/tegata.ts'

let tegata: Tegata
let app: RelyingParty
beforeAll(async () => {
  tegata = await startTegata()
  app = await tegata.app({ name: 'Rota' })
})
afterAll(() => tegata.close())
// All of this file comes from one network, which may ask for thirty mails in an hour and fail a hundred times.
beforeEach(() => sql`delete from attempt where key like 'mail_network%' or key like 'password_network%'`.execute(tegata.databases.engine))

const password = 'kingfisher over quiet water'
const id = (visit: Visit, name: string) => visit.html.getElementById(name)
const valueOf = (visit: Visit, name: string) => id(visit, name)?.getAttribute('value') ?? ''
const notice = (visit: Visit) => visit.html.querySelector('[role=status]')?.text.trim()
const wrong = (code: string | null) => String((Number(code) + 1) % 1_000_000).padStart(6, '0')
const says = t('ja')

async function alice(): Promise<Somebody & { person: Person }> {
  const who = await somebody(tegata)
  const person = tegata.person()
  await openAccount(tegata, person, who)
  return { ...who, person }
}

const at = (person: Person, path: string) => person.open(`${tegata.issuer}/account${path}`)

async function opensWith(email: string, wanted: string): Promise<boolean> {
  const person = tegata.person()
  return (await throughSignIn(person, await at(person, ''), { email }, wanted)).url.pathname === '/account'
}

const emailOf = async (accountId: string) => (await tegata.databases.engine.selectFrom('account').select('email').where('id', '=', accountId).executeTakeFirst())?.email

describe('the address', () => {
  const confirmMail = (email: string) => linkMailTo(tegata, email, { path: '/address/' })

  test('changes by the code from the new mailbox, and the old one is told', async () => {
    const [{ person, email, accountId }, wanted] = [await alice(), freshAddress()]
    const pending = await person.submit(await at(person, '/address'), { email: wanted }, 'change_address')
    const { code } = await confirmMail(wanted)
    expect(await emailOf(accountId)).toBe(email)
    const again = await person.submit(pending, { code: wrong(code) }, 'confirm_address')
    expect([again.status, id(again, 'confirm_address') === null]).toEqual([400, false])
    const done = await person.submit(again, { code: code ?? '' }, 'confirm_address')
    expect([done.url.pathname, notice(done)]).toEqual(['/account/address', says('account.notice.address_changed')])
    expect([await emailOf(accountId), await isSignedIn(tegata, person)]).toEqual([wanted, true])
    expect((await noticeTo(tegata, email, says('address_changed_mail.title'))).links.map(({ pathname }) => pathname)).toEqual([expect.stringMatching(/^\/undo\//)])
    expect([await opensWith(wanted, demoPassword), await opensWith(email, demoPassword)]).toEqual([true, false])
  })

  test('changes by the link in another browser, by its button alone, once', async () => {
    const [{ person, email, accountId }, stranger, wanted] = [await alice(), tegata.person(), freshAddress()]
    await person.submit(await at(person, '/address'), { email: wanted }, 'change_address')
    const { link } = await confirmMail(wanted)
    await stranger.open(link)
    const page = await stranger.open(link)
    expect(page.text).toContain(wanted)
    await stranger.submit(page, { csrf_token: 'made up' }, 'confirm')
    expect(await emailOf(accountId)).toBe(email)
    expect((await stranger.submit(page, {}, 'confirm')).status).toBe(200)
    expect([await emailOf(accountId), await isSignedIn(tegata, stranger)]).toEqual([wanted, false])
    expect((await stranger.submit(page, {}, 'confirm')).status).toBe(410)
  })

  test('is restored by the link in the old mailbox, which signs everybody out', async () => {
    const [{ person: thief, email, accountId }, owner, wanted] = [await alice(), tegata.person(), freshAddress()]
    const start = app.start('openid')
    const { refreshToken } = await redeemed(app, start, await thief.open(start.url))
    await thief.submit(await at(thief, '/address'), { email: wanted }, 'change_address')
    const stranger = tegata.person()
    await stranger.submit(await stranger.open((await confirmMail(wanted)).link), {}, 'confirm')
    expect(await emailOf(accountId)).toBe(wanted)
    const { link } = await linkMailTo(tegata, email, { path: '/undo/' })
    await owner.open(link)
    expect(await emailOf(accountId)).toBe(wanted)
    const page = await owner.open(link)
    expect((await owner.submit(page, {}, 'confirm')).status).toBe(200)
    expect([await emailOf(accountId), await isSignedIn(tegata, thief)]).toEqual([email, false])
    expect((await app.refresh(refreshToken)).status).toBe(400)
    expect((await owner.submit(page, {}, 'confirm')).status).toBe(410)
    await noticeTo(tegata, email, says('address_restored_mail.title'))
  })

  test('that somebody has is answered like any other, and its owner is told instead', async () => {
    const [{ person, accountId, email }, bob] = [await alice(), await somebody(tegata)]
    const page = await at(person, '/address')
    const plain = (visit: Visit, address: string) => visit.text.replaceAll(address, 'ADDRESS').replaceAll(/value="[\w.-]{24,}"/g, 'RANDOM').replace(/<code id="request_id">[\w-]+/, 'REQUEST')
    const [free, taken] = [freshAddress(), bob.email]
    const answer = plain(await person.submit(page, { email: taken }, 'change_address'), taken)
    await noticeTo(tegata, bob.email, says('address_wanted_mail.title'))
    expect(plain(await person.submit(page, { email: free }, 'change_address'), free)).toBe(answer)
    await allMailHasLeft(tegata)
    expect((await mailsTo(tegata, bob.email)).flatMap(({ code, links }) => [code, ...links])).toEqual([null])
    expect(await emailOf(accountId)).toBe(email)
  })

  test('is not changed after five wrong codes, nor by the code of an older request', async () => {
    const [{ person, email, accountId }, wanted, later] = [await alice(), freshAddress(), freshAddress()]
    const older = await person.submit(await at(person, '/address'), { email: wanted }, 'change_address')
    const { code } = await confirmMail(wanted)
    let page = await person.submit(await at(person, '/address'), { email: later }, 'change_address')
    expect((await person.submit(older, { code: code ?? '' }, 'confirm_address')).status).toBe(400)
    const newer = await confirmMail(later)
    for (let guess = 0; guess < 5; guess += 1) page = await person.submit(page, { code: wrong(newer.code) }, 'confirm_address')
    expect((await person.submit(page, { code: newer.code ?? '' }, 'confirm_address')).status).toBe(400)
    expect(await emailOf(accountId)).toBe(email)
  })

  test('of Alice is not Charlie’s to change, though he has both her form and her code', async () => {
    const [hers, charlie, wanted] = [await alice(), await alice(), freshAddress()]
    const pending = await hers.person.submit(await at(hers.person, '/address'), { email: wanted }, 'change_address')
    const { code } = await confirmMail(wanted)
    const his = await at(charlie.person, '/address')
    const stolen = await forge(charlie.person, his, { fields: { change: valueOf(pending, 'change'), code: code ?? '', action: 'confirm_address' } })
    expect(stolen.status).toBe(400)
    expect([await emailOf(hers.accountId), await emailOf(charlie.accountId)]).toEqual([hers.email, charlie.email])
  })
})

describe('the password', () => {
  test('is changed: this browser stays, the others and what their apps hold end, and a mail says so', async () => {
    const [{ person, email }, other] = [await alice(), tegata.person()]
    const { refreshToken } = await tokensFor(app, other, { email, scope: 'openid' })
    const page = await at(person, '/password')
    for (const refused of ['short', 'password password', email, demoPassword, '']) {
      const again = await person.submit(page, { password: refused }, 'change_password')
      expect([refused, again.status, id(again, 'change_password') === null]).toEqual([refused, 400, false])
    }
    expect(await isSignedIn(tegata, other)).toBe(true)
    const done = await person.submit(page, { password }, 'change_password')
    expect(notice(done)).toBe(says('account.notice.password_changed'))
    expect([await isSignedIn(tegata, person), await isSignedIn(tegata, other)]).toEqual([true, false])
    expect((await app.refresh(refreshToken)).status).toBe(400)
    // Apps of the browser that stays go on without a question.
    codeOf(await person.open(app.start('openid', { prompt: 'none' }).url))
    expect([await opensWith(email, password), await opensWith(email, demoPassword)]).toEqual([true, false])
    expect((await noticeTo(tegata, email, says('password_mail.title'))).text).toContain(says('password_mail.what.self'))
  })

  test('set twice at once is set once', async () => {
    const { person, email } = await alice()
    const page = await at(person, '/password')
    const both = ['first kingfisher at the gate', 'second kingfisher at the gate'] as const
    const answers = await Promise.all(both.map((each) => person.submit(page, { password: each }, 'change_password')))
    const opened = await Promise.all(both.map((each) => opensWith(email, each)))
    expect(opened.filter(Boolean)).toHaveLength(1)
    expect(answers.filter((answer) => notice(answer) === says('account.notice.password_changed')).length).toBeGreaterThan(0)
  })
})

async function withApp(): Promise<Somebody & { person: Person; secret: string; codes: readonly string[] }> {
  const who = await alice()
  const page = await at(who.person, '/factors/totp')
  const secret = secretOn(page)
  const shown = await who.person.submit(page, { code: await totpCode(secret) }, 'confirm_totp')
  expect(shown.status).toBe(200)
  return { ...who, secret, codes: codesOn(shown) }
}

/** A page of the account behind the question for the second factor, where that stands in the way. */
async function atProved(who: { person: Person; accountId: string; secret: string }, path: string): Promise<Visit> {
  const page = await at(who.person, path)
  return id(page, 'verify') === null ? page : prove(tegata, who, page)
}

describe('an authenticator app', () => {
  test('is connected by one of its codes, asked for at the next sign-in, and a mail says so', async () => {
    const { person, email, accountId } = await alice()
    const page = await at(person, '/factors/totp')
    const secret = secretOn(page)
    const again = await person.submit(page, { code: wrong(await totpCode(secret)) }, 'confirm_totp')
    expect([again.status, secretOn(again)]).toEqual([400, secret])
    const shown = await person.submit(again, { code: await totpCode(secret) }, 'confirm_totp')
    expect(codesOn(shown)).toHaveLength(10)
    await noticeTo(tegata, email, says('factor_mail.title.totp_enrolled'))
    const other = tegata.person()
    const question = await signIn(other, app.start('openid'), { email })
    codeOf(await prove(tegata, { person: other, accountId, secret }, question))
  })

  test('is disconnected only by whoever has just shown it, and is asked for no longer', async () => {
    const who = await withApp()
    await ageSignIns(tegata, who.accountId)
    const again = await at(who.person, '/factors/totp/remove')
    const question = await who.person.submit(again, { password: demoPassword }, 'sign_in')
    expect(id(question, 'verify')).not.toBeNull()
    await prove(tegata, who, question)
    const confirm = await who.person.submit(await at(who.person, '/factors'), {}, 'remove_totp')
    expect(confirm.url.pathname).toBe('/account/factors/totp/remove')
    expect(notice(await who.person.submit(confirm, {}, 'confirm'))).toBe(says('account.notice.totp_removed'))
    await noticeTo(tegata, who.email, says('factor_mail.title.totp_removed'))
    expect(await opensWith(who.email, demoPassword)).toBe(true)
    // Recovery codes stand in for a factor; without one they are worth nothing.
    const left = await tegata.databases.engine.selectFrom('factor_recovery_code').select('code_hash').where('account_id', '=', who.accountId).where('used_at', 'is', null).execute()
    expect(left).toEqual([])
  })

  test('is replaced by another one, whose codes alone count then', async () => {
    const who = await withApp()
    const page = await atProved(who, '/factors/totp')
    const secret = secretOn(page)
    expect(secret).not.toBe(who.secret)
    const done = await who.person.submit(page, { code: await totpCode(secret) }, 'confirm_totp')
    expect([done.url.pathname, codesOn(done)]).toEqual(['/account/factors', []])
    const other = tegata.person()
    const question = await signIn(other, app.start('openid'), who)
    await nextTotpStep(tegata, who.accountId)
    expect((await other.submit(question, { code: await totpCode(who.secret) }, 'verify')).status).toBe(400)
    codeOf(await other.submit(question, { code: await totpCode(secret) }, 'verify'))
  })

  test('of Charlie’s does not get into Alice’s account by her form', async () => {
    const [hers, charlie] = [await alice(), await alice()]
    const page = await at(hers.person, '/factors/totp')
    const his = await at(charlie.person, '/factors/totp')
    const stolen = await forge(charlie.person, his, { fields: { enrolment: valueOf(page, 'enrolment'), code: await totpCode(secretOn(page)), action: 'confirm_totp' } })
    expect(stolen.status).toBe(400)
    expect(await tegata.databases.engine.selectFrom('factor_totp').select('account_id').where('account_id', 'in', [hers.accountId, charlie.accountId]).execute()).toEqual([])
  })
})

describe('recovery codes', () => {
  test('are made anew after a second factor, and the old ones are void', async () => {
    const who = await withApp()
    const confirm = await who.person.submit(await atProved(who, '/factors'), {}, 'renew_recovery_codes')
    const fresh = codesOn(await who.person.submit(confirm, {}, 'confirm'))
    expect([fresh.length, fresh.some((code) => who.codes.includes(code))]).toEqual([10, false])
    await noticeTo(tegata, who.email, says('factor_mail.title.recovery_codes_generated'))
    const other = tegata.person()
    const form = await other.submit(await signIn(other, app.start('openid'), who), {}, 'use_recovery_code')
    expect((await other.submit(form, { recovery_code: who.codes[0] ?? '' }, 'verify')).status).toBe(400)
    codeOf(await other.submit(form, { recovery_code: fresh[0] ?? '' }, 'verify'))
    await noticeTo(tegata, who.email, says('recovery_code_mail.title'))
  })
})

describe('a passkey', () => {
  const optionsOn = (visit: Visit): unknown => JSON.parse(visit.html.querySelector('form[data-passkey]')?.getAttribute('data-passkey-options') ?? 'null')

  test('is added, signs its owner in without a password, and is removed', async () => {
    const [who, key, other] = [await alice(), new Authenticator(), tegata.person()]
    const page = await at(who.person, '/factors/passkey')
    const answer = key.create(optionsOn(page), tegata.issuer)
    const shown = await who.person.submit(page, { passkey_name: '病棟のPC', passkey_response: JSON.stringify(answer) }, 'create_passkey')
    expect(codesOn(shown)).toHaveLength(10)
    await noticeTo(tegata, who.email, says('factor_mail.title.passkey_registered'))
    const byKey = async (visitor: Person, form: Visit) => visitor.submit(form, { passkey_response: JSON.stringify(key.get(optionsOn(form), tegata.issuer)) }, 'sign_in_with_passkey')
    const hub = await byKey(other, await at(other, '/factors'))
    expect([hub.url.pathname, hub.text.includes('病棟のPC')]).toEqual(['/account/factors', true])
    // The session of the passkey is as strong as can be: no further question.
    const renamed = await other.submit(await other.open(new URL(id(hub, `rename-${answer.id}`)?.getAttribute('href') ?? 'nowhere:', hub.url)), { passkey_name: 'ナースステーション' }, 'rename')
    expect([notice(renamed), renamed.text.includes('ナースステーション')]).toEqual([says('account.notice.passkey_renamed'), true])
    const removed = await other.submit(await other.submit(renamed, {}, `remove-${answer.id}`), {}, 'confirm')
    expect(notice(removed)).toBe(says('account.notice.passkey_removed'))
    await noticeTo(tegata, who.email, says('factor_mail.title.passkey_removed'))
    const third = tegata.person()
    expect((await byKey(third, await at(third, ''))).url.pathname).not.toBe('/account')
  })

  test('is not added twice by one answer, nor by an answer to somebody else’s question', async () => {
    const [hers, charlie, key] = [await alice(), await alice(), new Authenticator()]
    const page = await at(hers.person, '/factors/passkey')
    const fields = { passkey_challenge: valueOf(page, 'passkey_challenge'), passkey_response: JSON.stringify(key.create(optionsOn(page), tegata.issuer)), action: 'passkey' }
    const his = await at(charlie.person, '/factors/passkey')
    expect((await forge(charlie.person, his, { fields })).status).toBe(400)
    const both = await Promise.all([forge(hers.person, page, { fields }), forge(hers.person, page, { fields })])
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 400])
    const kept = await tegata.databases.engine.selectFrom('factor_passkey').select('account_id').where('account_id', 'in', [hers.accountId, charlie.accountId]).execute()
    expect(kept).toEqual([{ account_id: hers.accountId }])
  })
})
