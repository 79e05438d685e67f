/**
 * The pages of a person's account as that person, a stranger and Charlie meet them: every page there is, sessions, tenants, apps, the
 * log, the copy and the end. What changes a proof of who they are is account-secrets.test.ts's. Each test has an Alice of its own.
 */
import { sql } from 'kysely'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { eraseDueAccounts, type DeletionDeps } from '../../src/accounts/delete-account.ts'
import { eraseFactors } from '../../src/factors/reset-factors.ts'
import type { SessionPageDoor } from '../../src/http/page.ts'
import { endAllOf, tenantsWithoutOtherAdmin } from '../../src/members/leave-tenant.ts'
import { endGrants, endOtherSessions, endSessions } from '../../src/oidc/endings.ts'
import { t } from '../../views/messages.ts'
import { secretOn, totpCode } from '../helpers/factors.ts'
import { linkMailTo, noticeTo } from '../helpers/mail.ts'
import { ageSignIns, forge, isSignedIn, member, nextTotpStep, openAccount, prove, somebody, throughSignIn, type Somebody } from '../helpers/people.ts'
import type { Person, Visit } from '../helpers/person.ts'
import { textIn, type RelyingParty } from '../helpers/relying-party.ts'
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

const says = t('ja')
const id = (visit: Visit, name: string) => visit.html.getElementById(name)
const notice = (visit: Visit) => visit.html.querySelector('[role=status]')?.text.trim()
const at = (person: Person, path: string) => person.open(`${tegata.issuer}/account${path}`)

async function alice(language?: string): Promise<Somebody & { person: Person }> {
  const who = await somebody(tegata)
  const person = tegata.person(language)
  await openAccount(tegata, person, who)
  return { ...who, person }
}

const doors = () => tegata.server.doors.filter((door): door is SessionPageDoor => door.kind === 'page' && door.access === 'session' && door.path.startsWith('/account'))
const eventsOf = async ({ accountId }: Pick<Somebody, 'accountId'>) =>
  (await tegata.databases.engine.selectFrom('event').select(['type', 'outcome', 'actor', 'subject']).where((where) => where.or([where('subject', '=', accountId), where('actor', '=', accountId)])).orderBy('id').execute())

/** Gives the account a passkey that no authenticator has, a membership, and the addresses of the pages about them. */
async function furnished(who: Somebody): Promise<{ passkeyId: string; membershipId: string; fill: (path: string) => string }> {
  const passkeyId = `passkey-${who.accountId}`
  const { membershipId } = await member(tegata, who)
  await sql`insert into factor_passkey (id, account_id, public_key, counter, name, aaguid, backed_up) values (${passkeyId}, ${who.accountId}, '', 0, 'Ward PC', ${'0'.repeat(32)}, false)`.execute(tegata.databases.engine)
  return { passkeyId, membershipId, fill: (path) => path.replace(':passkey_id', passkeyId).replace(':membership_id', membershipId) }
}

/** Sets up an authenticator app, which raises the session: it is as strong as can be. */
async function strong(who: Somebody & { person: Person }): Promise<{ secret: string }> {
  const page = await at(who.person, '/factors/totp')
  const secret = secretOn(page)
  await who.person.submit(page, { code: await totpCode(secret) }, 'confirm_totp')
  return { secret }
}

describe('every page', () => {
  test.each(['ja', 'en'] as const)('is shown to the person, in %s, and kept by no cache', async (language) => {
    const who = await alice(language)
    await sql`update account set locale = ${language} where id = ${who.accountId}`.execute(tegata.databases.engine)
    await strong(who)
    const { fill } = await furnished(who)
    const shown: string[] = []
    for (const { path } of doors().filter(({ method }) => method === 'GET')) {
      const page = await who.person.open(`${tegata.issuer}${fill(path)}`)
      expect([path, page.status, page.headers.get('cache-control')]).toEqual([path, 200, 'no-store'])
      if (page.url.pathname === fill(path)) shown.push(path)
      if (page.headers.get('content-type')?.startsWith('text/html') !== true) continue
      expect([path, page.html.querySelector('html')?.getAttribute('lang'), page.html.querySelectorAll('h1').length]).toEqual([path, language, 1])
      expect(page.text).not.toMatch(/undefined|\[object|NaN|\{\w+\}/)
    }
    // Revoking names an app, and shows the list where it names none.
    expect(doors().filter(({ path, method }) => method === 'GET' && !shown.includes(path)).map(({ path }) => path)).toEqual(['/account/apps/revoke'])
  })

  test('leads a stranger through the sign-in and back to the very page', async () => {
    const who = await somebody(tegata)
    for (const path of ['', '/profile?lang=en', '/activity?before=1.2', '/sessions', '/password', '/data/delete']) {
      const person = tegata.person()
      const form = await at(person, path)
      expect([path, id(form, 'sign_in') === null]).toEqual([path, false])
      const page = await throughSignIn(person, form, who)
      expect([page.status, `${page.url.pathname}${page.url.search}`]).toEqual([200, `/account${path}`])
    }
  })

  test('takes no form of a stranger, and shows it after the sign-in', async () => {
    const [who, person] = [await alice(), tegata.person()]
    for (const { path } of doors().filter(({ method }) => method === 'POST')) {
      const page = await forge(person, await person.open(`${tegata.issuer}/recover`), { action: path.replaceAll(/:[a-z_]+/g, 'x'), fields: { action: 'confirm', password: 'kingfisher over quiet water' } })
      expect([path, id(page, 'sign_in') === null]).toEqual([path, false])
    }
    expect((await eventsOf(who)).filter(({ type }) => !/^(sign_in|session|authorization|device)\./.test(type))).toEqual([])
  })

  test('takes no form without its token, or with one of somebody else’s', async () => {
    const [who, charlie] = [await alice(), await alice()]
    const { fill } = await furnished(who)
    await sql`delete from factor_passkey where account_id = ${who.accountId}`.execute(tegata.databases.engine)
    const [page, his] = [await at(who.person, '/profile'), await at(charlie.person, '/profile')]
    const before = await eventsOf(who)
    for (const { path } of doors().filter(({ method }) => method === 'POST')) {
      for (const csrf_token of ['', id(his, 'csrf_token')?.getAttribute('value') ?? '']) {
        const answer = await forge(who.person, page, { action: fill(path), fields: { csrf_token, action: 'confirm', password: 'kingfisher over quiet water' } })
        expect([path, answer.status]).toEqual([path, 403])
      }
    }
    expect(await eventsOf(who)).toEqual(before)
  })

  test('says what the form holds when it comes back, and saves what fits', async () => {
    const { person } = await alice()
    const page = await at(person, '/profile')
    const again = await person.submit(page, { family_name: ' ', given_name: '', family_name_kana: 'ヤマダ' }, 'save')
    expect([again.status, id(again, 'family_name_kana')?.getAttribute('value')]).toEqual([400, 'ヤマダ'])
    const saved = await person.submit(again, { family_name: '山田', given_name: '花', locale: 'en', zoneinfo: 'Europe/Paris' }, 'save')
    expect([saved.html.querySelector('html')?.getAttribute('lang'), notice(saved)]).toEqual(['en', t('en')('account.notice.saved')])
    expect(id(saved, 'zoneinfo')?.querySelector('option[selected]')?.getAttribute('value')).toBe('Europe/Paris')
  })
})

describe('a dangerous page', () => {
  const dangerous = () => doors().filter(({ method, freshness }) => method === 'GET' && freshness === 'fresh').map(({ path }) => path)

  test('asks whoever signed in an hour ago for the password once more, and only that person', async () => {
    const who = await alice()
    const { fill } = await furnished(who)
    await sql`delete from factor_passkey where account_id = ${who.accountId}`.execute(tegata.databases.engine)
    expect(dangerous().length).toBeGreaterThan(8)
    for (const path of dangerous()) {
      await ageSignIns(tegata, who.accountId)
      const form = await who.person.open(`${tegata.issuer}${fill(path)}`)
      expect([path, id(form, 'identifier')?.getAttribute('value'), id(form, 'identifier')?.hasAttribute('readonly')]).toEqual([path, who.email, true])
      const page = await who.person.submit(form, { password: demoPassword }, 'sign_in')
      expect([path, page.status === 200 || page.status === 404, page.url.pathname.startsWith('/account/')]).toEqual([path, true, true])
    }
    await ageSignIns(tegata, who.accountId)
    // What only shows does not ask.
    for (const path of ['', '/profile', '/factors', '/sessions', '/tenants', '/apps', '/activity']) expect([path, (await at(who.person, path)).url.pathname]).toEqual([path, `/account${path}`])
  })

  test('asks for the second factor as well where there is one, and takes no form of a stale session', async () => {
    const who = await alice()
    const { secret } = await strong(who)
    const page = await at(who.person, '/password')
    await ageSignIns(tegata, who.accountId)
    const form = await who.person.submit(page, { password: 'kingfisher over quiet water' }, 'change_password')
    const question = await who.person.submit(form, { password: demoPassword }, 'sign_in')
    expect([question.url.pathname.startsWith('/interaction/'), id(question, 'verify') === null]).toEqual([true, false])
    const back = await prove(tegata, { ...who, secret }, question)
    expect([back.url.pathname, id(back, 'change_password') === null, notice(back)]).toEqual(['/account/password', false, undefined])
    expect((await eventsOf(who)).map(({ type }) => type)).not.toContain('password.changed')
  })

  test('asks for the second factor in a browser that is trusted, though the password is fresh', async () => {
    const who = await alice()
    const { tenantId } = await member(tegata, who)
    await sql`update tenant set trusted_device_days = 30 where id = ${tenantId}`.execute(tegata.databases.engine)
    const { secret } = await strong(who)
    const trusting = tegata.person()
    const question = await signIn(trusting, app.start('openid tenant'), who)
    await nextTotpStep(tegata, who.accountId)
    codeOf(await trusting.submit(question, { code: await totpCode(secret), trust_device: 'yes' }, 'verify'))
    await trusting.open(`${tegata.issuer}/oauth2/logout`).then((page) => trusting.submit(page, {}, 'sign_out_everywhere'))
    codeOf(await signIn(trusting, app.start('openid tenant'), who))
    const asked = await at(trusting, '/data/download')
    expect(id(asked, 'verify')).not.toBeNull()
    expect((await prove(tegata, { ...who, secret, person: trusting }, asked)).headers.get('content-type')).toContain('application/json')
  })

  test('that somebody gives up leaves the account as it is', async () => {
    const who = await alice()
    await ageSignIns(tegata, who.accountId)
    const page = await who.person.submit(await at(who.person, '/password'), {}, 'cancel')
    expect([page.status, await isSignedIn(tegata, who.person)]).toEqual([200, true])
  })
})

describe('sessions', () => {
  test('end one by one: the other browser is out, and so is what its app holds', async () => {
    const [who, other, third] = [await alice(), tegata.person(), tegata.person()]
    const [his, theirs] = [await tokensFor(app, other, { email: who.email, scope: 'openid' }), await tokensFor(app, third, { email: who.email, scope: 'openid' })]
    const uid = await uidOf(his.accessToken)
    const list = await at(who.person, '/sessions')
    expect(list.html.querySelectorAll('[name=end]')).toHaveLength(2)
    const ended = await who.person.submit(list, {}, `end-${uid}`)
    expect(notice(ended)).toBe(says('account.notice.session_ended'))
    expect([await isSignedIn(tegata, other), await isSignedIn(tegata, third), await isSignedIn(tegata, who.person)]).toEqual([false, true, true])
    expect([(await app.refresh(his.refreshToken)).status, (await app.userinfo(his.accessToken)).status, (await app.userinfo(theirs.accessToken)).status]).toEqual([400, 401, 200])
    expect((await who.person.submit(list, {}, `end-${uid}`)).status).toBe(404)
  })

  test('all but this one end at once', async () => {
    const [who, other] = [await alice(), tegata.person()]
    const { refreshToken } = await tokensFor(app, other, { email: who.email, scope: 'openid' })
    const start = app.start('openid')
    const own = await redeemed(app, start, await who.person.open(start.url))
    const ended = await who.person.submit(await at(who.person, '/sessions'), {}, 'end_others')
    expect(notice(ended)).toBe(says('account.notice.others_ended'))
    expect([await isSignedIn(tegata, other), await isSignedIn(tegata, who.person)]).toEqual([false, true])
    expect([(await app.refresh(refreshToken)).status, (await app.refresh(own.refreshToken)).status]).toEqual([400, 200])
    expect(id(ended, 'end_others')).toBeNull()
  })

  test('ask for a fresh sign-in before one ends', async () => {
    const [who, other] = [await alice(), tegata.person()]
    await openAccount(tegata, other, who)
    const list = await at(who.person, '/sessions')
    await ageSignIns(tegata, who.accountId)
    expect(id(await who.person.submit(list, {}, 'end_others'), 'password')).not.toBeNull()
    expect(await isSignedIn(tegata, other)).toBe(true)
  })
})

/** The session behind an access token, as the database knows it. */
async function uidOf(accessToken: string): Promise<string> {
  const { body } = await app.introspect(accessToken)
  const sid = textIn({ body }, 'sid')
  const found = await sql<{ uid: string }>`select uid from session where payload->'authorizations' @> ${JSON.stringify({ [app.options.clientId]: { sid } })}::jsonb`.execute(tegata.databases.engine)
  return found.rows[0]?.uid ?? 'no such session'
}

describe('tenants', () => {
  test('can be left, and the tokens for them end', async () => {
    const who = await alice()
    const [one, two] = [await member(tegata, who), await member(tegata, who)]
    const start = app.start('openid tenant', { tenant: one.tenantId })
    const { refreshToken } = await redeemed(app, start, await who.person.open(start.url))
    const confirm = await who.person.submit(await at(who.person, '/tenants'), {}, `leave-${one.membershipId}`)
    const left = await who.person.submit(confirm, {}, 'confirm')
    expect([notice(left), id(left, `leave-${one.membershipId}`), id(left, `leave-${two.membershipId}`) === null]).toEqual([says('account.notice.left'), null, false])
    expect((await app.refresh(refreshToken)).status).toBe(400)
    expect((await who.person.open(app.start('openid tenant', { tenant: one.tenantId, prompt: 'none' }).url)).url.searchParams.get('error')).toBe('access_denied')
    expect((await who.person.submit(confirm, {}, 'confirm')).status).toBe(404)
  })

  test('keep their last administrator', async () => {
    const [who, bob] = [await alice(), await somebody(tegata)]
    const own = await member(tegata, who, { admin: true })
    const path = `/tenants/${own.membershipId}/leave`
    const page = await at(who.person, path)
    expect(id(page, 'confirm')).toBeNull()
    expect((await forge(who.person, page, { fields: { action: 'confirm' } })).status).toBe(409)
    await member(tegata, bob, { tenant: own, admin: true })
    expect(notice(await who.person.submit(await at(who.person, path), {}, 'confirm'))).toBe(says('account.notice.left'))
  })
})

describe('apps', () => {
  test('lose what they were allowed, and ask again', async () => {
    const stranger = await tegata.app({ name: 'Survey', firstParty: false })
    const who = await alice()
    const { membershipId, tenantId } = await member(tegata, who)
    const start = stranger.start('openid profile tenant')
    const { refreshToken, idToken } = await redeemed(stranger, start, await who.person.submit(await who.person.open(start.url), {}, 'allow'))
    expect(decodeJwt(idToken)).toMatchObject({ tenant_id: tenantId })
    const list = await at(who.person, '/apps')
    expect(list.text).toContain('Survey')
    const confirm = await who.person.submit(list, {}, `revoke-${stranger.options.clientId}~${membershipId}`)
    expect(confirm.text).toContain('Survey')
    const revoked = await who.person.submit(confirm, {}, 'confirm')
    expect([notice(revoked), revoked.html.querySelectorAll('[name=revoke]').length]).toEqual([says('account.notice.revoked'), 0])
    expect((await stranger.refresh(refreshToken)).status).toBe(400)
    expect(id(await who.person.open(stranger.start('openid profile tenant').url), 'allow')).not.toBeNull()
  })
})

describe('the log', () => {
  test('shows what happened, in pages, and nothing of anybody else', async () => {
    const [who, charlie] = [await alice(), await alice()]
    await who.person.submit(await at(who.person, '/password'), { password: 'kingfisher over quiet water' }, 'change_password')
    const page = await at(who.person, '/activity')
    expect(page.text).toContain(says('activity.password.changed'))
    expect((await at(charlie.person, '/activity')).text).not.toContain(says('activity.password.changed'))
    await sql`insert into event (id, type, outcome, subject) select gen_random_uuid(), 'sign_in.failed', 'failure', ${who.accountId} from generate_series(1, 60)`.execute(tegata.databases.engine)
    const first = await at(who.person, '/activity')
    const older = await who.person.open(new URL(id(first, 'older')?.getAttribute('href') ?? 'nowhere:', first.url))
    expect([first.html.querySelectorAll('.log li').length, older.html.querySelectorAll('.log li').length > 10, id(older, 'newest') === null]).toEqual([50, true, false])
  })
})

describe('the copy of all data', () => {
  test('holds what is kept, and nothing that opens anything', async () => {
    const who = await alice()
    const { membershipId } = await member(tegata, who)
    const file = await at(who.person, '/data/download')
    expect(file.headers.get('content-disposition')).toContain('attachment')
    expect(JSON.parse(file.text)).toMatchObject({
      account: { account_id: who.accountId, email: who.email }, memberships: [{ membership_id: membershipId }], events_complete: true,
      sessions: [expect.objectContaining({ acr: 'aal1' })], devices: [expect.anything()],
    })
    expect(file.text).not.toMatch(/argon2|token_hash|id_hash|sealed|code_hash/)
    expect((await eventsOf(who)).map(({ type }) => type)).toContain('data.exported')
  })
})

describe('the end of the account', () => {
  const dayHasCome = ({ accountId }: Somebody) => sql`update account set delete_after = now() - interval '1 second' where id = ${accountId}`.execute(tegata.databases.engine)

  function deletionDeps(): DeletionDeps {
    const { databases, masterKey } = tegata
    const members = { databases, grants: { endGrants } }
    return {
      databases, masterKey, sessions: { endSessions, endOtherSessions }, factors: { erase: eraseFactors },
      memberships: { tenantsWithoutOtherAdmin: (accountId) => tenantsWithoutOtherAdmin(members, accountId), endAllOf: (accountId, origin) => endAllOf(members, { accountId, origin }) },
    }
  }

  async function asked(who: Somebody & { person: Person }): Promise<Visit> {
    const confirm = await who.person.submit(await at(who.person, '/data'), {}, 'delete_account')
    return who.person.submit(confirm, {}, 'confirm')
  }

  test('is asked for, taken back by the link of the mail or on the page, and until then nothing changes', async () => {
    const [who, elsewhere] = [await alice(), tegata.person()]
    expect(notice(await asked(who))).toBe(says('account.notice.deletion_requested'))
    expect(await isSignedIn(tegata, who.person)).toBe(true)
    const { link } = await linkMailTo(tegata, who.email, { path: '/keep/' })
    await elsewhere.open(link)
    expect(id(await at(who.person, '/data'), 'keep_account')).not.toBeNull()
    expect((await elsewhere.submit(await elsewhere.open(link), {}, 'confirm')).status).toBe(200)
    expect([id(await at(who.person, '/data'), 'keep_account'), (await elsewhere.open(link)).status]).toEqual([null, 410])
    await noticeTo(tegata, who.email, says('deletion_cancelled_mail.title'))
    expect(notice(await who.person.submit(await asked(who), {}, 'keep_account'))).toBe(says('account.notice.deletion_cancelled'))
    expect(await eraseDueAccounts(deletionDeps())).toBe(0)
  })

  test('comes when its day has come: the person is out, nothing says who it was, and the log still speaks of the id', async () => {
    const who = await alice()
    const { membershipId, tenantId } = await member(tegata, who)
    const start = app.start('openid tenant offline_access', { prompt: 'consent' })
    const { refreshToken } = await redeemed(app, start, await who.person.submit(await who.person.open(start.url), {}, 'allow'))
    await asked(who)
    await dayHasCome(who)
    expect(await eraseDueAccounts(deletionDeps())).toBe(1)
    expect(await isSignedIn(tegata, who.person)).toBe(false)
    expect((await app.refresh(refreshToken)).status).toBe(400)
    expect((await openAccount(tegata, tegata.person(), who)).status).toBe(400)
    const { engine } = tegata.databases
    expect(await engine.selectFrom('account').select(['status', 'email', 'display_name', 'family_name']).where('id', '=', who.accountId).execute()).toEqual([{ status: 'erased', email: null, display_name: '', family_name: null }])
    expect(await engine.selectFrom('membership').select(['status', 'tenant_id']).where('id', '=', membershipId).execute()).toEqual([{ status: 'ended', tenant_id: tenantId }])
    for (const table of ['factor_password', 'account_link', 'device', 'session', 'oidc_grant'] as const) {
      expect([table, await engine.selectFrom(table).select('account_id').where('account_id', '=', who.accountId).execute()]).toEqual([table, []])
    }
    const events = await eventsOf(who)
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['sign_in.succeeded', 'account.deletion_requested', 'account.erased']))
    const log = await sql<{ text: string }>`select coalesce(string_agg(concat_ws(' ', before, after, reason), ' '), '') as text from event where ${who.accountId} in (subject, actor)`.execute(engine)
    expect(log.rows[0]?.text).not.toContain(who.email)
    // The address is free again, for a new account.
    expect((await somebody(tegata, { email: who.email })).accountId).not.toBe(who.accountId)
  })

  test('is refused where a tenant would have no administrator', async () => {
    const who = await alice()
    await member(tegata, who, { admin: true })
    expect(id(await at(who.person, '/data'), 'delete_account')).toBeNull()
    const page = await at(who.person, '/data/delete')
    expect(id(page, 'confirm')).toBeNull()
    expect((await forge(who.person, page, { fields: { action: 'confirm' } })).status).toBe(409)
    await dayHasCome(who)
    expect(await eraseDueAccounts(deletionDeps())).toBe(0)
    expect(await isSignedIn(tegata, who.person)).toBe(true)
  })
})

describe('Charlie, who knows every id of Alice’s', () => {
  test('gets nothing by them in forms of his own', async () => {
    const [who, charlie] = [await alice(), await alice()]
    const { passkeyId, membershipId } = await furnished(who)
    const uids = (await tegata.databases.engine.selectFrom('session').select('uid').where('account_id', '=', who.accountId).execute()).map(({ uid }) => uid)
    const before = await eventsOf(who)
    const his = await at(charlie.person, '/profile')
    const tried: [string, Record<string, string>][] = [
      ...uids.map((end): [string, Record<string, string>] => ['/account/sessions', { end }]),
      ['/account/factors', { remove: passkeyId }], [`/account/factors/passkeys/${passkeyId}`, { passkey_name: 'mine' }], [`/account/factors/passkeys/${passkeyId}/remove`, { action: 'confirm' }],
      ['/account/tenants', { leave: membershipId }], [`/account/tenants/${membershipId}/leave`, { action: 'confirm' }],
      ['/account/apps', { revoke: `${app.options.clientId}~${membershipId}` }], ['/account/apps/revoke', { target: `${app.options.clientId}~${membershipId}` }],
    ]
    for (const [action, fields] of tried) expect([action, (await forge(charlie.person, his, { action, fields })).status]).toEqual([action, 404])
    for (const path of [`/factors/passkeys/${passkeyId}`, `/factors/passkeys/${passkeyId}/remove`, `/tenants/${membershipId}/leave`]) {
      const page = await at(charlie.person, path)
      expect([path, page.status, page.text.includes('Ward PC')]).toEqual([path, 404, false])
    }
    expect(await eventsOf(who)).toEqual(before)
    for (const path of ['', '/sessions', '/tenants', '/apps', '/activity', '/data', '/data/download', '/address', '/password']) {
      const page = await at(charlie.person, path)
      for (const secret of [who.email, who.accountId, membershipId, ...uids]) expect([path, page.text.includes(secret)]).toEqual([path, false])
    }
  })
})
