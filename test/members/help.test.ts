/**
 * What administrators do for and to many members: helping who has lost something, ending sessions, acting on many, heads of units,
 * lists of invitations; the last administrator at every door; Charlie touches nothing of Sakura's.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAttempts } from '../../src/accounts/attempts.ts'
import { newId, parseMembershipId } from '../../src/base/ids.ts'
import { addMember } from '../../src/members/add-member.ts'
import { bulkChange } from '../../src/members/bulk-change.ts'
import { changeRole } from '../../src/members/change-role.ts'
import { deleteRole } from '../../src/members/delete-role.ts'
import { endMemberSessions } from '../../src/members/end-member-sessions.ts'
import { endMembership } from '../../src/members/end-membership.ts'
import { countInvitations, listInvitationFunnel, listInvitationPage } from '../../src/members/invitation-list-queries.ts'
import { inviteMany, splitAddresses } from '../../src/members/invite-many.ts'
import { issueMemberActivation } from '../../src/members/issue-member-activation.ts'
import { leaveTenant, tenantsWithoutOtherAdmin } from '../../src/members/leave-tenant.ts'
import type { Mover } from '../../src/members/membership.ts'
import { resetMemberFactors } from '../../src/members/reset-member-factors.ts'
import { listRoles } from '../../src/members/role-queries.ts'
import { setUnitHeads } from '../../src/members/set-unit-heads.ts'
import { suspendMembership } from '../../src/members/suspend-membership.ts'
import { listUnitPeople } from '../../src/members/unit-member-queries.ts'
import { updateMember } from '../../src/members/update-member.ts'
import { updateRole } from '../../src/members/update-role.ts'
import { endGrants, endOtherSessions, endSessions } from '../../src/oidc/endings.ts'
import { memberSessions } from '../../src/oidc/member-sessions.ts'
import { asSuperuser } from '../helpers/database.ts'
import { buildHouse, by, eventsAbout, must, type House, type Person } from '../accounts/house.ts'

let house: House
let nurse: Person
beforeAll(async () => {
  house = await buildHouse()
  nurse = await staff('nurse')
})
afterAll(() => house.close())

const { origin } = by
const operator: Mover = { kind: 'operator', accountId: null }
const asMember = (person: Person, ...permissions: string[]): Mover => ({ kind: 'member', accountId: person.accountId, membershipId: person.membershipId, permissions })
const admin = () => asMember(house.alice, 'tenant:admin', 'factor:reset', 'member:invite')
const superuser = (statement: string, values: unknown[] = []) => asSuperuser(house.test.adminUrl, (client) => client.query(statement, values))
const deps = () => {
  const { databases, masterKey } = house.test
  return { databases, masterKey, grants: { endGrants }, attempts: createAttempts({ databases, masterKey }), sessions: { endSessions, endOtherSessions }, memberSessions }
}
const help = ({ membershipId }: Person, mover: Mover) => ({ tenantId: house.sakura, membershipId, mover, origin })
const roleId = async (name: string) => (await house.test.databases.inTenant(house.sakura, listRoles)).find((role) => role.name === name)?.id ?? ''
const no = (reason: string) => ({ ok: false, reason })

/** Staff without an address, with an authenticator app and a session that acts for Sakura. */
async function staff(name: string): Promise<Person> {
  const accountId = house.bob.accountId.slice(0, -6) + newId().slice(-6)
  await superuser(`insert into account (id, display_name, status) values ($1, $2, 'active')`, [accountId, name])
  const { membershipId } = await must(addMember(deps(), { tenantId: house.sakura, accountId, role: 'STAFF', employeeNumber: name, units: ['nursing'], ...by }))
  await superuser(`insert into factor_totp (account_id, sealed_secret, last_step) values ($1, 'x', 0)`, [accountId])
  await superuser(`insert into client (id, name, metadata) values ('karte', 'Karte', '{}') on conflict do nothing`)
  await superuser(`insert into session (uid, id_hash, account_id, payload, user_agent, expires_at) values ($1, $1, $2, '{}', 'Firefox', now() + interval '1 day')`, [`s-${name}`, accountId])
  await superuser(`insert into oidc_grant (id, session_uid, account_id, client_id, tenant_id, membership_id, payload, expires_at) values ($1, $2, $3, 'karte', $4, $5, '{}', now() + interval '1 day')`,
    [`g-${name}`, `s-${name}`, accountId, house.sakura, membershipId])
  return { accountId: house.bob.accountId, membershipId, tenantId: house.sakura }
}

describe('helping a member who has lost something', () => {
  it('is refused for oneself, for an administrator by somebody below, and for whoever acts elsewhere', async () => {
    const { alice, bob, charlie } = house
    const reset = (who: Person, mover: Mover) => resetMemberFactors(deps(), { ...help(who, mover), reason: '紛失' })
    expect(await reset(alice, admin())).toEqual(no('own_membership'))
    expect(await reset(alice, asMember(bob, 'factor:reset'))).toEqual(no('higher_role'))
    expect(await reset(alice, operator)).toEqual(no('last_admin'))
    expect(await reset(charlie, admin())).toEqual(no('not_found'))
    expect(await resetMemberFactors(deps(), { ...help(nurse, admin()), reason: ' ' })).toEqual(no('reason_missing'))
    await must(addMember(deps(), { tenantId: house.midori, accountId: bob.accountId, role: 'therapist', ...by }))
    expect(await reset(bob, admin())).toEqual(no('member_elsewhere'))
    expect(await issueMemberActivation(deps(), help(bob, admin()))).toEqual(no('member_elsewhere'))
    expect((await eventsAbout(house.test, bob.accountId)).filter(({ reason }) => reason === 'member_elsewhere').map(({ type, tenant_id }) => [type, tenant_id])).toEqual([['factors.reset', house.sakura], ['activation.issued', house.sakura]])
  })

  it('hands over a link only where nobody else gets one, shows and ends their sessions, and takes factors away', async () => {
    expect(await issueMemberActivation(deps(), help(nurse, admin()))).toMatchObject({ ok: true, path: expect.stringContaining('/') })
    const list = () => house.test.databases.inEngine((trx) => memberSessions.list(trx, { tenantId: house.sakura, membershipId: nurse.membershipId }))
    expect(await list()).toMatchObject([{ uid: 's-nurse', apps: ['Karte'], userAgent: 'Firefox' }])
    expect(await endMemberSessions(deps(), { ...help(nurse, asMember(house.charlie, 'session:end')), tenantId: house.midori })).toEqual(no('not_found'))
    expect(await endMemberSessions(deps(), help(nurse, admin()))).toEqual({ ok: true, ended: 1 })
    expect(await list()).toEqual([])
    expect(await resetMemberFactors(deps(), { ...help(nurse, admin()), reason: '電話機を紛失' })).toEqual({ ok: true })
    expect((await superuser('select 1 from factor_totp')).rowCount).toBe(0)
    const [account] = (await superuser('select a.id, a.second_factors from account a join membership m on m.account_id = a.id where m.id = $1', [nurse.membershipId])).rows
    expect(account).toMatchObject({ second_factors: [] })
    expect((await eventsAbout(house.test, nurse.membershipId)).map(({ type }) => type)).toContain('membership.sessions_ended')
  })
})

describe('acts on many', () => {
  it('give each its own outcome, and nothing that one act would not', async () => {
    const other = await staff('other')
    const ids = [nurse.membershipId, other.membershipId, house.alice.membershipId, house.charlie.membershipId, 'x']
    const all = (change: Parameters<typeof bulkChange>[1]['change'], membershipIds = ids) => bulkChange(deps(), { tenantId: house.sakura, membershipIds, change, mover: admin(), origin })
    expect((await all({ act: 'suspend' })).map(({ reason }) => reason)).toEqual([null, null, 'own_membership', 'not_found', 'not_found'])
    expect((await all({ act: 'resume' })).map(({ reason }) => reason)).toEqual([null, null, 'own_membership', 'not_found', 'not_found'])
    expect((await all({ act: 'change_role', role: 'EXECUTIVE' })).map(({ reason }) => reason)).toEqual(['role_above_own', 'role_above_own', 'own_membership', 'not_found', 'not_found'])
    expect((await all({ act: 'remove_unit', unit: 'nursing' }, ids.slice(0, 2))).map(({ reason }) => reason)).toEqual([null, null])
    expect((await all({ act: 'add_unit', unit: 'nursing' }, ids.slice(0, 2))).map(({ reason }) => reason)).toEqual([null, null])
    expect((await all({ act: 'resend_invitation' }, ids.slice(0, 2))).map(({ reason }) => reason)).toEqual(['not_found', 'not_found'])
  })
})

describe('heads of a unit', () => {
  it('stand in it, keep it when other units change, and are counted with it', async () => {
    const unitId = (await superuser(`select id from unit where tenant_id = $1`, [house.sakura])).rows.map(({ id }) => String(id))[0] ?? ''
    const heads = (...membershipIds: string[]) => setUnitHeads(deps(), { tenantId: house.sakura, unitId, membershipIds, mover: admin(), origin })
    expect(await heads(house.alice.membershipId)).toEqual(no('not_in_unit'))
    expect(await heads(nurse.membershipId)).toEqual({ ok: true })
    await must(updateMember(deps(), { ...help(nurse, admin()), units: ['nursing'], title: '師長' }))
    const people = await house.test.databases.inTenant(house.sakura, listUnitPeople)
    expect(people).toMatchObject([{ unit_id: unitId, members: 3, members_within: 3, heads: [{ membership_id: nurse.membershipId, name: 'nurse' }] }])
    expect(await house.test.databases.inTenant(house.midori, listUnitPeople)).toEqual([])
    expect(await setUnitHeads(deps(), { tenantId: house.midori, unitId, membershipIds: [], mover: operator, origin })).toEqual(no('not_found'))
  })
})

describe('a pasted list', () => {
  it('is invited one by one, and shows in the list and the funnel of who invited', async () => {
    const addresses = splitAddresses('Emi <emi@example.com>; "渡辺" <WATANABE@example.com>\n ken@example.com, broken@, alice@example.com')
    expect(addresses).toEqual(['emi@example.com', 'WATANABE@example.com', 'ken@example.com', 'broken@', 'alice@example.com'])
    const outcomes = await inviteMany(deps(), addresses, { tenantId: house.sakura, role: 'STAFF', locale: 'ja', mover: admin(), origin })
    expect(outcomes.map(({ result }) => (result.ok ? 'ok' : result.reason))).toEqual(['ok', 'ok', 'ok', 'invalid_email', 'already_member'])
    const page = await house.test.databases.inTenant(house.sakura, (trx) => listInvitationPage(trx, { filter: { search: 'Ｗatanabe', invitedBy: house.alice.membershipId }, cursor: null, limit: 10 }))
    expect(page).toMatchObject({ rows: [{ state: 'open', email: 'watanabe@example.com', inviter_name: '試験 alice' }], hasNext: false, hasPrevious: false })
    expect(await house.test.databases.inTenant(house.sakura, (trx) => countInvitations(trx, { state: ['open'] }))).toBe(3)
    expect(await house.test.databases.inTenant(house.sakura, listInvitationFunnel)).toEqual([
      { invited_by: house.alice.membershipId, inviter_name: '試験 alice', invited: 3, sent: 3, open: 3, accepted: 0, declined: 0, expired: 0, revoked: 0, median_seconds_to_accept: null },
    ])
    expect(await house.test.databases.inTenant(house.midori, listInvitationFunnel)).toEqual([])
  })
})

describe('the last administrator', () => {
  it('stays at every door, also beside one whose membership has an end', async () => {
    const { alice, bob } = house
    const one = help(alice, operator)
    const doors: Readonly<Record<string, () => Promise<{ readonly ok: boolean; readonly reason?: string } | string>>> = {
      leave: () => leaveTenant(deps(), { accountId: alice.accountId, membershipId: alice.membershipId, origin }),
      end: () => endMembership(deps(), one),
      suspend: () => suspendMembership(deps(), one),
      role: () => changeRole(deps(), { ...one, role: 'STAFF' }),
      'role edit': async () => updateRole(deps(), { tenantId: house.sakura, roleId: await roleId('Admin'), permissions: [], mover: operator, origin }),
      'last day': () => updateMember(deps(), { ...one, validUntil: new Date(Date.now() + 86_400_000) }),
      'first day': () => updateMember(deps(), { ...one, validFrom: new Date(Date.now() + 86_400_000) }),
      'factor reset': () => resetMemberFactors(deps(), { ...one, reason: 'x' }),
      activation: () => issueMemberActivation(deps(), one),
      bulk: async () => (await bulkChange(deps(), { tenantId: house.sakura, membershipIds: [alice.membershipId], change: { act: 'end' }, mover: operator, origin }))[0]?.reason ?? 'done',
      'account deletion': async () => ((await tenantsWithoutOtherAdmin(deps(), alice.accountId)).length > 0 ? 'last_admin' : 'done'),
    }
    const reasons = async () => Object.fromEntries(await Promise.all(Object.entries(doors).map(async ([name, door]) => {
      const answer = await door()
      return [name, typeof answer === 'string' ? answer : answer.ok ? 'ok' : answer.reason]
    })))
    const everywhere = Object.fromEntries(Object.keys(doors).map((name) => [name, 'last_admin']))
    expect(await reasons()).toEqual(everywhere)
    expect(await deleteRole(deps(), { tenantId: house.sakura, roleId: await roleId('Admin'), mover: operator, origin })).toMatchObject(no('role_in_use'))
    // Another administrator, but only until tomorrow: nobody to count on. Their common role is edited with both of them gone.
    await must(changeRole(deps(), { ...help(bob, operator), role: 'Admin' }))
    await must(updateMember(deps(), { ...help(bob, operator), validUntil: new Date(Date.now() + 86_400_000) }))
    expect(await reasons()).toEqual(everywhere)
    await must(updateMember(deps(), { ...help(bob, operator), validUntil: null }))
    expect(await leaveTenant(deps(), { accountId: alice.accountId, membershipId: parseMembershipId(alice.membershipId), origin })).toEqual({ ok: true })
  })
})
