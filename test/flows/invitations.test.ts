/**
 * An invitation as people meet it, over HTTP: whoever it is for, whoever else is at the computer, and every state that its link can be in.
 * Misaki administers Sakura and invites; Charlie has an account elsewhere and must not get in.
 */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId, parseMembershipId, parseTenantId } from '../../src/base/ids.ts'
import { noOrigin } from '../../src/base/origin.ts'
import { endMembership } from '../../src/members/end-membership.ts'
import { inviteMember, type InviteMemberInput } from '../../src/members/invite-member.ts'
import { invitationPath, invitationToken } from '../../src/members/invitation.ts'
import type { Mover } from '../../src/members/membership.ts'
import { allPermissions } from '../../src/members/permission.ts'
import { resendInvitation } from '../../src/members/resend-invitation.ts'
import { revokeInvitation } from '../../src/members/revoke-invitation.ts'
import { endGrants } from '../../src/oidc/endings.ts'
import { asSuperuser } from '../helpers/database.ts'
import { linkMailTo, noticeTo } from '../helpers/mail.ts'
import { forge, freshAddress, newTenant, openAccount, somebody, throughSignIn, type Somebody } from '../helpers/people.ts'
import type { Person, Visit } from '../helpers/person.ts'
import { codeOf } from '../helpers/sign-in.ts'
import { startTegata, type Tegata } from '../helpers/tegata.ts'

let tegata: Tegata
let tenantId: ReturnType<typeof parseTenantId>
let misaki: Mover
beforeAll(async () => {
  tegata = await startTegata()
  const row = await tegata.databases.engine.selectFrom('membership').innerJoin('tenant', 'tenant.id', 'membership.tenant_id').innerJoin('account', 'account.id', 'membership.account_id')
    .select(['membership.id', 'tenant.id as tenant_id', 'account.id as account_id']).where('tenant.subdomain', '=', 'sakura').where('account.email', '=', 'misaki@example.com').executeTakeFirstOrThrow()
  tenantId = parseTenantId(row.tenant_id)
  misaki = { kind: 'member', accountId: row.account_id, membershipId: row.id, permissions: allPermissions }
})
afterAll(() => tegata.close())

type Wanted = Partial<InviteMemberInput> & { readonly email: string | null }

async function invite({ email, ...more }: Wanted) {
  const person = { email, familyName: '試験', givenName: '者', locale: 'ja' } as const
  const result = await inviteMember(tegata, { tenantId, person, role: 'STAFF', mover: misaki, origin: noOrigin, ...more })
  if (!result.ok) throw new Error(result.reason)
  return { ...result, url: urlOf(result.membershipId) }
}

const urlOf = (membershipId: string, generation = 1) => `${tegata.issuer}${invitationPath(invitationToken(tegata.masterKey, membershipId, generation))}`
const titleOf = (page: Visit) => page.html.querySelector('h1')?.text.trim()
const buttonsOf = (page: Visit) => page.html.querySelectorAll('form button').map((button) => button.id)
const admin = (statement: string, values: unknown[]) => asSuperuser(tegata.database.adminUrl, (client) => client.query(statement, values))
const statusOf = async (membershipId: string) => (await tegata.databases.engine.selectFrom('membership').select('status').where('id', '=', membershipId).executeTakeFirstOrThrow()).status
const eventsOf = async (membershipId: string) =>
  (await tegata.databases.engine.selectFrom('event').select(['type', 'outcome', 'reason']).where('subject', '=', membershipId).orderBy('id').execute()).map(({ type, outcome, reason }) => [type, outcome, reason ?? ''].join(' ').trim())
/** Everything that an answer would change, and how many lines the log has about it. */
const standing = async (membershipIds: readonly string[]) => (await sql`
  select to_jsonb(i) as invitation, to_jsonb(m) as membership, to_jsonb(a) as account, (select count(*)::int from event e where e.subject in (m.id::text, m.account_id::text)) as events
  from membership m join invitation i on i.tenant_id = m.tenant_id and i.membership_id = m.id join account a on a.id = m.account_id
  where m.id in (${sql.join(membershipIds)}) order by m.id`.execute(tegata.databases.engine)).rows
const password = 'plum-harbour-lantern-27'

/** Signs in on the page behind the link and comes back to it. */
async function comeBack(person: Person, url: string, who: Somebody): Promise<Visit> {
  return throughSignIn(person, await person.submit(await person.open(url), {}, 'sign_in'), who)
}

describe('somebody without an account', () => {
  test('gets names, a password and the membership by one form, and goes on to the app that was chosen', async () => {
    const email = freshAddress()
    const { url, membershipId, accountId } = await invite({ email, clientId: 'karte', units: [] })
    const person = tegata.person()
    const page = await person.open(url)
    expect([page.status, titleOf(page), buttonsOf(page)]).toEqual([200, '医療法人さくら会 への招待', ['accept', 'decline']])
    for (const part of ['高橋 美咲', 'STAFF', email]) expect(page.text).toContain(part)
    expect(await statusOf(membershipId)).toBe('invited')
    const names = { family_name: '新井', given_name: '花' }
    const weak = await person.submit(page, { ...names, password: 'short' }, 'accept')
    expect([weak.status, weak.html.getElementById('password_error')?.text]).toEqual([400, expect.stringContaining('15文字以上')])
    const nameless = await person.submit(weak, { family_name: ' ', given_name: ' ', password }, 'accept')
    expect([nameless.status, nameless.html.getElementById('given_name_error')?.text]).toEqual([400, '名を入力してください。'])
    const done = await person.submit(nameless, { ...names, password }, 'accept')
    expect([done.status, titleOf(done)]).toEqual([200, '医療法人さくら会 に参加しました'])
    expect(done.html.getElementById('continue')?.text.trim()).toBe('Karte に進む')
    expect(await statusOf(membershipId)).toBe('active')
    const account = await tegata.databases.engine.selectFrom('account').select(['status', 'family_name', 'email_verified_at']).where('id', '=', accountId).executeTakeFirstOrThrow()
    expect(account).toEqual({ status: 'active', family_name: '新井', email_verified_at: expect.any(Date) })
    const signedIn = await throughSignIn(person, await person.open(`${tegata.issuer}/account`), { email }, password)
    expect(signedIn.url.pathname).toBe('/account')
    const again = await person.open(url)
    expect([again.status, titleOf(again)]).toEqual([200, 'この招待は、すでに受けています'])
    expect((await noticeTo(tegata, 'misaki@example.com', '招待した方が参加しました')).text).toContain('新井 花')
  })

  test('finds the link in the mail', async () => {
    const email = freshAddress()
    const { url } = await invite({ email })
    const { subject, link } = await linkMailTo(tegata, email, { path: '/invitations/' })
    expect([subject, link.href]).toEqual(['【Tegata】医療法人さくら会 への招待', url])
  })

  test('without an address takes up a link that was handed over', async () => {
    const number = `N-${newId().slice(-6)}`
    const { url, membershipId } = await invite({ email: null, employeeNumber: number })
    const person = tegata.person('en')
    const page = await person.open(url)
    expect(page.html.getElementById('email')).toBeNull()
    const done = await person.submit(page, { family_name: 'Arai', given_name: 'Hana', password }, 'accept')
    expect([titleOf(done), done.html.getElementById('continue')?.getAttribute('href')]).toEqual(['You have joined 医療法人さくら会', '/account'])
    expect(await statusOf(membershipId)).toBe('active')
    const signedIn = await throughSignIn(person, await person.open(`${tegata.issuer}/account`), { email: `${number}@sakura` }, password)
    expect(signedIn.url.pathname).toBe('/account')
  })

  test('says no, and that is remembered', async () => {
    const { url, membershipId } = await invite({ email: freshAddress() })
    const person = tegata.person()
    const done = await person.submit(await person.open(url), {}, 'decline')
    expect([done.status, titleOf(done), await statusOf(membershipId)]).toEqual([200, '招待を辞退しました', 'ended'])
    const again = await person.open(url)
    expect([again.status, titleOf(again), buttonsOf(again)]).toEqual([410, 'この招待は、辞退されています', []])
  })
})

describe('somebody with an account', () => {
  test('signs in, comes back and accepts', async () => {
    const who = await somebody(tegata)
    const { url, membershipId } = await invite({ email: who.email })
    const person = tegata.person()
    const page = await person.open(url)
    expect(buttonsOf(page)).toEqual(['sign_in', 'decline'])
    const form = await person.submit(page, {}, 'sign_in')
    expect(form.html.getElementById('identifier')?.getAttribute('value')).toBe(who.email)
    const back = await throughSignIn(person, form, who)
    expect([back.url.href, buttonsOf(back), await statusOf(membershipId)]).toEqual([url, ['accept', 'decline'], 'invited'])
    const done = await person.submit(back, {}, 'accept')
    expect([titleOf(done), await statusOf(membershipId)]).toEqual(['医療法人さくら会 に参加しました', 'active'])
  })

  test('is told of it where a product finds no tenant for them, answers it in the account, and gets in', async () => {
    const [who, person, app] = [await somebody(tegata), tegata.person(), await tegata.app({ name: 'Ward' })]
    const { membershipId } = await invite({ email: who.email })
    const closed = await throughSignIn(person, await person.open(app.start('openid tenant').url), who)
    expect(closed.text).toContain('医療法人さくら会')
    const answering = await person.open(new URL(closed.html.getElementById(`answer-${membershipId}`)?.getAttribute('href') ?? '', tegata.issuer))
    await person.submit(answering, {}, `accept-${membershipId}`)
    expect(await statusOf(membershipId)).toBe('active')
    expect(codeOf(await person.open(app.start('openid tenant').url))).toBeTruthy()
  })

  test('keeps an invitation when their address changes, and waits while every seat is taken', async () => {
    const who = await somebody(tegata)
    const own = await newTenant(tegata)
    const { url, membershipId } = await invite({ email: who.email, tenantId: parseTenantId(own.tenantId), role: 'GUEST', mover: { kind: 'operator', accountId: null } })
    const moved = freshAddress()
    await admin(`update account set email = $2 where id = $1`, [who.accountId, moved])
    await admin(`update tenant set seat_limit = 0 where id = $1`, [own.tenantId])
    const person = tegata.person()
    const page = await comeBack(person, url, { ...who, email: moved })
    expect([page.text.includes(moved), page.text.includes(who.email)]).toEqual([true, false])
    const full = await person.submit(page, {}, 'accept')
    expect([full.status, titleOf(full), await statusOf(membershipId)]).toEqual([409, 'まだ参加できません', 'invited'])
    await admin(`update tenant set seat_limit = 1 where id = $1`, [own.tenantId])
    expect((await person.submit(await person.open(url), {}, 'accept')).status).toBe(200)
    expect(await statusOf(membershipId)).toBe('active')
  })

  test('is one person, whoever races', async () => {
    const who = await somebody(tegata)
    const { url, membershipId } = await invite({ email: who.email })
    const [one, two] = [tegata.person(), tegata.person()]
    const [first, second] = [await comeBack(one, url, who), await comeBack(two, url, who)]
    const answers = await Promise.all([one.submit(first, {}, 'accept'), two.submit(second, {}, 'accept')])
    expect(answers.map(titleOf).toSorted()).toEqual(['この招待は、すでに受けています', '医療法人さくら会 に参加しました'])
    expect((await eventsOf(membershipId)).filter((event) => event === 'invitation.accepted success')).toHaveLength(1)
  })
})

describe('somebody else at the computer', () => {
  test('is told whose invitation it is, answers nothing, and switches', async () => {
    const [who, charlie] = [await somebody(tegata), await somebody(tegata)]
    const { url, membershipId } = await invite({ email: who.email })
    const person = tegata.person()
    await openAccount(tegata, person, charlie)
    const page = await person.open(url)
    expect([page.status, buttonsOf(page)]).toEqual([200, ['switch_account']])
    for (const address of [who.email, charlie.email]) expect(page.text).toContain(address)
    for (const action of ['accept', 'decline', 'sign_in']) expect(buttonsOf(await forge(person, page, { fields: { action } }))).toEqual(['switch_account'])
    expect(await statusOf(membershipId)).toBe('invited')
    const question = await person.submit(page, {}, 'switch_account')
    const back = await person.submit(question, {}, 'sign_out_everywhere')
    expect([back.url.href, buttonsOf(back)]).toEqual([url, ['sign_in', 'decline']])
    const own = await comeBack(person, url, who)
    expect(titleOf(await person.submit(own, {}, 'accept'))).toBe('医療法人さくら会 に参加しました')
  })

  test('cannot become the account that waits for the invited person', async () => {
    const charlie = await somebody(tegata)
    const { url, membershipId } = await invite({ email: freshAddress() })
    const person = tegata.person()
    await openAccount(tegata, person, charlie)
    const page = await person.open(url)
    expect(buttonsOf(page)).toEqual(['switch_account'])
    await forge(person, page, { fields: { action: 'accept', family_name: 'C', given_name: 'C', password } })
    expect(await statusOf(membershipId)).toBe('invited')
  })

  test('cannot send the form that was shown to the invited person', async () => {
    const [who, charlie] = [await somebody(tegata), await somebody(tegata)]
    const { url, membershipId } = await invite({ email: who.email })
    const person = tegata.person()
    await openAccount(tegata, person, charlie)
    const charlies = await person.open(url)
    await person.submit(await person.open(`${tegata.issuer}/oauth2/logout`), {}, 'sign_out_everywhere')
    await comeBack(person, url, who)
    const answer = await forge(person, charlies, { fields: { action: 'accept' } })
    expect([answer.status, answer.html.getElementById('error_summary') === null, await statusOf(membershipId)]).toEqual([400, false, 'invited'])
  })
})

describe('a link', () => {
  test('that has expired asks whoever invited for another, and stays dead', async () => {
    const { url, membershipId } = await invite({ email: freshAddress() })
    await admin(`update invitation set expires_at = now() - interval '1 second' where membership_id = $1`, [membershipId])
    const person = tegata.person()
    const page = await person.open(url)
    expect([page.status, titleOf(page), buttonsOf(page)]).toEqual([410, '招待の期限が切れています', ['ask_again']])
    const forged = await forge(person, page, { fields: { action: 'accept', family_name: 'A', given_name: 'B', password } })
    expect([forged.status, await statusOf(membershipId)]).toEqual([410, 'invited'])
    const asked = await person.submit(page, {}, 'ask_again')
    expect([asked.status, titleOf(asked)]).toEqual([200, '新しい招待を依頼しました'])
    expect(await eventsOf(membershipId)).toContain('invitation.refused refused expired_asked_again')
    await noticeTo(tegata, 'misaki@example.com', '新しい招待の依頼がありました')
    await resendInvitation(tegata, { tenantId, membershipId: parseMembershipId(membershipId), mover: misaki, origin: noOrigin })
    expect(titleOf(await person.open(url))).toBe('この招待のリンクは使えません')
    expect(buttonsOf(await person.open(urlOf(membershipId, 2)))).toEqual(['accept', 'decline'])
  })

  test('of an operator has nobody to ask', async () => {
    const { url, membershipId } = await invite({ email: freshAddress(), mover: { kind: 'operator', accountId: null } })
    const person = tegata.person()
    expect((await person.open(url)).text).toContain('管理者が、あなたを招待しています。')
    await admin(`update invitation set expires_at = now() - interval '1 second' where membership_id = $1`, [membershipId])
    expect(buttonsOf(await person.open(url))).toEqual([])
  })

  test('that was taken back, or never was one, says so', async () => {
    const { url, membershipId } = await invite({ email: freshAddress() })
    await revokeInvitation(tegata, { tenantId, membershipId: parseMembershipId(membershipId), mover: misaki, origin: noOrigin })
    const person = tegata.person()
    const [revoked, unknown] = [await person.open(url), await person.open(`${tegata.issuer}/invitations/nothing`)]
    expect([revoked.status, titleOf(revoked)]).toEqual([410, 'この招待は、取り消されました'])
    expect([unknown.status, titleOf(unknown)]).toEqual([410, 'この招待のリンクは使えません'])
  })

  test('to a suspended tenant waits, and to a full one as well', async () => {
    const own = await newTenant(tegata)
    const elsewhere = { tenantId: parseTenantId(own.tenantId), role: 'GUEST', mover: { kind: 'operator', accountId: null } } as const
    const { url, membershipId } = await invite({ email: freshAddress(), ...elsewhere })
    const person = tegata.person()
    const page = await person.open(url)
    const details = { family_name: '新井', given_name: '花', password }
    await admin(`update tenant set seat_limit = 0 where id = $1`, [own.tenantId])
    const full = await person.submit(page, details, 'accept')
    expect([full.status, titleOf(full)]).toEqual([409, 'まだ参加できません'])
    await admin(`update tenant set seat_limit = null, status = 'suspended' where id = $1`, [own.tenantId])
    const closed = await person.open(url)
    expect([closed.status, titleOf(closed)]).toEqual([403, 'いまは参加できません'])
    await sql`update tenant set status = 'active' where id = ${own.tenantId}`.execute(tegata.databases.engine)
    expect((await person.submit(await person.open(url), details, 'accept')).status).toBe(200)
    expect(await statusOf(membershipId)).toBe('active')
  })

  test('of a membership that has ended is dead, and an invitation that takes the person back is a new one', async () => {
    const who = await somebody(tegata)
    const { url, membershipId } = await invite({ email: who.email })
    const person = tegata.person()
    await person.submit(await comeBack(person, url, who), {}, 'accept')
    await endMembership({ ...tegata, grants: { endGrants } }, { tenantId, membershipId: parseMembershipId(membershipId), mover: misaki, origin: noOrigin })
    const ended = await person.open(url)
    expect([ended.status, titleOf(ended), buttonsOf(ended)]).toEqual([410, 'この招待は、もう使えません', []])
    const again = await invite({ email: who.email, reinvite: true })
    expect(again.membershipId).toBe(membershipId)
    expect(titleOf(await person.open(url))).toBe('この招待のリンクは使えません')
    const back = await person.submit(await person.open(urlOf(membershipId, 2)), {}, 'accept')
    expect([titleOf(back), await statusOf(membershipId)]).toEqual(['医療法人さくら会 に参加しました', 'active'])
  })

  test('changes nothing by being opened, however it stands and whoever opens it', async () => {
    const who = await somebody(tegata)
    const [open, expired, revoked] = [await invite({ email: who.email }), await invite({ email: freshAddress() }), await invite({ email: freshAddress() })]
    await admin(`update invitation set expires_at = now() - interval '1 second' where membership_id = $1`, [expired.membershipId])
    await revokeInvitation(tegata, { tenantId, membershipId: parseMembershipId(revoked.membershipId), mover: misaki, origin: noOrigin })
    const [scanner, invitee, charlie] = [tegata.person(), tegata.person(), tegata.person()]
    await openAccount(tegata, invitee, who)
    await openAccount(tegata, charlie, await somebody(tegata))
    const ids = [open, expired, revoked].map(({ membershipId }) => membershipId)
    const before = await standing(ids)
    for (const { url } of [open, expired, revoked]) for (const person of [scanner, invitee, charlie]) await person.open(url)
    expect(await standing(ids)).toEqual(before)
  })
})
