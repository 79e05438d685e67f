/** Roles and who holds them: nobody gives more than they hold, an administrator remains, Charlie touches nothing of Sakura's. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAccount } from '../../src/accounts/create-account.ts'
import { newId } from '../../src/base/ids.ts'
import { addMember } from '../../src/members/add-member.ts'
import { changeRole } from '../../src/members/change-role.ts'
import { createRole } from '../../src/members/create-role.ts'
import { deleteRole } from '../../src/members/delete-role.ts'
import { endMembership } from '../../src/members/end-membership.ts'
import { createJoinTenant } from '../../src/members/join-tenant.ts'
import type { Mover } from '../../src/members/membership.ts'
import { listRoles } from '../../src/members/role-queries.ts'
import { updateMember, type UpdateMemberInput } from '../../src/members/update-member.ts'
import { updateRole, type UpdateRoleInput } from '../../src/members/update-role.ts'
import { endGrants } from '../../src/oidc/endings.ts'
import { changeSignInRules } from '../../src/tenants/change-sign-in-rules.ts'
import { asSuperuser } from '../helpers/database.ts'
import { buildHouse, by, eventsAbout, must, password, passwords, type House, type Person } from '../accounts/house.ts'

let house: House
beforeEach(async () => { house = await buildHouse() })
afterEach(() => house.close())

const { origin } = by
const operator: Mover = { kind: 'operator', accountId: null }
const deps = () => ({ databases: house.test.databases })
const asMember = (person: Person, ...permissions: string[]): Mover => ({ kind: 'member', accountId: person.accountId, membershipId: person.membershipId, permissions })
const reasonsOf = (results: readonly ({ ok: true } | { ok: false; reason: string })[]) => results.map((result) => (result.ok ? 'ok' : result.reason)).sort()

const make = (name: string, permissions: readonly string[] = [], mover: Mover = operator) => createRole(deps(), { tenantId: house.sakura, name, permissions, usesSeat: true, mover, origin })
const give = (person: Person, role: string, mover: Mover = operator) => changeRole(deps(), { tenantId: person.tenantId, membershipId: person.membershipId, role, mover, origin })
const change = (roleId: string, more: Partial<UpdateRoleInput>) => updateRole(deps(), { tenantId: house.sakura, roleId, mover: operator, origin, ...more })
const remove = (roleId: string, mover: Mover = operator) => deleteRole(deps(), { tenantId: house.sakura, roleId, mover, origin })
const place = (person: Person, more: Partial<UpdateMemberInput>) => updateMember(deps(), { tenantId: person.tenantId, membershipId: person.membershipId, mover: operator, origin, ...more })

async function roleNamed(name: string) {
  const role = (await house.test.databases.inTenant(house.sakura, listRoles)).find((one) => one.name === name)
  if (role === undefined) throw new Error(`no role ${name}`)
  return role
}

async function member(name: string, role: string): Promise<Person> {
  const { accountId } = await must(createAccount({ ...deps(), hashes: house.hashes, passwords }, { email: `${name}@example.com`, emailVerified: true, familyName: '試験', givenName: name, password, ...by }))
  const { membershipId } = await must(addMember(deps(), { tenantId: house.sakura, accountId, role, ...by }))
  return { accountId, membershipId, tenantId: house.sakura }
}

const rowOf = ({ membershipId }: Person) => house.test.databases.engine.selectFrom('membership').innerJoin('role', 'role.id', 'membership.role_id')
  .select(['role.name as role', 'groups', 'employee_number', 'title', 'valid_from', 'valid_until', 'status']).where('membership.id', '=', membershipId).executeTakeFirstOrThrow()

/** Who can administer Sakura now. */
async function administrators(): Promise<number> {
  return asSuperuser(house.test.adminUrl, async (admin) => (await admin.query(
    `select 1 from membership m join role r on r.tenant_id = m.tenant_id and r.id = m.role_id where m.tenant_id = $1 and m.status = 'active' and 'tenant:admin' = any(r.permissions)`, [house.sakura])).rowCount ?? 0)
}

describe('a role', () => {
  it('is made, changed and removed, and each act is on record', async () => {
    const { roleId } = await must(make(' 看護主任 ', ['member:read', 'member:read']))
    expect(await roleNamed('看護主任')).toEqual({ id: roleId, name: '看護主任', description: null, permissions: ['member:read'], uses_seat: true, members: 0 })
    expect(await change(roleId, { name: '主任', usesSeat: false })).toEqual({ ok: true })
    expect(await change(roleId, { name: '主任' })).toEqual({ ok: true })
    expect(await remove(roleId)).toEqual({ ok: true })
    expect(await eventsAbout(house.test, roleId)).toMatchObject([
      { type: 'role.created', outcome: 'success', tenant_id: house.sakura, after: { name: '看護主任', permissions: ['member:read'] } },
      { type: 'role.updated', outcome: 'success', before: { name: '看護主任' }, after: { name: '主任', uses_seat: false } },
      { type: 'role.deleted', outcome: 'success', before: { name: '主任' } },
    ])
  })

  it.each([
    ['without a name', ' ', [], 'invalid_name'],
    ['with too long a name', 'x'.repeat(51), [], 'invalid_name'],
    ['with a permission that is none', 'Clerk', ['member:read', 'records:read'], 'unknown_permission'],
    ['with a name that is taken', 'STAFF', [], 'name_taken'],
  ])('%s is not made, and the refusal is on record', async (_what, name, permissions, reason) => {
    expect(await make(name, permissions)).toEqual({ ok: false, reason })
    expect((await eventsAbout(house.test, null)).at(-1)).toMatchObject({ type: 'role.created', outcome: 'refused', reason, tenant_id: house.sakura })
  })

  it('is made once when two make it at once', async () => {
    expect(reasonsOf(await Promise.all([make('主任'), make('主任')]))).toEqual(['name_taken', 'ok'])
  })

  it('takes a name once when two roles are given it at once, and one is made so', async () => {
    const [a, b] = [await must(make('a')), await must(make('b'))]
    expect(reasonsOf(await Promise.all([change(a.roleId, { name: 'c' }), change(b.roleId, { name: 'c' }), make('c')]))).toEqual(['name_taken', 'name_taken', 'ok'])
  })

  it('goes no further than whoever makes it, changes it or removes it', async () => {
    const bob = asMember(house.bob, 'role:manage', 'member:read')
    expect(await make('Auditor', ['audit:read'], bob)).toEqual({ ok: false, reason: 'role_above_own' })
    const { roleId } = await must(make('Reader', ['member:read'], bob))
    expect(await change(roleId, { permissions: ['member:read', 'audit:read'], mover: bob })).toEqual({ ok: false, reason: 'role_above_own' })
    const executive = await roleNamed('EXECUTIVE')
    expect(await change(executive.id, { permissions: [], mover: bob })).toEqual({ ok: false, reason: 'role_above_own' })
    expect(await remove(executive.id, bob)).toEqual({ ok: false, reason: 'role_above_own' })
    expect(await roleNamed('EXECUTIVE')).toEqual(executive)
    expect((await eventsAbout(house.test, executive.id)).map(({ type, reason }) => [type, reason])).toEqual([['role.updated', 'role_above_own'], ['role.deleted', 'role_above_own']])
  })

  it('that is held is not removed, and the refusal names who holds it, ended ones too', async () => {
    const staff = await roleNamed('STAFF')
    const held = { ok: false, reason: 'role_in_use', holders: [{ membershipId: house.bob.membershipId, name: '試験 bob' }] }
    expect(await remove(staff.id)).toEqual(held)
    await must(endMembership({ ...deps(), grants: { endGrants } }, { tenantId: house.sakura, membershipId: house.bob.membershipId, mover: operator, origin }))
    expect(await remove(staff.id)).toEqual(held)
    expect(await give(house.bob, 'TEAM_LEADER')).toEqual({ ok: true, role: 'TEAM_LEADER' })
    expect(await remove(staff.id)).toEqual({ ok: true })
  })

  it('is either removed or given when both are asked for at once', async () => {
    for (let round = 0; round < 5; round++) {
      const { roleId } = await must(make(`round-${round}`))
      const [removed, given] = await Promise.all([remove(roleId), give(house.bob, `round-${round}`)])
      expect([removed.ok ? 'removed' : removed.reason, given.ok ? 'given' : given.reason]).toEqual(removed.ok ? ['removed', 'unknown_role'] : ['role_in_use', 'given'])
    }
  })

  it('of people who register by themselves gets no permissions and is not removed', async () => {
    const staff = await roleNamed('STAFF')
    const { roleId } = await must(make('GUEST'))
    await must(changeSignInRules(deps(), { tenantId: house.sakura, rules: { registrationRole: 'GUEST' }, ...by }))
    expect(await change(roleId, { permissions: ['member:read'] })).toEqual({ ok: false, reason: 'registration_role' })
    expect(await remove(roleId)).toEqual({ ok: false, reason: 'registration_role' })
    expect(await createJoinTenant(deps()).find('sakura')).toBe(house.sakura)
    // Both at once: whichever way it ends, nobody registers into permissions.
    await Promise.all([change(staff.id, { permissions: ['audit:read'] }), changeSignInRules(deps(), { tenantId: house.sakura, rules: { registrationRole: 'STAFF' }, ...by })])
    const role = await roleNamed('STAFF')
    const registers = await createJoinTenant(deps()).find('sakura')
    const { registration_role_id: named } = await house.test.databases.engine.selectFrom('tenant').select('registration_role_id').where('id', '=', house.sakura).executeTakeFirstOrThrow()
    expect(registers === null || named !== role.id || role.permissions.length === 0).toBe(true)
  })

  it('of another tenant is not there, from either side', async () => {
    const staff = await roleNamed('STAFF')
    const charlie = asMember(house.charlie, 'tenant:admin', 'role:manage', 'member:update')
    const elsewhere = { tenantId: house.midori, roleId: staff.id, mover: charlie, origin }
    expect(await updateRole(deps(), { ...elsewhere, name: 'Charlies' })).toEqual({ ok: false, reason: 'not_found' })
    expect(await deleteRole(deps(), elsewhere)).toEqual({ ok: false, reason: 'not_found' })
    expect(await changeRole(deps(), { tenantId: house.midori, membershipId: house.bob.membershipId, role: 'therapist', mover: charlie, origin })).toEqual({ ok: false, reason: 'not_found' })
    expect(await give(house.charlie, 'STAFF')).toEqual({ ok: false, reason: 'unknown_role' })
    expect((await house.test.databases.inTenant(house.midori, listRoles)).map(({ name }) => name)).not.toContain('STAFF')
    expect(await roleNamed('STAFF')).toEqual(staff)
    expect((await rowOf(house.bob)).role).toBe('STAFF')
  })

  it('that does not exist is not found', async () => {
    expect([await change(newId(), {}), await remove('x')]).toEqual([{ ok: false, reason: 'not_found' }, { ok: false, reason: 'not_found' }])
  })
})

describe('a member', () => {
  it('gets another role, once on record', async () => {
    expect(await give(house.bob, 'TEAM_LEADER', asMember(house.alice, 'tenant:admin', 'member:update', 'member:read'))).toEqual({ ok: true, role: 'TEAM_LEADER' })
    expect(await give(house.bob, 'TEAM_LEADER')).toEqual({ ok: true, role: 'TEAM_LEADER' })
    expect((await rowOf(house.bob)).role).toBe('TEAM_LEADER')
    expect((await eventsAbout(house.test, house.bob.membershipId)).slice(1)).toMatchObject([{ type: 'membership.role_changed', outcome: 'success', before: { role: 'STAFF' }, after: { role: 'TEAM_LEADER' } }])
  })

  it('gets none that goes beyond who gives it, and gives themselves none', async () => {
    const bob = asMember(house.bob, 'member:update', 'member:read')
    const dana = await member('dana', 'STAFF')
    expect(await give(dana, 'EXECUTIVE', bob)).toEqual({ ok: false, reason: 'role_above_own' })
    expect(await give(house.bob, 'TEAM_LEADER', bob)).toEqual({ ok: false, reason: 'own_membership' })
    expect(await give(house.alice, 'STAFF', bob)).toEqual({ ok: false, reason: 'higher_role' })
    expect((await eventsAbout(house.test, dana.membershipId)).at(-1)).toMatchObject({ type: 'membership.role_changed', outcome: 'refused', reason: 'role_above_own' })
  })

  it('keeps a staff number, title, dates and units, and the log says which were changed', async () => {
    const [from, until] = [new Date('2027-04-01T00:00:00Z'), new Date('2028-04-01T00:00:00Z')]
    expect(await place(house.bob, { employeeNumber: 's-0777', title: ' 主任 ', validFrom: from, validUntil: until, units: [] })).toEqual({ ok: true })
    expect(await rowOf(house.bob)).toMatchObject({ employee_number: 'S-0777', title: '主任', valid_from: from, valid_until: until, groups: [] })
    expect(await place(house.bob, { units: ['nursing', 'nursing'], title: null })).toEqual({ ok: true })
    expect(await place(house.bob, { units: ['nursing'], title: '' })).toEqual({ ok: true })
    expect(await rowOf(house.bob)).toMatchObject({ employee_number: 'S-0777', title: null, groups: ['nursing'] })
    expect((await eventsAbout(house.test, house.bob.membershipId)).slice(1)).toMatchObject([
      { type: 'membership.updated', after: { fields: ['employee_number', 'title', 'valid_from', 'valid_until', 'units'] } },
      { type: 'membership.updated', after: { fields: ['title', 'units'] } },
    ])
  })

  it.each([
    ['a staff number that is none', { employeeNumber: 'S 1' }, 'invalid_employee_number'],
    ['a staff number of somebody else', { employeeNumber: 's-0001', title: 'x' }, 'employee_number_taken'],
    ['too long a title', { title: 'x'.repeat(101) }, 'invalid_title'],
    ['dates in the wrong order', { validFrom: new Date(2), validUntil: new Date(1) }, 'invalid_period'],
    ['a unit that is not there', { units: ['nursing', 'no-such-unit'] }, 'unknown_unit'],
  ])('gets not %s', async (_what, more, reason) => {
    const before = await rowOf(house.bob)
    expect(await place(house.bob, more)).toEqual({ ok: false, reason })
    expect(await rowOf(house.bob)).toEqual(before)
    expect((await eventsAbout(house.test, house.bob.membershipId)).at(-1)).toMatchObject({ type: 'membership.updated', outcome: 'refused', reason })
  })

  it('shares no staff number with whoever takes it at once', async () => {
    const results = await Promise.all([place(house.alice, { employeeNumber: 'S-0900' }), place(house.bob, { employeeNumber: 'S-0900' })])
    expect(reasonsOf(results)).toEqual(['employee_number_taken', 'ok'])
  })

  it('changes nothing of their own, but for an administrator’s title and units, never dates', async () => {
    expect(await place(house.bob, { title: 'x', mover: asMember(house.bob, 'member:update') })).toEqual({ ok: false, reason: 'own_membership' })
    expect(await place(house.alice, { title: '院長', mover: asMember(house.bob, 'member:update') })).toEqual({ ok: false, reason: 'higher_role' })
    const alice = asMember(house.alice, 'tenant:admin', 'member:update')
    expect(await place(house.alice, { title: '院長', units: ['nursing'], mover: alice })).toEqual({ ok: true })
    expect(await place(house.alice, { validUntil: null, mover: alice })).toEqual({ ok: false, reason: 'own_membership' })
  })

  it('of another tenant is not there', async () => {
    const charlie = asMember(house.charlie, 'tenant:admin', 'member:update')
    expect(await place({ ...house.bob, tenantId: house.midori }, { title: 'x', mover: charlie })).toEqual({ ok: false, reason: 'not_found' })
    expect(await place(house.charlie, { units: ['nursing'] })).toEqual({ ok: false, reason: 'unknown_unit' })
    // The same number in another tenant is nobody's business.
    expect(await place(house.charlie, { employeeNumber: 'S-0001' })).toEqual({ ok: true })
  })
})

describe('the last administrator', () => {
  it('is neither demoted nor dated, nor does their role stop to administer', async () => {
    const admin = await roleNamed('Admin')
    expect(await give(house.alice, 'STAFF')).toEqual({ ok: false, reason: 'last_admin' })
    expect(await place(house.alice, { validUntil: new Date('2099-01-01') })).toEqual({ ok: false, reason: 'last_admin' })
    expect(await place(house.alice, { validFrom: new Date('2099-01-01') })).toEqual({ ok: false, reason: 'last_admin' })
    expect(await change(admin.id, { permissions: ['member:read'] })).toEqual({ ok: false, reason: 'last_admin' })
    expect((await rowOf(house.alice)).role).toBe('Admin')
    expect((await eventsAbout(house.test, house.alice.membershipId)).slice(1).map(({ reason }) => reason)).toEqual(['last_admin', 'last_admin', 'last_admin'])
    expect((await eventsAbout(house.test, admin.id)).at(-1)).toMatchObject({ outcome: 'refused', reason: 'last_admin' })
  })

  it('may be given another role that administers', async () => {
    await must(make('Owner', ['tenant:admin']))
    expect(await give(house.alice, 'Owner')).toEqual({ ok: true, role: 'Owner' })
  })

  it('remains when both are demoted at once', async () => {
    const dana = await member('dana', 'Admin')
    expect(reasonsOf(await Promise.all([give(house.alice, 'STAFF'), give(dana, 'STAFF')]))).toEqual(['last_admin', 'ok'])
    expect(await administrators()).toBe(1)
  })

  it('remains when one is demoted while the other ends', async () => {
    const dana = await member('dana', 'Admin')
    const end = endMembership({ ...deps(), grants: { endGrants } }, { tenantId: house.sakura, membershipId: house.alice.membershipId, mover: operator, origin })
    expect(reasonsOf(await Promise.all([end, give(dana, 'STAFF')]))).toEqual(['last_admin', 'ok'])
    expect(await administrators()).toBe(1)
  })

  it('remains when one’s role stops to administer while the other ends', async () => {
    const { roleId } = await must(make('Owner', ['tenant:admin']))
    await member('dana', 'Owner')
    for (let round = 0; round < 5; round++) {
      const erin = await member(`erin-${round}`, 'Owner')
      await must(change(roleId, { permissions: ['tenant:admin'] }))
      const end = endMembership({ ...deps(), grants: { endGrants } }, { tenantId: house.sakura, membershipId: house.alice.membershipId, mover: operator, origin })
      const results = await Promise.all([change(roleId, { permissions: [] }), end])
      expect(reasonsOf(results)).toEqual(['last_admin', 'ok'])
      expect(await administrators()).toBeGreaterThan(0)
      await asSuperuser(house.test.adminUrl, (admin) => admin.query(`update membership set status = 'active' where id = $1`, [house.alice.membershipId]))
      await must(endMembership({ ...deps(), grants: { endGrants } }, { tenantId: house.sakura, membershipId: erin.membershipId, mover: operator, origin }))
    }
  })

  it('remains when both are dated at once', async () => {
    const dana = await member('dana', 'Admin')
    const validUntil = new Date('2099-01-01')
    expect(reasonsOf(await Promise.all([place(house.alice, { validUntil }), place(dana, { validUntil })]))).toEqual(['last_admin', 'ok'])
  })
})
