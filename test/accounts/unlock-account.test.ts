/** Lifting the lock of too many failures: by a mailed link for the password, by an operator for all; suspension stays. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLink } from '../../src/accounts/links.ts'
import { unlockAccount, unlockByLink } from '../../src/accounts/unlock-account.ts'
import { admin, age, buildLinksHouse, linesAbout, linkById, lockedOut, newcomer, profile, setStatus, somewhere, type LinksHouse, type MailedLink } from './links-house.ts'

let house: LinksHouse
beforeAll(async () => { house = await buildLinksHouse() })
afterAll(() => house.close())

const unlock = (token: string) => unlockByLink(house.deps, { token, origin: somewhere() })
const lockOf = async (kind: 'password' | 'second_factor', accountId: string) => (await house.deps.attempts.look(kind, accountId)).lockedUntil

/** Somebody whom strangers have locked out, and the link that was mailed about it. */
async function lockedPerson(): Promise<{ readonly accountId: string; readonly link: MailedLink }> {
  const { accountId, email } = await newcomer(house)
  await lockedOut(house, 'password', accountId)
  await lockedOut(house, 'second_factor', accountId)
  const { id } = await house.deps.databases.inEngine((trx) => createLink(trx, house.deps.masterKey, { purpose: 'unlock', accountId, email, clientId: null, locale: 'ja' }))
  return { accountId, link: await linkById(house, id) }
}

describe('the link', () => {
  it('lifts the lock of the password and not that of second factors, and nobody else\'s', async () => {
    const { accountId, link } = await lockedPerson()
    await lockedOut(house, 'password', house.charlie.accountId)
    expect(await unlock(link.token)).toEqual({ ok: true })
    expect(await lockOf('password', accountId)).toBeNull()
    expect(await lockOf('second_factor', accountId)).not.toBeNull()
    expect(await lockOf('password', house.charlie.accountId)).not.toBeNull()
    const [event] = await admin(house, `select outcome, after from event where subject = $1 and type = 'account.unlocked'`, [accountId])
    expect(event).toEqual({ outcome: 'success', after: { how: 'link' } })
  })

  it('counts once when three use it at once', async () => {
    const { accountId, link } = await lockedPerson()
    const results = await Promise.all([unlock(link.token), unlock(link.token), unlock(link.token)])
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect((await linesAbout(house, accountId)).filter((line) => line === 'account.unlocked success')).toHaveLength(1)
  })

  it('is over after an hour', async () => {
    const { accountId, link } = await lockedPerson()
    await age(house, link.id, 60 * 60)
    expect(await unlock(link.token)).toEqual({ ok: false, reason: 'link_invalid' })
    expect(await lockOf('password', accountId)).not.toBeNull()
  })

  it.each(['locked', 'disabled', 'pending'])('does nothing for an account that is %s', async (status) => {
    const { accountId, link } = await lockedPerson()
    await setStatus(house, accountId, status)
    expect(await unlock(link.token)).toEqual({ ok: false, reason: 'link_invalid' })
    expect(await lockOf('password', accountId)).not.toBeNull()
    expect((await profile(house, accountId)).status).toBe(status)
  })

  it('is needed', async () => {
    expect(await unlock('nonsense')).toEqual({ ok: false, reason: 'link_invalid' })
  })
})

describe('an operator', () => {
  it('lifts both locks, and leaves a suspension as it is', async () => {
    const { accountId } = await lockedPerson()
    await setStatus(house, accountId, 'locked')
    expect(await unlockAccount(house.deps, { accountId, actor: house.alice.accountId, origin: somewhere() })).toEqual({ ok: true })
    expect(await lockOf('password', accountId)).toBeNull()
    expect(await lockOf('second_factor', accountId)).toBeNull()
    expect((await profile(house, accountId)).status).toBe('locked')
    const [event] = await admin(house, `select actor, after from event where subject = $1 and type = 'account.unlocked'`, [accountId])
    expect(event).toEqual({ actor: house.alice.accountId, after: { how: 'operator' } })
  })

  it('is told that there is no such account', async () => {
    expect(await unlockAccount(house.deps, { accountId: 'nobody', actor: null, origin: somewhere() })).toEqual({ ok: false, reason: 'not_found' })
  })
})
