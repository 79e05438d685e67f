/** What people are called, read and live by: kept as written, refused where it is nothing, and never in the log. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { knownZone, updateProfile, type ProfileInput } from '../../src/accounts/update-profile.ts'
import { must } from './house.ts'
import { admin, buildLinksHouse, linesAbout, newcomer, profile, setStatus, somewhere, wholeLog, type LinksHouse } from './links-house.ts'

let house: LinksHouse
beforeAll(async () => { house = await buildLinksHouse() })
afterAll(() => house.close())

const update = (accountId: string, more: Partial<ProfileInput> = {}) => updateProfile(house.deps, {
  accountId, familyName: '渡邉', givenName: '櫻', familyNameKana: 'ワタナベ', givenNameKana: 'サクラ', locale: 'en', zoneinfo: 'Asia/Tokyo', actor: accountId, origin: somewhere(), ...more,
})
const lastFields = async (accountId: string) => (await admin(house, `select after from event where subject = $1 and type = 'profile.updated' order by id desc limit 1`, [accountId]))[0]?.['after']

describe('updating a profile', () => {
  it('keeps names as they are written and shows them in Japanese order, and nobody else\'s', async () => {
    const { accountId } = await newcomer(house)
    const charlie = await profile(house, house.charlie.accountId)
    expect(await update(accountId, { familyName: ' 渡\u3000邉 ', givenName: '福' })).toEqual({ ok: true })
    expect(await profile(house, accountId)).toMatchObject({
      family_name: '渡 邉', given_name: '福', family_name_kana: 'ワタナベ', given_name_kana: 'サクラ', display_name: '渡 邉 福', locale: 'en', zoneinfo: 'Asia/Tokyo',
    })
    expect(await profile(house, house.charlie.accountId)).toEqual(charlie)
  })

  it('says in the log which fields changed and not what they held', async () => {
    const { accountId } = await newcomer(house)
    await must(update(accountId, { familyName: '勅使河原' }))
    expect(await lastFields(accountId)).toEqual({ fields: ['family_name', 'given_name', 'family_name_kana', 'given_name_kana', 'locale'] })
    await must(update(accountId, { familyName: '勅使河原', zoneinfo: 'Europe/Paris' }))
    expect(await lastFields(accountId)).toEqual({ fields: ['zoneinfo'] })
    expect(await wholeLog(house)).not.toContain('勅使河原')
  })

  it('leaves no event where nothing changed', async () => {
    const { accountId } = await newcomer(house)
    await must(update(accountId))
    await must(update(accountId))
    expect((await linesAbout(house, accountId)).filter((line) => line === 'profile.updated success')).toHaveLength(1)
  })

  it('lets a person have one name and no kana', async () => {
    const { accountId } = await newcomer(house)
    await must(update(accountId, { familyName: null, givenName: 'Sukarno', familyNameKana: '', givenNameKana: null }))
    expect(await profile(house, accountId)).toMatchObject({ family_name: null, display_name: 'Sukarno', family_name_kana: null })
  })

  it.each([
    ['name_missing', { familyName: '\u3000', givenName: null }],
    ['name_too_long', { familyNameKana: 'ア'.repeat(101) }],
    ['zoneinfo_unknown', { zoneinfo: 'Asia/Edo' }],
    ['zoneinfo_unknown', { zoneinfo: '+09:00' }],
    ['zoneinfo_unknown', { zoneinfo: '' }],
  ])('is refused with %s', async (reason, more) => {
    const { accountId } = await newcomer(house)
    const before = await profile(house, accountId)
    expect(await update(accountId, more)).toEqual({ ok: false, reason })
    expect(await profile(house, accountId)).toEqual(before)
    expect((await linesAbout(house, accountId)).at(-1)).toBe(`profile.updated refused ${reason}`)
  })

  it('takes a name of a hundred characters outside the first plane', async () => {
    const { accountId } = await newcomer(house)
    await must(update(accountId, { familyName: '𠮷'.repeat(100) }))
    expect((await profile(house, accountId)).family_name).toBe('𠮷'.repeat(100))
  })

  it('does not bring back somebody who was erased', async () => {
    const { accountId } = await newcomer(house)
    await setStatus(house, accountId, 'erased')
    await expect(update(accountId)).rejects.toThrow('no account')
    await expect(update('nobody')).rejects.toThrow('no account')
  })
})

describe('a time zone', () => {
  it.each([['Asia/Tokyo', 'Asia/Tokyo'], ['asia/tokyo', 'Asia/Tokyo'], ['UTC', 'UTC'], ['Asia/Kolkata', 'Asia/Kolkata'], ['America/Argentina/Buenos_Aires', 'America/Argentina/Buenos_Aires']])('%s is %s', (text, zone) => {
    expect(knownZone(text)).toBe(zone)
  })

  it.each(['+09:00', 'Asia/Edo', '', 'Asia/Tokyo\u0000', 'Asia/Tokyo; drop table account', '東京'])('%j is none', (text) => {
    expect(knownZone(text)).toBeNull()
  })
})
