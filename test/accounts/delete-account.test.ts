/**
 * The end of an account at its owner's wish: a grace in which they may change their mind, a tenant that keeps its
 * administrator, and then nothing that says who it was.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cancelDeletion, eraseDueAccounts, requestDeletion, type DeletionDeps } from '../../src/accounts/delete-account.ts'
import { requestRegistration } from '../../src/accounts/request-registration.ts'
import { completeRegistration } from '../../src/accounts/complete-registration.ts'
import { eraseFactors } from '../../src/factors/reset-factors.ts'
import { addMember } from '../../src/members/add-member.ts'
import { endAllOf, tenantsWithoutOtherAdmin } from '../../src/members/leave-tenant.ts'
import { endGrants } from '../../src/oidc/endings.ts'
import { by, must } from './house.ts'
import {
  admin, buildLinksHouse, databaseTime, goodPassword, isOutdated, knownIn, linesAbout, linkById, newcomer, newestLink, profile, sessionsOf, setStatus, signedIn,
  somewhere, wholeLog, type LinksHouse, type MailedLink,
} from './links-house.ts'

let house: LinksHouse
let deps: DeletionDeps
beforeAll(async () => {
  house = await buildLinksHouse()
  const members = { databases: house.deps.databases, grants: { endGrants } }
  deps = {
    ...house.deps, factors: { erase: eraseFactors },
    memberships: { tenantsWithoutOtherAdmin: (accountId) => tenantsWithoutOtherAdmin(members, accountId), endAllOf: (accountId, origin) => endAllOf(members, { accountId, origin }) },
  }
})
afterAll(() => house.close())

const request = (accountId: string) => requestDeletion(deps, { accountId, actor: accountId, origin: somewhere() })
const keepByLink = (token: string) => cancelDeletion(deps, { by: { token }, actor: null, origin: somewhere() })
const keep = (accountId: string) => cancelDeletion(deps, { by: { accountId }, actor: accountId, origin: somewhere() })
const dayHasCome = (accountId: string) => admin(house, `update account set delete_after = now() - interval '1 second' where id = $1`, [accountId])

async function leaving(): Promise<{ readonly accountId: string; readonly email: string; readonly link: MailedLink }> {
  const person = await newcomer(house)
  await must(request(person.accountId))
  return { ...person, link: await newestLink(house, 'deletion') }
}

async function leftAlready(): Promise<{ readonly accountId: string; readonly email: string; readonly link: MailedLink }> {
  const person = await leaving()
  await dayHasCome(person.accountId)
  return person
}

describe('asking to be erased', () => {
  it('sets a day two weeks away, changes nothing until then and mails a way to stay', async () => {
    const { accountId, email } = await newcomer(house)
    await signedIn(house, accountId, 's-leaving')
    const { deleteAfter } = await must(request(accountId))
    expect(Math.round((deleteAfter.getTime() - Date.now()) / 86_400_000)).toBe(14)
    expect(await profile(house, accountId)).toMatchObject({ status: 'active', email, delete_after: deleteAfter })
    expect(await sessionsOf(house, accountId)).toEqual(['s-leaving'])
    const link = await newestLink(house, 'deletion')
    expect(link).toMatchObject({ email, accountId })
    const [event] = await admin(house, `select actor, after from event where subject = $1 and type = 'account.deletion_requested'`, [accountId])
    expect(event).toEqual({ actor: accountId, after: { delete_after: deleteAfter.toISOString(), link_id: link.id } })
  })

  it('happens once when two ask at once, and asking again does not move the day', async () => {
    const { accountId } = await newcomer(house)
    const [one, two] = await Promise.all([must(request(accountId)), must(request(accountId))])
    expect(one.deleteAfter).toEqual(two.deleteAfter)
    expect((await must(request(accountId))).deleteAfter).toEqual(one.deleteAfter)
    expect(await admin(house, `select 1 from account_link where account_id = $1 and purpose = 'deletion'`, [accountId])).toHaveLength(1)
    expect((await linesAbout(house, accountId)).filter((line) => line.startsWith('account.deletion_requested'))).toHaveLength(1)
  })

  it('is refused while a tenant has no other administrator', async () => {
    expect(await request(house.alice.accountId)).toEqual({ ok: false, reason: 'last_admin', tenants: ['医療法人さくら会'] })
    expect((await profile(house, house.alice.accountId)).delete_after).toBeNull()
    expect((await linesAbout(house, house.alice.accountId)).at(-1)).toBe('account.deletion_requested refused last_admin')
  })

  it.each(['locked', 'disabled'])('is refused for an account that is %s', async (status) => {
    const { accountId } = await newcomer(house)
    await setStatus(house, accountId, status)
    expect(await request(accountId)).toEqual({ ok: false, reason: 'account_suspended' })
    expect((await profile(house, accountId)).delete_after).toBeNull()
  })

  it('works for staff without an address, who have no mail to stay by', async () => {
    const { accountId } = await newcomer(house)
    await admin(house, 'update account set email = null where id = $1', [accountId])
    await must(request(accountId))
    expect(await admin(house, 'select 1 from account_link where account_id = $1', [accountId])).toEqual([])
    expect(await keep(accountId)).toEqual({ ok: true })
  })
})

describe('changing one\'s mind', () => {
  it('by the link keeps the account, and the link counts once', async () => {
    const { accountId, link } = await leaving()
    const results = await Promise.all([keepByLink(link.token), keepByLink(link.token), keepByLink(link.token)])
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect((await profile(house, accountId)).delete_after).toBeNull()
    expect((await linesAbout(house, accountId)).filter((line) => line === 'account.deletion_cancelled success')).toHaveLength(1)
  })

  it('from inside keeps the account and voids the link', async () => {
    const { accountId, link } = await leaving()
    const results = await Promise.all([keep(accountId), keep(accountId)])
    expect(results).toEqual(expect.arrayContaining([{ ok: true }, { ok: false, reason: 'not_requested' }]))
    expect((await linkById(house, link.id)).usedAt).not.toBeNull()
    expect(await keepByLink(link.token)).toEqual({ ok: false, reason: 'link_invalid' })
  })

  it('is for those who asked, and Charlie\'s account stays as it is', async () => {
    expect(await keep(house.charlie.accountId)).toEqual({ ok: false, reason: 'not_requested' })
    expect(await keepByLink('nonsense')).toEqual({ ok: false, reason: 'link_invalid' })
  })

  it('and the erasure at the same moment: one of them wins, and it is whole', async () => {
    const { accountId, link } = await leftAlready()
    const [kept] = await Promise.all([keepByLink(link.token), eraseDueAccounts(deps)])
    const row = await profile(house, accountId)
    expect(kept.ok ? [row.status, row.delete_after, row.display_name] : [row.status, row.email, row.display_name]).toEqual(kept.ok ? ['active', null, '新 人'] : ['erased', null, ''])
    expect(await sessionsOf(house, accountId)).toEqual([])
  })
})

describe('erasing', () => {
  it('removes all that says who it was, and leaves the id to what speaks of it', async () => {
    const { accountId, email } = await newcomer(house)
    await must(addMember({ databases: house.deps.databases }, { tenantId: house.sakura, accountId, role: 'STAFF', employeeNumber: 'S-0815', ...by }))
    await signedIn(house, accountId, 's-gone')
    await knownIn(house, accountId, 'gone')
    await admin(house, `insert into factor_totp (account_id, sealed_secret, last_step) values ($1, 'x', 0)`, [accountId])
    await admin(house, `insert into factor_recovery_code (account_id, code_hash) values ($1, 'x')`, [accountId])
    await admin(house, `insert into factor_passkey (id, account_id, public_key, counter, name, aaguid, backed_up) values ($1, $1, '', 0, '鍵', gen_random_uuid(), false)`, [accountId])
    await must(requestRegistration(house.deps, { email, locale: 'ja', clientId: null, origin: somewhere() }))
    await must(request(accountId))
    await dayHasCome(accountId)
    const before = await databaseTime(house)
    expect(await eraseDueAccounts(deps)).toBe(1)
    const [row] = await admin(house, 'select * from account where id = $1', [accountId])
    expect(row).toMatchObject({
      email: null, email_verified_at: null, family_name: null, given_name: null, family_name_kana: null, given_name_kana: null, display_name: '', locale: null,
      zoneinfo: 'Asia/Tokyo', status: 'erased', delete_after: null,
    })
    expect(await isOutdated(house, accountId, before)).toBe(true)
    for (const table of ['factor_password', 'factor_totp', 'factor_recovery_code', 'factor_passkey', 'account_link', 'device', 'session', 'oidc_grant']) {
      expect(await admin(house, `select 1 from ${table} where account_id = $1`, [accountId])).toEqual([])
    }
    expect(await admin(house, 'select 1 from account_link where email = $1', [email])).toEqual([])
    expect(await admin(house, 'select status from membership where account_id = $1', [accountId])).toEqual([{ status: 'ended' }])
    expect(await linesAbout(house, accountId)).toContain('account.erased success')
    expect(await wholeLog(house)).not.toContain(email)
    expect(await eraseDueAccounts(deps)).toBe(0)
  })

  it('waits for the day, and touches nobody else', async () => {
    const { accountId, email } = await leaving()
    const charlie = await profile(house, house.charlie.accountId)
    expect(await eraseDueAccounts(deps)).toBe(0)
    expect(await profile(house, accountId)).toMatchObject({ status: 'active', email })
    expect(await profile(house, house.charlie.accountId)).toEqual(charlie)
    await must(keep(accountId))
  })

  it('happens once per account when three processes do it at once', async () => {
    const people = [await leftAlready(), await leftAlready(), await leftAlready()]
    const counts = await Promise.all([eraseDueAccounts(deps), eraseDueAccounts(deps), eraseDueAccounts(deps)])
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3)
    for (const { accountId } of people) expect((await linesAbout(house, accountId)).filter((line) => line === 'account.erased success')).toHaveLength(1)
  })

  it.each(['locked', 'disabled'])('leaves an account alone that is %s', async (status) => {
    const { accountId, email } = await leftAlready()
    await setStatus(house, accountId, status)
    expect(await eraseDueAccounts(deps)).toBe(0)
    expect(await profile(house, accountId)).toMatchObject({ status, email })
  })

  it('is put off for who has become the only administrator meanwhile', async () => {
    const { accountId } = await leaving()
    await admin(house, `update account set delete_after = now() - interval '1 second' where id = $1`, [accountId])
    const only = { ...deps, memberships: { ...deps.memberships, tenantsWithoutOtherAdmin: async () => ['みどり整骨院'] } }
    expect(await eraseDueAccounts(only)).toBe(0)
    const row = await profile(house, accountId)
    expect(row.status).toBe('active')
    expect(row.delete_after?.getTime()).toBeGreaterThan(Date.now() + 23 * 3_600_000)
    expect((await linesAbout(house, accountId)).at(-1)).toBe('account.erased refused last_admin')
  })

  it('ends the memberships the next time, where the process died in between', async () => {
    const { accountId } = await newcomer(house)
    await must(addMember({ databases: house.deps.databases }, { tenantId: house.sakura, accountId, role: 'STAFF', employeeNumber: 'S-0816', ...by }))
    await must(request(accountId))
    await dayHasCome(accountId)
    const dying = { ...deps, memberships: { ...deps.memberships, endAllOf: () => Promise.reject(new Error('killed')) } }
    await expect(eraseDueAccounts(dying)).rejects.toThrow('killed')
    expect(await profile(house, accountId)).toMatchObject({ status: 'erased', display_name: '' })
    expect(await keep(accountId)).toEqual({ ok: false, reason: 'not_requested' })
    expect(await eraseDueAccounts(deps)).toBe(0)
    expect(await admin(house, 'select status from membership where account_id = $1', [accountId])).toEqual([{ status: 'ended' }])
    expect((await profile(house, accountId)).delete_after).toBeNull()
  })

  it('changes nothing where a factor cannot be removed', async () => {
    const { accountId, email } = await leftAlready()
    const broken = { ...deps, factors: { erase: () => Promise.reject(new Error('no')) } }
    await expect(eraseDueAccounts(broken)).rejects.toThrow('no')
    expect(await profile(house, accountId)).toMatchObject({ status: 'active', email })
    await must(keep(accountId))
  })

  it('of one account that fails holds up no other', async () => {
    const [stuck, next] = [await leftAlready(), await leftAlready()]
    const erase: DeletionDeps['factors']['erase'] = (trx, accountId) => (accountId === stuck.accountId ? Promise.reject(new Error('stuck')) : eraseFactors(trx, accountId))
    await expect(eraseDueAccounts({ ...deps, factors: { erase } })).rejects.toThrow('stuck')
    expect((await profile(house, stuck.accountId)).status).toBe('active')
    expect((await profile(house, next.accountId)).status).toBe('erased')
    await must(keep(stuck.accountId))
  })

  it('frees the address, whose owner may begin anew as somebody else', async () => {
    const { accountId, email } = await leftAlready()
    await eraseDueAccounts(deps)
    await must(requestRegistration(house.deps, { email, locale: 'ja', clientId: null, origin: somewhere() }))
    const { token } = await newestLink(house, 'registration')
    const again = await must(completeRegistration(house.deps, {
      by: { token }, familyName: '新', givenName: '人', familyNameKana: null, givenNameKana: null, password: goodPassword, locale: 'ja', origin: somewhere(),
    }))
    expect(again.accountId).not.toBe(accountId)
    expect((await profile(house, accountId)).email).toBeNull()
  })
})
