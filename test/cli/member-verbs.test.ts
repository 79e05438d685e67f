/** Members, roles, units and apps from the command line: the same commands and the same refusals as at every other door. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { UsageError } from '../../src/cli/fail.ts'
import { buildHouse, eventsAbout, type House } from '../accounts/house.ts'
import { answerOf, runTegata } from './terminal.ts'

let house: House
const room = mkdtempSync(join(tmpdir(), 'tegata-test-members-'))
beforeAll(async () => { house = await buildHouse() })
afterAll(async () => {
  await house.close()
  rmSync(room, { recursive: true })
})

const tegata = (...line: [string, ...string[]]) => runTegata(house, line)
const json = (...line: [string, ...string[]]) => answerOf(house, line)
const refused = (reason: string) => ({ code: 1, out: '', error: expect.stringMatching(new RegExp(`^Refused \\(${reason}\\)[^\\n]*\\n$`)) })

describe('tegata member', () => {
  it('changes what is named, and takes away what is none', async () => {
    const bob = house.bob.membershipId
    expect(await tegata('member', 'update', bob, '--title', '看護師長', '--unit', 'nursing', '--valid-until', '2030-03-31')).toEqual({ code: 0, out: `membership ${bob} is set\n`, error: '' })
    expect(await json('member', 'show', bob)).toMatchObject({ member: { title: '看護師長', units: ['nursing'], valid_until: '2030-03-31T00:00:00.000Z' } })
    expect((await tegata('member', 'update', bob, '--title', 'none', '--valid-until', 'none', '--unit', 'none')).code).toBe(0)
    expect(await json('member', 'show', bob)).toMatchObject({ member: { title: null, units: [], valid_until: null } })
    expect(await tegata('member', 'update', bob, '--unit', 'nowhere')).toEqual(refused('unknown_unit'))
    expect(await tegata('member', 'update', house.alice.membershipId, '--valid-until', '2020-01-01')).toEqual(refused('last_admin'))
    await expect(tegata('member', 'update', bob, '--valid-from', 'tomorrow')).rejects.toThrow('--valid-from: is neither a date nor none')
  })

  it('suspends, resumes, and keeps the last administrator', async () => {
    const bob = house.bob.membershipId
    expect(await json('member', 'suspend', bob)).toEqual({ ok: true, membership_id: bob, status: 'suspended' })
    expect(await tegata('member', 'reset-factors', bob, '--reason', '紛失')).toEqual(refused('not_active'))
    expect(await json('member', 'resume', bob)).toEqual({ ok: true, membership_id: bob, status: 'active' })
    for (const verb of ['suspend', 'end']) expect(await tegata('member', verb, house.alice.membershipId), verb).toEqual(refused('last_admin'))
    expect(await tegata('member', 'end', '01900000-0000-7000-8000-000000000000')).toEqual(refused('not_found'))
  })

  it('shows and ends sessions, takes factors away with a reason, and hands out a link only where there is no address', async () => {
    const bob = house.bob.membershipId
    expect(await json('member', 'sessions', bob)).toEqual({ ok: true, sessions: [] })
    expect(await tegata('member', 'end-sessions', bob)).toMatchObject({ code: 0, out: `0 sessions of membership ${bob} have ended\n` })
    await expect(tegata('member', 'reset-factors', bob)).rejects.toThrow(new UsageError('--reason: is missing.'))
    expect((await tegata('member', 'reset-factors', bob, '--reason', '電話機の紛失')).code).toBe(0)
    expect(await tegata('member', 'reset-factors', house.alice.membershipId, '--reason', '紛失')).toEqual(refused('last_admin'))
    expect((await eventsAbout(house.test, house.bob.accountId)).filter(({ type }) => type === 'factors.reset').at(-1)).toMatchObject({ outcome: 'success', reason: '電話機の紛失', tenant_id: house.sakura })
    expect(await tegata('member', 'activation', bob)).toEqual(refused('has_address'))
  })

  it('writes the list of one tenant into a new file, and that is on record', async () => {
    const to = join(room, 'members.csv')
    expect(await tegata('member', 'export', '--tenant', 'sakura', '--to', to)).toEqual({ code: 0, out: `wrote ${to}\n`, error: '' })
    const list = readFileSync(to, 'utf8')
    expect(list.startsWith('\ufeffmembership_id,name,')).toBe(true)
    expect([list.includes(house.bob.membershipId), list.includes(house.charlie.membershipId)]).toEqual([true, false])
    await expect(tegata('member', 'export', '--tenant', 'sakura', '--to', to)).rejects.toThrow('cannot be written (EEXIST)')
    expect((await eventsAbout(house.test, house.sakura)).filter(({ type }) => type === 'members.exported')).toHaveLength(1)
  })
})

describe('tegata role, unit and app', () => {
  it('show and describe a role', async () => {
    expect((await tegata('role', 'create', '薬剤師', '--tenant', 'sakura', '--description', '調剤をする人')).code).toBe(0)
    expect(await json('role', 'show', '薬剤師', '--tenant', 'sakura')).toMatchObject({ ok: true, role: { name: '薬剤師', description: '調剤をする人', members: 0 } })
    expect((await tegata('role', 'update', '薬剤師', '--tenant', 'sakura', '--description', 'none')).code).toBe(0)
    expect((await tegata('role', 'show', '薬剤師', '--tenant', 'sakura')).out).toMatch(/^description +-$/m)
    await expect(tegata('role', 'show', '薬剤師', '--tenant', 'midori')).rejects.toThrow('There is no role 薬剤師 in this tenant')
  })

  it('name the heads of a unit, who must stand in it', async () => {
    const bob = house.bob.membershipId
    expect(await tegata('unit', 'heads', 'nursing', '--tenant', 'sakura', '--head', house.charlie.membershipId)).toEqual(refused('not_in_unit'))
    await tegata('member', 'update', bob, '--unit', 'nursing')
    expect(await tegata('unit', 'heads', 'nursing', '--tenant', 'sakura', '--head', bob)).toEqual({ code: 0, out: '1 head unit nursing\n', error: '' })
    expect(await json('member', 'show', bob)).toMatchObject({ member: { heads: ['nursing'] } })
    expect((await tegata('unit', 'heads', 'nursing', '--tenant', 'sakura', '--head', 'none')).code).toBe(0)
    expect(await json('member', 'show', bob)).toMatchObject({ member: { heads: [] } })
  })

  it('offer an app to one tenant alone, and take it away', async () => {
    const made = await tegata('client', 'create', '--name', 'Yakuhin', '--client-id', 'yakuhin', '--open-to', 'listed_tenants', '--redirect-uri', 'https://yakuhin.example/callback')
    expect(made).toMatchObject({ code: 0, error: '' })
    expect(await json('client', 'show', 'yakuhin')).toMatchObject({ open_to: 'listed_tenants' })
    const names = async (tenant: string) => JSON.stringify(await json('app', 'list', '--tenant', tenant))
    expect(await tegata('app', 'offer', 'yakuhin', '--tenant', 'sakura')).toEqual({ code: 0, out: 'sakura may use app yakuhin\n', error: '' })
    expect([(await names('sakura')).includes('yakuhin'), (await names('midori')).includes('yakuhin')]).toEqual([true, false])
    expect(await tegata('app', 'offer', 'yakuhin', '--tenant', 'sakura')).toEqual(refused('already_offered'))
    expect((await tegata('app', 'access', 'yakuhin', '--tenant', 'sakura', '--to', 'assigned')).code).toBe(0)
    expect((await tegata('app', 'assign', 'yakuhin', '--tenant', 'sakura', '--member', house.bob.membershipId)).code).toBe(0)
    expect(await tegata('app', 'assign', 'yakuhin', '--tenant', 'sakura', '--member', house.charlie.membershipId)).toEqual(refused('unknown_member'))
    expect((await tegata('app', 'withdraw', 'yakuhin', '--tenant', 'sakura')).code).toBe(0)
    expect(await tegata('app', 'withdraw', 'yakuhin', '--tenant', 'sakura')).toEqual(refused('not_offered'))
    expect((await names('sakura')).includes('yakuhin')).toBe(false)
  })
})
