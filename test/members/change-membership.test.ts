/** Memberships are suspended, resumed and ended inside their tenant; Charlie's tenant sees and touches nothing of it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAccount } from '../../src/accounts/create-account.ts'
import { newId, parseMembershipId, type MembershipId, type TenantId } from '../../src/base/ids.ts'
import { addMember } from '../../src/members/add-member.ts'
import { endMembership } from '../../src/members/end-membership.ts'
import type { Mover } from '../../src/members/membership.ts'
import { resumeMembership } from '../../src/members/resume-membership.ts'
import { suspendMembership } from '../../src/members/suspend-membership.ts'
import { endGrants } from '../../src/oidc/endings.ts'
import { asSuperuser } from '../helpers/database.ts'
import { buildHouse, by, eventsAbout, must, password, passwords, type House, type Person } from '../accounts/house.ts'

let house: House
beforeEach(async () => { house = await buildHouse() })
afterEach(() => house.close())

const operator: Mover = { kind: 'operator', accountId: null }
const deps = () => ({ databases: house.test.databases, grants: { endGrants } })
const change = (person: Person, mover: Mover = operator) => ({ tenantId: person.tenantId, membershipId: person.membershipId, mover, origin: by.origin })
const asMember = (person: Person, ...permissions: string[]): Mover => ({ kind: 'member', accountId: person.accountId, membershipId: person.membershipId, permissions })

async function statusOf(membershipId: string): Promise<string | undefined> {
  return (await house.test.databases.engine.selectFrom('membership').select('status').where('id', '=', membershipId).executeTakeFirst())?.status
}

async function secondAdmin(): Promise<Person> {
  const { databases } = house.test
  const { accountId } = await must(createAccount({ databases, hashes: house.hashes, passwords }, { email: 'dana@example.com', emailVerified: true, familyName: '二', givenName: '番', password, ...by }))
  const { membershipId } = await must(addMember({ databases }, { tenantId: house.sakura, accountId, role: 'Admin', ...by }))
  return { accountId, membershipId, tenantId: house.sakura }
}

async function giveGrants(...people: Person[]): Promise<void> {
  await asSuperuser(house.test.adminUrl, async (admin) => {
    await admin.query(`insert into client (id, name, metadata) values ('karte', 'Karte', '{}')`)
    for (const { accountId, membershipId, tenantId } of people) {
      await admin.query(`insert into oidc_grant (id, account_id, client_id, tenant_id, membership_id, payload, expires_at) values ($1, $2, 'karte', $3, $4, '{}', now() + interval '1 hour')`,
        [membershipId, accountId, tenantId, membershipId])
    }
  })
}

async function grantsLeft(): Promise<readonly string[]> {
  return (await house.test.databases.engine.selectFrom('oidc_grant').select('id').orderBy('id').execute()).map((row) => row.id)
}

describe('a membership', () => {
  it('is suspended with its tokens, and comes back without them', async () => {
    await giveGrants(house.bob, house.charlie)
    expect(await suspendMembership(deps(), change(house.bob, asMember(house.alice, 'member:suspend')))).toEqual({ ok: true, status: 'suspended' })
    expect(await grantsLeft()).toEqual([house.charlie.membershipId])
    expect(await resumeMembership(deps(), change(house.bob))).toEqual({ ok: true, status: 'active' })
    expect(await eventsAbout(house.test, house.bob.membershipId)).toMatchObject([
      { type: 'membership.created', tenant_id: house.sakura, after: { role: 'STAFF', units: ['nursing'] } },
      { type: 'membership.suspended', outcome: 'success', tenant_id: house.sakura, before: { status: 'active' }, after: { status: 'suspended' } },
      { type: 'membership.resumed', outcome: 'success' },
    ])
  })

  it('ends for good, with the moment kept', async () => {
    await giveGrants(house.bob)
    expect(await endMembership(deps(), change(house.bob))).toEqual({ ok: true, status: 'ended' })
    expect(await grantsLeft()).toEqual([])
    expect(await resumeMembership(deps(), change(house.bob))).toEqual({ ok: false, reason: 'already_ended' })
    const row = await house.test.databases.engine.selectFrom('membership').select('ended_at').where('id', '=', house.bob.membershipId).executeTakeFirstOrThrow()
    expect(row.ended_at).toBeInstanceOf(Date)
  })

  it('stays as it was when its tokens cannot be ended', async () => {
    const broken = { databases: house.test.databases, grants: { endGrants: () => Promise.reject(new Error('no')) } }
    await expect(suspendMembership(broken, change(house.bob))).rejects.toThrow('no')
    expect(await statusOf(house.bob.membershipId)).toBe('active')
  })

  it('is suspended once when two ask at once', async () => {
    const results = await Promise.all([suspendMembership(deps(), change(house.bob)), suspendMembership(deps(), change(house.bob))])
    expect(results).toEqual(expect.arrayContaining([{ ok: true, status: 'suspended' }, { ok: false, reason: 'already_suspended' }]))
    const outcomes = (await eventsAbout(house.test, house.bob.membershipId)).filter(({ type }) => type === 'membership.suspended').map(({ outcome }) => outcome)
    expect(outcomes.sort()).toEqual(['refused', 'success'])
  })

  it('of another tenant is not there, from either side', async () => {
    const foreign = { tenantId: house.midori, membershipId: house.bob.membershipId, mover: asMember(house.charlie, 'tenant:admin', 'member:suspend'), origin: by.origin }
    for (const command of [suspendMembership, resumeMembership, endMembership]) {
      expect(await command(deps(), foreign)).toEqual({ ok: false, reason: 'not_found' })
    }
    expect(await statusOf(house.bob.membershipId)).toBe('active')
    expect(await eventsAbout(house.test, house.bob.membershipId)).toHaveLength(1)
  })

  it('that does not exist is not found', async () => {
    expect(await suspendMembership(deps(), { ...change(house.bob), membershipId: parseMembershipId(newId()) })).toEqual({ ok: false, reason: 'not_found' })
  })
})

describe('the last administrator', () => {
  it.each([['suspend', suspendMembership], ['end', endMembership]] as const)('cannot be lost by %s, and the refusal is on record', async (_verb, command) => {
    expect(await command(deps(), change(house.alice))).toEqual({ ok: false, reason: 'last_admin' })
    expect(await statusOf(house.alice.membershipId)).toBe('active')
    expect((await eventsAbout(house.test, house.alice.membershipId)).at(-1)).toMatchObject({ outcome: 'refused', reason: 'last_admin' })
  })

  it('remains when both are suspended at once', async () => {
    const dana = await secondAdmin()
    const results = await Promise.all([
      suspendMembership(deps(), change(house.alice, asMember(dana, 'tenant:admin', 'member:suspend'))),
      suspendMembership(deps(), change(dana, asMember(house.alice, 'tenant:admin', 'member:suspend'))),
    ])
    expect(results).toEqual(expect.arrayContaining([{ ok: true, status: 'suspended' }, { ok: false, reason: 'last_admin' }]))
    expect([await statusOf(house.alice.membershipId), await statusOf(dana.membershipId)].sort()).toEqual(['active', 'suspended'])
  })

  it.each([
    ['suspended', (dana: Person) => `update membership set status = 'suspended' where id = '${dana.membershipId}'`],
    ['past its end', (dana: Person) => `update membership set valid_until = now() - interval '1 minute' where id = '${dana.membershipId}'`],
    ['of a locked account', (dana: Person) => `update account set status = 'locked' where id = '${dana.accountId}'`],
  ])('is not helped by another membership that is %s', async (_what, statement) => {
    const dana = await secondAdmin()
    await asSuperuser(house.test.adminUrl, (admin) => admin.query(statement(dana)))
    expect(await suspendMembership(deps(), change(house.alice))).toEqual({ ok: false, reason: 'last_admin' })
  })

  it('may be ended once it no longer acts', async () => {
    const dana = await secondAdmin()
    await must(suspendMembership(deps(), change(dana)))
    expect(await endMembership(deps(), change(dana))).toEqual({ ok: true, status: 'ended' })
  })
})

describe('a member with member:suspend', () => {
  it('cannot touch an administrator, nor themselves', async () => {
    await secondAdmin()
    expect(await suspendMembership(deps(), change(house.alice, asMember(house.bob, 'member:suspend')))).toEqual({ ok: false, reason: 'higher_role' })
    expect(await suspendMembership(deps(), change(house.bob, asMember(house.bob, 'member:suspend')))).toEqual({ ok: false, reason: 'own_membership' })
    expect((await eventsAbout(house.test, house.alice.membershipId)).at(-1)).toMatchObject({ outcome: 'refused', reason: 'higher_role' })
  })
})

describe('adding a member', () => {
  const add = (tenantId: TenantId, more: object) => addMember({ databases: house.test.databases }, { tenantId, accountId: house.charlie.accountId, role: 'STAFF', ...by, ...more })

  it('stores the staff number in its one spelling and the first unit as primary', async () => {
    const { membershipId } = await must(add(house.sakura, { employeeNumber: ' ｓ－０９９９ ', units: ['nursing'] }))
    const rows = await house.test.databases.engine.selectFrom('membership').innerJoin('membership_unit', 'membership_unit.membership_id', 'membership.id')
      .select(['employee_number', 'is_primary', 'status']).where('membership.id', '=', membershipId).execute()
    expect(rows).toEqual([{ employee_number: 'S-0999', is_primary: true, status: 'active' }])
  })

  it.each([
    ['a role of another tenant', { role: 'therapist' }, 'unknown_role'],
    ['a unit that is not there', { units: ['nursing', 'no-such-unit'] }, 'unknown_unit'],
    ['a staff number that is none', { employeeNumber: 'S 0142' }, 'invalid_employee_number'],
    ['a staff number of somebody else', { employeeNumber: 's-0002' }, 'employee_number_taken'],
  ])('refuses %s', async (_what, more, reason) => {
    expect(await add(house.sakura, more)).toEqual({ ok: false, reason })
  })

  it('makes one membership of two that are asked for at once', async () => {
    const results = await Promise.all([add(house.sakura, {}), add(house.sakura, {})])
    expect(results.map((result) => (result.ok ? 'ok' : result.reason)).sort()).toEqual(['already_member', 'ok'])
    const ids = results.flatMap((result): MembershipId[] => (result.ok ? [result.membershipId] : []))
    expect(ids).toHaveLength(1)
  })
})
