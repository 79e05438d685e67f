/**
 * The way back for people who forgot their password, and the first way in for staff without mail: who gets a link, what a new
 * password ends, and that neither is a way around suspension or a second factor.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HashPoolFull } from '../../src/accounts/hash-pool.ts'
import { issueActivation } from '../../src/accounts/issue-activation.ts'
import { createLink } from '../../src/accounts/links.ts'
import { requestRecovery } from '../../src/accounts/request-recovery.ts'
import { resetPassword, type PasswordResetInput } from '../../src/accounts/reset-password.ts'
import { asSuperuser } from '../helpers/database.ts'
import { eventually } from '../helpers/eventually.ts'
import { must } from './house.ts'
import {
  admin, age, buildLinksHouse, databaseTime, devicesOf, freshEmail, goodPassword, invitee, isOutdated, knownIn, linesAbout, linkById, lockedOut, newcomer, newestLink, newPassword,
  opens, profile, sessionsOf, setStatus, signedIn, somewhere, waiting, watched, wholeLog, type LinksHouse, type MailedLink, type Newcomer,
} from './links-house.ts'

let house: LinksHouse
beforeAll(async () => { house = await buildLinksHouse() })
afterAll(() => house.close())

const request = (identifier: string, more: { tenantHint?: string | null; deps?: LinksHouse['deps'] } = {}) =>
  requestRecovery(more.deps ?? house.deps, { identifier, tenantHint: more.tenantHint ?? null, clientId: 'karte', locale: 'ja', origin: somewhere() })
const reset = (token: string, more: Partial<PasswordResetInput> = {}) =>
  resetPassword(house.deps, { token, purpose: 'password_reset', password: newPassword, origin: somewhere(), ...more })
const activate = (token: string, more: Partial<PasswordResetInput> = {}) => reset(token, { purpose: 'activation', ...more })
const issue = (accountId: string) => issueActivation(house.deps, { accountId, actor: house.alice.accountId, origin: somewhere() })

async function linkFor(identifier: string): Promise<MailedLink> {
  await must(request(identifier))
  return newestLink(house, 'password_reset')
}

const lastRequest = async () => (await admin(house, `select subject, outcome, after from event where type = 'recovery.requested' order by id desc limit 1`))[0]

async function without(status: string): Promise<Newcomer> {
  const person = await newcomer(house)
  await setStatus(house, person.accountId, status)
  return person
}

describe('asking for a new password', () => {
  it('gets the same answer by the same statements whatever the name is', async () => {
    const invited = freshEmail()
    await invitee(house, invited)
    const names = [
      (await newcomer(house)).email, freshEmail(), (await without('locked')).email, (await without('disabled')).email, invited,
      'S-0001@sakura', 'S-9999@sakura', 'S-0001@tenant-that-is-not', 'S-0001', 'no name at all!', '',
    ]
    const seen = []
    for (const name of names) {
      const deps = watched(house)
      expect(await request(name, { deps })).toEqual({ ok: true })
      seen.push(deps.statements)
    }
    expect(seen[0]?.length).toBeGreaterThan(3)
    for (const other of seen) expect(other).toEqual(seen[0])
  })

  it.each([
    ['alice@example.com', null, 'alice'],
    ['ＡＬＩＣＥ@EXAMPLE.com', null, 'alice'],
    ['S-0002@sakura', null, 'bob'],
    ['s-0002@midori', 'sakura', 'charlie'],
    ['S-0002', 'sakura', 'bob'],
    ['S-0002', 'midori', 'charlie'],
  ] as const)('by %s, where the page knows %s, mails to %s', async (identifier, tenantHint, who) => {
    expect(await request(identifier, { tenantHint })).toEqual({ ok: true })
    const link = await newestLink(house, 'password_reset')
    expect(link).toMatchObject({ email: `${who}@example.com`, accountId: house[who].accountId })
    expect(await lastRequest()).toEqual({ subject: house[who].accountId, outcome: 'success', after: { link_id: link.id } })
  })

  it('by a staff number where the page knows the id of the tenant mails too', async () => {
    await must(request('S-0002', { tenantHint: house.midori }))
    expect((await newestLink(house, 'password_reset')).accountId).toBe(house.charlie.accountId)
  })

  it.each(['locked', 'disabled', 'pending'])('mails nothing to an account that is %s', async (status) => {
    const { email } = await without(status)
    const link = await linkFor(email)
    expect(link).toMatchObject({ email: null, accountId: null })
    expect(await lastRequest()).toEqual({ subject: null, outcome: 'success', after: { link_id: null } })
    expect(await reset(link.token)).toEqual({ ok: false, reason: 'link_invalid' })
  })

  it('names in the log who has no address to write to, and mails nothing', async () => {
    const accountId = await invitee(house)
    await setStatus(house, accountId, 'active')
    await admin(house, `insert into membership (tenant_id, id, account_id, role_id, status, employee_number)
      select r.tenant_id, gen_random_uuid(), $1, r.id, 'active', 'S-0404' from role r where r.tenant_id = $2 and r.name = 'STAFF'`, [accountId, house.sakura])
    await must(request('S-0404@sakura'))
    expect(await lastRequest()).toEqual({ subject: accountId, outcome: 'success', after: { link_id: null } })
  })

  it('ends after so many mails, whether or not anybody has the name', async () => {
    const counts = []
    for (const name of ['charlie@example.com', freshEmail(), 'S-4711@sakura']) {
      let sent = 0
      let answer = await request(name)
      while (answer.ok && sent < 100) {
        sent += 1
        answer = await request(name)
      }
      expect(answer).toMatchObject({ ok: false, reason: 'too_many_attempts' })
      counts.push(sent)
    }
    expect(counts[0]).toBeLessThan(100)
    expect(counts[2]).toBe(counts[1])
    expect(await lastRequest()).toMatchObject({ outcome: 'refused' })
  })
})

describe('a new password', () => {
  it('ends everything that the old one opened, and nobody else\'s', async () => {
    const person = await newcomer(house)
    await signedIn(house, person.accountId, 's-thief')
    await signedIn(house, house.bob.accountId, 's-bob')
    await knownIn(house, person.accountId, 'thief')
    await knownIn(house, house.bob.accountId, 'bob')
    const before = await databaseTime(house)
    const { token } = await linkFor(person.email)
    expect(await reset(token)).toEqual({ ok: true, accountId: person.accountId, clientId: 'karte' })
    expect(await opens(house, person.accountId, newPassword)).toBe(true)
    expect(await opens(house, person.accountId, goodPassword)).toBe(false)
    expect(await sessionsOf(house, person.accountId)).toEqual([])
    expect(await devicesOf(house, person.accountId)).toEqual([])
    expect(await isOutdated(house, person.accountId, before)).toBe(true)
    expect(await sessionsOf(house, house.bob.accountId)).toEqual(['s-bob'])
    expect(await devicesOf(house, house.bob.accountId)).toEqual(['bob'])
    expect(await isOutdated(house, house.bob.accountId, before)).toBe(false)
    const events = await admin(house, `select type, reason, after from event where subject = $1 and type in ('password.changed', 'account.signed_out_everywhere') order by id`, [person.accountId])
    expect(events.slice(1)).toEqual([
      { type: 'password.changed', reason: null, after: { how: 'reset' } },
      { type: 'account.signed_out_everywhere', reason: 'password_reset', after: null },
    ])
    expect(await linesAbout(house, 's-thief')).toEqual(['session.ended success'])
  })

  it('kills what else could set one or take the address, and leaves the owner\'s ways back', async () => {
    const person = await newcomer(house)
    const make = (purpose: 'password_reset' | 'activation' | 'address_change' | 'address_undo' | 'deletion') =>
      house.deps.databases.inEngine((trx) => createLink(trx, house.deps.masterKey, { purpose, accountId: person.accountId, email: person.email, clientId: null, locale: 'ja' }))
    const dead = [await make('password_reset'), await make('activation'), await make('address_change')]
    const alive = [await make('address_undo'), await make('deletion')]
    const bobs = await linkFor('bob@example.com')
    await must(reset((await linkFor(person.email)).token))
    for (const { id } of dead) expect((await linkById(house, id)).usedAt).not.toBeNull()
    for (const { id } of [...alive, bobs]) expect((await linkById(house, id)).usedAt).toBeNull()
  })

  it('leaves second factors alone, and may be shorter with one', async () => {
    const person = await newcomer(house)
    const { token } = await linkFor(person.email)
    const short = 'wzvk-qptr-hd'
    expect(await reset(token, { password: short })).toEqual({ ok: false, reason: 'password_too_short' })
    await admin(house, `insert into factor_totp (account_id, sealed_secret, last_step) values ($1, 'x', 0)`, [person.accountId])
    await must(reset(token, { password: short }))
    expect(await admin(house, 'select sealed_secret from factor_totp where account_id = $1', [person.accountId])).toEqual([{ sealed_secret: 'x' }])
  })

  it.each(['short', 'aaaaaaaaaaaaaaaaaaaa'])('that is as weak as %j costs nobody their link', async (password) => {
    const person = await newcomer(house)
    const { token } = await linkFor(person.email)
    const answer = await reset(token, { password })
    expect(answer).toMatchObject({ ok: false })
    expect((await linesAbout(house, person.accountId)).at(-1)).toMatch(/^password\.changed refused password_too_/)
    expect(await opens(house, person.accountId, goodPassword)).toBe(true)
    await must(reset(token))
  })

  it('waits when too many passwords do, and the link counts as before', async () => {
    const person = await newcomer(house)
    const { token } = await linkFor(person.email)
    const busy = { ...house.deps, hashes: { ...house.hashes, hash: () => Promise.reject(new HashPoolFull()) } }
    await expect(resetPassword(busy, { token, purpose: 'password_reset', password: newPassword, origin: somewhere() })).rejects.toThrow(HashPoolFull)
    await must(reset(token))
  })

  it('proves an address that had not been proved', async () => {
    const person = await newcomer(house)
    await admin(house, 'update account set email_verified_at = null where id = $1', [person.accountId])
    await must(reset((await linkFor(person.email)).token))
    expect((await profile(house, person.accountId)).email_verified_at).not.toBeNull()
    expect(await linesAbout(house, person.accountId)).toContain('address.verified success')
  })

  it('lifts the lock that failures had put on the password, and not that of second factors', async () => {
    const { accountId, email } = await newcomer(house)
    await lockedOut(house, 'password', accountId)
    await lockedOut(house, 'second_factor', accountId)
    await must(reset((await linkFor(email)).token))
    expect(await house.deps.attempts.look('password', accountId)).toEqual({ failures: 0, lockedUntil: null })
    expect((await house.deps.attempts.look('second_factor', accountId)).lockedUntil).not.toBeNull()
  })
})

describe('a link for a new password', () => {
  it('counts once when five use it at once', async () => {
    const person = await newcomer(house)
    const { token, id } = await linkFor(person.email)
    const results = await Promise.all(Array.from({ length: 5 }, () => reset(token)))
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect((await linesAbout(house, id)).filter((line) => line === 'link.refused refused used')).toHaveLength(4)
  })

  it('loses against another of the same account, and neither waits for the other for ever', async () => {
    const person = await newcomer(house)
    const links = [await linkFor(person.email), await linkFor(person.email)]
    const results = await Promise.all(links.map(({ token }) => reset(token)))
    expect(results.map(({ ok }) => ok).sort()).toEqual([false, true])
  })

  it.each(['locked', 'disabled'])('opens nothing for an account that was %s meanwhile', async (status) => {
    const person = await newcomer(house)
    const { token } = await linkFor(person.email)
    await setStatus(house, person.accountId, status)
    expect(await reset(token)).toEqual({ ok: false, reason: 'account_suspended' })
    expect(await opens(house, person.accountId, goodPassword)).toBe(true)
    expect((await profile(house, person.accountId)).status).toBe(status)
  })

  it('is worth nothing once the account has another address', async () => {
    const person = await newcomer(house)
    const { token } = await linkFor(person.email)
    await admin(house, 'update account set email = $2 where id = $1', [person.accountId, freshEmail()])
    expect(await reset(token)).toEqual({ ok: false, reason: 'link_invalid' })
  })

  it('is not an activation link, and the other way round', async () => {
    const person = await newcomer(house)
    const { token } = await linkFor(person.email)
    expect(await activate(token)).toEqual({ ok: false, reason: 'link_invalid' })
    const activation = await must(issue(person.accountId))
    expect(await reset(activation.token)).toEqual({ ok: false, reason: 'link_invalid' })
    await must(reset(token))
  })

  it('is over after half an hour', async () => {
    const { token, id } = await linkFor((await newcomer(house)).email)
    await age(house, id, 30 * 60)
    expect(await reset(token)).toEqual({ ok: false, reason: 'link_invalid' })
    expect(await linesAbout(house, id)).toEqual(['link.refused refused expired'])
  })

  it('voids a sign-in that slipped in while it waited for the account', async () => {
    const person = await newcomer(house)
    const { token } = await linkFor(person.email)
    const slippedIn = await asSuperuser(house.test.adminUrl, async (signIn) => {
      await signIn.query('begin')
      await signIn.query('select 1 from account where id = $1 for share', [person.accountId])
      const resetting = reset(token)
      await eventually(() => waiting(house)).toBeGreaterThan(0)
      const { rows } = await signIn.query<{ at: string }>('select clock_timestamp()::text as at')
      await signIn.query('commit')
      await must(resetting)
      return rows[0]?.at
    })
    expect(await isOutdated(house, person.accountId, slippedIn)).toBe(true)
  })
})

describe('an activation link', () => {
  it('gives somebody without mail a password and an active account', async () => {
    const accountId = await invitee(house)
    const issued = await must(issue(accountId))
    expect(issued.path).toBe(`/activate/${issued.token}`)
    expect(Math.round((issued.expiresAt.getTime() - Date.now()) / 3_600_000)).toBe(72)
    expect(await activate(issued.token)).toEqual({ ok: true, accountId, clientId: null })
    expect(await profile(house, accountId)).toMatchObject({ status: 'active', email: null, email_verified_at: null })
    expect(await opens(house, accountId, newPassword)).toBe(true)
    const [changed] = await admin(house, `select before, after from event where subject = $1 and type = 'password.changed'`, [accountId])
    expect(changed).toEqual({ before: { status: 'pending' }, after: { how: 'activation', status: 'active' } })
    expect(await activate(issued.token)).toEqual({ ok: false, reason: 'link_invalid' })
  })

  it('replaces the one before, also when two are issued at once', async () => {
    const accountId = await invitee(house)
    const issued = await Promise.all([must(issue(accountId)), must(issue(accountId)), must(issue(accountId))])
    const results = []
    for (const { token } of issued) results.push((await activate(token)).ok)
    expect(results.filter((ok) => ok)).toHaveLength(1)
  })

  it('counts once when two use it at once', async () => {
    const { token } = await must(issue(await invitee(house)))
    const results = await Promise.all([activate(token), activate(token)])
    expect(results.map(({ ok }) => ok).sort()).toEqual([false, true])
  })

  it('is refused for an account that is suspended, not there, or waits for the owner of its address', async () => {
    const locked = await without('locked')
    expect(await issue(locked.accountId)).toEqual({ ok: false, reason: 'account_suspended' })
    expect(await issue('nobody')).toEqual({ ok: false, reason: 'not_found' })
    const invited = await invitee(house, freshEmail())
    expect(await issue(invited)).toEqual({ ok: false, reason: 'address_unproved' })
    expect((await linesAbout(house, invited)).at(-1)).toBe('activation.issued refused address_unproved')
  })

  it('does nothing for an account that was suspended after it was issued', async () => {
    const accountId = await invitee(house)
    const { token } = await must(issue(accountId))
    await setStatus(house, accountId, 'disabled')
    expect(await activate(token)).toEqual({ ok: false, reason: 'account_suspended' })
    expect(await opens(house, accountId, newPassword)).toBe(false)
  })
})

describe('the log', () => {
  it('names no address and holds nothing that opens anything', async () => {
    const person = await newcomer(house)
    const { token, id } = await linkFor(person.email)
    await reset(token, { password: 'short' })
    await must(reset(token))
    await reset(token)
    const log = await wholeLog(house)
    expect(log).toContain(id)
    for (const secret of [token, newPassword, person.email, 'no name at all']) expect(log).not.toContain(secret)
  })
})
