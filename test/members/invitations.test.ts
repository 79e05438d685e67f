/**
 * People are invited, take it up or turn it down; each link counts once, whoever races for it, and seats do not overflow.
 * Charlie's tenant sees and touches nothing of Sakura's invitations.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAccount } from '../../src/accounts/create-account.ts'
import { parseMembershipId } from '../../src/base/ids.ts'
import { acceptAsNewcomer } from '../../src/members/accept-as-newcomer.ts'
import { acceptInvitation } from '../../src/members/accept-invitation.ts'
import { declineInvitation } from '../../src/members/decline-invitation.ts'
import { endMembership } from '../../src/members/end-membership.ts'
import { findInvitation } from '../../src/members/find-invitation.ts'
import { inviteMember, type InviteMemberInput } from '../../src/members/invite-member.ts'
import { invitationToken, stateOfInvitation } from '../../src/members/invitation.ts'
import { listInvitationPage } from '../../src/members/invitation-list-queries.ts'
import type { Mover } from '../../src/members/membership.ts'
import { allPermissions } from '../../src/members/permission.ts'
import { resendInvitation } from '../../src/members/resend-invitation.ts'
import { revokeInvitation } from '../../src/members/revoke-invitation.ts'
import { showInvitationLink } from '../../src/members/show-invitation-link.ts'
import { endGrants } from '../../src/oidc/endings.ts'
import { suspendTenant } from '../../src/tenants/suspend-tenant.ts'
import { buildHouse, by, eventsAbout, must, password, passwords, type House, type Person } from '../accounts/house.ts'
import { asSuperuser } from '../helpers/database.ts'
import { eventually } from '../helpers/eventually.ts'

let house: House
beforeEach(async () => { house = await buildHouse() })
afterEach(() => house.close())

const { origin } = by
const deps = () => ({ databases: house.test.databases, masterKey: house.test.masterKey, hashes: house.hashes, passwords })
const asMember = (person: Person, permissions: readonly string[] = allPermissions): Mover => ({ kind: 'member', accountId: person.accountId, membershipId: person.membershipId, permissions })
const goodPassword = 'plum-harbour-lantern-27'

async function admin(statement: string, values: readonly unknown[] = []): Promise<readonly Record<string, unknown>[]> {
  return asSuperuser(house.test.adminUrl, async (client) => (await client.query<Record<string, unknown>>(statement, [...values])).rows)
}

type Wanted = Partial<Omit<InviteMemberInput, 'person'>> & { readonly email?: string | null; readonly name?: string | null }

function invite({ email = 'dana@example.com', name = '花', ...more }: Wanted = {}) {
  const person = { email, familyName: name, givenName: null, locale: 'ja' } as const
  return inviteMember(deps(), { tenantId: house.sakura, person, role: 'STAFF', mover: asMember(house.alice), origin, ...more })
}

/** Invites and takes the link out of the mail, so to say. */
async function invited(wanted: Wanted = {}) {
  const { membershipId, accountId } = await must(invite(wanted))
  return { membershipId, accountId, token: invitationToken(house.test.masterKey, membershipId, 1) }
}

/** Somebody who has an account, but nothing to do with Sakura yet. */
async function stranger(name: string): Promise<string> {
  const person = { email: `${name}@example.com`, emailVerified: true, familyName: '試験', givenName: name, password, ...by }
  return (await must(createAccount(deps(), person))).accountId
}

const change = (membershipId: string, mover: Mover = asMember(house.alice)) => ({ tenantId: house.sakura, membershipId: parseMembershipId(membershipId), mover, origin })
const newcomer = (token: string, more: { readonly password?: string; readonly familyName?: string } = {}) =>
  acceptAsNewcomer(deps(), { token, familyName: '花', givenName: '子', familyNameKana: null, givenNameKana: null, password: goodPassword, locale: 'ja', origin, ...more })

async function memberOf(membershipId: string) {
  return house.test.databases.engine.selectFrom('membership').selectAll().where('id', '=', membershipId).executeTakeFirstOrThrow()
}
async function accountOf(accountId: string) {
  return house.test.databases.engine.selectFrom('account').selectAll().where('id', '=', accountId).executeTakeFirstOrThrow()
}
/** Holds the memberships until everybody who was started stands in line, so that they race whatever the machine is busy with. */
async function atOnce<T>(membershipIds: readonly string[], count: number, startAll: () => readonly Promise<T>[]): Promise<readonly T[]> {
  return asSuperuser(house.test.adminUrl, async (client) => {
    await client.query('begin')
    await client.query('select 1 from membership where id = any($1::uuid[]) for update', [membershipIds])
    const started = startAll()
    await eventually(() => admin(`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)).toHaveLength(count)
    await client.query('commit')
    return Promise.all(started)
  })
}

const outcomesAbout = async (subject: string | null) => (await eventsAbout(house.test, subject)).map(({ type, outcome, reason }) => [type, outcome, reason].flatMap((part) => part ?? []).join(' '))
const limitSeats = (limit: number) => admin('update tenant set seat_limit = $2 where id = $1', [house.sakura, limit])
const expire = (membershipId: string) => admin(`update invitation set expires_at = now() - interval '1 second' where membership_id = $1`, [membershipId])

describe('an invitation', () => {
  it('makes a waiting account and membership, and keeps neither token nor name in the log', async () => {
    const { membershipId, accountId } = await must(invite({ units: ['nursing'], employeeNumber: 's-0100', title: '看護師' }))
    expect(await accountOf(accountId)).toMatchObject({ status: 'pending', email: 'dana@example.com', email_verified_at: null })
    expect(await memberOf(membershipId)).toMatchObject({ status: 'invited', employee_number: 'S-0100', title: '看護師', invited_by: house.alice.membershipId, joined_at: null, groups: ['nursing'] })
    expect(await eventsAbout(house.test, membershipId)).toMatchObject([
      { type: 'membership.invited', outcome: 'success', tenant_id: house.sakura, after: { account_id: accountId, role: 'STAFF', units: ['nursing'], status: 'invited' } },
      { type: 'invitation.sent', outcome: 'success', tenant_id: house.sakura, after: { account_id: accountId, generation: 1, mailed: true } },
    ])
    const token = invitationToken(house.test.masterKey, membershipId, 1)
    expect(JSON.stringify(await admin('select * from event'))).not.toMatch(new RegExp(`${token}|dana@|花`))
    expect(JSON.stringify(await admin('select * from invitation'))).not.toContain(token)
  })

  it('shows who invites whom to what, and opening its page changes nothing', async () => {
    const { token, membershipId, accountId } = await invited({ units: ['nursing'], clientId: null })
    const before = await admin('select * from invitation')
    expect(await findInvitation(deps(), token)).toMatchObject({
      state: 'open', tenantId: house.sakura, tenantName: '医療法人さくら会', membershipId, accountId, accountStatus: 'pending', email: 'dana@example.com',
      inviterName: '試験 alice', role: 'STAFF', units: ['看護部門'], locale: 'ja',
    })
    expect(await findInvitation(deps(), `${token}x`)).toBeNull()
    expect(await admin('select * from invitation')).toEqual(before)
  })

  it('reaches an account that is there already, and says nothing about it', async () => {
    const accountId = await stranger('erin')
    const { membershipId } = await must(invite({ email: ' Erin@Example.com' }))
    expect(await memberOf(membershipId)).toMatchObject({ account_id: accountId, status: 'invited' })
    expect(await accountOf(accountId)).toMatchObject({ status: 'active', display_name: '試験 erin' })
  })

  it.each<[string, Wanted, string]>([
    ['an address that is none', { email: 'dana' }, 'invalid_email'],
    ['nobody who could sign in', { email: null }, 'address_or_number_missing'],
    ['a number that is none', { employeeNumber: '??' }, 'invalid_employee_number'],
    ['a number that somebody has', { employeeNumber: 'S-0002' }, 'employee_number_taken'],
    ['a number without a name', { email: null, name: null, employeeNumber: 'S-9' }, 'name_missing'],
    ['a role that is not there', { role: 'therapist' }, 'unknown_role'],
    ['a unit that is not there', { units: ['nursing', 'moon'] }, 'unknown_unit'],
    ['an app that is not there', { clientId: 'nowhere' }, 'unknown_app'],
    ['dates that end before they begin', { validFrom: new Date('2027-01-02'), validUntil: new Date('2027-01-01') }, 'invalid_dates'],
    ['a member', { email: 'bob@example.com' }, 'already_member'],
  ])('is refused for %s, and leaves no account behind', async (_what, wanted, reason) => {
    const before = await admin('select count(*) from account')
    expect(await invite(wanted)).toEqual({ ok: false, reason })
    expect(await admin('select count(*) from account')).toEqual(before)
    expect(await outcomesAbout(null)).toContain(`membership.invited refused ${reason}`)
  })

  it('gives nobody a role above the inviter’s own, and its link to nobody who may not give it', async () => {
    const bob = asMember(house.bob, ['member:invite', 'member:read'])
    expect(await invite({ role: 'Admin', mover: bob })).toEqual({ ok: false, reason: 'role_above_own' })
    expect(await invite({ role: 'TEAM_LEADER', mover: bob })).toMatchObject({ ok: true })
    const { membershipId } = await must(invite({ email: null, employeeNumber: 'S-7', role: 'Admin' }))
    for (const command of [resendInvitation, revokeInvitation, showInvitationLink]) {
      expect(await command(deps(), change(membershipId, bob))).toEqual({ ok: false, reason: 'role_above_own' })
    }
  })

  it('is sent once when two invite the same person at once, in one tenant and in two', async () => {
    const results = await Promise.all([invite(), invite()])
    expect(results).toEqual(expect.arrayContaining([expect.objectContaining({ ok: true }), { ok: false, reason: 'already_invited' }]))
    const charlie = asMember(house.charlie)
    const [here, there] = await Promise.all([
      must(invite({ email: 'fay@example.com' })),
      must(invite({ email: 'fay@example.com', tenantId: house.midori, role: 'therapist', mover: charlie })),
    ])
    expect(here.accountId).toBe(there.accountId)
  })
})

describe('accepting', () => {
  it('makes the person who is signed in a member, and tells who invited them', async () => {
    const accountId = await stranger('erin')
    const { token, membershipId } = await invited({ email: 'erin@example.com' })
    expect(await acceptInvitation(deps(), { token, accountId, origin })).toEqual({ ok: true, membershipId, accountId, clientId: null })
    expect(await memberOf(membershipId)).toMatchObject({ status: 'active', joined_at: expect.any(Date) })
    expect((await eventsAbout(house.test, membershipId)).at(-1)).toMatchObject({ type: 'invitation.accepted', after: { status: 'active', invited_by: house.alice.membershipId } })
    expect(await findInvitation(deps(), token)).toMatchObject({ state: 'accepted' })
  })

  it('lets a newcomer become the account that waits, with the address proved', async () => {
    const { token, membershipId, accountId } = await invited()
    expect(await newcomer(token)).toEqual({ ok: true, membershipId, accountId, clientId: null })
    expect(await accountOf(accountId)).toMatchObject({ status: 'active', display_name: '花 子', email_verified_at: expect.any(Date) })
    expect(await memberOf(membershipId)).toMatchObject({ status: 'active' })
    expect(await outcomesAbout(accountId)).toEqual(['account.created success', 'address.verified success', 'password.changed success'])
  })

  it('proves no address where there is none', async () => {
    const { membershipId, accountId } = await must(invite({ email: null, employeeNumber: 'S-7' }))
    const { token, path } = await must(showInvitationLink(deps(), change(membershipId)))
    expect(path).toBe(`/invitations/${token}`)
    expect(await newcomer(token)).toMatchObject({ ok: true })
    expect(await accountOf(accountId)).toMatchObject({ status: 'active', email_verified_at: null })
  })

  it('asks for a name and a good password before anything is used up', async () => {
    const { token, accountId } = await invited()
    expect(await newcomer(token, { password: 'short' })).toEqual({ ok: false, reason: 'password_too_short' })
    expect(await acceptAsNewcomer(deps(), { token, familyName: ' ', givenName: '', familyNameKana: null, givenNameKana: null, password: goodPassword, locale: 'ja', origin })).toEqual({ ok: false, reason: 'name_missing' })
    expect(await findInvitation(deps(), token)).toMatchObject({ state: 'open', accountStatus: 'pending' })
    expect(await accountOf(accountId)).toMatchObject({ status: 'pending' })
  })

  it('is for nobody else: not for Charlie with the link, not for a newcomer where the account is somebody’s', async () => {
    await stranger('erin')
    const { token, membershipId } = await invited({ email: 'erin@example.com' })
    expect(await acceptInvitation(deps(), { token, accountId: house.charlie.accountId, origin })).toEqual({ ok: false, reason: 'other_account' })
    expect(await newcomer(token)).toEqual({ ok: false, reason: 'other_account' })
    const waiting = await invited()
    expect(await acceptInvitation(deps(), { token: waiting.token, accountId: house.charlie.accountId, origin })).toEqual({ ok: false, reason: 'other_account' })
    expect(await acceptInvitation(deps(), { token: 'guess', accountId: house.charlie.accountId, origin })).toEqual({ ok: false, reason: 'invitation_invalid' })
    expect(await memberOf(membershipId)).toMatchObject({ status: 'invited' })
    expect(await outcomesAbout(membershipId)).toContain('invitation.refused refused other_account')
  })

  it('counts once when two accept at once', async () => {
    const accountId = await stranger('erin')
    const { token, membershipId } = await invited({ email: 'erin@example.com' })
    const accept = () => acceptInvitation(deps(), { token, accountId, origin })
    const results = await atOnce([membershipId], 2, () => [accept(), accept()])
    expect(results).toEqual(expect.arrayContaining([expect.objectContaining({ ok: true }), { ok: false, reason: 'invitation_invalid' }]))
    expect((await outcomesAbout(membershipId)).filter((line) => line === 'invitation.accepted success')).toHaveLength(1)
  })

  it('makes one of two newcomers at one link the account, with their password', async () => {
    const { token, accountId, membershipId } = await invited()
    const results = await atOnce([membershipId], 2, () => [newcomer(token, { familyName: '一' }), newcomer(token, { familyName: '二', password: 'walnut-ferry-orchard-58' })])
    const winner = results.findIndex(({ ok }) => ok)
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(await accountOf(accountId)).toMatchObject({ display_name: winner === 0 ? '一 子' : '二 子' })
    const [row] = await admin('select phc from factor_password where account_id = $1', [accountId])
    expect(await house.hashes.verify(String(row?.['phc']), winner === 0 ? goodPassword : 'walnut-ferry-orchard-58')).toMatchObject({ ok: true })
  })

  it('of one link and sending another at once leave one that counts', async () => {
    const accountId = await stranger('erin')
    const { token, membershipId } = await invited({ email: 'erin@example.com' })
    const [accepted, resent] = await atOnce<{ readonly ok: boolean }>([membershipId], 2, () => [acceptInvitation(deps(), { token, accountId, origin }), resendInvitation(deps(), change(membershipId))])
    expect([accepted?.ok, resent?.ok].filter(Boolean)).toHaveLength(1)
    expect(await memberOf(membershipId)).toMatchObject({ status: accepted?.ok === true ? 'active' : 'invited' })
  })

  it.each(['revoke', 'decline', 'end'] as const)('and %s at once leave one of both', async (how) => {
    const accountId = await stranger('erin')
    const { token, membershipId } = await invited({ email: 'erin@example.com' })
    const other = how === 'revoke' ? revokeInvitation(deps(), change(membershipId)) : how === 'decline' ? declineInvitation(deps(), { token, origin })
      : endMembership({ ...deps(), grants: { endGrants } }, change(membershipId))
    const [accepted, over] = await Promise.all([acceptInvitation(deps(), { token, accountId, origin }), other])
    // An active membership can be ended too.
    const status = over.ok ? 'ended' : 'active'
    expect(accepted.ok || over.ok).toBe(true)
    if (how !== 'end') expect([accepted.ok, over.ok].filter(Boolean)).toHaveLength(1)
    expect(await memberOf(membershipId)).toMatchObject({ status })
  })

  it('is over with the time, with the tenant’s suspension, and with the membership', async () => {
    const accountId = await stranger('erin')
    const { token, membershipId } = await invited({ email: 'erin@example.com' })
    await expire(membershipId)
    expect(await findInvitation(deps(), token)).toMatchObject({ state: 'expired' })
    expect(await acceptInvitation(deps(), { token, accountId, origin })).toEqual({ ok: false, reason: 'invitation_invalid' })
    expect(await outcomesAbout(membershipId)).toContain('invitation.refused refused expired')
    await must(resendInvitation(deps(), change(membershipId)))
    const again = invitationToken(house.test.masterKey, membershipId, 2)
    await must(suspendTenant({ ...deps(), grants: { endGrantsOfTenant: () => Promise.resolve() } }, { tenantId: house.sakura, ...by }))
    expect(await acceptInvitation(deps(), { token: again, accountId, origin })).toEqual({ ok: false, reason: 'tenant_suspended' })
    expect(await resendInvitation(deps(), change(membershipId))).toEqual({ ok: false, reason: 'tenant_suspended' })
    await must(endMembership({ ...deps(), grants: { endGrants } }, change(membershipId)))
    expect(await findInvitation(deps(), again)).toMatchObject({ state: 'membership_ended' })
    expect(await acceptInvitation(deps(), { token: again, accountId, origin })).toEqual({ ok: false, reason: 'invitation_invalid' })
  })
})

describe('seats', () => {
  it('are refused at inviting and at accepting once all are taken, and the log tells the administrators', async () => {
    const { token, accountId } = await invited()
    await limitSeats(2)
    expect(await invite({ email: 'erin@example.com' })).toEqual({ ok: false, reason: 'seat_limit_reached' })
    expect(await newcomer(token)).toEqual({ ok: false, reason: 'seat_limit_reached' })
    expect(await accountOf(accountId)).toMatchObject({ status: 'pending' })
    expect((await outcomesAbout(house.sakura)).filter((line) => line.startsWith('tenant.seat_limit_reached'))).toHaveLength(2)
    await limitSeats(3)
    expect(await newcomer(token)).toMatchObject({ ok: true })
  })

  it('go to one of two who accept the last one at once', async () => {
    const people = await Promise.all(['erin', 'fay', 'gus'].map(async (name) => {
      await stranger(name)
      return must(invite({ email: `${name}@example.com` }))
    }))
    await limitSeats(3)
    const results = await atOnce(people.map(({ membershipId }) => membershipId), 3, () => people.map(({ accountId, membershipId }) =>
      acceptInvitation(deps(), { token: invitationToken(house.test.masterKey, membershipId, 1), accountId, origin })))
    expect(results.map((result) => (result.ok ? 'ok' : result.reason)).sort()).toEqual(['ok', 'seat_limit_reached', 'seat_limit_reached'])
  })

  it('are not used by people whose role needs none', async () => {
    await admin('update tenant set seat_limit = 0 where id = $1', [house.midori])
    const at = { tenantId: house.midori, mover: asMember(house.charlie) }
    expect(await invite({ ...at, role: 'patient' })).toMatchObject({ ok: true })
    expect(await invite({ ...at, email: 'erin@example.com', role: 'therapist' })).toEqual({ ok: false, reason: 'seat_limit_reached' })
  })
})

describe('sending again', () => {
  it('makes a new link with a new term, and the old one is dead', async () => {
    const { token, membershipId } = await invited()
    expect(await resendInvitation(deps(), change(membershipId))).toMatchObject({ ok: true, generation: 2 })
    expect(await findInvitation(deps(), token)).toBeNull()
    expect(await newcomer(token)).toEqual({ ok: false, reason: 'invitation_invalid' })
    expect(await newcomer(invitationToken(house.test.masterKey, membershipId, 2))).toMatchObject({ ok: true })
    expect(await resendInvitation(deps(), change(membershipId))).toEqual({ ok: false, reason: 'not_invited' })
  })

  it('twice at once makes two generations, of which the last counts', async () => {
    const { membershipId } = await invited()
    const results = await Promise.all([resendInvitation(deps(), change(membershipId)), resendInvitation(deps(), change(membershipId))])
    expect(results.map((result) => (result.ok ? result.generation : 0)).sort()).toEqual([2, 3])
    expect(await findInvitation(deps(), invitationToken(house.test.masterKey, membershipId, 2))).toBeNull()
    expect(await findInvitation(deps(), invitationToken(house.test.masterKey, membershipId, 3))).toMatchObject({ state: 'open' })
  })
})

describe('an invitation that is over', () => {
  it.each(['revoked', 'declined'] as const)('because it was %s is remembered: only an explicit invitation revives the same membership', async (how) => {
    const { token, membershipId } = await invited({ units: ['nursing'] })
    const over = how === 'revoked' ? revokeInvitation(deps(), change(membershipId)) : declineInvitation(deps(), { token, origin })
    expect(await over).toMatchObject({ ok: true })
    expect(await findInvitation(deps(), token)).toMatchObject({ state: how })
    expect(await newcomer(token)).toEqual({ ok: false, reason: 'invitation_invalid' })
    expect(await declineInvitation(deps(), { token, origin })).toEqual({ ok: false, reason: 'invitation_invalid' })
    expect(await revokeInvitation(deps(), change(membershipId))).toEqual({ ok: false, reason: 'not_invited' })
    expect(await invite()).toEqual({ ok: false, reason: 'was_removed' })
    expect(await invite({ reinvite: true, role: 'TEAM_LEADER' })).toMatchObject({ ok: true, membershipId })
    expect(await memberOf(membershipId)).toMatchObject({ status: 'invited', ended_at: null, groups: [] })
    expect(await findInvitation(deps(), token)).toBeNull()
    expect(await newcomer(invitationToken(house.test.masterKey, membershipId, 2))).toMatchObject({ ok: true, membershipId })
  })

  it('can also be a member who was removed, and who comes back as the same member', async () => {
    await must(endMembership({ ...deps(), grants: { endGrants } }, change(house.bob.membershipId)))
    expect(await invite({ email: 'bob@example.com' })).toEqual({ ok: false, reason: 'was_removed' })
    expect(await invite({ email: 'bob@example.com', reinvite: true })).toMatchObject({ ok: true, membershipId: house.bob.membershipId })
    expect(await memberOf(house.bob.membershipId)).toMatchObject({ employee_number: 'S-0002', joined_at: null })
    const token = invitationToken(house.test.masterKey, house.bob.membershipId, 1)
    expect(await acceptInvitation(deps(), { token, accountId: house.bob.accountId, origin })).toMatchObject({ ok: true })
  })

  it('says of itself what it is', () => {
    const facts = { accepted_at: null, declined_at: null, revoked_at: null, is_expired: false, membership_status: 'invited', tenant_status: 'active' }
    const past = new Date(0)
    expect(stateOfInvitation(facts)).toBe('open')
    expect(stateOfInvitation({ ...facts, is_expired: true })).toBe('expired')
    expect(stateOfInvitation({ ...facts, is_expired: true, tenant_status: 'suspended' })).toBe('tenant_suspended')
    expect(stateOfInvitation({ ...facts, accepted_at: past, is_expired: true, membership_status: 'suspended' })).toBe('accepted')
    expect(stateOfInvitation({ ...facts, accepted_at: past, membership_status: 'ended' })).toBe('membership_ended')
    expect(stateOfInvitation({ ...facts, revoked_at: past, membership_status: 'ended' })).toBe('revoked')
    expect(stateOfInvitation({ ...facts, declined_at: past, membership_status: 'ended' })).toBe('declined')
  })
})

describe('the link itself', () => {
  it('is shown for people without mail only, since a mailed one proves the address', async () => {
    const { membershipId } = await invited()
    expect(await showInvitationLink(deps(), change(membershipId))).toEqual({ ok: false, reason: 'has_address' })
    const without = await must(invite({ email: null, employeeNumber: 'S-7' }))
    expect(await showInvitationLink(deps(), change(without.membershipId))).toMatchObject({ ok: true })
    expect(await outcomesAbout(without.membershipId)).toContain('invitation.link_shown success')
    await expire(without.membershipId)
    expect(await showInvitationLink(deps(), change(without.membershipId))).toEqual({ ok: false, reason: 'invitation_expired' })
  })
})

describe('another tenant', () => {
  it('finds, lists and changes nothing of it', async () => {
    const { membershipId } = await must(invite({ email: null, employeeNumber: 'S-7' }))
    const foreign = { ...change(membershipId, asMember(house.charlie)), tenantId: house.midori }
    for (const command of [resendInvitation, revokeInvitation, showInvitationLink]) {
      expect(await command(deps(), foreign)).toEqual({ ok: false, reason: 'not_found' })
    }
    const { databases } = house.test
    expect(await databases.inTenant(house.midori, (trx) => listInvitationPage(trx, { filter: {}, cursor: null, limit: 9 }))).toMatchObject({ rows: [] })
    expect(await databases.inTenant(house.midori, (trx) => trx.query.selectFrom('invitation').selectAll().execute())).toEqual([])
    expect(await databases.inTenant(house.sakura, (trx) => listInvitationPage(trx, { filter: {}, cursor: null, limit: 9 }))).toMatchObject({ rows: [{ membership_id: membershipId, state: 'open' }] })
    expect(await memberOf(membershipId)).toMatchObject({ status: 'invited' })
  })
})
