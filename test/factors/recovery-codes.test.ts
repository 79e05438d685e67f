import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { generateRecoveryCodes } from '../../src/factors/generate-recovery-codes.ts'
import { listFactors } from '../../src/factors/list-factors.ts'
import { makeRecoveryCode, normaliseRecoveryCode } from '../../src/factors/recovery-code.ts'
import { verifyRecoveryCode } from '../../src/factors/verify-recovery-code.ts'
import { eventsAbout } from '../accounts/house.ts'
import { asSuperuser } from '../helpers/database.ts'
import { buildFactorHouse, origin, outcomes, type FactorHouse, type Person } from './house.ts'

let house: FactorHouse
beforeAll(async () => {
  house = await buildFactorHouse()
})
afterAll(() => house.close())

const generate = ({ accountId }: Person) => generateRecoveryCodes(house.deps, { accountId, actor: accountId, origin })
const verify = ({ accountId }: Person, code: string | undefined) => verifyRecoveryCode(house.deps, { accountId, code: code ?? '', origin, clientId: 'karte' })
const left = async ({ accountId }: Person) => (await listFactors(house.deps.databases.engine, accountId)).recoveryCodesLeft

let people = 0
const somebody = () => house.person(`person-${++people}`)

describe('a recovery code', () => {
  it('is ten characters without look-alikes, in two groups', () => {
    const codes = Array.from({ length: 500 }, makeRecoveryCode)
    for (const code of codes) expect(code).toMatch(/^[0-9a-hjkmnp-tv-z]{5}-[0-9a-hjkmnp-tv-z]{5}$/)
    expect(new Set(codes).size).toBe(500)
    // Every character of the alphabet occurs: 5000 draws miss one of 32 with a chance below 10^-60.
    expect(new Set(codes.join('').replaceAll('-', '')).size).toBe(32)
  })

  it('is read from what people make of it', () => {
    for (const typed of ['0a1bc-defgh', '0A1BC DEFGH', 'oalbcdefgh', 'OAIBC—DEFGH', '０ａ１ｂｃ－ｄｅｆｇｈ', ' 0a1bc\u3000defgh\r\n', '0a1bcーdefgh']) expect(normaliseRecoveryCode(typed)).toBe('0a1bcdefgh')
  })

  it('is nothing of another length or with other characters, and that is no fault', () => {
    for (const typed of ['', '0a1bc-defg', '0a1bc-defghj', '0a1bc-defgu', '0a1bc-defg\0', 'x'.repeat(10_000)]) expect(normaliseRecoveryCode(typed)).toBeNull()
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      const code = normaliseRecoveryCode(text)
      expect(code === null || normaliseRecoveryCode(code) === code).toBe(true)
    }))
  })

  it('stands in for the second factor once', async () => {
    const person = await somebody()
    const codes = await generate(person)
    expect(codes).toHaveLength(10)
    expect(await verify(person, codes[3]?.toUpperCase().replace('-', ' '))).toEqual({ ok: true, accountId: person.accountId, acr: 'aal2', amr: ['otp'], left: 9 })
    expect(await verify(person, codes[3])).toEqual({ ok: false, reason: 'wrong_code' })
    expect(await verify(person, codes[4])).toMatchObject({ ok: true, left: 8 })
    const events = await eventsAbout(house.test, person.accountId)
    expect(events.filter(({ type }) => type === 'recovery_code.used').map(({ after }) => after)).toEqual([{ left: 9 }, { left: 8 }])
    expect(events.filter(({ type }) => type === 'second_factor.succeeded')).toMatchObject([{ after: { factor: 'recovery_code' } }, { after: { factor: 'recovery_code' } }])
    expect(events.filter(({ type }) => type === 'second_factor.failed')).toMatchObject([{ outcome: 'failure', reason: 'wrong_code' }])
  })

  it('counts once for two who bring it at the same moment', async () => {
    const person = await somebody()
    const [code] = await generate(person)
    expect(outcomes(await Promise.all(Array.from({ length: 4 }, () => verify(person, code))))).toEqual([true, false, false, false])
    expect(await left(person)).toBe(9)
  })

  it('is stored as a hash that tells nothing and fits no other account', async () => {
    const [alice, charlie] = [await somebody(), await somebody()]
    const [code = ''] = await generate(alice)
    await generate(charlie)
    const { rows } = await asSuperuser(house.test.adminUrl, (admin) => admin.query('select * from factor_recovery_code'))
    expect(JSON.stringify(rows)).not.toContain(code.replace('-', ''))
    expect(await verify(charlie, code)).toEqual({ ok: false, reason: 'wrong_code' })
    await asSuperuser(house.test.adminUrl, (admin) =>
      admin.query('insert into factor_recovery_code (account_id, code_hash) select $1, code_hash from factor_recovery_code where account_id = $2', [charlie.accountId, alice.accountId]))
    expect(await verify(charlie, code)).toEqual({ ok: false, reason: 'wrong_code' })
    expect(await verify(alice, code)).toMatchObject({ ok: true, left: 9 })
  })

  it('is void once a new set was made', async () => {
    const person = await somebody()
    const [old] = await generate(person)
    const [fresh] = await generate(person)
    expect(await verify(person, old)).toEqual({ ok: false, reason: 'wrong_code' })
    expect(await verify(person, fresh)).toMatchObject({ ok: true, left: 9 })
  })

  it('comes in one set of ten, also for two who ask at the same moment', async () => {
    const person = await somebody()
    const sets = await Promise.all([generate(person), generate(person)])
    expect(await left(person)).toBe(10)
    expect(outcomes(await Promise.all(sets.map(([code]) => verify(person, code))))).toEqual([true, false])
  })

  it('is nothing where there is no set, and for a suspended account', async () => {
    const [none, suspended] = [await somebody(), await somebody()]
    expect(await verify(none, makeRecoveryCode())).toEqual({ ok: false, reason: 'not_enrolled' })
    const [code] = await generate(suspended)
    await house.suspend(suspended)
    expect(await verify(suspended, code)).toEqual({ ok: false, reason: 'wrong_code' })
    expect(await left(suspended)).toBe(10)
  })

  it('shares its counter with the codes of the app', async () => {
    const person = await somebody()
    await house.withApp(person)
    const [code] = await generate(person)
    let last: Awaited<ReturnType<typeof verify>> = { ok: false, reason: 'wrong_code' }
    for (let tries = 0; tries < 110 && !last.ok && last.reason === 'wrong_code'; tries++) last = await house.verifyApp(person, '000000')
    expect(last).toMatchObject({ reason: 'too_many_attempts' })
    expect(await verify(person, code)).toMatchObject({ ok: false, reason: 'too_many_attempts' })
    expect(await left(person)).toBe(10)
  })
})
