/** Accounts come into being, are locked and come back; what they were signed in to ends with them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAccount } from '../../src/accounts/create-account.ts'
import { resumeAccount } from '../../src/accounts/resume-account.ts'
import { suspendAccount } from '../../src/accounts/suspend-account.ts'
import { endSessions } from '../../src/oidc/endings.ts'
import { asSuperuser } from '../helpers/database.ts'
import { buildHouse, by, eventsAbout, must, password, passwords, type House } from './house.ts'

let house: House
beforeAll(async () => { house = await buildHouse() })
afterAll(() => house.close())

const person = { emailVerified: false, familyName: '山田', givenName: '太郎', password, ...by }
const create = (more: Partial<Parameters<typeof createAccount>[1]>) => createAccount({ databases: house.test.databases, hashes: house.hashes, passwords }, { ...person, email: null, ...more })
const suspend = (accountId: string, status: 'locked' | 'disabled' = 'locked') =>
  suspendAccount({ databases: house.test.databases, sessions: { endSessions } }, { accountId, status, ...by })
const resume = (accountId: string) => resumeAccount({ databases: house.test.databases }, { accountId, ...by })

describe('creating an account', () => {
  it('stores the address in its one spelling and the name in Japanese order', async () => {
    const { accountId } = await must(create({ email: 'Taro@Example.COM' }))
    const row = await house.test.databases.engine.selectFrom('account').selectAll().where('id', '=', accountId).executeTakeFirstOrThrow()
    expect(row).toMatchObject({ email: 'taro@example.com', display_name: '山田 太郎', status: 'active', email_verified_at: null })
    const [event] = await eventsAbout(house.test, accountId)
    expect(event).toMatchObject({ type: 'account.created', outcome: 'success' })
    expect(JSON.stringify(event)).not.toContain('taro')
  })

  it('leaves an account without a password pending', async () => {
    expect(await create({ email: 'pending@example.com', password: null })).toMatchObject({ ok: true, status: 'pending' })
  })

  it('allows staff without an address', async () => {
    expect(await create({})).toMatchObject({ ok: true, status: 'active' })
  })

  it.each([
    ['an address that is none', { email: 'taro' }, 'invalid_email'],
    ['a short password', { password: '1234567' }, 'password_too_short'],
    ['an endless password', { password: 'x'.repeat(257) }, 'password_too_long'],
    ['a password that people try', { password: 'passwordpassword' }, 'password_too_common'],
    ['a password made of the name', { familyName: 'Yamada', password: 'yamada-yamada-2026' }, 'password_too_common'],
    ['a password made of the address', { email: 'miyabi.k@example.com', password: 'miyabi.k@example.com' }, 'password_too_common'],
    ['neither name nor address', { familyName: ' ', givenName: null }, 'name_missing'],
    ['somebody else\'s address in another spelling', { email: 'ＡＬＩＣＥ@example.com' }, 'email_taken'],
  ])('refuses %s', async (_what, more, reason) => {
    expect(await create(more)).toEqual({ ok: false, reason })
  })

  it('gives an address to one of two who ask at once', async () => {
    const results = await Promise.all([create({ email: 'race@example.com' }), create({ email: 'Race@example.com' })])
    expect(results.map(({ ok }) => ok).sort()).toEqual([false, true])
  })
})

describe('locking an account', () => {
  it('ends its sessions and token families in the same moment, and nobody else\'s', async () => {
    await asSuperuser(house.test.adminUrl, async (admin) => {
      await admin.query(`insert into client (id, name, metadata) values ('karte', 'Karte', '{}')`)
      for (const [uid, accountId] of [['s-bob', house.bob.accountId], ['s-charlie', house.charlie.accountId]]) {
        await admin.query(`insert into session (uid, id_hash, account_id, payload, expires_at) values ($1, $1, $2, '{}', now() + interval '1 hour')`, [uid, accountId])
        await admin.query(`insert into oidc_grant (id, session_uid, account_id, client_id, payload, expires_at) values ($1, $1, $2, 'karte', '{}', now() + interval '1 hour')`, [uid, accountId])
      }
    })
    expect(await suspend(house.bob.accountId)).toEqual({ ok: true })
    const left = await asSuperuser(house.test.adminUrl, (admin) => admin.query('select s.uid, g.id from session s full join oidc_grant g on g.session_uid = s.uid'))
    expect(left.rows).toEqual([{ uid: 's-charlie', id: 's-charlie' }])
    expect((await eventsAbout(house.test, house.bob.accountId)).at(-1)).toMatchObject({ type: 'account.suspended', before: { status: 'active' }, after: { status: 'locked' } })
    expect((await eventsAbout(house.test, 's-bob')).map(({ type }) => type)).toEqual(['session.ended'])
  })

  it('changes nothing when the sessions cannot be ended', async () => {
    const { accountId } = await must(create({}))
    const broken = { databases: house.test.databases, sessions: { endSessions: () => Promise.reject(new Error('no')) } }
    await expect(suspendAccount(broken, { accountId, status: 'locked', ...by })).rejects.toThrow('no')
    expect(await resume(accountId)).toEqual({ ok: false, reason: 'not_suspended' })
  })

  it('happens once when two ask at once', async () => {
    const { accountId } = await must(create({}))
    const results = await Promise.all([suspend(accountId), suspend(accountId)])
    expect(results).toEqual(expect.arrayContaining([{ ok: true }, { ok: false, reason: 'already_suspended' }]))
    expect((await eventsAbout(house.test, accountId)).map(({ type, outcome }) => `${type} ${outcome}`)).toEqual([
      'account.created success', 'account.suspended success', 'account.suspended refused'])
  })

  it('is taken back for a locked account and not for a disabled one', async () => {
    const { accountId } = await must(create({}))
    await must(suspend(accountId))
    expect(await resume(accountId)).toEqual({ ok: true, status: 'active' })
    await must(suspend(accountId, 'disabled'))
    expect(await resume(accountId)).toEqual({ ok: false, reason: 'account_disabled' })
    expect(await suspend(accountId, 'locked')).toEqual({ ok: false, reason: 'account_disabled' })
  })

  it('does not turn a pending account into an active one on the way back', async () => {
    const { accountId } = await must(create({ password: null }))
    await must(suspend(accountId))
    expect(await resume(accountId)).toEqual({ ok: true, status: 'pending' })
  })

  it.each([
    ['an authenticator app', `insert into factor_totp (account_id, sealed_secret, last_step) values ($1, 'x', 0)`],
    ['a passkey', `insert into factor_passkey (id, account_id, public_key, counter, name, aaguid, backed_up) values ($1, $1, '', 0, 'x', gen_random_uuid(), true)`],
  ])('gives it back to who signs in without a password, by %s', async (_factor, insert) => {
    const { accountId } = await must(create({ password: null }))
    await asSuperuser(house.test.adminUrl, (admin) => admin.query(insert, [accountId]))
    await must(suspend(accountId))
    expect(await resume(accountId)).toEqual({ ok: true, status: 'active' })
  })

  it('does not bring back who was erased', async () => {
    const { accountId } = await must(create({}))
    await asSuperuser(house.test.adminUrl, (admin) => admin.query(`update account set status = 'erased' where id = $1`, [accountId]))
    expect(await suspend(accountId)).toEqual({ ok: false, reason: 'not_found' })
    expect(await resume(accountId)).toEqual({ ok: false, reason: 'not_found' })
  })

  it('says not_found for an account that does not exist', async () => {
    expect(await suspend('nobody')).toEqual({ ok: false, reason: 'not_found' })
    expect(await resume('nobody')).toEqual({ ok: false, reason: 'not_found' })
  })
})
