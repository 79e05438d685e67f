/**
 * Making an account by oneself: nobody learns whether an address has one, nobody gets anything for an address that is not
 * theirs, and whoever proves it gets exactly one account.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { completeRegistration, type CompleteRegistrationInput } from '../../src/accounts/complete-registration.ts'
import { HashPoolFull } from '../../src/accounts/hash-pool.ts'
import { issueActivation } from '../../src/accounts/issue-activation.ts'
import { resetPassword } from '../../src/accounts/reset-password.ts'
import { requestRegistration, verifyRegistrationCode } from '../../src/accounts/request-registration.ts'
import { addMember } from '../../src/members/add-member.ts'
import { by, must, password } from './house.ts'
import {
  admin, age, buildLinksHouse, databaseTime, freshEmail, goodPassword, invitee, linesAbout, linkById, newcomer, newestLink, newPassword, opens, profile, setStatus,
  somewhere, watched, wholeLog, wrongCode, type LinksHouse, type MailedLink,
} from './links-house.ts'

let house: LinksHouse
beforeAll(async () => { house = await buildLinksHouse() })
afterAll(() => house.close())

const request = (email: string, deps = house.deps) => requestRegistration(deps, { email, locale: 'ja', clientId: 'karte', origin: somewhere() })
const verify = (registration: string, code: string) => verifyRegistrationCode(house.deps, { registration, code, origin: somewhere() })
const names = { familyName: '青木', givenName: '葵', familyNameKana: 'アオキ', givenNameKana: 'アオイ' }
const complete = (by: CompleteRegistrationInput['by'], more: Partial<CompleteRegistrationInput> = {}) =>
  completeRegistration(house.deps, { by, ...names, password: goodPassword, locale: 'ja', origin: somewhere(), ...more })

/** What somebody has who asked for an account, and what was mailed to the address. */
async function asked(email: string): Promise<{ readonly registration: string; readonly link: MailedLink }> {
  const { registration } = await must(request(email))
  return { registration, link: await newestLink(house, 'registration') }
}

const accountsWith = (email: string) => admin(house, 'select id, display_name, status from account where email = $1', [email])

describe('asking for an account', () => {
  it('gets the same answer by the same statements whoever has the address', async () => {
    const locked = await newcomer(house)
    await setStatus(house, locked.accountId, 'locked')
    const invited = freshEmail()
    await invitee(house, invited)
    const asks = ['alice@example.com', 'CHARLIE@Example.com', locked.email, invited, freshEmail()]
    const seen = []
    for (const email of asks) {
      const deps = watched(house)
      const answer = await must(request(email, deps))
      expect(Object.keys(answer).sort()).toEqual(['email', 'ok', 'registration'])
      seen.push({ statements: deps.statements, length: answer.registration.length, lines: (await linesAbout(house, (await newestLink(house, 'registration')).id)) })
    }
    expect(seen[0]?.statements.length).toBeGreaterThan(0)
    expect(seen[0]?.lines).toEqual(['registration.requested success'])
    for (const other of seen) expect(other).toEqual(seen[0])
  })

  it('gives the page the address in its one spelling and the event nothing but the link', async () => {
    const answer = await must(request(' New.Person@EXAMPLE.com '))
    expect(answer.email).toBe('new.person@example.com')
    const link = await newestLink(house, 'registration')
    expect(link).toMatchObject({ email: 'new.person@example.com', accountId: null })
    const [event] = await admin(house, 'select after, client_id from event where subject = $1', [link.id])
    expect(event).toEqual({ after: { link_id: link.id }, client_id: 'karte' })
    expect(answer.registration).not.toContain(link.id)
  })

  it.each([['nothing', ''], ['a name', 'alice'], ['a machine', 'alice@localhost'], ['two words', 'a b@example.com'], ['no end', 'x'.repeat(400)]])('refuses what is no address: %s', async (_what, email) => {
    expect(await request(email)).toEqual({ ok: false, reason: 'invalid_email' })
  })

  it('leaves no account, name or password before the address is proved', async () => {
    const email = freshEmail()
    await asked(email)
    expect(await accountsWith(email)).toEqual([])
  })

  it('ends after so many mails to one address, whether or not anybody has it', async () => {
    const counts = []
    for (const email of [(await newcomer(house)).email, freshEmail()]) {
      let sent = 0
      let answer = await request(email)
      while (answer.ok && sent < 100) {
        sent += 1
        answer = await request(email)
      }
      expect(answer).toMatchObject({ ok: false, reason: 'too_many_attempts' })
      counts.push(sent)
    }
    // The first one has had a mail already, when they registered.
    expect(counts[1]).toBe((counts[0] ?? 0) + 1)
  })
})

describe('somebody who registers another person\'s address', () => {
  it('gets nothing: the owner of the mailbox gives name and password, and the page left behind is worthless', async () => {
    const email = freshEmail()
    const { registration, link } = await asked(email)
    const { accountId } = await must(complete({ token: link.token }))
    expect(await profile(house, accountId)).toMatchObject({ email, display_name: '青木 葵', status: 'active' })
    expect(await verify(registration, link.code)).toEqual({ ok: false, reason: 'link_invalid' })
    expect(await complete({ proof: registration }, { password: newPassword })).toEqual({ ok: false, reason: 'link_invalid' })
    expect(await opens(house, accountId, goodPassword)).toBe(true)
  })

  it('cannot use what their page holds in place of the proof, nor a proof of their own address', async () => {
    const mine = await asked(freshEmail())
    const theirs = await asked(freshEmail())
    expect(await complete({ proof: theirs.registration })).toEqual({ ok: false, reason: 'link_invalid' })
    expect(await verify(theirs.registration, mine.link.code)).toEqual({ ok: false, reason: 'wrong_code' })
    const { proof } = await must(verify(mine.registration, mine.link.code))
    const { accountId } = await must(complete({ proof }))
    expect((await profile(house, accountId)).email).toBe(mine.link.email)
  })
})

describe('the code', () => {
  it('proves the address where it was asked for, however it is typed', async () => {
    const { registration, link } = await asked(freshEmail())
    const { proof } = await must(verify(registration, ` ${link.code.slice(0, 3)} ${link.code.slice(3)}`))
    const before = Date.parse(await databaseTime(house))
    const result = await must(complete({ proof }))
    expect(result).toMatchObject({ displayName: '青木 葵', clientId: 'karte' })
    expect(Math.abs(result.provenAt - before)).toBeLessThan(10_000)
    expect(await opens(house, result.accountId, goodPassword)).toBe(true)
    expect(await profile(house, result.accountId)).toMatchObject({ locale: 'ja', family_name_kana: 'アオキ', email: link.email })
    expect(await linesAbout(house, result.accountId)).toEqual(['account.created success', 'address.verified success', 'password.changed success'])
  })

  it('is guessed five times at most, from however many browsers at once', async () => {
    const { registration, link } = await asked(freshEmail())
    const results = await Promise.all(Array.from({ length: 20 }, () => verify(registration, wrongCode(link.code))))
    expect(results.filter((result) => !result.ok && result.reason === 'wrong_code')).toHaveLength(5)
    expect(await verify(registration, link.code)).toEqual({ ok: false, reason: 'link_invalid' })
    const lines = await linesAbout(house, link.id)
    expect(lines.filter((line) => line === 'link.refused refused wrong_code')).toHaveLength(5)
    expect(lines.filter((line) => line === 'link.refused refused too_many_tries')).toHaveLength(16)
  })

  it('is worth nothing after ten minutes, while the link of the same mail still counts', async () => {
    const { registration, link } = await asked(freshEmail())
    await age(house, link.id, 10 * 60)
    expect(await verify(registration, link.code)).toEqual({ ok: false, reason: 'link_invalid' })
    expect((await linesAbout(house, link.id)).at(-1)).toBe('link.refused refused code_expired')
    await must(complete({ token: link.token }))
  })

  it.each(['', 'nonsense', 'v1.x.y'])('needs the page that asked for it, not %j', async (registration) => {
    expect(await verify(registration, '123456')).toEqual({ ok: false, reason: 'link_invalid' })
  })
})

describe('completing a registration', () => {
  it('happens once, whether by link or by code, when both are used at once', async () => {
    const { registration, link } = await asked(freshEmail())
    const { proof } = await must(verify(registration, link.code))
    const results = await Promise.all([complete({ token: link.token }), complete({ proof }), complete({ token: link.token }), complete({ proof })])
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(results.filter((result) => !result.ok && result.reason === 'link_invalid')).toHaveLength(3)
    expect(await accountsWith(link.email ?? '')).toHaveLength(1)
  })

  it('makes one account when two links to one address are used at once', async () => {
    const email = freshEmail()
    const [one, two] = [await asked(email), await asked(email)]
    const results = await Promise.all([complete({ token: one.link.token }), complete({ token: two.link.token }, { password: newPassword })])
    expect(results.map((result) => (result.ok ? 'ok' : result.reason)).sort()).toEqual(['address_taken', 'ok'])
    expect(await accountsWith(email)).toHaveLength(1)
  })

  it.each(['active', 'locked', 'disabled'])('changes nothing about an account that is %s', async (status) => {
    const { accountId, email } = await newcomer(house)
    await setStatus(house, accountId, status)
    const { link } = await asked(email)
    expect(await complete({ token: link.token }, { password: newPassword })).toEqual({ ok: false, reason: 'address_taken' })
    expect(await profile(house, accountId)).toMatchObject({ display_name: '新 人', status })
    expect(await opens(house, accountId, goodPassword)).toBe(true)
    expect((await linesAbout(house, link.id)).at(-1)).toBe('registration.refused refused address_taken')
  })

  it.each([
    ['password_too_short', { password: 'short' }],
    ['password_too_long', { password: 'plum-harbour-'.repeat(30) }],
    ['password_too_common', { password: 'aaaaaaaaaaaaaaaaaaaa' }],
    ['name_missing', { familyName: ' ', givenName: '\u200b' }],
    ['name_too_long', { givenName: '葵'.repeat(101) }],
  ])('refuses with %s and leaves the link as it is', async (reason, more) => {
    const { link } = await asked(freshEmail())
    expect(await complete({ token: link.token }, more)).toEqual({ ok: false, reason })
    expect((await linesAbout(house, link.id)).at(-1)).toBe(`registration.refused refused ${reason}`)
    await must(complete({ token: link.token }))
  })

  it('has the password judged by what the person is called and writes to', async () => {
    const { link } = await asked(freshEmail())
    const judged: (readonly string[])[] = []
    const passwords = { judge: async ({ about }: { readonly about: readonly string[] }) => (judged.push(about), null) }
    await must(completeRegistration({ ...house.deps, passwords }, { by: { token: link.token }, ...names, password: goodPassword, locale: 'ja', origin: somewhere() }))
    expect(judged).toEqual([['青木', '葵', 'アオキ', 'アオイ', link.email]])
  })

  it('leaves the link as it is when too many passwords wait', async () => {
    const { link } = await asked(freshEmail())
    const busy = { ...house.deps, hashes: { ...house.hashes, hash: () => Promise.reject(new HashPoolFull()) } }
    await expect(completeRegistration(busy, { by: { token: link.token }, ...names, password: goodPassword, locale: 'ja', origin: somewhere() })).rejects.toThrow(HashPoolFull)
    await must(complete({ token: link.token }))
  })

  it('keeps names on one line, as they are written', async () => {
    const { link } = await asked(freshEmail())
    const { accountId, displayName } = await must(complete({ token: link.token }, { familyName: ' 葛\u{e0100}城\u202e\u0000', givenName: '福\n祥\u3000' }))
    expect(displayName).toBe('葛\u{e0100}城 福 祥')
    expect(await profile(house, accountId)).toMatchObject({ family_name: '葛\u{e0100}城', given_name: '福 祥' })
  })

  it('is refused after an hour', async () => {
    const { registration, link } = await asked(freshEmail())
    const { proof } = await must(verify(registration, link.code))
    await age(house, link.id, 60 * 60)
    expect(await complete({ proof })).toEqual({ ok: false, reason: 'link_invalid' })
    expect(await complete({ token: link.token })).toEqual({ ok: false, reason: 'link_invalid' })
    expect((await linesAbout(house, link.id)).at(-1)).toBe('link.refused refused expired')
  })

  it.each([['nothing', ''], ['a letter', 'x'], ['a zero byte', '\u0000'], ['no end', 'x'.repeat(50_000)]])('is refused for a token that is %s', async (_what, token) => {
    expect(await complete({ token })).toEqual({ ok: false, reason: 'link_invalid' })
  })
})

describe('an invited account', () => {
  it('becomes its owner\'s, with the membership it was invited to', async () => {
    const email = freshEmail()
    const invited = await invitee(house, email)
    const { membershipId } = await must(addMember({ databases: house.deps.databases }, { tenantId: house.sakura, accountId: invited, role: 'STAFF', employeeNumber: 'S-0777', ...by }))
    const { link } = await asked(email)
    const { accountId } = await must(complete({ token: link.token }))
    expect(accountId).toBe(invited)
    expect(await profile(house, invited)).toMatchObject({ status: 'active', display_name: '青木 葵', family_name_kana: 'アオキ' })
    expect((await profile(house, invited)).email_verified_at).not.toBeNull()
    expect(await opens(house, invited, goodPassword)).toBe(true)
    expect(await admin(house, 'select id, status from membership where account_id = $1', [invited])).toEqual([{ id: membershipId, status: 'active' }])
    expect((await linesAbout(house, invited)).slice(1)).toEqual(['address.verified success', 'password.changed success'])
  })

  it('loses a password that an import left behind', async () => {
    const email = freshEmail()
    const invited = await invitee(house, email)
    await admin(house, 'insert into factor_password (account_id, phc) values ($1, $2)', [invited, await house.hashes.hash(password)])
    await must(complete({ token: (await asked(email)).link.token }))
    expect(await opens(house, invited, password)).toBe(false)
    expect(await opens(house, invited, goodPassword)).toBe(true)
  })

  it('cannot be taken before by whoever invited it, nor after by a link they kept', async () => {
    const email = freshEmail()
    const invited = await invitee(house, email)
    expect(await issueActivation(house.deps, { accountId: invited, actor: house.alice.accountId, origin: somewhere() })).toEqual({ ok: false, reason: 'address_unproved' })
    await admin(house, 'update account set email = null where id = $1', [invited])
    const kept = await must(issueActivation(house.deps, { accountId: invited, actor: house.alice.accountId, origin: somewhere() }))
    await admin(house, 'update account set email = $2 where id = $1', [invited, email])
    const take = () => resetPassword(house.deps, { token: kept.token, purpose: 'activation', password: newPassword, origin: somewhere() })
    expect(await take()).toEqual({ ok: false, reason: 'link_invalid' })
    await must(complete({ token: (await asked(email)).link.token }))
    expect(await take()).toEqual({ ok: false, reason: 'link_invalid' })
    expect(await opens(house, invited, goodPassword)).toBe(true)
  })

  it('goes to one of two who prove its address at once', async () => {
    const email = freshEmail()
    const invited = await invitee(house, email)
    const [one, two] = [await asked(email), await asked(email)]
    const results = await Promise.all([complete({ token: one.link.token }), complete({ token: two.link.token }, { password: newPassword })])
    expect(results.map((result) => (result.ok ? result.accountId : result.reason)).sort()).toEqual([invited, 'address_taken'].sort())
  })
})

describe('the log', () => {
  it('names nobody and no address, and holds nothing that opens anything', async () => {
    const { registration, link } = await asked('very-special-person@example.com')
    const { proof } = await must(verify(registration, link.code))
    await verify(registration, wrongCode(link.code))
    const { accountId } = await must(complete({ proof }, { familyName: '鬼龍院' }))
    await complete({ proof })
    const log = await wholeLog(house)
    expect(log).toContain(accountId)
    expect(log).toContain(link.id)
    for (const secret of ['very-special-person', '鬼龍院', link.token, link.code, proof, registration, goodPassword]) expect(log).not.toContain(secret)
    expect((await linkById(house, link.id)).usedAt).not.toBeNull()
  })
})
