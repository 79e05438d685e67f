/** Inviting many by a few statements: the same as inviting them one by one, down to every event, and nobody of whom something must be decided. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAccountIn } from '../../src/accounts/create-account.ts'
import { newId } from '../../src/base/ids.ts'
import { inviteMember, type InviteMemberInput } from '../../src/members/invite-member.ts'
import { inviteTogetherIn, type TogetherInvitee } from '../../src/members/invite-together.ts'
import { revokeInvitation } from '../../src/members/revoke-invitation.ts'
import { buildHouse, by, eventsAbout, must, type House } from '../accounts/house.ts'
import { asSuperuser } from '../helpers/database.ts'
import { asMember } from '../provisioning/list.ts'

let house: House
beforeAll(async () => { house = await buildHouse() })
afterAll(() => house.close())

const deps = () => ({ databases: house.test.databases, masterKey: house.test.masterKey })
const shared = (more: Partial<InviteMemberInput> = {}) => ({ tenantId: house.sakura, mover: asMember(house.alice), source: 'csv' as const, origin: by.origin, ...more })
const invitee = (email: string | null, more: Partial<TogetherInvitee> = {}): TogetherInvitee => ({
  person: { email, familyName: '山田', givenName: '花', familyNameKana: 'ヤマダ', givenNameKana: 'ハナ', locale: 'ja' }, role: 'STAFF', ...more,
})
const together = (invitees: readonly TogetherInvitee[], more: Partial<InviteMemberInput> = {}) => house.test.databases.inEngine((trx) => inviteTogetherIn(trx, deps(), { invitees, ...shared(more) }))
const rows = (statement: string, values: readonly unknown[]) => asSuperuser(house.test.adminUrl, async (client) => (await client.query<Record<string, unknown>>(statement, [...values])).rows)

/** All that was written of one, but for ids, tokens, moments and what tells the two apart. */
async function traceOf(membershipId: string) {
  const [row] = await rows(`select to_jsonb(m) - '{id,account_id,created_at,updated_at,invited_at,employee_number,shown_name,sort_name,search_text}'::text[] as membership,
      to_jsonb(i) - '{membership_id,token_hash,created_at,expires_at,sent_at}'::text[] as invitation, i.sent_at is null as is_unsent, (i.expires_at - i.created_at)::text as lifetime,
      to_jsonb(a) - '{id,email,created_at,updated_at}'::text[] as account, m.shown_name = coalesce(a.email, a.display_name) as is_named, m.account_id,
      (select jsonb_agg(jsonb_build_object('unit', u.code, 'primary', mu.is_primary) order by u.code) from membership_unit mu join unit u on u.id = mu.unit_id where mu.membership_id = m.id) as units
    from membership m join invitation i on i.membership_id = m.id join account a on a.id = m.account_id where m.id = $1`, [membershipId])
  const { account_id: accountId, ...trace } = row ?? {}
  const events = [...(await eventsAbout(house.test, String(accountId))), ...(await eventsAbout(house.test, membershipId))]
  const plain = JSON.stringify({ ...trace, events }).replaceAll(String(accountId), 'account').replaceAll(membershipId, 'membership')
  return plain.replaceAll(/"(?:id|occurred_at|occurredAt|xid|subject)":"[^"]*",?/g, '')
}

describe('people of whom nothing has to be decided', () => {
  it('are invited exactly as one by one', async () => {
    const [unit] = await rows('select code from unit where tenant_id = $1 order by code limit 1', [house.sakura])
    const more = { units: [String(unit?.['code'])], title: '看護師', validUntil: new Date('2031-03-31T00:00:00Z') }
    for (const kind of ['mailed', 'handed over'] as const) {
      const who = (name: string) => (kind === 'mailed' ? invitee(`${name}@example.com`, more) : invitee(null, { ...more, employeeNumber: `T-${name}` }))
      const alone = await must(inviteMember(deps(), { ...who('alone'), ...shared() }))
      const many = [who('many-1'), who('many-2')]
      const invited = await together(many)
      expect(invited.size).toBe(2)
      for (const one of many) expect(await traceOf(invited.get(one) ?? '')).toBe(await traceOf(alone.membershipId))
    }
  })

  it('are told of with the visit in which an operator invites them', async () => {
    const [one, breakGlassId] = [invitee('visited@example.com'), newId()]
    const membershipId = (await together([one], { origin: { ...by.origin, breakGlassId } })).get(one)
    expect(await rows('select distinct break_glass_id from event where subject = $1', [membershipId])).toEqual([{ break_glass_id: breakGlassId }])
  })

  it('may have an account that another tenant made', async () => {
    const made = await must(house.test.databases.inEngine((trx) => createAccountIn(trx, { ...by, ...invitee('elsewhere@example.com').person, emailVerified: true, phc: null })))
    const one = invitee('elsewhere@example.com')
    const membershipId = (await together([one])).get(one)
    expect(await rows('select account_id from membership where id = $1', [membershipId])).toEqual([{ account_id: made.accountId }])
  })
})

describe('everybody else', () => {
  it('is left to the command that knows the rule, and nothing is written of them', async () => {
    const removed = await must(inviteMember(deps(), { ...invitee('removed@example.com', { employeeNumber: 'T-1' }), ...shared() }))
    await must(revokeInvitation(deps(), { tenantId: house.sakura, membershipId: removed.membershipId, mover: asMember(house.alice), origin: by.origin }))
    const good = invitee('good@example.com', { employeeNumber: 'T-2' })
    const others = [
      invitee('removed@example.com', { reinvite: true }), invitee('number@example.com', { employeeNumber: 'T-1' }), invitee('no address'), invitee(null),
      invitee('role@example.com', { role: 'NOBODY' }), invitee('unit@example.com', { units: ['nowhere'] }), invitee('app@example.com', { clientId: 'nothing' }),
      invitee('good@example.com'), invitee('same-number@example.com', { employeeNumber: 'T-2' }),
    ]
    const count = async () => (await rows('select (select count(*) from membership)::int as memberships, (select count(*) from account)::int as accounts, (select count(*) from event)::int as events', []))[0]
    const before = await count()
    expect([...(await together([good, ...others])).keys()]).toEqual([good])
    expect(await count()).toEqual({ memberships: Number(before?.['memberships']) + 1, accounts: Number(before?.['accounts']) + 1, events: Number(before?.['events']) + 3 })
    expect((await together(others, { mover: asMember(house.bob, []) })).size).toBe(0)
  })

  it('is whoever asks for a role that its giver does not hold, or for a seat that is not there', async () => {
    const admin = invitee('above@example.com', { role: 'Admin' })
    expect((await together([admin], { mover: asMember(house.bob, ['member:invite']) })).size).toBe(0)
    await rows('update tenant set seat_limit = 1 where id = $1', [house.sakura])
    expect((await together([invitee('seatless@example.com')])).size).toBe(0)
    await rows('update tenant set seat_limit = null where id = $1', [house.sakura])
  })

  it('is whoever was invited by somebody else at the same moment: each is invited once', async () => {
    const people = Array.from({ length: 8 }, (_, place) => invitee(`race-${place}@example.com`))
    const tenants = [house.sakura, house.midori]
    await Promise.all(tenants.flatMap((tenantId) => [together(people, { tenantId, mover: { kind: 'operator', accountId: null } }), together(people, { tenantId, mover: { kind: 'operator', accountId: null } })]))
    const found = await rows(`select count(*)::int as memberships, count(distinct (m.tenant_id, m.account_id))::int as people, count(distinct m.account_id)::int as accounts
      from membership m join account a on a.id = m.account_id where a.email like 'race-%'`, [])
    expect(found[0]?.['memberships']).toBe(found[0]?.['people'])
    expect(found[0]?.['accounts']).toBe(8)
  })
})
