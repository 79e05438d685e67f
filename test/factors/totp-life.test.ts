import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { noOrigin } from '../../src/base/origin.ts'
import { confirmTotp, resumeTotp, startTotp } from '../../src/factors/enrol-totp.ts'
import { listFactors } from '../../src/factors/list-factors.ts'
import { removeTotp } from '../../src/factors/remove-totp.ts'
import { verifyTotp } from '../../src/factors/verify-totp.ts'
import { eventsAbout } from '../accounts/house.ts'
import { asSuperuser } from '../helpers/database.ts'
import { buildFactorHouse, origin, outcomes, type FactorHouse, type Person } from './house.ts'
import { scan } from './totp-app.ts'

let house: FactorHouse
beforeAll(async () => {
  house = await buildFactorHouse()
})
afterAll(() => house.close())

const start = ({ accountId }: Person) => startTotp(house.deps, { accountId, account: 'somebody@example.com', tenantName: '医療法人さくら会' })
const confirm = ({ accountId }: Person, enrolment: string, code: string) => confirmTotp(house.deps, { accountId, enrolment, code, actor: accountId, origin })
const verify = ({ accountId }: Person, code: string) => verifyTotp(house.deps, { accountId, code, origin, clientId: 'karte' })
const remove = ({ accountId }: Person) => removeTotp(house.deps, { accountId, actor: accountId, origin: noOrigin })
const factors = ({ accountId }: Person) => listFactors(house.deps.databases.engine, accountId)
const last = async ({ accountId }: Person) => (await eventsAbout(house.test, accountId)).at(-1)

/** Somebody new for each test, so that none depends on what another left behind. */
let people = 0
async function somebody(): Promise<Person> {
  return house.person(`person-${++people}`)
}

describe('connecting an authenticator app', () => {
  it('stores nothing before one of its codes has fitted', async () => {
    const person = await somebody()
    const { enrolment, uri } = await start(person)
    const app = scan(uri)
    const wrong = app.codeAt(new Date(house.clock.now().getTime() + 3_600_000))
    expect(await confirm(person, enrolment, wrong)).toEqual({ ok: false, reason: 'wrong_code' })
    expect(await confirm(person, enrolment, 'no code')).toEqual({ ok: false, reason: 'wrong_code' })
    expect(await last(person)).toMatchObject({ type: 'second_factor.failed', outcome: 'failure', reason: 'wrong_code', ip: origin.ip })
    expect(await factors(person)).toEqual({ totp: null, passkeys: [], recoveryCodesLeft: 0 })
    expect(await resumeTotp(house.deps, { accountId: person.accountId, enrolment })).toMatchObject({ uri })
    const confirmed = await confirm(person, enrolment, app.codeAt(house.clock.now()))
    expect(confirmed).toMatchObject({ ok: true, recoveryCodes: expect.objectContaining({ length: 10 }) })
    expect(await factors(person)).toMatchObject({ totp: { created_at: expect.any(Date), last_used_at: null }, recoveryCodesLeft: 10 })
  })

  it('keeps the key sealed, and the log free of it', async () => {
    const person = await somebody()
    const { app, recoveryCodes } = await house.withApp(person)
    const { rows } = await asSuperuser(house.test.adminUrl, (admin) => admin.query('select * from factor_totp where account_id = $1', [person.accountId]))
    expect(rows[0].sealed_secret).toMatch(/^v1\./)
    const log = JSON.stringify([rows, await eventsAbout(house.test, person.accountId)])
    for (const secret of [app.secret, ...(recoveryCodes ?? [])]) expect(log).not.toContain(secret)
    expect((await eventsAbout(house.test, person.accountId)).filter(({ type }) => type === 'totp.enrolled')).toMatchObject([{ outcome: 'success', after: { replaced: false } }])
  })

  it('uses up the code that confirmed it', async () => {
    const person = await somebody()
    const { uri, enrolment } = await start(person)
    const code = scan(uri).codeAt(house.clock.now())
    expect(await confirm(person, enrolment, code)).toMatchObject({ ok: true })
    expect(await confirm(person, enrolment, code)).toEqual({ ok: false, reason: 'enrolment_expired' })
    expect(await verify(person, code)).toEqual({ ok: false, reason: 'wrong_code' })
  })

  it('happens once for two who confirm at the same moment', async () => {
    const person = await somebody()
    const { uri, enrolment } = await start(person)
    const code = scan(uri).codeAt(house.clock.now())
    expect(outcomes(await Promise.all([confirm(person, enrolment, code), confirm(person, enrolment, code)]))).toEqual([true, false])
    expect((await factors(person)).recoveryCodesLeft).toBe(10)
  })

  it('hands out one set of recovery codes when two different enrolments are confirmed at the same moment', async () => {
    const person = await somebody()
    const offers = [await start(person), await start(person)]
    const results = await Promise.all(offers.map(({ enrolment, uri }) => confirm(person, enrolment, scan(uri).codeAt(house.clock.now()))))
    expect(results.map((result) => (result.ok ? (result.recoveryCodes?.length ?? 0) : -1)).toSorted((a, b) => a - b)).toEqual([0, 10])
    expect((await factors(person)).recoveryCodesLeft).toBe(10)
  })

  it('gives Charlie nothing of Alice’s enrolment', async () => {
    const [alice, charlie] = [await somebody(), await somebody()]
    const { uri, enrolment } = await start(alice)
    expect(await confirm(charlie, enrolment, scan(uri).codeAt(house.clock.now()))).toEqual({ ok: false, reason: 'enrolment_expired' })
    expect(await last(charlie)).toMatchObject({ type: 'totp.enrolled', outcome: 'refused', reason: 'enrolment_expired' })
    expect((await factors(charlie)).totp).toBeNull()
    expect((await factors(alice)).totp).toBeNull()
  })

  it('ends by the database’s clock, whatever the server believes', async () => {
    const person = await somebody()
    const clock = { now: () => new Date(Date.now() - 11 * 60_000) }
    const { uri, enrolment } = await startTotp({ ...house.deps, clock }, { accountId: person.accountId, account: 'a', tenantName: null })
    const code = scan(uri).codeAt(clock.now())
    expect(await confirmTotp({ ...house.deps, clock }, { accountId: person.accountId, enrolment, code, actor: null, origin })).toEqual({ ok: false, reason: 'enrolment_expired' })
  })

  it('replaces the app that was there, and keeps recovery codes that are unused', async () => {
    const person = await somebody()
    const { app: old } = await house.withApp(person)
    const { app, recoveryCodes } = await house.withApp(person)
    expect(recoveryCodes).toBeNull()
    house.clock.advance(30)
    expect(await verify(person, old.codeAt(house.clock.now()))).toEqual({ ok: false, reason: 'wrong_code' })
    expect(await verify(person, app.codeAt(house.clock.now()))).toMatchObject({ ok: true })
    expect((await eventsAbout(house.test, person.accountId)).findLast(({ type }) => type === 'totp.enrolled')).toMatchObject({ after: { replaced: true } })
  })

  it('is not for a suspended account', async () => {
    const person = await somebody()
    const { uri, enrolment } = await start(person)
    await house.suspend(person)
    expect(await confirm(person, enrolment, scan(uri).codeAt(house.clock.now()))).toEqual({ ok: false, reason: 'enrolment_expired' })
    expect((await factors(person)).totp).toBeNull()
  })
})

describe('a code of the app', () => {
  it('is a second factor once', async () => {
    const person = await somebody()
    const { app } = await house.withApp(person)
    house.clock.advance(30)
    const code = app.codeAt(house.clock.now())
    expect(await verify(person, ` ${code.slice(0, 3)} ${code.slice(3)}`)).toEqual({ ok: true, accountId: person.accountId, acr: 'aal2', amr: ['otp'] })
    expect(await last(person)).toMatchObject({ type: 'second_factor.succeeded', outcome: 'success', after: { factor: 'totp' } })
    expect((await factors(person)).totp?.last_used_at).toBeInstanceOf(Date)
    expect(await verify(person, code)).toEqual({ ok: false, reason: 'wrong_code' })
    expect(await last(person)).toMatchObject({ type: 'second_factor.failed', outcome: 'failure', reason: 'code_used' })
  })

  it('counts once for two who bring it at the same moment', async () => {
    const person = await somebody()
    const { app } = await house.withApp(person)
    house.clock.advance(30)
    const code = app.codeAt(house.clock.now())
    expect(outcomes(await Promise.all(Array.from({ length: 4 }, () => verify(person, code))))).toEqual([true, false, false, false])
  })

  it('voids the codes before it', async () => {
    const person = await somebody()
    const { app } = await house.withApp(person)
    house.clock.advance(60)
    const [earlier, now] = [-30, 0].map((second) => app.codeAt(new Date(house.clock.now().getTime() + second * 1000)))
    expect(await verify(person, now ?? '')).toMatchObject({ ok: true })
    expect(await verify(person, earlier ?? '')).toEqual({ ok: false, reason: 'wrong_code' })
  })

  it('belongs to one account', async () => {
    const [alice, charlie] = [await somebody(), await somebody()]
    const { app } = await house.withApp(alice)
    await house.withApp(charlie)
    house.clock.advance(30)
    expect(await verify(charlie, app.codeAt(house.clock.now()))).toEqual({ ok: false, reason: 'wrong_code' })
    expect(await verify(alice, app.codeAt(house.clock.now()))).toMatchObject({ ok: true, accountId: alice.accountId })
  })

  it('is nothing without an app', async () => {
    const person = await somebody()
    expect(await verify(person, '000000')).toEqual({ ok: false, reason: 'not_enrolled' })
    expect(await last(person)).toMatchObject({ type: 'second_factor.failed', reason: 'not_enrolled' })
  })

  it('is nothing for a suspended account', async () => {
    const person = await somebody()
    const { app } = await house.withApp(person)
    await house.suspend(person)
    house.clock.advance(30)
    expect(await verify(person, app.codeAt(house.clock.now()))).toEqual({ ok: false, reason: 'not_enrolled' })
  })

  it('does not open with a key that was copied from another row', async () => {
    const [alice, charlie] = [await somebody(), await somebody()]
    const { app } = await house.withApp(charlie)
    await house.withApp(alice)
    await asSuperuser(house.test.adminUrl, (admin) =>
      admin.query('update factor_totp set sealed_secret = (select sealed_secret from factor_totp where account_id = $1) where account_id = $2', [charlie.accountId, alice.accountId]))
    house.clock.advance(30)
    await expect(verify(alice, app.codeAt(house.clock.now()))).rejects.toThrow(/belongs to another row/)
  })
})

describe('too many wrong codes', () => {
  it('lock all codes of the account, and say so once', async () => {
    const person = await somebody()
    const { app } = await house.withApp(person)
    house.clock.advance(30)
    const wrong = '000000'
    const results = []
    do results.push(await verify(person, wrong))
    while (results.length < 200 && results.at(-1)?.ok === false && !('retryAfterSeconds' in (results.at(-1) ?? {})))
    expect(results.at(-1)).toEqual({ ok: false, reason: 'too_many_attempts', retryAfterSeconds: expect.any(Number) })
    expect(results.length).toBeLessThan(102)
    expect(await verify(person, app.codeAt(house.clock.now()))).toMatchObject({ ok: false, reason: 'too_many_attempts' })
    const events = await eventsAbout(house.test, person.accountId)
    expect(events.filter(({ type }) => type === 'second_factor.locked')).toMatchObject([{ outcome: 'refused', after: { until: expect.stringMatching(/^\d{4}-/) } }])
    expect(events.filter(({ type }) => type === 'second_factor.refused')).toHaveLength(2)
  })

  it('are not looked at beyond the limit when all come at the same moment', async () => {
    const person = await somebody()
    await house.withApp(person)
    const results = await Promise.all(Array.from({ length: 30 }, () => verify(person, '000000')))
    const looked = results.filter((result) => !result.ok && result.reason === 'wrong_code').length
    expect(looked).toBe(10)
    const events = await eventsAbout(house.test, person.accountId)
    expect(events.filter(({ type }) => type === 'second_factor.failed')).toHaveLength(looked)
    expect(events.filter(({ type }) => type === 'second_factor.locked')).toHaveLength(1)
  })

  it('are not forgotten by who connects another app meanwhile', async () => {
    const person = await somebody()
    await house.withApp(person)
    const before = await house.failures(person)
    await verify(person, '000000')
    await house.withApp(person)
    expect(await house.failures(person)).toBe(before + 1)
  })

  it('are forgotten with a right one', async () => {
    const person = await somebody()
    const { app } = await house.withApp(person)
    await verify(person, '000000')
    house.clock.advance(30)
    expect(await verify(person, app.codeAt(house.clock.now()))).toMatchObject({ ok: true })
    expect(await house.failures(person)).toBe(0)
  })
})

describe('disconnecting the app', () => {
  it('takes the recovery codes with it when nothing else is left', async () => {
    const person = await somebody()
    await house.withApp(person)
    expect(await remove(person)).toEqual({ ok: true })
    expect(await factors(person)).toEqual({ totp: null, passkeys: [], recoveryCodesLeft: 0 })
    expect(await last(person)).toMatchObject({ type: 'totp.removed', outcome: 'success', after: { recovery_codes_withdrawn: 10 } })
    expect(await remove(person)).toEqual({ ok: false, reason: 'not_enrolled' })
  })

  it('leaves them where a passkey stays', async () => {
    const person = await somebody()
    await house.withApp(person)
    await house.withPasskey(person)
    expect(await remove(person)).toEqual({ ok: true })
    expect((await factors(person)).recoveryCodesLeft).toBe(10)
  })

  it('touches nobody else’s', async () => {
    const [alice, charlie] = [await somebody(), await somebody()]
    await house.withApp(alice)
    expect(await remove(charlie)).toEqual({ ok: false, reason: 'not_enrolled' })
    expect((await factors(alice)).totp).not.toBeNull()
  })
})
