/** The tree of units: paths and groups follow every change, no circle comes about, nobody's place is lost, Charlie touches nothing of Sakura's. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAccount } from '../../src/accounts/create-account.ts'
import { assignApp } from '../../src/apps/assign-app.ts'
import { moveUnitAssignments } from '../../src/apps/tenant-queries.ts'
import { newId } from '../../src/base/ids.ts'
import { addMember } from '../../src/members/add-member.ts'
import { unitMembers } from '../../src/members/assign-units.ts'
import { endMembership } from '../../src/members/end-membership.ts'
import { updateMember } from '../../src/members/update-member.ts'
import { endGrants } from '../../src/oidc/endings.ts'
import { createUnit, type CreateUnitInput } from '../../src/tenants/create-unit.ts'
import { deleteUnit } from '../../src/tenants/delete-unit.ts'
import { mergeUnits } from '../../src/tenants/merge-units.ts'
import { moveUnit } from '../../src/tenants/move-unit.ts'
import { listUnits } from '../../src/tenants/unit-queries.ts'
import { updateUnit, type UpdateUnitInput } from '../../src/tenants/update-unit.ts'
import { buildHouse, by, eventsAbout, must, passwords, type House, type Person } from '../accounts/house.ts'
import { asSuperuser } from '../helpers/database.ts'

let house: House
beforeEach(async () => { house = await buildHouse() })
afterEach(() => house.close())

const deps = () => ({ databases: house.test.databases, members: unitMembers, apps: { moveUnitAssignments } })
const reasonsOf = (results: readonly ({ ok: true } | { ok: false; reason: string })[]) => results.map((result) => (result.ok ? 'ok' : result.reason)).sort()
const tree = () => house.test.databases.inTenant(house.sakura, listUnits)
const paths = async () => (await tree()).map((unit) => unit.code_path.join('/'))

async function idOf(code: string): Promise<string> {
  const unit = (await tree()).find((one) => one.code === code)
  if (unit === undefined) throw new Error(`no unit ${code}`)
  return unit.id
}

const create = (code: string, parentId: string | null = null, more: Partial<CreateUnitInput> = {}) =>
  createUnit(deps(), { tenantId: house.sakura, code, name: `部署 ${code}`, kind: 'team', parentId, ...by, ...more })
const update = (unitId: string, more: Partial<UpdateUnitInput>) => updateUnit(deps(), { tenantId: house.sakura, unitId, ...by, ...more })
const move = (unitId: string, parentId: string | null) => moveUnit(deps(), { tenantId: house.sakura, unitId, parentId, ...by })
const merge = (unitId: string, mergedId: string) => mergeUnits(deps(), { tenantId: house.sakura, unitId, mergedId, ...by })
const remove = (unitId: string) => deleteUnit(deps(), { tenantId: house.sakura, unitId, ...by })
const put = (person: Person, ...units: string[]) => updateMember(deps(), { tenantId: person.tenantId, membershipId: person.membershipId, units, mover: { kind: 'operator', accountId: null }, origin: by.origin })

/** Units one below the other; their ids. */
async function chain(...codes: readonly string[]): Promise<readonly string[]> {
  const ids: string[] = []
  for (const code of codes) ids.push((await must(create(code, ids.at(-1) ?? null))).unitId)
  return ids
}

const groupsOf = async ({ membershipId }: Person) => (await house.test.databases.engine.selectFrom('membership').select('groups').where('id', '=', membershipId).executeTakeFirstOrThrow()).groups
const placesOf = async ({ membershipId }: Person) => (await house.test.databases.engine.selectFrom('membership_unit').innerJoin('unit', 'unit.id', 'membership_unit.unit_id')
  .select(['unit.code', 'is_primary']).where('membership_id', '=', membershipId).orderBy('is_primary', 'desc').orderBy('unit.code').execute()).map((row) => [row.code, row.is_primary])

describe('a unit', () => {
  it('is added at the top and below another one', async () => {
    const { unitId } = await must(create(' ｗａｒｄ－３ ', await idOf('nursing')))
    expect(await tree()).toMatchObject([{ code: 'nursing', code_path: ['nursing'] }, { id: unitId, code: 'ward-3', name: '部署  ｗａｒｄ－３', code_path: ['nursing', 'ward-3'], kind: 'team' }])
    expect(await eventsAbout(house.test, unitId)).toMatchObject([{ type: 'unit.created', outcome: 'success', tenant_id: house.sakura, after: { code: 'ward-3', kind: 'team' } }])
  })

  it.each([
    ['without a code', ' ', {}, 'invalid_code'],
    ['with a code that holds a space', 'ward 3', {}, 'invalid_code'],
    ['with too long a code', 'x'.repeat(65), {}, 'invalid_code'],
    ['without a name', 'ward-3', { name: ' ' }, 'invalid_name'],
    ['with a code that is taken', 'nursing', {}, 'code_taken'],
    ['below one that is not there', 'ward-3', { parentId: newId() }, 'unknown_parent'],
  ])('%s is not added, and the refusal is on record', async (_what, code, more, reason) => {
    expect(await create(code, null, more)).toEqual({ ok: false, reason })
    expect((await eventsAbout(house.test, null)).at(-1)).toMatchObject({ type: 'unit.created', outcome: 'refused', reason, tenant_id: house.sakura })
  })

  it('is added once when two add it at once', async () => {
    expect(reasonsOf(await Promise.all([create('ward-3'), create('ward-3')]))).toEqual(['code_taken', 'ok'])
  })

  it('gets another code, and all below it and in it say so', async () => {
    const [, , team] = await chain('chuo', 'ward', 'team-a')
    await must(put(house.bob, 'team-a', 'nursing'))
    expect(await update(await idOf('ward'), { code: 'ward-4', name: '4階病棟', kind: 'department' })).toEqual({ ok: true })
    expect(await paths()).toEqual(['chuo', 'chuo/ward-4', 'chuo/ward-4/team-a', 'nursing'])
    expect(await groupsOf(house.bob)).toEqual(['chuo', 'nursing', 'ward-4', 'team-a'])
    expect(await idOf('team-a')).toBe(team)
    expect(await update(await idOf('ward-4'), { code: 'nursing' })).toEqual({ ok: false, reason: 'code_taken' })
    expect(await update(await idOf('ward-4'), { code: 'a b' })).toEqual({ ok: false, reason: 'invalid_code' })
    expect(await update(await idOf('ward-4'), { kind: 'department' })).toEqual({ ok: true })
    expect((await eventsAbout(house.test, await idOf('ward-4'))).slice(1)).toMatchObject([
      { type: 'unit.updated', outcome: 'success', before: { code: 'ward' }, after: { code: 'ward-4', fields: ['code', 'name', 'kind'] } },
      { outcome: 'refused', reason: 'code_taken' }, { outcome: 'refused', reason: 'invalid_code' },
    ])
  })

  it('gives one code to one of two that ask for it at once', async () => {
    const [a = '', b = ''] = await chain('a', 'b')
    expect(reasonsOf(await Promise.all([update(a, { code: 'c' }), update(b, { code: 'c' }), create('c')]))).toEqual(['code_taken', 'code_taken', 'ok'])
  })
})

describe('moving', () => {
  it('takes everything below along, with its ids, and groups follow', async () => {
    const [, ward = '', team = ''] = await chain('chuo', 'ward', 'team-a')
    await must(put(house.bob, 'team-a'))
    expect(await move(ward, await idOf('nursing'))).toEqual({ ok: true })
    expect(await paths()).toEqual(['chuo', 'nursing', 'nursing/ward', 'nursing/ward/team-a'])
    expect([await idOf('ward'), await idOf('team-a')]).toEqual([ward, team])
    expect(await groupsOf(house.bob)).toEqual(['nursing', 'ward', 'team-a'])
    expect(await move(ward, null)).toEqual({ ok: true })
    expect(await groupsOf(house.bob)).toEqual(['ward', 'team-a'])
    expect(await move(ward, null)).toEqual({ ok: true })
    expect((await eventsAbout(house.test, ward)).filter(({ type }) => type === 'unit.moved')).toHaveLength(2)
  })

  it('refuses to hang a unit below itself, at any depth, or below nothing', async () => {
    const [top = '', , bottom = ''] = await chain('a', 'b', 'c')
    expect(await move(top, top)).toEqual({ ok: false, reason: 'unit_below_itself' })
    expect(await move(top, bottom)).toEqual({ ok: false, reason: 'unit_below_itself' })
    expect(await move(top, newId())).toEqual({ ok: false, reason: 'unknown_parent' })
    expect(await paths()).toEqual(['a', 'a/b', 'a/b/c', 'nursing'])
    expect((await eventsAbout(house.test, top)).at(-1)).toMatchObject({ type: 'unit.moved', outcome: 'refused', reason: 'unknown_parent' })
  })

  it('makes no circle of two units that are moved below each other at once', async () => {
    const { unitId: a } = await must(create('a'))
    const { unitId: b } = await must(create('b'))
    for (let round = 0; round < 5; round++) {
      expect(reasonsOf(await Promise.all([move(a, b), move(b, a)]))).toEqual(['ok', 'unit_below_itself'])
      expect((await paths()).filter((path) => path !== 'nursing').map((path) => path.split('/').length).sort()).toEqual([1, 2])
      await Promise.all([move(a, null), move(b, null)])
    }
  })

  it('takes along what is added below meanwhile', async () => {
    const [, ward = ''] = await chain('chuo', 'ward')
    for (let round = 0; round < 5; round++) {
      const target = round % 2 === 0 ? await idOf('nursing') : null
      const results = await Promise.all([create(`team-${round}`, ward), move(ward, target)])
      expect(reasonsOf(results)).toEqual(['ok', 'ok'])
      const units = await tree()
      for (const unit of units) {
        const parent = units.find(({ id }) => id === unit.parent_id)
        expect(unit.code_path).toEqual([...(parent?.code_path ?? []), unit.code])
      }
    }
  })

  it('and adding a new member there at once leaves their groups right', async () => {
    const [, ward = ''] = await chain('chuo', 'ward')
    for (let round = 0; round < 5; round++) {
      const target = round % 2 === 0 ? 'nursing' : 'chuo'
      const email = `new-${round}@example.com`
      const { accountId } = await must(createAccount({ ...deps(), hashes: house.hashes, passwords }, { email, emailVerified: true, familyName: '新', givenName: '人', password: null, ...by }))
      const [added] = await Promise.all([must(addMember(deps(), { tenantId: house.sakura, accountId, role: 'STAFF', units: ['ward'], ...by })), must(move(ward, await idOf(target)))])
      expect(await groupsOf({ accountId, membershipId: added.membershipId, tenantId: house.sakura })).toEqual([target, 'ward'])
    }
  })

  it('and putting people there at once leaves their groups right', async () => {
    const [, ward = ''] = await chain('chuo', 'ward')
    for (let round = 0; round < 5; round++) {
      await must(put(house.bob))
      const target = round % 2 === 0 ? await idOf('nursing') : await idOf('chuo')
      expect(reasonsOf(await Promise.all([put(house.bob, 'ward'), update(ward, { code: 'ward' }), move(ward, target), put(house.alice, 'ward', 'nursing')]))).toEqual(['ok', 'ok', 'ok', 'ok'])
      expect(await groupsOf(house.bob)).toEqual([round % 2 === 0 ? 'nursing' : 'chuo', 'ward'])
    }
  })
})

describe('merging', () => {
  it('brings members and units over, each once, and a first unit stays first', async () => {
    const [east = '', team = ''] = await chain('east', 'team-a')
    const { unitId: west } = await must(create('west'))
    await must(put(house.bob, 'east', 'west', 'nursing'))
    await must(put(house.alice, 'nursing', 'east'))
    expect(await merge(west, east)).toEqual({ ok: true })
    expect(await paths()).toEqual(['nursing', 'west', 'west/team-a'])
    expect(await idOf('team-a')).toBe(team)
    expect(await placesOf(house.bob)).toEqual([['west', true], ['nursing', false]])
    expect(await placesOf(house.alice)).toEqual([['nursing', true], ['west', false]])
    expect(await groupsOf(house.bob)).toEqual(['nursing', 'west'])
    expect((await eventsAbout(house.test, west)).at(-1)).toMatchObject({ type: 'unit.merged', outcome: 'success', before: { merged_code: 'east' }, after: { merged_unit_id: east, apps: [] } })
  })

  it('brings the apps over that were assigned to it, each once', async () => {
    const [east = ''] = await chain('east')
    const { unitId: west } = await must(create('west'))
    await asSuperuser(house.test.adminUrl, (admin) => admin.query(`insert into client (id, name, open_to, metadata) select id, id, 'every_tenant', '{"grant_types": ["authorization_code"]}' from unnest('{rota,voice}'::text[]) id`))
    for (const [clientId, unit] of [['rota', 'east'], ['voice', 'east'], ['voice', 'west']] as const) {
      await must(assignApp(deps(), { tenantId: house.sakura, clientId, assignee: { kind: 'unit', unit }, mover: { kind: 'operator', accountId: null }, origin: by.origin }))
    }
    expect(await merge(west, east)).toEqual({ ok: true })
    expect(await house.test.databases.engine.selectFrom('client_assignment').select(['client_id', 'unit_id']).orderBy('client_id').execute()).toEqual([{ client_id: 'rota', unit_id: west }, { client_id: 'voice', unit_id: west }])
    expect((await eventsAbout(house.test, west)).at(-1)).toMatchObject({ type: 'unit.merged', after: { apps: ['rota'] } })
  })

  it('takes a unit into the one above it, and refuses it into itself, one below, or an unknown one', async () => {
    const [top = '', middle = '', bottom = ''] = await chain('a', 'b', 'c')
    expect(await merge(top, top)).toEqual({ ok: false, reason: 'same_unit' })
    expect(await merge(bottom, top)).toEqual({ ok: false, reason: 'unit_below_itself' })
    expect(await merge(top, newId())).toEqual({ ok: false, reason: 'unknown_unit' })
    expect(await merge(top, middle)).toEqual({ ok: true })
    expect(await paths()).toEqual(['a', 'a/c', 'nursing'])
  })

  it('of two into each other at once leaves one of them', async () => {
    const { unitId: a } = await must(create('a'))
    const { unitId: b } = await must(create('b'))
    expect(reasonsOf(await Promise.all([merge(a, b), merge(b, a)]))).toEqual(['not_found', 'ok'])
    expect(await paths()).toHaveLength(2)
  })

  it('loses nobody who is put there meanwhile', async () => {
    const { unitId: west } = await must(create('west'))
    for (let round = 0; round < 5; round++) {
      const { unitId: east } = await must(create('east'))
      await must(put(house.bob))
      const [merged, placed] = await Promise.all([merge(west, east), put(house.bob, 'east')])
      expect(merged).toEqual({ ok: true })
      expect([placed.ok ? 'ok' : placed.reason, await placesOf(house.bob)]).toEqual(placed.ok ? ['ok', [['west', true]]] : ['unknown_unit', []])
    }
  })
})

describe('deleting', () => {
  it('is refused while units stand below or members in it, whom it names; who has left holds nothing back', async () => {
    const [ward = '', team = ''] = await chain('ward', 'team-a')
    await must(put(house.bob, 'team-a'))
    expect(await remove(ward)).toEqual({ ok: false, reason: 'has_units' })
    expect(await remove(team)).toEqual({ ok: false, reason: 'unit_in_use', holders: [{ membershipId: house.bob.membershipId, name: '試験 bob' }] })
    await must(endMembership({ databases: house.test.databases, grants: { endGrants } }, { tenantId: house.sakura, membershipId: house.bob.membershipId, mover: { kind: 'operator', accountId: null }, origin: by.origin }))
    expect(await remove(team)).toEqual({ ok: true })
    expect(await remove(ward)).toEqual({ ok: true })
    expect(await paths()).toEqual(['nursing'])
    expect((await eventsAbout(house.test, team)).map(({ type, outcome, reason }) => [type, outcome, reason])).toEqual([
      ['unit.created', 'success', null], ['unit.deleted', 'refused', 'unit_in_use'], ['unit.deleted', 'success', null],
    ])
  })

  it('and putting somebody there at once: one of the two', async () => {
    for (let round = 0; round < 5; round++) {
      const { unitId } = await must(create(`round-${round}`))
      const [removed, placed] = await Promise.all([remove(unitId), put(house.bob, `round-${round}`)])
      expect([removed.ok ? 'removed' : removed.reason, placed.ok ? 'placed' : placed.reason]).toEqual(removed.ok ? ['removed', 'unknown_unit'] : ['unit_in_use', 'placed'])
    }
  })

  it('and adding a unit below at once: one of the two', async () => {
    for (let round = 0; round < 5; round++) {
      const { unitId } = await must(create(`round-${round}`))
      const [removed, added] = await Promise.all([remove(unitId), create(`below-${round}`, unitId)])
      expect([removed.ok ? 'removed' : removed.reason, added.ok ? 'added' : added.reason]).toEqual(removed.ok ? ['removed', 'unknown_parent'] : ['has_units', 'added'])
    }
  })
})

describe('a unit of another tenant', () => {
  it('is not there, from either side', async () => {
    const nursing = await idOf('nursing')
    const { unitId: own } = await must(create('honten', null, { tenantId: house.midori }))
    const charlie = { tenantId: house.midori, unitId: nursing, actor: house.charlie.accountId, origin: by.origin }
    const results = [
      await updateUnit(deps(), { ...charlie, code: 'x' }), await moveUnit(deps(), { ...charlie, parentId: own }), await mergeUnits(deps(), { ...charlie, mergedId: own }), await deleteUnit(deps(), charlie),
    ]
    expect(reasonsOf(results)).toEqual(['not_found', 'not_found', 'not_found', 'not_found'])
    expect(await moveUnit(deps(), { ...charlie, unitId: own, parentId: nursing })).toEqual({ ok: false, reason: 'unknown_parent' })
    expect(await mergeUnits(deps(), { ...charlie, unitId: own, mergedId: nursing })).toEqual({ ok: false, reason: 'unknown_unit' })
    // The same code in another tenant says nothing.
    expect(await create('nursing', null, { tenantId: house.midori })).toMatchObject({ ok: true })
    expect(await paths()).toEqual(['nursing'])
    expect(await groupsOf(house.bob)).toEqual(['nursing'])
  })
})
