import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isTrustedDevice, trustDevice } from '../../src/accounts/devices.ts'
import { listFactors } from '../../src/factors/list-factors.ts'
import { deleteSpentChallenges } from '../../src/factors/queries.ts'
import { eraseFactors, resetFactors } from '../../src/factors/reset-factors.ts'
import { finishPasskeySignIn, startPasskeySignIn } from '../../src/factors/sign-in-with-passkey.ts'
import { eventsAbout } from '../accounts/house.ts'
import { asSuperuser } from '../helpers/database.ts'
import { buildFactorHouse, issuer, origin, type FactorHouse, type Person } from './house.ts'

let house: FactorHouse
beforeAll(async () => {
  house = await buildFactorHouse()
})
afterAll(() => house.close())

const factors = ({ accountId }: Person) => listFactors(house.deps.databases.engine, accountId)
const none = { totp: null, passkeys: [], recoveryCodesLeft: 0 }

let people = 0
async function equipped(): Promise<Person> {
  const person = await house.person(`person-${++people}`)
  await house.withApp(person)
  await house.withPasskey(person)
  return person
}

describe('the second factors of an account', () => {
  it('are listed without anything that opens something', async () => {
    const person = await equipped()
    const list = await factors(person)
    expect(list).toEqual({
      totp: { created_at: expect.any(Date), last_used_at: null },
      passkeys: [{ id: expect.any(String), name: expect.any(String), created_at: expect.any(Date), last_used_at: null, backed_up: false, clone_suspected_at: null }],
      recoveryCodesLeft: 10,
    })
    expect(await factors(await house.person(`charlie-${++people}`))).toEqual(none)
  })

  it('are reset together by an administrator, with a reason, and nobody else’s with them', async () => {
    const [alice, bob] = [await equipped(), await equipped()]
    expect(await resetFactors(house.deps, { accountId: bob.accountId, actor: alice.accountId, reason: 'lost telephone', origin })).toEqual({ ok: true })
    expect(await factors(bob)).toEqual(none)
    expect(await factors(alice)).toMatchObject({ recoveryCodesLeft: 10, passkeys: [{}] })
    expect((await eventsAbout(house.test, bob.accountId)).at(-1)).toMatchObject({ type: 'factors.reset', outcome: 'success', reason: 'lost telephone', before: { totp: 1, passkeys: 1, recovery_codes: 10 } })
  })

  it('leave no trusted browser behind, which would stand in for the next ones', async () => {
    const person = await equipped()
    const { databases } = house.deps
    const browser = { accountId: person.accountId, deviceId: 'a cookie' }
    await trustDevice({ databases }, { ...browser, days: 30, origin })
    expect(await isTrustedDevice(databases.engine, browser)).toBe(true)
    await resetFactors(house.deps, { accountId: person.accountId, actor: null, reason: 'stolen bag', origin })
    expect(await isTrustedDevice(databases.engine, browser)).toBe(false)
  })

  it('can be set up anew after a reset, also by who was locked out', async () => {
    const person = await equipped()
    await Promise.all(Array.from({ length: 20 }, () => house.verifyApp(person, '000000')))
    expect(await house.verifyApp(person, '000000')).toMatchObject({ reason: 'too_many_attempts' })
    await resetFactors(house.deps, { accountId: person.accountId, actor: null, reason: 'locked out', origin })
    expect(await house.failures(person)).toBe(0)
    expect((await house.withApp(person)).recoveryCodes).toHaveLength(10)
  })

  it('go with the person who is erased', async () => {
    const person = await equipped()
    await house.deps.databases.inEngine((trx) => eraseFactors(trx, person.accountId))
    expect(await factors(person)).toEqual(none)
  })
})

describe('notes of answered challenges', () => {
  it('go once nobody can ask about them any more', async () => {
    const person = await equipped()
    const { key } = await house.withPasskey(person)
    const question = await startPasskeySignIn(house.deps, { accountId: null })
    const answer = { accountId: null, challenge: question?.challenge ?? '', response: key.get(question?.options, issuer), origin, clientId: null }
    expect(await finishPasskeySignIn(house.deps, answer)).toMatchObject({ ok: true })
    await asSuperuser(house.test.adminUrl, (admin) => admin.query("insert into spent_challenge select 'old' || n, now() - interval '11 minutes' from generate_series(1, 5) n"))
    await asSuperuser(house.test.adminUrl, (admin) => admin.query("insert into spent_challenge values ('just over', now() - interval '1 minute')"))
    expect([await deleteSpentChallenges(house.deps.databases.engine, 3), await deleteSpentChallenges(house.deps.databases.engine, 100), await deleteSpentChallenges(house.deps.databases.engine, 100)]).toEqual([3, 2, 0])
    expect(await finishPasskeySignIn(house.deps, answer)).toEqual({ ok: false, reason: 'challenge_invalid' })
  })
})
