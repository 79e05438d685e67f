/** Seats at every way to use one, twenty at once for five of them; and memberships that run out, told once. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAccount } from '../../src/accounts/create-account.ts'
import { acceptInvitation } from '../../src/members/accept-invitation.ts'
import { addMember } from '../../src/members/add-member.ts'
import { changeRole } from '../../src/members/change-role.ts'
import { createRole } from '../../src/members/create-role.ts'
import { endMembership } from '../../src/members/end-membership.ts'
import { deleteRole } from '../../src/members/delete-role.ts'
import { invitationToken } from '../../src/members/invitation.ts'
import { inviteMember } from '../../src/members/invite-member.ts'
import { createJoinTenant } from '../../src/members/join-tenant.ts'
import type { Mover } from '../../src/members/membership.ts'
import { listRoles } from '../../src/members/role-queries.ts'
import { resumeMembership } from '../../src/members/resume-membership.ts'
import { suspendMembership } from '../../src/members/suspend-membership.ts'
import { tellExpired } from '../../src/members/tell-expired.ts'
import { updateMember } from '../../src/members/update-member.ts'
import { updateRole } from '../../src/members/update-role.ts'
import { endGrants } from '../../src/oidc/endings.ts'
import { asSuperuser, openAgain } from '../helpers/database.ts'
import { buildHouse, by, eventsAbout, must, password, passwords, type House, type Person } from '../accounts/house.ts'

let house: House
beforeEach(async () => { house = await buildHouse() })
afterEach(() => house.close())

const { origin } = by
const mover: Mover = { kind: 'operator', accountId: null }
const deps = () => ({ databases: house.test.databases, masterKey: house.test.masterKey, grants: { endGrants } })
const change = ({ membershipId }: Pick<Person, 'membershipId'>) => ({ tenantId: house.sakura, membershipId, mover, origin })
const superuser = (statement: string, values: unknown[] = []) => asSuperuser(house.test.adminUrl, (admin) => admin.query(statement, values))
const limitTo = (seats: number | null) => superuser('update tenant set seat_limit = $2 where id = $1', [house.sakura, seats])
const tally = (results: readonly ({ ok: true } | { ok: false; reason: string })[]) => Object.entries(Object.groupBy(results, (one) => (one.ok ? 'ok' : one.reason))).map(([what, of]) => [what, of?.length ?? 0]).sort()
const roleId = async (name: string) => (await house.test.databases.inTenant(house.sakura, listRoles)).find((role) => role.name === name)?.id ?? ''

async function active(): Promise<number> {
  const found = await superuser(`select 1 from membership m join role r on (r.tenant_id, r.id) = (m.tenant_id, m.role_id) where m.tenant_id = $1 and m.status = 'active' and r.uses_seat`, [house.sakura])
  return found.rowCount ?? 0
}

async function account(name: string): Promise<string> {
  return (await must(createAccount({ ...deps(), hashes: house.hashes, passwords }, { email: `${name}@example.com`, emailVerified: true, familyName: '試験', givenName: name, password, ...by }))).accountId
}

/** Members without a password, for there are many. */
async function crowd(count: number, role = 'STAFF'): Promise<readonly Person[]> {
  const people: Person[] = []
  for (let one = 0; one < count; one += 1) {
    await superuser('insert into account (id, email, display_name) values ($1, $2, $1)', [`crowd-${one}`, `crowd-${one}@example.com`])
    const { membershipId } = await must(addMember(deps(), { tenantId: house.sakura, accountId: `crowd-${one}`, role, ...by }))
    people.push({ accountId: house.alice.accountId, membershipId, tenantId: house.sakura })
  }
  return people
}

describe('seats', () => {
  it('are never more than agreed when twenty come back at once for five', async () => {
    const people = await crowd(20)
    for (const one of people) await must(suspendMembership(deps(), change(one)))
    await limitTo((await active()) + 5)
    const again = openAgain(house.test.urls)
    // Over two processes, so to say.
    const results = await Promise.all(people.map((one, place) => resumeMembership(place % 2 === 0 ? deps() : { ...deps(), databases: again }, change(one))))
    await again.close()
    expect(tally(results)).toEqual([['ok', 5], ['seat_limit_reached', 15]])
    expect((await eventsAbout(house.test, house.sakura)).filter(({ type }) => type === 'tenant.seat_limit_reached').length).toBe(15)
  })

  it('are never more than agreed when twenty accept at once for five', async () => {
    const invited = await Promise.all(Array.from({ length: 20 }, async (_none, place) => {
      const email = `invitee-${place}@example.com`
      await superuser('insert into account (id, email, email_verified_at, display_name) values ($1, $2, now(), $1)', [`invitee-${place}`, email])
      return must(inviteMember(deps(), { tenantId: house.sakura, person: { email, familyName: null, givenName: null, locale: 'ja' }, role: 'STAFF', mover, origin }))
    }))
    await limitTo((await active()) + 5)
    const results = await Promise.all(invited.map(({ membershipId, accountId }) => acceptInvitation(deps(), { token: invitationToken(house.test.masterKey, membershipId, 1), accountId, origin })))
    expect(tally(results)).toEqual([['ok', 5], ['seat_limit_reached', 15]])
  })

  it('are asked for at every other door', async () => {
    await must(createRole(deps(), { tenantId: house.sakura, name: 'patient', permissions: [], usesSeat: false, mover, origin }))
    const [patient] = await crowd(1, 'patient')
    if (patient === undefined) throw new Error('nobody')
    await limitTo(await active())
    const full = { ok: false, reason: 'seat_limit_reached' }
    const emi = await account('emi')
    expect(await addMember(deps(), { tenantId: house.sakura, accountId: emi, role: 'STAFF', ...by })).toEqual(full)
    expect(await changeRole(deps(), { ...change(patient), role: 'STAFF' })).toEqual(full)
    expect(await updateRole(deps(), { tenantId: house.sakura, roleId: await roleId('patient'), usesSeat: true, mover, origin })).toEqual(full)
    expect(await inviteMember(deps(), { tenantId: house.sakura, person: { email: 'new@example.com', familyName: null, givenName: null, locale: 'ja' }, role: 'STAFF', mover, origin })).toEqual(full)
    await superuser('update tenant set registration_role_id = $2 where id = $1', [house.sakura, await roleId('STAFF')])
    await createJoinTenant(deps()).join({ tenantId: house.sakura, accountId: emi, origin })
    expect((await superuser('select 1 from membership where account_id = $1', [emi])).rowCount).toBe(0)
    // A role without a seat is free, and so is a change between two that use one.
    expect(await addMember(deps(), { tenantId: house.sakura, accountId: emi, role: 'patient', ...by })).toMatchObject({ ok: true })
    expect(await changeRole(deps(), { ...change(house.bob), role: 'EXECUTIVE' })).toMatchObject({ ok: true })
  })

  it('do not come back by registering or being added after a removal', async () => {
    await must(endMembership(deps(), change(house.bob)))
    expect(await addMember(deps(), { tenantId: house.sakura, accountId: house.bob.accountId, role: 'STAFF', ...by })).toEqual({ ok: false, reason: 'was_removed' })
    await superuser('update tenant set registration_role_id = $2 where id = $1', [house.sakura, await roleId('STAFF')])
    await createJoinTenant(deps()).join({ tenantId: house.sakura, accountId: house.bob.accountId, origin })
    expect((await superuser('select status from membership where id = $1', [house.bob.membershipId])).rows).toEqual([{ status: 'ended' }])
  })
})

describe('a role that goes in the instant of an invitation', () => {
  it('is refused as unknown, never a fault', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { roleId: gone } = await must(createRole(deps(), { tenantId: house.sakura, name: 'gone', permissions: [], usesSeat: false, mover, origin }))
      const email = `gone-${round}@example.com`
      const [invited, removed] = await Promise.all([
        inviteMember(deps(), { tenantId: house.sakura, person: { email, familyName: null, givenName: null, locale: 'ja' }, role: 'gone', mover, origin }),
        deleteRole(deps(), { tenantId: house.sakura, roleId: gone, mover, origin }),
      ])
      expect([invited.ok ? 'ok' : invited.reason, removed.ok ? 'ok' : removed.reason]).toSatisfy(([one, other]) => (one === 'ok' && other === 'role_in_use') || (one === 'unknown_role' && other === 'ok'))
      if (!invited.ok) continue
      await must(endMembership(deps(), change({ membershipId: invited.membershipId })))
      await superuser(`update membership set role_id = $2 where id = $1`, [invited.membershipId, await roleId('STAFF')])
      await must(deleteRole(deps(), { tenantId: house.sakura, roleId: gone, mover, origin }))
    }
  })
})

describe('a membership with a last day', () => {
  it('is told of once when it has run out, also by two processes, and again when it gets another end', async () => {
    const [one, other] = await crowd(2)
    if (one === undefined || other === undefined) throw new Error('nobody')
    await must(updateMember(deps(), { ...change(one), validUntil: new Date(Date.now() - 60_000) }))
    await must(updateMember(deps(), { ...change(other), validUntil: new Date(Date.now() + 60_000) }))
    const told = await Promise.all([tellExpired(deps(), 10), tellExpired(deps(), 10)])
    expect(told.sort()).toEqual([0, 1])
    const expired = async () => (await eventsAbout(house.test, one.membershipId)).filter(({ type }) => type === 'membership.expired').length
    expect(await expired()).toBe(1)
    await must(updateMember(deps(), { ...change(one), title: '主任' }))
    expect(await tellExpired(deps(), 10)).toBe(0)
    await must(updateMember(deps(), { ...change(one), validUntil: new Date(Date.now() - 30_000) }))
    expect(await tellExpired(deps(), 10)).toBe(1)
    expect(await expired()).toBe(2)
  })
})
