/** People change their own password: what stays signed in, what ends, and that somebody thrown out meanwhile comes too late. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changePassword, type PasswordChangeInput } from '../../src/accounts/change-password.ts'
import { deviceHash } from '../../src/accounts/devices.ts'
import { createLink } from '../../src/accounts/links.ts'
import { requestRecovery } from '../../src/accounts/request-recovery.ts'
import { resetPassword } from '../../src/accounts/reset-password.ts'
import { must } from './house.ts'
import {
  admin, buildLinksHouse, databaseTime, devicesOf, goodPassword, isOutdated, knownIn, linesAbout, linkById, newcomer, newestLink, newPassword, opens, profile, sessionsOf,
  setStatus, signedIn, somewhere, wholeLog, type LinksHouse,
} from './links-house.ts'

let house: LinksHouse
beforeAll(async () => { house = await buildLinksHouse() })
afterAll(() => house.close())

const thirdPassword = 'copper-meadow-violin-91'
const change = (accountId: string, more: Partial<PasswordChangeInput> = {}, deps = house.deps) =>
  changePassword(deps, { accountId, password: newPassword, keepSessionUid: null, how: 'self', actor: accountId, origin: somewhere(), ...more })

describe('changing the password', () => {
  it('ends every other session and forgets every other browser, and nobody else\'s', async () => {
    const { accountId } = await newcomer(house)
    for (const uid of ['here', 'elsewhere']) await signedIn(house, accountId, `${uid}-1`)
    await signedIn(house, house.charlie.accountId, 's-charlie')
    for (const device of ['here', 'elsewhere']) await knownIn(house, accountId, deviceHash(device))
    await knownIn(house, house.charlie.accountId, deviceHash('charlie'))
    const before = await profile(house, accountId)
    const moment = await databaseTime(house)
    await must(change(accountId, { keepSessionUid: 'here-1', keepDeviceId: 'here' }))
    expect(await opens(house, accountId, newPassword)).toBe(true)
    expect(await sessionsOf(house, accountId)).toEqual(['here-1'])
    expect(await devicesOf(house, accountId)).toEqual([deviceHash('here')])
    expect(await sessionsOf(house, house.charlie.accountId)).toEqual(['s-charlie'])
    expect(await devicesOf(house, house.charlie.accountId)).toEqual([deviceHash('charlie')])
    expect((await profile(house, accountId)).password_changed_at?.getTime()).toBeGreaterThan(before.password_changed_at?.getTime() ?? Infinity)
    expect(await linesAbout(house, 'elsewhere-1')).toEqual(['session.ended success'])
    expect(await linesAbout(house, accountId)).toContain('password.changed success')
    // A sign-in with the old password that waits for its next step has no session yet.
    expect(await isOutdated(house, accountId, moment)).toBe(true)
    const [session] = await admin(house, `select (payload->>'provenAt')::float8 >= floor(extract(epoch from a.not_before) * 1000) as lives
      from session s join account a on a.id = s.account_id where s.uid = 'here-1'`)
    expect(session).toEqual({ lives: true })
  })

  it('kills links that could set another one or take the address', async () => {
    const { accountId, email } = await newcomer(house)
    const make = (purpose: 'password_reset' | 'activation' | 'address_change' | 'address_undo') =>
      house.deps.databases.inEngine((trx) => createLink(trx, house.deps.masterKey, { purpose, accountId, email, clientId: null, locale: null }))
    const dead = [await make('password_reset'), await make('activation'), await make('address_change')]
    const alive = await make('address_undo')
    await must(change(accountId))
    for (const { id } of dead) expect((await linkById(house, id)).usedAt).not.toBeNull()
    expect((await linkById(house, alive.id)).usedAt).toBeNull()
  })

  it.each([
    ['same_password', goodPassword],
    ['password_too_short', 'short'],
    ['password_too_long', 'plum-harbour-'.repeat(30)],
    ['password_too_common', 'aaaaaaaaaaaaaaaaaaaa'],
  ])('is refused with %s', async (reason, password) => {
    const { accountId } = await newcomer(house)
    await signedIn(house, accountId, `s-${reason}`)
    expect(await change(accountId, { password })).toEqual({ ok: false, reason })
    expect(await opens(house, accountId, goodPassword)).toBe(true)
    expect(await sessionsOf(house, accountId)).toEqual([`s-${reason}`])
    expect((await linesAbout(house, accountId)).at(-1)).toBe(`password.changed refused ${reason}`)
  })

  it('judges by names, address and tenants, and may be shorter with a second factor', async () => {
    const judged: unknown[] = []
    const passwords = { judge: async (candidate: unknown) => (judged.push(candidate), null) }
    await admin(house, `insert into factor_totp (account_id, sealed_secret, last_step) values ($1, 'x', 0)`, [house.bob.accountId])
    await must(change(house.bob.accountId, {}, { ...house.deps, passwords }))
    expect(judged).toEqual([{ password: newPassword, about: ['試験', 'bob', 'bob@example.com', '医療法人さくら会'], hasSecondFactor: true }])
  })

  it('gives a password to somebody who had none', async () => {
    const { accountId } = await newcomer(house)
    await admin(house, 'delete from factor_password where account_id = $1', [accountId])
    await must(change(accountId))
    expect(await opens(house, accountId, newPassword)).toBe(true)
  })

  it('happens once when two browsers do it at once', async () => {
    const { accountId } = await newcomer(house)
    const results = await Promise.all([change(accountId), change(accountId, { password: thirdPassword })])
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(results.find(({ ok }) => !ok)).toEqual({ ok: false, reason: 'account_changed' })
  })

  it('comes too late where the owner has reset it while it was being hashed', async () => {
    const { accountId, email } = await newcomer(house)
    await must(requestRecovery(house.deps, { identifier: email, tenantHint: null, clientId: null, locale: 'ja', origin: somewhere() }))
    const { token } = await newestLink(house, 'password_reset')
    const hash = async (text: string) => {
      await must(resetPassword(house.deps, { token, purpose: 'password_reset', password: newPassword, origin: somewhere() }))
      return house.hashes.hash(text)
    }
    const slow = { ...house.deps, hashes: { hash, verify: (phc: string, text: string) => house.hashes.verify(phc, text) } }
    expect(await change(accountId, { password: thirdPassword }, slow)).toEqual({ ok: false, reason: 'account_changed' })
    expect(await opens(house, accountId, newPassword)).toBe(true)
    expect((await linesAbout(house, accountId)).at(-1)).toBe('password.changed refused account_changed')
  })

  it.each(['locked', 'disabled', 'pending'])('is refused for an account that is %s by then', async (status) => {
    const { accountId } = await newcomer(house)
    await setStatus(house, accountId, status)
    expect(await change(accountId)).toEqual({ ok: false, reason: 'account_changed' })
    expect(await opens(house, accountId, goodPassword)).toBe(true)
  })

  it('is refused for nobody', async () => {
    expect(await change('nobody')).toEqual({ ok: false, reason: 'account_changed' })
  })

  it('is in the log with its occasion and without the password', async () => {
    const { accountId } = await newcomer(house)
    await must(change(accountId, { how: 'expired', password: thirdPassword }))
    const [event] = await admin(house, `select actor, after from event where subject = $1 and type = 'password.changed' order by id desc limit 1`, [accountId])
    expect(event).toEqual({ actor: accountId, after: { how: 'expired' } })
    expect(await wholeLog(house)).not.toContain(thirdPassword)
  })
})
