/** A person leaves a tenant by themselves, or is erased out of all of them; nobody ends another's membership this way. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAccountIn } from '../../src/accounts/create-account.ts'
import { newId } from '../../src/base/ids.ts'
import { addMember } from '../../src/members/add-member.ts'
import { endMembership } from '../../src/members/end-membership.ts'
import { endAllOf, leaveTenant, tenantsWithoutOtherAdmin } from '../../src/members/leave-tenant.ts'
import { listOwnMemberships } from '../../src/members/own-memberships-queries.ts'
import { suspendMembership } from '../../src/members/suspend-membership.ts'
import { endGrants } from '../../src/oidc/endings.ts'
import { asSuperuser } from '../helpers/database.ts'
import { buildHouse, by, eventsAbout, must, type House, type Person } from '../accounts/house.ts'

let house: House
beforeEach(async () => { house = await buildHouse() })
afterEach(() => house.close())

const deps = () => ({ databases: house.test.databases, grants: { endGrants } })
const origin = { ip: '192.0.2.7', userAgent: 'test', requestId: null }
const leaving = (who: Person, membershipId: string = who.membershipId) => ({ accountId: who.accountId, membershipId, origin })

async function statusOf(membershipId: string): Promise<string | undefined> {
  return (await house.test.databases.engine.selectFrom('membership').select('status').where('id', '=', membershipId).executeTakeFirst())?.status
}

async function secondAdmin(): Promise<Person> {
  const { databases } = house.test
  const { accountId } = await must(databases.inEngine((trx) => createAccountIn(trx, { email: 'dana@example.com', emailVerified: true, familyName: '二', givenName: '番', phc: 'none', ...by })))
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

const grantsLeft = async () => (await house.test.databases.engine.selectFrom('oidc_grant').select('id').orderBy('id').execute()).map((row) => row.id)

describe('a person who leaves', () => {
  it('ends their own membership with its tokens, and the log says that they left', async () => {
    await giveGrants(house.alice, house.bob)
    expect(await leaveTenant(deps(), leaving(house.bob))).toEqual({ ok: true })
    expect(await statusOf(house.bob.membershipId)).toBe('ended')
    expect(await grantsLeft()).toEqual([house.alice.membershipId])
    expect((await eventsAbout(house.test, house.bob.membershipId)).at(-1)).toMatchObject({
      type: 'membership.ended', outcome: 'success', reason: 'left', tenant_id: house.sakura, ip: origin.ip, before: { status: 'active' }, after: { status: 'ended', account_id: house.bob.accountId },
    })
  })

  it('leaves once when both clicks arrive', async () => {
    const both = await Promise.all([leaveTenant(deps(), leaving(house.bob)), leaveTenant(deps(), leaving(house.bob))])
    expect(both).toEqual(expect.arrayContaining([{ ok: true }, { ok: false, reason: 'already_ended' }]))
  })

  it('may do so while suspended', async () => {
    await suspendMembership(deps(), { ...leaving(house.bob), tenantId: house.sakura, membershipId: house.bob.membershipId, mover: { kind: 'operator', accountId: null } })
    expect(await leaveTenant(deps(), leaving(house.bob))).toEqual({ ok: true })
  })

  it('ends nothing of anybody else', async () => {
    expect(await leaveTenant(deps(), leaving(house.charlie, house.bob.membershipId))).toEqual({ ok: false, reason: 'not_found' })
    expect(await leaveTenant(deps(), leaving(house.alice, house.bob.membershipId))).toEqual({ ok: false, reason: 'not_found' })
    expect(await leaveTenant(deps(), leaving(house.charlie, newId()))).toEqual({ ok: false, reason: 'not_found' })
    expect(await leaveTenant(deps(), leaving(house.charlie, 'no id at all'))).toEqual({ ok: false, reason: 'not_found' })
    expect(await statusOf(house.bob.membershipId)).toBe('active')
  })
})

describe('the last administrator', () => {
  it('stays, and the refusal is an event', async () => {
    await giveGrants(house.alice)
    expect(await leaveTenant(deps(), leaving(house.alice))).toEqual({ ok: false, reason: 'last_admin' })
    expect([await statusOf(house.alice.membershipId), await grantsLeft()]).toEqual(['active', [house.alice.membershipId]])
    expect((await eventsAbout(house.test, house.alice.membershipId)).at(-1)).toMatchObject({ type: 'membership.ended', outcome: 'refused', reason: 'last_admin' })
  })

  it('is one of two who leave at once', async () => {
    const dana = await secondAdmin()
    const results = await Promise.all([leaveTenant(deps(), leaving(house.alice)), leaveTenant(deps(), leaving(dana))])
    expect(results).toEqual(expect.arrayContaining([{ ok: true }, { ok: false, reason: 'last_admin' }]))
  })

  it('is one of two when one leaves and the other is ended by an operator', async () => {
    const dana = await secondAdmin()
    const results = await Promise.all([
      leaveTenant(deps(), leaving(house.alice)),
      endMembership(deps(), { tenantId: house.sakura, membershipId: dana.membershipId, mover: { kind: 'operator', accountId: null }, origin }),
    ])
    expect(results.filter((result) => result.ok)).toHaveLength(1)
  })
})

describe('tenants without another administrator', () => {
  it('are those of the person alone', async () => {
    expect(await tenantsWithoutOtherAdmin(deps(), house.alice.accountId)).toEqual(['医療法人さくら会'])
    expect(await tenantsWithoutOtherAdmin(deps(), house.bob.accountId)).toEqual([])
    expect(await tenantsWithoutOtherAdmin(deps(), house.charlie.accountId)).toEqual([])
  })

  it('do not count a second one who is about to be erased, locked or suspended', async () => {
    const dana = await secondAdmin()
    const { engine } = house.test.databases
    const asked = () => tenantsWithoutOtherAdmin(deps(), house.alice.accountId)
    expect(await asked()).toEqual([])
    await engine.updateTable('account').set({ delete_after: new Date() }).where('id', '=', dana.accountId).execute()
    expect(await asked()).toHaveLength(1)
    await engine.updateTable('account').set({ delete_after: null, status: 'locked' }).where('id', '=', dana.accountId).execute()
    expect(await asked()).toHaveLength(1)
    await engine.updateTable('account').set({ status: 'active' }).where('id', '=', dana.accountId).execute()
    expect(await asked()).toEqual([])
    await suspendMembership(deps(), { tenantId: house.sakura, membershipId: dana.membershipId, mover: { kind: 'operator', accountId: null }, origin })
    expect(await asked()).toHaveLength(1)
  })
})

describe('an account that is erased', () => {
  it('loses all its memberships and nobody else loses any', async () => {
    await must(addMember({ databases: house.test.databases }, { tenantId: house.midori, accountId: house.bob.accountId, role: 'therapist', ...by }))
    await endAllOf(deps(), { accountId: house.bob.accountId, origin })
    const own = await listOwnMemberships(house.test.databases.engine, house.bob.accountId)
    expect(own.map(({ status, unusable_because }) => [status, unusable_because])).toEqual([['ended', 'ended'], ['ended', 'ended']])
    expect([await statusOf(house.alice.membershipId), await statusOf(house.charlie.membershipId)]).toEqual(['active', 'active'])
    expect((await eventsAbout(house.test, house.bob.membershipId)).at(-1)).toMatchObject({ type: 'membership.ended', reason: 'account_erased' })
    await endAllOf(deps(), { accountId: house.bob.accountId, origin })
  })

  it('waits where it has become the last administrator', async () => {
    await expect(endAllOf(deps(), { accountId: house.alice.accountId, origin })).rejects.toThrow(/last administrator/)
    expect(await statusOf(house.alice.membershipId)).toBe('active')
  })
})

describe('a person’s own memberships', () => {
  it('show place, role and unit, and why one is of no use', async () => {
    const { engine } = house.test.databases
    expect(await listOwnMemberships(engine, house.bob.accountId)).toMatchObject([
      { id: house.bob.membershipId, tenant_name: '医療法人さくら会', subdomain: 'sakura', role: 'STAFF', units: ['看護部門'], employee_number: 'S-0002', status: 'active', unusable_because: null },
    ])
    await asSuperuser(house.test.adminUrl, (admin) => admin.query(`update membership set valid_until = now() where id = $1`, [house.bob.membershipId]))
    expect(await listOwnMemberships(engine, house.bob.accountId)).toMatchObject([{ unusable_because: 'expired' }])
    await asSuperuser(house.test.adminUrl, (admin) => admin.query(`update tenant set status = 'suspended' where id = $1`, [house.sakura]))
    expect(await listOwnMemberships(engine, house.bob.accountId)).toMatchObject([{ unusable_because: 'tenant_suspended' }])
    expect(await listOwnMemberships(engine, house.charlie.accountId)).toMatchObject([{ tenant_name: 'みどり整骨院' }])
  })
})
