/** Signing in by password: who gets in, what everybody else learns (nothing), and what the log says. */
import { hash as argon2Hash } from 'argon2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attemptLimits } from '../../src/accounts/attempts.ts'
import { checkPassword } from '../../src/accounts/check-password.ts'
import { createAccount } from '../../src/accounts/create-account.ts'
import { HashPoolFull } from '../../src/accounts/hash-pool.ts'
import { isKnownDevice, recogniseDevice } from '../../src/accounts/devices.ts'
import { suspendAccount } from '../../src/accounts/suspend-account.ts'
import { asSuperuser } from '../helpers/database.ts'
import { attemptBy, buildHouse, by, eventsAbout, must, passTime, password, passwords, signInDeps, type House } from './house.ts'

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
  const { accountId } = await must(createAccount({ databases, hashes: house.hashes, passwords }, { email, emailVerified: true, familyName: '新', givenName: '人', password: secret, ...by }))
  return { accountId, email }
}

const wrong = { ok: false, reason: 'wrong_credentials' }

describe('a person with the right password', () => {
  it('gets in by address, however it is spelled', async () => {
    const deps = signInDeps(house)
    const expected = { ok: true, accountId: house.alice.accountId, displayName: '試験 alice', email: 'alice@example.com', provenAt: expect.any(Number) }
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
  const fewer = { ...attemptLimits.accountAtNetwork, free: 5 }
  const limits = { ...attemptLimits, accountAtNetwork: fewer }
  const reasons = (results: readonly { ok: boolean; reason?: string }[]) => results.map((result) => result.reason ?? 'ok')
  const lockEvents = async (accountId: string) => (await eventsAbout(house.test, accountId)).filter(({ type }) => type === 'account.locked')

  it.each(['known', 'unknown'])('lets no more than ten of 50 parallel guesses through for a name that is %s', async (kind) => {
    const { accountId, email } = kind === 'known' ? await newcomer() : { accountId: null, email: 'nobody-at-all@example.com' }
    const deps = signInDeps(house)
    const place = somewhere()
    const results = await Promise.all(Array.from({ length: 50 }, () => checkPassword(deps, attemptBy(email, place, { password: 'wrong' }))))
    expect(reasons(results).sort()).toEqual([...Array.from({ length: 40 }, () => 'too_many_attempts'), ...Array.from({ length: 10 }, () => 'wrong_credentials')])
    expect(deps.work).toEqual(Array.from({ length: 10 }, () => (kind === 'known' ? 'verify' : 'verifyDummy')))
    if (accountId === null) return
    expect(await lockEvents(accountId)).toEqual([expect.objectContaining({
      outcome: 'refused', reason: 'too_many_attempts', after: { until: expect.stringMatching(/^\d{4}-.*Z$/), ip: place, scope: 'account_at_network' },
    })])
  })

  it('answers alike for a name that somebody has and one that nobody has, from a browser with a cookie too', async () => {
    const { email } = await newcomer()
    const answers = async (name: string) => {
      const deps = signInDeps(house, { ...limits, untilCleared: { ...attemptLimits.untilCleared, free: 8 } })
      const place = somewhere()
      const given = []
      for (let i = 0; i < 12; i++) given.push(await checkPassword(deps, attemptBy(name, i < 8 ? place : somewhere(), { password: 'wrong', deviceId: 'a-cookie' })))
      return given.map((answer) => (answer.ok ? 'ok' : Object.entries({ ...answer, retryAfterSeconds: 0 }).join()))
    }
    const ofSomebody = await answers(email)
    expect(ofSomebody).toEqual(await answers('still-nobody@example.com'))
    expect(new Set(ofSomebody).size).toBe(3)
  })

  it('holds against the right password, under every name of the person, and nobody else is locked', async () => {
    const deps = signInDeps(house, limits)
    const place = somewhere()
    for (let i = 0; i < 5; i++) await checkPassword(deps, attemptBy(i < 3 ? 'S-0002@sakura' : 'bob@example.com', place, { password: 'wrong' }))
    for (const spelling of ['S-0002@sakura', 'ｓ-0002@SAKURA', 'Bob@example.com']) {
      expect(await checkPassword(deps, attemptBy(spelling, place))).toMatchObject({ ok: false, reason: 'too_many_attempts' })
    }
    for (const hint of ['sakura', house.sakura]) {
      expect(await checkPassword(deps, attemptBy('S-0002', place, { tenantHint: hint }))).toMatchObject({ ok: false, reason: 'too_many_attempts' })
    }
    expect(await checkPassword(deps, attemptBy('S-0002@midori', place))).toMatchObject({ ok: true })
    expect(await checkPassword(deps, attemptBy('bob@example.com', somewhere()))).toMatchObject({ ok: true })
  })

  it('by strangers does not reach the browser that the person knows, and theirs does not reach another account', async () => {
    const { accountId, email } = await newcomer()
    const deviceId = 'cookie-of-the-newcomer'
    await house.test.databases.inEngine((trx) => recogniseDevice(trx, { accountId, deviceId, origin: by.origin }))
    const deps = signInDeps(house, limits)
    const place = somewhere()
    for (let i = 0; i < 6; i++) await checkPassword(deps, attemptBy(email, place, { password: 'wrong' }))
    expect(await checkPassword(deps, attemptBy(email, place))).toMatchObject({ reason: 'too_many_attempts' })
    expect(await checkPassword(deps, attemptBy(email, place, { deviceId }))).toMatchObject({ ok: true, accountId })
    for (let i = 0; i < 5; i++) await checkPassword(deps, attemptBy('charlie@example.com', place, { password: 'wrong', deviceId }))
    expect(await checkPassword(deps, attemptBy('charlie@example.com', place, { deviceId }))).toMatchObject({ reason: 'too_many_attempts' })
    expect(await isKnownDevice(house.test.databases.engine, { accountId: house.charlie.accountId, deviceId })).toBe(false)
  })

  it('ends by itself, and the next one is told again', async () => {
    const { accountId, email } = await newcomer()
    const deps = signInDeps(house, limits)
    const place = somewhere()
    for (let i = 0; i < 8; i++) await checkPassword(deps, attemptBy(email, place, { password: 'wrong' }))
    expect(await lockEvents(accountId)).toHaveLength(1)
    await passTime(house.test, 60)
    for (let i = 0; i < 3; i++) await checkPassword(deps, attemptBy(email, place, { password: 'wrong' }))
    expect(await lockEvents(accountId)).toHaveLength(2)
    await passTime(house.test, 120)
    expect(await checkPassword(deps, attemptBy(email, place))).toMatchObject({ ok: true })
  })

  it('is told to its owner by the failure that begins it, so that nobody escapes notice by waiting it out', async () => {
    const { accountId, email } = await newcomer()
    const deps = signInDeps(house, limits)
    const place = somewhere()
    for (let i = 0; i < 5; i++) expect(await checkPassword(deps, attemptBy(email, place, { password: 'wrong' }))).toEqual(wrong)
    expect(await lockEvents(accountId)).toHaveLength(1)
    await passTime(house.test, 60)
    expect(await checkPassword(deps, attemptBy(email, place, { password: 'wrong' }))).toEqual(wrong)
    expect(await lockEvents(accountId)).toHaveLength(2)
  })

  it('starts afresh after a success', async () => {
    const { accountId, email } = await newcomer()
    const deps = signInDeps(house, limits)
    const place = somewhere()
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 4; i++) expect(await checkPassword(deps, attemptBy(email, place, { password: 'wrong' }))).toEqual(wrong)
      expect(await checkPassword(deps, attemptBy(email, place))).toMatchObject({ ok: true })
    }
    expect(await lockEvents(accountId)).toEqual([])
  })

  it('says after too many in a row that waiting does not help, until it is cleared', async () => {
    const { accountId, email } = await newcomer()
    const deps = signInDeps(house, { ...attemptLimits, untilCleared: { ...attemptLimits.untilCleared, free: 3 } })
    for (let i = 0; i < 3; i++) expect(await checkPassword(deps, attemptBy(email, somewhere(), { password: 'wrong' }))).toEqual(wrong)
    await passTime(house.test, 30 * 24 * 3600)
    expect(await checkPassword(deps, attemptBy(email, somewhere()))).toEqual({ ok: false, reason: 'too_many_attempts', untilCleared: true })
    expect(await lockEvents(accountId)).toMatchObject([{ after: { scope: 'account_until_cleared' } }])
    await deps.attempts.clear('password', accountId)
    expect(await checkPassword(deps, attemptBy(email, somewhere()))).toMatchObject({ ok: true })
  })

  it('counts a place over all names, an IPv6 network as one, and successes not at all', async () => {
    const deps = signInDeps(house, { ...attemptLimits, passwordsFromNetwork: { points: 4, seconds: 900 } })
    for (let i = 0; i < 6; i++) expect(await checkPassword(deps, attemptBy('alice@example.com', '2001:db8::1'))).toMatchObject({ ok: true })
    for (let i = 0; i < 4; i++) expect(await checkPassword(deps, attemptBy(`guess${i}@example.com`, `2001:db8::${i}`, { password: 'wrong' }))).toEqual(wrong)
    expect(await checkPassword(deps, attemptBy('alice@example.com', '2001:db8::ffff'))).toMatchObject({ ok: false, reason: 'too_many_attempts' })
    expect(await checkPassword(deps, attemptBy('alice@example.com', '2001:db8:1::1'))).toMatchObject({ ok: true })
    expect(await lockEvents(house.alice.accountId)).toEqual([])
  })

  it('does not spend the place of a person who keeps trying while locked', async () => {
    const { email } = await newcomer()
    const deps = signInDeps(house, { ...attemptLimits, accountAtNetwork: { ...fewer, free: 2 }, passwordsFromNetwork: { points: 4, seconds: 900 } })
    for (let i = 0; i < 10; i++) await checkPassword(deps, attemptBy(email, '203.0.113.77', { password: 'wrong' }))
    expect(await checkPassword(deps, attemptBy('alice@example.com', '203.0.113.77'))).toMatchObject({ ok: true })
  })

  it('does not count an attempt whose password was never checked', async () => {
    const { accountId, email } = await newcomer()
    const deps = signInDeps(house, { ...attemptLimits, accountAtNetwork: { ...fewer, free: 2 }, passwordsFromNetwork: { points: 2, seconds: 900 } })
    const full = { ...deps, hashes: { ...deps.hashes, verify: () => Promise.reject(new HashPoolFull()) } }
    for (let i = 0; i < 5; i++) await expect(checkPassword(full, attemptBy(email, '203.0.113.78'))).rejects.toThrow(HashPoolFull)
    expect(await deps.attempts.look('password', accountId)).toEqual({ failures: 0, lockedUntil: null })
    expect(await checkPassword(deps, attemptBy(email, '203.0.113.78'))).toMatchObject({ ok: true })
  })

  it('lets nobody in while the counters cannot be reached', async () => {
    const deps = signInDeps(house)
    const broken = { ...deps, attempts: { reserve: () => Promise.reject(new Error('the database is away')) } }
    await expect(checkPassword(broken, attemptBy('alice@example.com', somewhere()))).rejects.toThrow('away')
    expect(deps.work).toEqual([])
  })
})

describe('the moment of proof', () => {
  it('is the database’s and lies before everything that ends the account’s sessions later', async () => {
    const { accountId, email } = await newcomer()
    const result = await checkPassword(signInDeps(house), attemptBy(email, somewhere()))
    const { rows: [clock] } = await asSuperuser(house.test.adminUrl, (admin) => admin.query<{ ms: number }>('select extract(epoch from clock_timestamp())::float8 * 1000 as ms'))
    const provenAt = result.ok ? result.provenAt : NaN
    expect((clock?.ms ?? 0) - provenAt).toBeGreaterThanOrEqual(0)
    expect((clock?.ms ?? 0) - provenAt).toBeLessThan(10_000)
    await must(suspendAccount({ databases: house.test.databases, sessions: { endSessions: async () => {} } }, { accountId, status: 'locked', ...by }))
    const { not_before: notBefore } = await house.test.databases.engine.selectFrom('account').select('not_before').where('id', '=', accountId).executeTakeFirstOrThrow()
    expect(notBefore.getTime()).toBeGreaterThanOrEqual(provenAt)
  })
})
