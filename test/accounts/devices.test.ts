/** Browsers that an account knows: recognised once, trusted for a while, forgotten with a new password, and never anybody else's. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deleteStaleDevices } from '../../src/accounts/device-queries.ts'
import { deviceHash, forgetDevices, isKnownDevice, isTrustedDevice, listDevices, recogniseDevice, trustDevice } from '../../src/accounts/devices.ts'
import type { Origin } from '../../src/base/origin.ts'
import { asSuperuser } from '../helpers/database.ts'
import { buildHouse, eventsAbout, type House } from './house.ts'

let house: House
beforeAll(async () => { house = await buildHouse() })
afterAll(() => house.close())

const origin: Origin = { ip: '198.51.100.1', userAgent: 'Firefox', requestId: null }
const recognise = (accountId: string, deviceId: string) => house.test.databases.inEngine((trx) => recogniseDevice(trx, { accountId, deviceId, origin }))
const knows = (accountId: string, deviceId: string) => isKnownDevice(house.test.databases.engine, { accountId, deviceId })
const trusts = (accountId: string, deviceId: string) => isTrustedDevice(house.test.databases.engine, { accountId, deviceId })
const trust = (accountId: string, deviceId: string, days: number) => trustDevice({ databases: house.test.databases }, { accountId, deviceId, days, origin })
const forget = (accountId: string, options?: Parameters<typeof forgetDevices>[2]) => house.test.databases.inEngine((trx) => forgetDevices(trx, accountId, options))
const eventsOf = async (accountId: string) => (await eventsAbout(house.test, accountId)).filter(({ type }) => type.startsWith('device.'))
const movedBack = (sql: string, values: unknown[]) => asSuperuser(house.test.adminUrl, (admin) => admin.query(sql, values))

describe('a browser', () => {
  it('is no news as the account’s first, and news as a further one, once', async () => {
    const { accountId } = house.alice
    expect(await recognise(accountId, 'first')).toEqual({ isNew: true })
    expect(await recognise(accountId, 'first')).toEqual({ isNew: false })
    expect(await eventsOf(accountId)).toEqual([])
    const both = await Promise.all([recognise(accountId, 'second'), recognise(accountId, 'second')])
    expect(both.map(({ isNew }) => isNew).sort()).toEqual([false, true])
    expect(await eventsOf(accountId)).toMatchObject([{ type: 'device.recognised', outcome: 'success', ip: '198.51.100.1' }])
  })

  it('is known to the account that signed in there, and to nobody else who uses it', async () => {
    await recognise(house.alice.accountId, 'shared')
    expect(await knows(house.alice.accountId, 'shared')).toBe(true)
    expect(await knows(house.charlie.accountId, 'shared')).toBe(false)
    expect(await knows('', 'shared')).toBe(false)
    expect(await knows(house.alice.accountId, deviceHash('shared'))).toBe(false)
  })

  it('is kept by a hash, with what it calls itself and when it was seen', async () => {
    const { accountId } = house.bob
    await recognise(accountId, 'laptop')
    await movedBack(`update device set last_seen_at = now() - interval '1 day', created_at = now() - interval '2 days' where account_id = $1`, [accountId])
    await recognise(accountId, 'phone')
    const [phone, laptop] = await listDevices(house.test.databases.engine, accountId)
    expect(phone).toMatchObject({ id_hash: deviceHash('phone'), user_agent: 'Firefox', trusted_until: null })
    await recognise(accountId, 'laptop')
    const [seenLast] = await listDevices(house.test.databases.engine, accountId)
    expect(seenLast).toMatchObject({ id_hash: laptop?.id_hash, created_at: laptop?.created_at })
    expect(seenLast?.last_seen_at.getTime()).toBeGreaterThan(laptop?.last_seen_at.getTime() ?? Infinity)
  })
})

describe('trust', () => {
  it('holds for so many days, in one browser, for one account', async () => {
    const { accountId } = house.charlie
    expect(await trusts(accountId, 'desk')).toBe(false)
    const result = await trust(accountId, 'desk', 30)
    expect(result.ok && Math.round((result.until.getTime() - Date.now()) / 86_400_000)).toBe(30)
    expect(await trusts(accountId, 'desk')).toBe(true)
    expect(await trusts(accountId, 'elsewhere')).toBe(false)
    expect(await trusts(house.alice.accountId, 'desk')).toBe(false)
    expect((await eventsOf(accountId)).at(-1)).toMatchObject({ type: 'device.trusted', after: { until: expect.stringMatching(/Z$/) } })
    await movedBack(`update device set trusted_until = now() - interval '1 second' where account_id = $1`, [accountId])
    expect(await trusts(accountId, 'desk')).toBe(false)
    expect(await knows(accountId, 'desk')).toBe(true)
  })

  it('is not given where the tenant has none to give', async () => {
    expect(await trust(house.alice.accountId, 'desk', 0)).toEqual({ ok: false, reason: 'not_allowed' })
    expect(await knows(house.alice.accountId, 'desk')).toBe(false)
  })
})

describe('forgetting', () => {
  it('leaves the browser at hand where that is asked, and other people’s', async () => {
    const { accountId } = house.bob
    await recognise(house.charlie.accountId, 'laptop')
    await recognise(accountId, 'laptop')
    await trust(accountId, 'phone', 1)
    await forget(accountId, { except: 'laptop', actor: accountId, origin })
    expect([await knows(accountId, 'laptop'), await knows(accountId, 'phone'), await trusts(accountId, 'phone')]).toEqual([true, false, false])
    expect((await eventsOf(accountId)).at(-1)).toMatchObject({ type: 'device.forgotten', after: { count: 1 }, ip: '198.51.100.1' })
    await forget(accountId)
    expect(await listDevices(house.test.databases.engine, accountId)).toEqual([])
    const said = (await eventsOf(accountId)).length
    await forget(accountId)
    expect(await eventsOf(accountId)).toHaveLength(said)
    expect(await knows(house.charlie.accountId, 'laptop')).toBe(true)
  })

  it('comes by itself after 400 days without a visit, in batches', async () => {
    const { accountId } = house.alice
    for (const name of ['old-1', 'old-2', 'old-3', 'young']) await recognise(accountId, name)
    await movedBack(`update device set last_seen_at = now() - interval '401 days' where id_hash = any($1)`, [['old-1', 'old-2', 'old-3'].map(deviceHash)])
    await movedBack(`update device set last_seen_at = now() - interval '399 days' where id_hash = $1`, [deviceHash('young')])
    const { engine } = house.test.databases
    expect([await deleteStaleDevices(engine, 2), await deleteStaleDevices(engine, 2), await deleteStaleDevices(engine, 2)]).toEqual([2, 1, 0])
    expect(await knows(accountId, 'young')).toBe(true)
  })
})
