/** How often a secret may be tried: what is free, how locks grow, whom they reach, and that nobody can be locked out of a browser of their own. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attemptLimits, createAttempts, type Attempt, type Attempts } from '../../src/accounts/attempts.ts'
import { asSuperuser, createDatabase, type TestDatabase } from '../helpers/database.ts'
import { passTime } from './house.ts'

let test: TestDatabase
let attempts: Attempts
beforeAll(async () => {
  test = await createDatabase()
  attempts = createAttempts({ databases: test.databases, masterKey: test.masterKey })
})
afterAll(() => test.close())

let last = 0
const somebody = () => `account-${++last}`
const somewhere = () => `2001:db8:${(++last).toString(16)}::1`
const minute = 60
const day = 24 * 3600

type Try = Partial<Attempt> & { readonly subject: string }
const attempt = (more: Try): Attempt => ({ kind: 'password', ip: '198.51.100.1', knownDevice: null, ...more })

/** One wrong guess: what it met, and the lock that it was told of. */
async function fail(more: Try, by: Attempts = attempts) {
  const reservation = await by.reserve(attempt(more))
  return reservation.ok ? { ok: true as const, lock: await reservation.failed() } : reservation
}

async function failTimes(count: number, more: () => Try, by?: Attempts): Promise<void> {
  for (let i = 0; i < count; i++) expect(await fail(more(), by)).toMatchObject({ ok: true })
}

async function succeed(more: Try): Promise<void> {
  const reservation = await attempts.reserve(attempt(more))
  if (!reservation.ok) throw new Error(`refused: ${reservation.scope}`)
  await reservation.succeeded()
}

const isFree = async (more: Try): Promise<boolean> => {
  const reservation = await attempts.reserve(attempt(more))
  if (reservation.ok) await reservation.release()
  return reservation.ok
}

describe('guessing at an account from one network', () => {
  it('is free ten times, however many come at once, and the lock is told once', async () => {
    const subject = somebody()
    const results = await Promise.all(Array.from({ length: 50 }, () => fail({ subject })))
    expect(results.filter(({ ok }) => ok)).toHaveLength(10)
    const told = results.filter((result) => (result.ok ? result.lock !== null : result.justLocked))
    expect(told).toHaveLength(1)
    expect(results.filter((result) => !result.ok).every(({ scope, retryAfterSeconds }) => scope === 'account_at_network' && retryAfterSeconds > 0 && retryAfterSeconds <= minute)).toBe(true)
  })

  it('is told to the first who is refused where the failure itself was never reported', async () => {
    const subject = somebody()
    for (let i = 0; i < 10; i++) await attempts.reserve(attempt({ subject }))
    const refused = await Promise.all([fail({ subject }), fail({ subject }), fail({ subject })])
    expect(refused.filter((result) => !result.ok && result.justLocked)).toHaveLength(1)
  })

  it('meets locks of 1, 2, 5, 15, 30 and 60 minutes, with one guess between two, and each is told', async () => {
    const subject = somebody()
    await failTimes(9, () => ({ subject }))
    for (const minutes of [1, 2, 5, 15, 30, 60, 60, 60]) {
      expect(await fail({ subject })).toEqual({ ok: true, lock: { scope: 'account_at_network', retryAfterSeconds: minutes * minute } })
      await passTime(test, minutes * minute - 5)
      expect(await fail({ subject })).toMatchObject({ ok: false, justLocked: false, retryAfterSeconds: expect.closeTo(5, -1) })
      await passTime(test, 5)
    }
  })

  it('lets one of two through who come when a lock ends', async () => {
    const subject = somebody()
    await failTimes(10, () => ({ subject }))
    await passTime(test, minute)
    expect((await Promise.all([fail({ subject }), fail({ subject })])).map(({ ok }) => ok).sort()).toEqual([false, true])
  })

  it('is forgotten after a quiet day and not before', async () => {
    const subject = somebody()
    await failTimes(10, () => ({ subject }))
    await passTime(test, day - 60)
    await failTimes(1, () => ({ subject }))
    expect(await isFree({ subject })).toBe(false)
    await passTime(test, day)
    await failTimes(10, () => ({ subject }))
    expect(await fail({ subject })).toMatchObject({ ok: false, retryAfterSeconds: expect.closeTo(minute, -1) })
  })

  it('does not lock the account elsewhere, nor another account there; an IPv6 network is one place', async () => {
    const [subject, ip] = [somebody(), '2001:db8:aaaa:1::1']
    await failTimes(10, () => ({ subject, ip }))
    expect(await isFree({ subject, ip: '2001:db8:aaaa:1:ffff::2' })).toBe(false)
    expect(await isFree({ subject, ip: '2001:db8:aaaa:2::1' })).toBe(true)
    expect(await isFree({ subject, ip: null })).toBe(true)
    expect(await isFree({ subject: somebody(), ip })).toBe(true)
  })

  it('starts afresh there after a success', async () => {
    const [subject, there, elsewhere] = [somebody(), somewhere(), somewhere()]
    await failTimes(10, () => ({ subject, ip: elsewhere }))
    await failTimes(9, () => ({ subject, ip: there }))
    await succeed({ subject, ip: there })
    await failTimes(9, () => ({ subject, ip: there }))
    expect(await isFree({ subject, ip: elsewhere })).toBe(false)
  })

  it('takes back an attempt that was never judged, with the lock that it began', async () => {
    const subject = somebody()
    await failTimes(9, () => ({ subject }))
    const reservations = await Promise.all([attempts.reserve(attempt({ subject })), attempts.reserve(attempt({ subject }))])
    expect(reservations.map(({ ok }) => ok).sort()).toEqual([false, true])
    for (const reservation of reservations) if (reservation.ok) await reservation.release()
    expect(await attempts.look('password', subject)).toEqual({ failures: 9, lockedUntil: null })
    expect(await fail({ subject })).toMatchObject({ ok: true, lock: { retryAfterSeconds: minute } })
  })

  it('takes back only its own where others have failed since', async () => {
    const subject = somebody()
    const reservation = await attempts.reserve(attempt({ subject }))
    await failTimes(3, () => ({ subject }))
    if (reservation.ok) await reservation.release()
    expect(await attempts.look('password', subject)).toMatchObject({ failures: 3 })
  })
})

describe('guessing at an account from many networks', () => {
  it('is free 30 times in an hour, and then locks that grow for everybody but the browsers it knows', async () => {
    const subject = somebody()
    await failTimes(29, () => ({ subject, ip: somewhere() }))
    expect(await fail({ subject, ip: somewhere() })).toEqual({ ok: true, lock: { scope: 'account', retryAfterSeconds: minute } })
    expect(await fail({ subject, ip: somewhere() })).toMatchObject({ ok: false, scope: 'account', justLocked: false })
    expect(await isFree({ subject, ip: somewhere(), knownDevice: 'own' })).toBe(true)
    await passTime(test, minute)
    expect(await fail({ subject, ip: somewhere() })).toEqual({ ok: true, lock: { scope: 'account', retryAfterSeconds: 2 * minute } })
  })

  it('lets no more than 30 of 60 parallel guesses through', async () => {
    const subject = somebody()
    const results = await Promise.all(Array.from({ length: 60 }, () => fail({ subject, ip: somewhere() })))
    expect(results.filter(({ ok }) => ok)).toHaveLength(30)
    expect(results.filter((result) => (result.ok ? result.lock !== null : result.justLocked))).toHaveLength(1)
  })

  it('is no attack when it is spread over the day', async () => {
    const subject = somebody()
    for (let hours = 0; hours < 3; hours++) {
      await failTimes(29, () => ({ subject, ip: somewhere() }))
      await passTime(test, 3600)
    }
    expect(await isFree({ subject, ip: somewhere() })).toBe(true)
  })

  it('ends after 100 in a row, however slowly they come, for every browser, until it is cleared', async () => {
    const subject = somebody()
    for (let failure = 0; failure < 99; failure++) {
      await failTimes(1, () => ({ subject, ip: somewhere() }))
      await passTime(test, 3600)
    }
    expect(await fail({ subject, ip: somewhere() })).toMatchObject({ ok: true, lock: { scope: 'account_until_cleared' } })
    await passTime(test, 30 * day)
    for (const knownDevice of [null, 'own']) {
      expect(await fail({ subject, ip: somewhere(), knownDevice })).toMatchObject({ ok: false, scope: 'account_until_cleared', justLocked: false })
    }
    await attempts.clear('password', subject)
    expect(await isFree({ subject, ip: somewhere() })).toBe(true)
  })

  it('begins its hundred anew with a success, which lifts no lock of strangers where it came from a known browser', async () => {
    const subject = somebody()
    await failTimes(30, () => ({ subject, ip: somewhere() }))
    await succeed({ subject, knownDevice: 'own' })
    expect(await isFree({ subject, ip: somewhere() })).toBe(false)
    const limits = { ...attemptLimits, untilCleared: { ...attemptLimits.untilCleared, free: 31 } }
    const strict = createAttempts({ databases: test.databases, masterKey: test.masterKey, limits })
    await failTimes(10, () => ({ subject, knownDevice: 'own' }), strict)
  })
})

describe('a browser that the account knows', () => {
  it('has ten failures and locks of its own, which lock nobody else', async () => {
    const [subject, ip] = [somebody(), somewhere()]
    await failTimes(9, () => ({ subject, ip, knownDevice: 'own' }))
    expect(await fail({ subject, ip: somewhere(), knownDevice: 'own' })).toEqual({ ok: true, lock: { scope: 'device', retryAfterSeconds: minute } })
    expect(await fail({ subject, ip, knownDevice: 'own' })).toMatchObject({ ok: false, scope: 'device' })
    for (const knownDevice of [null, 'another']) expect(await isFree({ subject, ip, knownDevice })).toBe(true)
    expect(await isFree({ subject: somebody(), ip, knownDevice: 'own' })).toBe(true)
  })

  it('is let in while strangers in the same network are locked out', async () => {
    const subject = somebody()
    await failTimes(10, () => ({ subject }))
    expect(await isFree({ subject })).toBe(false)
    expect(await isFree({ subject, knownDevice: 'own' })).toBe(true)
  })
})

describe('a network', () => {
  it('has 100 failures in a quarter of an hour over all accounts; what is refused or right costs it nothing', async () => {
    const ip = somewhere()
    const victim = somebody()
    await failTimes(10, () => ({ subject: victim, ip }))
    for (let i = 0; i < 20; i++) expect(await fail({ subject: victim, ip })).toMatchObject({ ok: false, scope: 'account_at_network' })
    for (let i = 0; i < 20; i++) await succeed({ subject: somebody(), ip })
    await failTimes(90, () => ({ subject: somebody(), ip }))
    expect(await fail({ subject: somebody(), ip })).toMatchObject({ ok: false, scope: 'network', justLocked: false })
    expect(await fail({ subject: somebody(), ip: somewhere() })).toMatchObject({ ok: true })
    await passTime(test, 15 * minute)
    expect(await fail({ subject: somebody(), ip })).toMatchObject({ ok: true })
  })
})

describe('second factors', () => {
  it('share one counter per account, wherever they come from and in whatever browser', async () => {
    const subject = somebody()
    await failTimes(9, () => ({ kind: 'second_factor', subject, ip: somewhere() }))
    expect(await fail({ kind: 'second_factor', subject, knownDevice: 'own' })).toEqual({ ok: true, lock: { scope: 'account', retryAfterSeconds: minute } })
    expect(await fail({ kind: 'second_factor', subject, ip: somewhere() })).toMatchObject({ ok: false, scope: 'account' })
    expect(await isFree({ subject })).toBe(true)
    expect(await isFree({ kind: 'second_factor', subject: somebody() })).toBe(true)
    await attempts.clear('password', subject)
    expect(await isFree({ kind: 'second_factor', subject })).toBe(false)
    await attempts.clear('second_factor', subject)
    expect(await isFree({ kind: 'second_factor', subject })).toBe(true)
  })

  it('lets ten of 50 parallel guesses through', async () => {
    const subject = somebody()
    const results = await Promise.all(Array.from({ length: 50 }, () => fail({ kind: 'second_factor', subject, ip: somewhere() })))
    expect(results.filter(({ ok }) => ok)).toHaveLength(10)
  })
})

describe('mails', () => {
  const ask = (subject: string, ip = somewhere()) => attempts.reserve(attempt({ kind: 'mail', subject, ip }))

  it('go to one address five times an hour, whatever came of them, unless they were never sent', async () => {
    const subject = somebody()
    const first = await Promise.all(Array.from({ length: 8 }, () => ask(subject)))
    expect(first.filter(({ ok }) => ok)).toHaveLength(5)
    const refused = first.filter((result) => !result.ok)
    expect(refused.filter(({ justLocked }) => justLocked)).toHaveLength(1)
    expect(refused[0]).toMatchObject({ scope: 'account', retryAfterSeconds: expect.closeTo(3600, -2) })
    expect(await attempts.look('mail', subject)).toMatchObject({ lockedUntil: expect.any(Date) })
    await passTime(test, 3600)
    for (let i = 0; i < 4; i++) {
      const reservation = await ask(subject)
      if (reservation.ok) await reservation.succeeded()
    }
    for (let i = 0; i < 3; i++) {
      const reservation = await ask(subject)
      expect(reservation.ok).toBe(true)
      if (reservation.ok) await reservation.release()
    }
    expect((await ask(subject)).ok).toBe(true)
    expect((await ask(subject)).ok).toBe(false)
  })

  it('leave one network 30 times an hour, and those that an address refused do not count', async () => {
    const [ip, subject] = [somewhere(), somebody()]
    for (let i = 0; i < 15; i++) expect((await ask(subject, ip)).ok).toBe(i < 5)
    for (let i = 0; i < 25; i++) expect((await ask(somebody(), ip)).ok).toBe(true)
    expect(await ask(somebody(), ip)).toMatchObject({ ok: false, scope: 'network', justLocked: false })
  })
})

describe('an administrator', () => {
  it('sees how many have failed and until when a person is locked out, wherever that is', async () => {
    const subject = somebody()
    expect(await attempts.look('password', subject)).toEqual({ failures: 0, lockedUntil: null })
    await failTimes(4, () => ({ subject, ip: somewhere() }))
    expect(await attempts.look('password', subject)).toEqual({ failures: 4, lockedUntil: null })
    await failTimes(10, () => ({ subject }))
    const { failures, lockedUntil } = await attempts.look('password', subject)
    expect(failures).toBe(14)
    expect((lockedUntil?.getTime() ?? 0) - Date.now()).toBeGreaterThan(30_000)
  })

  it('lifts every lock of one person and nobody else’s, and the next lock is told again', async () => {
    const [alice, charlie] = [somebody(), somebody()]
    for (const subject of [alice, charlie]) {
      await failTimes(10, () => ({ subject }))
      await failTimes(10, () => ({ subject, knownDevice: 'own' }))
      await failTimes(20, () => ({ subject, ip: somewhere() }))
    }
    await attempts.clear('password', alice)
    expect(await attempts.look('password', alice)).toEqual({ failures: 0, lockedUntil: null })
    for (const knownDevice of [null, 'own']) {
      expect(await isFree({ subject: alice, knownDevice })).toBe(true)
      expect(await isFree({ subject: charlie, knownDevice })).toBe(false)
    }
    await failTimes(9, () => ({ subject: alice }))
    expect(await fail({ subject: alice })).toMatchObject({ ok: true, lock: { scope: 'account_at_network' } })
  })

  it('who lifts a lock before it is told leaves nothing to tell', async () => {
    const subject = somebody()
    await failTimes(9, () => ({ subject }))
    const reservation = await attempts.reserve(attempt({ subject }))
    await attempts.clear('password', subject)
    expect(reservation.ok ? await reservation.failed() : reservation).toBeNull()
  })
})

describe('the table', () => {
  it('holds neither names nor addresses, and nothing that could never expire', async () => {
    await fail({ subject: 'email\nbob@example.com', ip: '203.0.113.79' })
    await fail({ subject: 'email\nbob@example.com', ip: '203.0.113.79', knownDevice: 'cookie' })
    await attempts.reserve(attempt({ kind: 'mail', subject: 'bob@example.com', ip: '203.0.113.79' }))
    const rows = await asSuperuser(test.adminUrl, async (admin) => (await admin.query<{ key: string; expire: number | null }>('select key, expire from attempt')).rows)
    expect(rows.length).toBeGreaterThan(5)
    for (const { key, expire } of rows) {
      expect(key).toMatch(/^(?:(?:password|mail)_network:[\w-]{43}|(?:password|second_factor|mail):[\w-]{43}:[a-z_]+(?::[\w-]{43})?(?::told)?)$/)
      expect(expire).not.toBeNull()
    }
  })

  it('survives attempts, successes and clearings that cross each other', async () => {
    const people = [somebody(), somebody(), somebody()]
    const places = [somewhere(), somewhere()]
    const one = async (i: number): Promise<void> => {
      const subject = people[i % people.length] ?? ''
      const reservation = await attempts.reserve(attempt({ subject, ip: places[i % places.length] ?? null, knownDevice: i % 5 === 0 ? 'own' : null }))
      if (i % 11 === 0) await attempts.clear('password', subject)
      if (!reservation.ok) return
      await (i % 3 === 0 ? reservation.succeeded() : i % 3 === 1 ? reservation.failed() : reservation.release())
    }
    await Promise.all(Array.from({ length: 120 }, (_, i) => one(i)))
  })
})
