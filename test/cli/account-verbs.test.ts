/** What operators do for people's accounts on the command line; Charlie's account is never touched by it. */
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resetPassword } from '../../src/accounts/reset-password.ts'
import { systemClock } from '../../src/base/clock.ts'
import { noOrigin } from '../../src/base/origin.ts'
import { UsageError } from '../../src/cli/fail.ts'
import { confirmTotp, startTotp } from '../../src/factors/enrol-totp.ts'
import { addMember } from '../../src/members/add-member.ts'
import { by, must } from '../accounts/house.ts'
import {
  admin, buildLinksHouse, databaseTime, devicesOf, invitee, isOutdated, knownIn, linesAbout, lockedOut, newcomer, newPassword, opens, profile, sessionsOf, setStatus, signedIn, somewhere, type LinksHouse,
} from '../accounts/links-house.ts'
import { scan } from '../factors/totp-app.ts'
import { answerOf, runTegata } from './terminal.ts'

let house: LinksHouse
beforeAll(async () => {
  house = await buildLinksHouse()
  await signedIn(house, house.charlie.accountId, 'of charlie')
  await knownIn(house, house.charlie.accountId, 'of charlie')
  await connectApp(house.charlie.accountId)
})
afterAll(() => house.close())

const tegata = (...line: [string, ...string[]]) => runTegata(house, ['account', ...line])
const json = (...line: [string, ...string[]]) => answerOf(house, ['account', ...line])

async function connectApp(accountId: string): Promise<void> {
  const deps = { ...house.deps, issuer: 'https://id.example.com', rpId: null, clock: systemClock }
  const { uri, enrolment } = await startTotp(deps, { accountId, account: 'somebody', tenantName: null })
  await must(confirmTotp(deps, { accountId, enrolment, code: scan(uri).codeAt(systemClock.now()), actor: accountId, origin: noOrigin }))
}

const accounts = async () => (await admin(house, 'select id from account')).length

/** Runs `work` with `text` on stdin. */
async function typing<T>(text: string, work: () => Promise<T>): Promise<T> {
  const kept = Object.getOwnPropertyDescriptor(process, 'stdin')
  Object.defineProperty(process, 'stdin', { value: Readable.from([text]), configurable: true })
  try {
    return await work()
  } finally {
    if (kept !== undefined) Object.defineProperty(process, 'stdin', kept)
  }
}

const factorsOf = (accountId: string) => json('factors', accountId)

describe('create', () => {
  it.each([['tegata-tegata', 'password_too_short'], ['password password password', 'password_too_common']])('judges %s as every other door does', async (typed, reason) => {
    const before = await accounts()
    expect(await typing(typed, () => json('create', '--email', 'judged@example.com', '--password-stdin'))).toEqual({ ok: false, reason })
    expect(await accounts()).toBe(before)
  })

  it('makes an active account of a good one', async () => {
    const created = await typing(`${newPassword}\nthe rest of the file`, () => json('create', '--email', 'typed@example.com', '--family-name', '新', '--password-stdin'))
    expect(created).toMatchObject({ ok: true, status: 'active' })
    const [row] = await admin(house, `select id from account where email = 'typed@example.com'`)
    expect(await opens(house, String(row?.['id']), newPassword)).toBe(true)
  })
})

describe('activate', () => {
  it('makes a link for staff without mail, who set their password by it once', async () => {
    const accountId = await invitee(house)
    await must(addMember(house.deps, { tenantId: house.sakura, role: 'STAFF', accountId, employeeNumber: 's-0700', ...by }))
    const first = await tegata('activate', 'S-0700@sakura')
    expect(first).toMatchObject({ code: 0, error: '' })
    const answer = await json('activate', accountId)
    expect(answer).toEqual({ ok: true, account_id: accountId, link: expect.stringMatching(/^http:\/\/localhost:3000\/activate\/[\w-]{43}$/), expires_at: expect.stringMatching(/^\d{4}-.*Z$/) })
    const use = (said: string) => resetPassword(house.deps, { token: /activate\/([\w-]+)/.exec(said)?.[1] ?? '', purpose: 'activation', password: newPassword, origin: somewhere() })
    expect(await use(first.out)).toEqual({ ok: false, reason: 'link_invalid' })
    expect(await use(JSON.stringify(answer))).toMatchObject({ ok: true, accountId })
    expect(await use(JSON.stringify(answer))).toEqual({ ok: false, reason: 'link_invalid' })
    expect(await opens(house, accountId, newPassword)).toBe(true)
    expect((await profile(house, accountId)).status).toBe('active')
  })

  it('makes none where somebody else may own the address, or the account is locked', async () => {
    const waiting = await invitee(house, 'waiting@example.com')
    expect(await tegata('activate', waiting)).toMatchObject({ code: 1, out: '', error: expect.stringMatching(/^Refused \(address_unproved\): .*\n$/) })
    const { accountId } = await newcomer(house)
    await setStatus(house, accountId, 'locked')
    expect(await json('activate', accountId)).toMatchObject({ ok: false, reason: 'account_suspended' })
  })
})

describe('locks and unlock', () => {
  it('show what has failed, and let it count afresh', async () => {
    const { accountId, email } = await newcomer(house)
    expect(await json('locks', email)).toEqual({ ok: true, account_id: accountId, password: { failures: 0, locked_until: null }, second_factor: { failures: 0, locked_until: null } })
    await lockedOut(house, 'password', accountId)
    await lockedOut(house, 'second_factor', accountId)
    const locked = { failures: expect.any(Number), locked_until: expect.stringMatching(/Z$/) }
    expect(await json('locks', email)).toEqual({ ok: true, account_id: accountId, password: locked, second_factor: locked })
    expect((await tegata('locks', email)).out).toMatch(/^password +10 failed +locked until .*Z\nsecond_factor +10 failed +locked until .*Z\n$/)
    expect(await tegata('unlock', email)).toMatchObject({ code: 0 })
    expect((await tegata('locks', email)).out).toMatch(/^password +0 failed +not locked\nsecond_factor +0 failed +not locked\n$/)
    expect(await linesAbout(house, accountId)).toContain('account.unlocked success')
  })
})

describe('factors and reset-factors', () => {
  it('show them without anything that opens something, and take them away with all that was proved by them', async () => {
    const { accountId, email } = await newcomer(house)
    await connectApp(accountId)
    await signedIn(house, accountId, 'before the reset')
    await knownIn(house, accountId, 'trusted')
    expect(await factorsOf(accountId)).toEqual({ ok: true, account_id: accountId, totp: { created_at: expect.any(String), last_used_at: null }, passkeys: [], recovery_codes_left: 10 })
    expect((await tegata('factors', email)).out).toMatch(/^totp +authenticator app +since .*\nrecovery codes +10 left\n$/)
    const before = await databaseTime(house)
    expect(await tegata('reset-factors', email, '--reason', 'lost the phone')).toMatchObject({ code: 0, error: '' })
    expect(await factorsOf(accountId)).toMatchObject({ totp: null, passkeys: [], recovery_codes_left: 0 })
    expect((await tegata('factors', email)).out).toBe('none\n')
    expect([await sessionsOf(house, accountId), await devicesOf(house, accountId), await isOutdated(house, accountId, before)]).toEqual([[], [], true])
    expect(await linesAbout(house, accountId)).toEqual(expect.arrayContaining(['factors.reset success lost the phone', 'account.signed_out_everywhere success factors_reset']))
  })

  it('want a reason', async () => {
    await expect(tegata('reset-factors', 'bob@example.com')).rejects.toBeInstanceOf(UsageError)
    await expect(tegata('reset-factors', 'bob@example.com', '--reason', ' ')).rejects.toBeInstanceOf(UsageError)
  })
})

describe('sessions', () => {
  it('are shown, and end one by one or all together', async () => {
    const { accountId, email } = await newcomer(house)
    for (const uid of ['one', 'two', 'three']) await signedIn(house, accountId, uid)
    expect(await json('sessions', email)).toMatchObject({ ok: true, sessions: [{ acr: 'aal1' }, {}, {}] })
    expect((await tegata('sessions', email)).out.split('\n').map((line) => line.split(' ')[0]).toSorted()).toEqual(['', 'one', 'three', 'two'])
    expect(await tegata('end-sessions', email, '--session', 'two')).toMatchObject({ code: 0, out: `ended 1 session of account ${accountId}\n` })
    expect(await json('end-sessions', email, '--session', 'of charlie')).toMatchObject({ ok: false, reason: 'not_found' })
    expect(await json('end-sessions', email)).toEqual({ ok: true, account_id: accountId, ended: 2 })
    expect(await sessionsOf(house, accountId)).toEqual([])
  })

  it('end everywhere with everything else that was proved', async () => {
    const { accountId, email } = await newcomer(house)
    await signedIn(house, accountId, 'anywhere')
    await knownIn(house, accountId, 'anywhere')
    const before = await databaseTime(house)
    expect(await json('sign-out-everywhere', email)).toEqual({ ok: true, account_id: accountId })
    expect([await sessionsOf(house, accountId), await devicesOf(house, accountId), await isOutdated(house, accountId, before)]).toEqual([[], [], true])
  })
})

describe('profile', () => {
  it('is shown, and changed where something is named', async () => {
    const { accountId, email } = await newcomer(house)
    expect(await json('profile', email)).toMatchObject({ ok: true, profile: { id: accountId, email, family_name: '新', given_name_kana: null, zoneinfo: 'Asia/Tokyo', delete_after: null } })
    expect(await json('profile', email, '--given-name', '葉', '--given-name-kana', 'ヨウ', '--locale', 'en', '--zoneinfo', 'Europe/Berlin')).toEqual({ ok: true, account_id: accountId })
    expect(await profile(house, accountId)).toMatchObject({ display_name: '新 葉', family_name: '新', given_name_kana: 'ヨウ', locale: 'en', zoneinfo: 'Europe/Berlin' })
    await tegata('profile', email, '--given-name-kana', '')
    expect(await profile(house, accountId)).toMatchObject({ given_name_kana: null, locale: 'en' })
    expect((await tegata('profile', email)).out).toContain('Europe/Berlin')
    expect(await json('profile', email, '--zoneinfo', 'Mars/Olympus')).toEqual({ ok: false, reason: 'zoneinfo_unknown' })
    expect(await json('profile', email, '--family-name', '', '--given-name', '')).toEqual({ ok: false, reason: 'name_missing' })
  })

  it('of an erased account is gone', async () => {
    const { accountId } = await newcomer(house)
    await admin(house, `update account set email = null, status = 'erased', display_name = '' where id = $1`, [accountId])
    expect(await json('profile', accountId)).toEqual({ ok: false, reason: 'account_erased' })
  })
})

describe('delete and keep', () => {
  it('set the day and take it back', async () => {
    const { accountId, email } = await newcomer(house)
    const answer = await json('delete', email)
    expect(answer).toEqual({ ok: true, account_id: accountId, delete_after: expect.stringMatching(/Z$/) })
    expect(await json('delete', email)).toEqual(answer)
    expect((await profile(house, accountId)).delete_after).not.toBeNull()
    expect(await json('keep', email)).toEqual({ ok: true, account_id: accountId })
    expect((await profile(house, accountId)).delete_after).toBeNull()
    expect(await json('keep', email)).toEqual({ ok: false, reason: 'not_requested' })
  })

  it('leave no tenant without an administrator', async () => {
    expect(await tegata('delete', 'alice@example.com')).toMatchObject({ code: 1, error: expect.stringMatching(/^Refused \(last_admin\): .*医療法人さくら会\.\n$/) })
  })
})

describe('Charlie', () => {
  it('notices nothing of all this', async () => {
    const { accountId } = house.charlie
    expect([await sessionsOf(house, accountId), await devicesOf(house, accountId)]).toEqual([['of charlie'], ['of charlie']])
    expect(await factorsOf(accountId)).toMatchObject({ totp: { created_at: expect.any(String) }, recovery_codes_left: 10 })
    expect(await profile(house, accountId)).toMatchObject({ status: 'active', delete_after: null })
  })
})

describe('somebody who is not there', () => {
  it.each(['nobody@example.com', 'S-9999@sakura', 'S-0700', 'nobody'])('is told in one line: %s', async (name) => {
    for (const verb of ['activate', 'unlock', 'locks', 'factors', 'sessions', 'end-sessions', 'sign-out-everywhere', 'profile', 'delete', 'keep'] as const) {
      await expect(tegata(verb, name)).rejects.toThrow(/^There is no account .*/)
    }
  })
})
