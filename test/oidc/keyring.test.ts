/** Keys are made once however many processes start, sealed, and rotate in one transaction each. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { generateMasterKey, MasterKey } from '../../src/base/crypto.ts'
import { noOrigin } from '../../src/base/origin.ts'
import { ensureKeys, loadKeyRing, removeOldKeys, rotateKey } from '../../src/oidc/keyring.ts'
import { createDatabase, type TestDatabase } from '../helpers/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await Promise.all([1, 2, 3].map(() => ensureKeys(database.databases, database.masterKey)))
})
afterAll(() => database.close())

const states = () => database.databases.engine.selectFrom('signing_key').select(['alg', 'state', 'kid']).orderBy('alg').orderBy('state').execute()
const act = (emergency: boolean) => rotateKey({ databases: database.databases, masterKey: database.masterKey }, { alg: 'ES256', emergency, origin: noOrigin, actor: null })

describe('signing keys', () => {
  test('exist once per algorithm and state though three processes began at once', async () => {
    expect((await states()).map(({ alg, state }) => `${alg} ${state}`)).toEqual(['ES256 current', 'ES256 next', 'RS256 current', 'RS256 next'])
  })

  test('are published with current and next, and only the current may sign', async () => {
    const { jwks } = await loadKeyRing(database.databases, database.masterKey)
    expect(jwks).toHaveLength(4)
    expect(jwks.map((key) => [key.alg, key.key_ops?.includes('verify') ?? false])).toEqual([['ES256', false], ['RS256', false], ['ES256', true], ['RS256', true]])
  })

  test('do not open with another master key', async () => {
    await expect(loadKeyRing(database.databases, MasterKey.fromText(generateMasterKey('development')))).rejects.toThrow(/another MASTER_KEY/)
  })

  test('rotate once of two at the same time, and only after they have been published long enough', async () => {
    expect(await act(false)).toMatchObject({ ok: false, reason: 'next_key_too_young' })
    await database.databases.engine.updateTable('signing_key').set({ created_at: new Date(Date.now() - 3_600_000) }).where('alg', '=', 'ES256').execute()
    const both = await Promise.all([act(false), act(false)])
    expect(both.filter((one) => one.ok)).toHaveLength(1)
    const after = await states()
    expect(after.filter(({ alg }) => alg === 'ES256').map(({ state }) => state).sort()).toEqual(['current', 'next', 'retired'])
    expect((await loadKeyRing(database.databases, database.masterKey)).jwks).toHaveLength(5)
  })

  test('that retired long ago leave', async () => {
    expect(await removeOldKeys(database.databases)).toBe(0)
    await database.databases.engine.updateTable('signing_key').set({ retired_at: new Date(Date.now() - 40 * 86_400_000) }).where('state', '=', 'retired').execute()
    expect(await removeOldKeys(database.databases)).toBe(1)
  })

  test('that leaked are gone at once in an emergency', async () => {
    const before = (await states()).find(({ alg, state }) => alg === 'ES256' && state === 'current')
    expect((await act(true)).ok).toBe(true)
    expect((await states()).map(({ kid }) => kid)).not.toContain(before?.kid)
    const events = await database.databases.engine.selectFrom('event').select('type').where('subject', '=', before?.kid ?? '').execute()
    expect(events.map(({ type }) => type)).toContain('key.retired')
  })
})
