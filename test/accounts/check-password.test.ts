/** Signing in by password: who gets in, what everybody else learns (nothing), and what the log says. */
import { hash as argon2Hash } from 'argon2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attemptLimits } from '../../src/accounts/attempts.ts'
import { checkPassword } from '../../src/accounts/check-password.ts'
import { createAccount } from '../../src/accounts/create-account.ts'
import { HashPoolFull } from '../../src/accounts/hash-pool.ts'
import { suspendAccount } from '../../src/accounts/suspend-account.ts'
import { asSuperuser } from '../helpers/database.ts'
import { attemptBy, buildHouse, by, eventsAbout, must, password, signInDeps, type House } from './house.ts'

let house: House
beforeAll(async () => { house = await buildHouse() })
afterAll(() => house.close())

let lastAddress = 0
/** Every test comes from a place of its own, so that none runs into another's limit. */
const somewhere = (): string => `198.51.100.${++lastAddress}`

let lastName = 0
async function newcomer(secret: string | null = password): Promise<{ accountId: string; email: string }> {
  const email = `newcomer${++lastName}@example.com`
  const { databases } = house.test
  const { accountId } = await must(createAccount({ databases, hashes: house.hashes }, { email, emailVerified: true, familyName: '新', givenName: '人', password: secret, ...by }))
  return { accountId, email }
}

const wrong = { ok: false, reason: 'wrong_credentials' }

describe('a person with the right password', () => {
  it('gets in by address, however it is spelled', async () => {
    const deps = signInDeps(house)
    const expected = { ok: true, accountId: house.alice.accountId, displayName: '試験 alice' }
    expect(await checkPassword(deps, attemptBy(' Alice@EXAMPLE.com', somewhere()))).toEqual(expected)
    expect((await eventsAbout(house.test, house.alice.accountId)).at(-1)).toMatchObject({
      type: 'sign_in.succeeded', outcome: 'success', after: { amr: ['pwd'], acr: 'aal1', client_id: 'karte' }, ip: `198.51.100.${lastAddress}`,
    })
  })

  it.each([
    ['S-0002@sakura', null, 'bob'],
    ['s-0002@midori', null, 'charlie'],
    ['S-0002', 'sakura', 'bob'],
    ['S-0002@midori', 'sakura', 'charlie'],
  ] as const)('gets in by the staff number %s with the tenant %s as %s', async (identifier, tenantHint, who) => {
    expect(await checkPassword(signInDeps(house), attemptBy(identifier, somewhere(), { tenantHint }))).toMatchObject({ ok: true, accountId: house[who].accountId })
  })

  it('gets in by a staff number where the page knows the id of the tenant', async () => {
    expect(await checkPassword(signInDeps(house), attemptBy('S-0002', somewhere(), { tenantHint: house.midori }))).toMatchObject({ ok: true, accountId: house.charlie.accountId })
  })

  it('has the hash renewed once when its parameters have changed', async () => {
    const { accountId, email } = await newcomer()
    const old = await argon2Hash(password, { memoryCost: 8192, timeCost: 2, parallelism: 1 })
    await asSuperuser(house.test.adminUrl, (admin) => admin.query('update factor_password set phc = $1 where account_id = $2', [old, accountId]))
    const deps = signInDeps(house)
    expect(await checkPassword(deps, attemptBy(email, somewhere()))).toMatchObject({ ok: true })
    expect(await checkPassword(deps, attemptBy(email, somewhere()))).toMatchObject({ ok: true })
    expect(deps.work).toEqual(['verify', 'hash', 'verify'])
    expect((await eventsAbout(house.test, accountId)).map(({ type }) => type)).toEqual(['account.created', 'password.rehashed', 'sign_in.succeeded', 'sign_in.succeeded'])
  })
})

describe('everybody else', () => {
  it.each([
    ['alice@example.com', 'wrong', 'verify'],
    ['nobody@example.com', 'wrong', 'verifyDummy'],
    ['S-0002', 'wrong', 'verifyDummy'],
    ['S-0002@tenant-that-is-not', 'wrong', 'verifyDummy'],
    ['S-0001@midori', password, 'verifyDummy'],
    ['not an identifier', 'wrong', 'verifyDummy'],
    ['alice@example.com', 'x'.repeat(100_000), 'verify'],
  ])('%s costs exactly one hash and gets the same answer', async (identifier, typed, work) => {
    const deps = signInDeps(house)
    expect(await checkPassword(deps, attemptBy(identifier, somewhere(), { password: typed }))).toEqual(wrong)
    expect(deps.work).toEqual([work])
  })

  it.each(["x' or 1=1", 'SAKURA', '\u0000', 'x'.repeat(10_000)])('finds nobody with the strange tenant hint %j', async (tenantHint) => {
    expect(await checkPassword(signInDeps(house), attemptBy('S-0002', somewhere(), { tenantHint }))).toEqual(wrong)
  })

  it('leaves an event that does not repeat what was typed', async () => {
    const before = await eventsAbout(house.test, null)
    await checkPassword(signInDeps(house), attemptBy('my-password-by-mistake@example.com', somewhere(), { password: 'wrong' }))
    const [event, ...more] = (await eventsAbout(house.test, null)).slice(before.length)
    expect(more).toEqual([])
    expect(event).toMatchObject({ type: 'sign_in.failed', outcome: 'failure', reason: 'unknown_identifier', subject: null })
    expect(JSON.stringify(event)).not.toContain('mistake')
  })

  it('cannot use an account that is still pending', async () => {
    const { accountId, email } = await newcomer(null)
    const deps = signInDeps(house)
    expect(await checkPassword(deps, attemptBy(email, somewhere()))).toEqual(wrong)
    expect(deps.work).toEqual(['verifyDummy'])
    expect((await eventsAbout(house.test, accountId)).at(-1)).toMatchObject({ type: 'sign_in.failed', reason: 'no_password' })
  })

  it('learns that an account is suspended only with its password', async () => {
    const { accountId, email } = await newcomer()
    await must(suspendAccount({ databases: house.test.databases, sessions: { endSessions: async () => {} } }, { accountId, status: 'locked', ...by }))
    expect(await checkPassword(signInDeps(house), attemptBy(email, somewhere(), { password: 'wrong' }))).toEqual(wrong)
    expect(await checkPassword(signInDeps(house), attemptBy(email, somewhere()))).toEqual({ ok: false, reason: 'account_suspended' })
    expect((await eventsAbout(house.test, accountId)).at(-1)).toMatchObject({ type: 'sign_in.refused', outcome: 'refused', reason: 'account_suspended' })
  })

  it('does not get in with a password that was changed while it was being checked', async () => {
    const { accountId, email } = await newcomer()
    const deps = signInDeps(house)
    const other = await house.hashes.hash('another password')
    const verify = async (phc: string, text: string) => {
      const answer = await house.hashes.verify(phc, text)
      await asSuperuser(house.test.adminUrl, (admin) => admin.query('update factor_password set phc = $1 where account_id = $2', [other, accountId]))
      return answer
    }
    expect(await checkPassword({ ...deps, hashes: { ...deps.hashes, verify } }, attemptBy(email, somewhere()))).toEqual(wrong)
    expect((await eventsAbout(house.test, accountId)).at(-1)).toMatchObject({ type: 'sign_in.failed', reason: 'password_changed' })
  })

  it('does not get in when the account is suspended while the password is being checked', async () => {
    const { accountId, email } = await newcomer()
    const deps = signInDeps(house)
    const verify = async (phc: string, text: string) => {
      const answer = await house.hashes.verify(phc, text)
      await must(suspendAccount({ databases: house.test.databases, sessions: { endSessions: async () => {} } }, { accountId, status: 'disabled', ...by }))
      return answer
    }
    expect(await checkPassword({ ...deps, hashes: { ...deps.hashes, verify } }, attemptBy(email, somewhere()))).toEqual({ ok: false, reason: 'account_suspended' })
  })
})

describe('the lock', () => {
  const limits = { ...attemptLimits, perIdentifier: 5 }

  it.each(['known', 'unknown'])('lets no more than the limit of 30 parallel guesses through for a name that is %s', async (kind) => {
    const { accountId, email } = kind === 'known' ? await newcomer() : { accountId: null, email: 'nobody-at-all@example.com' }
    const deps = signInDeps(house, limits)
    const guesses = Array.from({ length: 30 }, () => checkPassword(deps, attemptBy(email, somewhere(), { password: 'wrong' })))
    const results = await Promise.all(guesses)
    expect(results.filter((result) => !result.ok && result.reason === 'wrong_credentials')).toHaveLength(5)
    expect(results.filter((result) => !result.ok && result.reason === 'too_many_attempts' && result.retryAfterSeconds > 0)).toHaveLength(25)
    expect(deps.work).toEqual(Array.from({ length: 5 }, () => (kind === 'known' ? 'verify' : 'verifyDummy')))
    if (accountId !== null) {
      const locked = (await eventsAbout(house.test, accountId)).filter(({ type }) => type === 'account.locked')
      expect(locked).toHaveLength(1)
      expect(locked[0]).toMatchObject({ outcome: 'refused', reason: 'too_many_attempts', after: { until: expect.stringMatching(/^\d{4}-.*Z$/), ip: expect.any(String) } })
    }
  })

  it('answers alike for a name that somebody has and one that nobody has', async () => {
    const { email } = await newcomer()
    const answers = async (name: string) => {
      const deps = signInDeps(house, limits)
      const given = []
      for (let i = 0; i < 7; i++) given.push(await checkPassword(deps, attemptBy(name, somewhere(), { password: 'wrong' })))
      return given.map((answer) => (answer.ok ? 'ok' : answer.reason))
    }
    expect(await answers(email)).toEqual(await answers('still-nobody@example.com'))
  })

  it('holds against the right password too, under every spelling of the name, and nobody else is locked', async () => {
    const deps = signInDeps(house, limits)
    for (let i = 0; i < 5; i++) await checkPassword(deps, attemptBy('S-0002@sakura', somewhere(), { password: 'wrong' }))
    for (const spelling of ['S-0002@sakura', 'ｓ-0002@SAKURA']) {
      expect(await checkPassword(deps, attemptBy(spelling, somewhere()))).toMatchObject({ ok: false, reason: 'too_many_attempts' })
    }
    for (const hint of ['sakura', house.sakura]) {
      expect(await checkPassword(deps, attemptBy('S-0002', somewhere(), { tenantHint: hint }))).toMatchObject({ ok: false, reason: 'too_many_attempts' })
    }
    expect(await checkPassword(deps, attemptBy('S-0002@midori', somewhere()))).toMatchObject({ ok: true })
  })

  it('ends by itself, and the next one is told again', async () => {
    const { accountId, email } = await newcomer()
    const deps = signInDeps(house, limits)
    const lockOnce = async () => {
      for (let i = 0; i < 6; i++) await checkPassword(deps, attemptBy(email, somewhere(), { password: 'wrong' }))
    }
    await lockOnce()
    await asSuperuser(house.test.adminUrl, (admin) => admin.query('update attempt set expire = 0'))
    expect(await checkPassword(deps, attemptBy(email, somewhere()))).toMatchObject({ ok: true })
    await lockOnce()
    expect((await eventsAbout(house.test, accountId)).filter(({ type }) => type === 'account.locked')).toHaveLength(2)
  })

  it('starts afresh after a success', async () => {
    const { email } = await newcomer()
    const deps = signInDeps(house, limits)
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 4; i++) expect(await checkPassword(deps, attemptBy(email, somewhere(), { password: 'wrong' }))).toEqual(wrong)
      expect(await checkPassword(deps, attemptBy(email, somewhere()))).toMatchObject({ ok: true })
    }
  })

  it('counts a place over all names, an IPv6 network as one, and successes not at all', async () => {
    const deps = signInDeps(house, { ...attemptLimits, perAddress: 4 })
    for (let i = 0; i < 6; i++) expect(await checkPassword(deps, attemptBy('alice@example.com', '2001:db8::1'))).toMatchObject({ ok: true })
    for (let i = 0; i < 4; i++) expect(await checkPassword(deps, attemptBy(`guess${i}@example.com`, `2001:db8::${i}`, { password: 'wrong' }))).toEqual(wrong)
    expect(await checkPassword(deps, attemptBy('alice@example.com', '2001:db8::ffff'))).toMatchObject({ ok: false, reason: 'too_many_attempts' })
    expect(await checkPassword(deps, attemptBy('alice@example.com', '2001:db8:1::1'))).toMatchObject({ ok: true })
    expect((await eventsAbout(house.test, house.alice.accountId)).some(({ type }) => type === 'account.locked')).toBe(false)
  })

  it('does not spend the place of a person who keeps trying while locked', async () => {
    const { email } = await newcomer()
    const deps = signInDeps(house, { ...attemptLimits, perIdentifier: 2, perAddress: 4 })
    for (let i = 0; i < 10; i++) await checkPassword(deps, attemptBy(email, '203.0.113.77', { password: 'wrong' }))
    expect(await checkPassword(deps, attemptBy('alice@example.com', '203.0.113.77'))).toMatchObject({ ok: true })
  })

  it('does not count an attempt whose password was never checked', async () => {
    const { email } = await newcomer()
    const deps = signInDeps(house, { ...attemptLimits, perIdentifier: 2, perAddress: 2 })
    const full = { ...deps, hashes: { ...deps.hashes, verify: () => Promise.reject(new HashPoolFull()) } }
    for (let i = 0; i < 5; i++) await expect(checkPassword(full, attemptBy(email, '203.0.113.78'))).rejects.toThrow(HashPoolFull)
    expect(await checkPassword(deps, attemptBy(email, '203.0.113.78'))).toMatchObject({ ok: true })
  })

  it('keeps neither names nor addresses in its table', async () => {
    const deps = signInDeps(house)
    await checkPassword(deps, attemptBy('bob@example.com', '203.0.113.79', { password: 'wrong' }))
    const keys = await asSuperuser(house.test.adminUrl, async (admin) => (await admin.query<{ key: string }>('select key from attempt')).rows.map((row) => row.key))
    expect(keys.length).toBeGreaterThan(0)
    for (const key of keys) expect(key).toMatch(/^(?:identifier|address):[A-Za-z0-9_-]{43}$/)
  })

  it('lets nobody in while the counters cannot be reached', async () => {
    const deps = signInDeps(house)
    const broken = { ...deps, attempts: { reserve: () => Promise.reject(new Error('the database is away')) } }
    await expect(checkPassword(broken, attemptBy('alice@example.com', somewhere()))).rejects.toThrow('away')
    expect(deps.work).toEqual([])
  })
})
