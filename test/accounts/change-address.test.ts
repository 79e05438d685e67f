/**
 * Moving to another address: nobody learns who has it, nobody moves there without its mailbox, and the owner of the former
 * address can take the account back from whoever moved it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { confirmAddressChange, requestAddressChange, undoAddressChange } from '../../src/accounts/change-address.ts'
import { requestRecovery } from '../../src/accounts/request-recovery.ts'
import { resetPassword } from '../../src/accounts/reset-password.ts'
import { must } from './house.ts'
import {
  admin, age, buildLinksHouse, databaseTime, devicesOf, freshEmail, isOutdated, knownIn, linesAbout, linkById, newcomer, newestLink, newPassword, profile, sessionsOf,
  setStatus, signedIn, somewhere, watched, wholeLog, wrongCode, type LinksHouse, type MailedLink, type Newcomer,
} from './links-house.ts'

let house: LinksHouse
beforeAll(async () => { house = await buildLinksHouse() })
afterAll(() => house.close())

const request = (accountId: string, email: string, deps = house.deps) => requestAddressChange(deps, { accountId, email, locale: 'ja', origin: somewhere() })
const confirm = (by: Parameters<typeof confirmAddressChange>[1]['by']) => confirmAddressChange(house.deps, { by, origin: somewhere() })
const undo = (token: string) => undoAddressChange(house.deps, { token, origin: somewhere() })

interface Asked {
  readonly change: string
  readonly link: MailedLink
  readonly email: string
}

async function asked(accountId: string, to: string = freshEmail()): Promise<Asked> {
  const { change, email } = await must(request(accountId, to))
  return { change, email, link: await newestLink(house, 'address_change') }
}

/** Somebody who has moved, and the way back that was mailed to the former address. */
async function moved(): Promise<Newcomer & { readonly former: string; readonly wayBack: MailedLink }> {
  const person = await newcomer(house)
  const { link, email } = await asked(person.accountId)
  await must(confirm({ token: link.token }))
  return { accountId: person.accountId, email, former: person.email, wayBack: await newestLink(house, 'address_undo') }
}

describe('asking for another address', () => {
  it('changes nothing yet, and says the same by the same statements whoever has the address', async () => {
    const { accountId, email } = await newcomer(house)
    const locked = await newcomer(house)
    await setStatus(house, locked.accountId, 'locked')
    const seen = []
    for (const to of ['alice@example.com', locked.email, freshEmail()]) {
      const deps = watched(house)
      const { change } = await must(request(accountId, to, deps))
      seen.push({ statements: deps.statements, length: change.length })
    }
    for (const other of seen) expect(other).toEqual(seen[0])
    expect((await profile(house, accountId)).email).toBe(email)
    const link = await newestLink(house, 'address_change')
    const [event] = await admin(house, `select actor, after from event where type = 'address.change_requested' order by id desc limit 1`)
    expect(event).toEqual({ actor: accountId, after: { link_id: link.id } })
  })

  it.each([['no address', 'bob', 'invalid_email'], ['the present one in another spelling', 'BOB@example.com', 'same_address']] as const)('is refused for %s', async (_what, email, reason) => {
    expect(await request(house.bob.accountId, email)).toEqual({ ok: false, reason })
  })

  it('is refused for an account that is suspended or not there', async () => {
    const { accountId } = await newcomer(house)
    await setStatus(house, accountId, 'locked')
    expect(await request(accountId, freshEmail())).toEqual({ ok: false, reason: 'account_suspended' })
    expect(await request('nobody', freshEmail())).toEqual({ ok: false, reason: 'account_suspended' })
  })

  it('ends after so many mails to one address, whether or not anybody has it', async () => {
    const { accountId } = await newcomer(house)
    const counts = []
    for (const to of ['charlie@example.com', freshEmail()]) {
      let sent = 0
      let answer = await request(accountId, to)
      while (answer.ok && sent < 100) {
        sent += 1
        answer = await request(accountId, to)
      }
      expect(answer).toMatchObject({ ok: false, reason: 'too_many_attempts' })
      counts.push(sent)
    }
    expect(counts[1]).toBe(counts[0])
    expect((await linesAbout(house, accountId)).at(-1)).toBe('address.change_requested refused too_many_attempts')
  })

  it('leaves only the newest request in force', async () => {
    const { accountId } = await newcomer(house)
    const first = await asked(accountId)
    const second = await asked(accountId)
    expect(await confirm({ token: first.link.token })).toEqual({ ok: false, reason: 'link_invalid' })
    expect(await confirm({ change: first.change, code: first.link.code, accountId })).toEqual({ ok: false, reason: 'link_invalid' })
    expect(await confirm({ token: second.link.token })).toEqual({ ok: true, email: second.email })
  })
})

describe('confirming it', () => {
  it('moves the account, keeps it signed in and mails a way back to the former address', async () => {
    const { accountId, email: former } = await newcomer(house)
    await signedIn(house, accountId, 's-mover')
    const { change, link, email } = await asked(accountId)
    expect(await confirm({ change, code: ` ${link.code} `, accountId })).toEqual({ ok: true, email })
    const row = await profile(house, accountId)
    expect(row.email).toBe(email)
    expect(row.email_verified_at).not.toBeNull()
    expect(await sessionsOf(house, accountId)).toEqual(['s-mover'])
    const wayBack = await newestLink(house, 'address_undo')
    expect(wayBack).toMatchObject({ email: former, accountId })
    const [event] = await admin(house, `select after from event where type = 'address.changed' and subject = $1`, [accountId])
    expect(event).toEqual({ after: { link_id: wayBack.id } })
  })

  it('kills reset links that went to the former address', async () => {
    const { accountId, email } = await newcomer(house)
    await must(requestRecovery(house.deps, { identifier: email, tenantHint: null, clientId: null, locale: 'ja', origin: somewhere() }))
    const { token } = await newestLink(house, 'password_reset')
    await must(confirm({ token: (await asked(accountId)).link.token }))
    expect(await resetPassword(house.deps, { token, purpose: 'password_reset', password: newPassword, origin: somewhere() })).toEqual({ ok: false, reason: 'link_invalid' })
  })

  it('happens once when the link and the code are used at once', async () => {
    const { accountId } = await newcomer(house)
    const { change, link } = await asked(accountId)
    const byCode = { change, code: link.code, accountId }
    const results = await Promise.all([confirm({ token: link.token }), confirm(byCode), confirm({ token: link.token }), confirm(byCode)])
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(results.filter((result) => !result.ok && result.reason === 'link_invalid')).toHaveLength(3)
    expect(await admin(house, `select 1 from account_link where account_id = $1 and purpose = 'address_undo'`, [accountId])).toHaveLength(1)
  })

  it('gives an address to one of two who prove it at once', async () => {
    const [one, two] = [await newcomer(house), await newcomer(house)]
    const to = freshEmail()
    const links = [await asked(one.accountId, to), await asked(two.accountId, to)]
    const results = await Promise.all(links.map(({ link }) => confirm({ token: link.token })))
    expect(results.map((result) => (result.ok ? 'ok' : result.reason)).sort()).toEqual(['address_taken', 'ok'])
    expect(await admin(house, 'select 1 from account where email = $1', [to])).toHaveLength(1)
  })

  it('does not take an address that is somebody else\'s', async () => {
    const { accountId, email } = await newcomer(house)
    const { link } = await asked(accountId, 'alice@example.com')
    expect(await confirm({ token: link.token })).toEqual({ ok: false, reason: 'address_taken' })
    expect((await profile(house, accountId)).email).toBe(email)
    expect((await linesAbout(house, accountId)).at(-1)).toBe('address.changed refused address_taken')
    expect((await profile(house, house.alice.accountId)).email).toBe('alice@example.com')
  })

  it('takes five guesses of the code, from however many browsers at once', async () => {
    const { accountId } = await newcomer(house)
    const { change, link } = await asked(accountId)
    const results = await Promise.all(Array.from({ length: 20 }, () => confirm({ change, code: wrongCode(link.code), accountId })))
    expect(results.filter((result) => !result.ok && result.reason === 'wrong_code')).toHaveLength(5)
    expect(await confirm({ change, code: link.code, accountId })).toEqual({ ok: false, reason: 'link_invalid' })
    expect((await linesAbout(house, link.id)).at(-1)).toBe('link.refused refused too_many_tries')
    await must(confirm({ token: link.token }))
  })

  it('gives Charlie nothing who holds somebody else\'s page, and code, but not their session', async () => {
    const { accountId } = await newcomer(house)
    const { change, link } = await asked(accountId)
    expect(await confirm({ change, code: link.code, accountId: house.charlie.accountId })).toEqual({ ok: false, reason: 'link_invalid' })
    const charlies = await asked(house.charlie.accountId)
    expect(await confirm({ change: charlies.change, code: link.code, accountId })).toEqual({ ok: false, reason: 'link_invalid' })
    expect((await profile(house, house.charlie.accountId)).email).toBe('charlie@example.com')
  })

  it('is over after an hour, the code after ten minutes', async () => {
    const { accountId } = await newcomer(house)
    const { change, link } = await asked(accountId)
    await age(house, link.id, 10 * 60)
    expect(await confirm({ change, code: link.code, accountId })).toEqual({ ok: false, reason: 'link_invalid' })
    await age(house, link.id, 50 * 60)
    expect(await confirm({ token: link.token })).toEqual({ ok: false, reason: 'link_invalid' })
    expect(await linesAbout(house, link.id)).toEqual(['link.refused refused code_expired', 'link.refused refused expired'])
  })

  it.each(['locked', 'disabled'])('does nothing for an account that is %s', async (status) => {
    const { accountId, email } = await newcomer(house)
    const { link } = await asked(accountId)
    await setStatus(house, accountId, status)
    expect(await confirm({ token: link.token })).toEqual({ ok: false, reason: 'link_invalid' })
    expect((await profile(house, accountId)).email).toBe(email)
  })

  it('proves the present address of somebody who never had', async () => {
    const { accountId, email } = await newcomer(house)
    await admin(house, 'update account set email_verified_at = null where id = $1', [accountId])
    const { link } = await asked(accountId, email)
    expect(await confirm({ token: link.token })).toEqual({ ok: true, email })
    expect((await profile(house, accountId)).email_verified_at).not.toBeNull()
    expect((await linesAbout(house, accountId)).at(-1)).toBe('address.verified success')
  })

  it('mails no way back to an address that was never proved, nor where there was none', async () => {
    for (const former of ['slip@example.com', null]) {
      const { accountId } = await newcomer(house)
      await admin(house, 'update account set email = $2, email_verified_at = null where id = $1', [accountId, former])
      await must(confirm({ token: (await asked(accountId)).link.token }))
      const [event] = await admin(house, `select after from event where type = 'address.changed' and subject = $1`, [accountId])
      expect(event).toEqual({ after: { link_id: null } })
      expect(await admin(house, `select 1 from account_link where account_id = $1 and purpose = 'address_undo'`, [accountId])).toEqual([])
    }
  })
})

describe('undoing it', () => {
  it('gives the account back and throws out whoever is in it, and nobody else', async () => {
    const { accountId, former, wayBack } = await moved()
    await signedIn(house, accountId, 's-mover-2')
    await signedIn(house, house.bob.accountId, 's-bob')
    await knownIn(house, accountId, 'mover')
    const before = await databaseTime(house)
    const pending = await asked(accountId)
    expect(await undo(wayBack.token)).toEqual({ ok: true })
    expect((await profile(house, accountId)).email).toBe(former)
    expect(await sessionsOf(house, accountId)).toEqual([])
    expect(await devicesOf(house, accountId)).toEqual([])
    expect(await isOutdated(house, accountId, before)).toBe(true)
    expect(await sessionsOf(house, house.bob.accountId)).toEqual(['s-bob'])
    expect(await confirm({ token: pending.link.token })).toEqual({ ok: false, reason: 'link_invalid' })
    const lines = await linesAbout(house, accountId)
    expect(lines).toContain('address.change_undone success')
    expect(lines.at(-1)).toBe('account.signed_out_everywhere success address_change_undone')
  })

  it('counts once when two use it at once', async () => {
    const { wayBack } = await moved()
    const results = await Promise.all([undo(wayBack.token), undo(wayBack.token), undo(wayBack.token)])
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
  })

  it('gives back the first address after several moves, and voids the ways back that came later', async () => {
    const { accountId, former, wayBack } = await moved()
    await must(confirm({ token: (await asked(accountId)).link.token }))
    const thiefs = await newestLink(house, 'address_undo')
    expect(await undo(wayBack.token)).toEqual({ ok: true })
    expect((await profile(house, accountId)).email).toBe(former)
    expect(await undo(thiefs.token)).toEqual({ ok: false, reason: 'link_invalid' })
    expect((await profile(house, accountId)).email).toBe(former)
  })

  it('leaves the way back of an earlier move in force', async () => {
    const { accountId, former, email, wayBack } = await moved()
    await must(confirm({ token: (await asked(accountId)).link.token }))
    expect(await undo((await newestLink(house, 'address_undo')).token)).toEqual({ ok: true })
    expect((await profile(house, accountId)).email).toBe(email)
    expect(await undo(wayBack.token)).toEqual({ ok: true })
    expect((await profile(house, accountId)).email).toBe(former)
  })

  it('does not end in a reset link that the thief had sent to the other address', async () => {
    const { email, wayBack } = await moved()
    await must(requestRecovery(house.deps, { identifier: email, tenantHint: null, clientId: null, locale: 'ja', origin: somewhere() }))
    const { token } = await newestLink(house, 'password_reset')
    await must(undo(wayBack.token))
    expect(await resetPassword(house.deps, { token, purpose: 'password_reset', password: newPassword, origin: somewhere() })).toEqual({ ok: false, reason: 'link_invalid' })
  })

  it('does not take the address from somebody who has it by now', async () => {
    const { accountId, former, email, wayBack } = await moved()
    const other = await newcomer(house)
    await must(confirm({ token: (await asked(other.accountId, former)).link.token }))
    expect(await undo(wayBack.token)).toEqual({ ok: false, reason: 'address_taken' })
    expect((await profile(house, accountId)).email).toBe(email)
  })

  it.each(['locked', 'disabled'])('does nothing for an account that is %s', async (status) => {
    const { accountId, email, wayBack } = await moved()
    await setStatus(house, accountId, status)
    expect(await undo(wayBack.token)).toEqual({ ok: false, reason: 'link_invalid' })
    expect(await profile(house, accountId)).toMatchObject({ email, status })
    expect((await linkById(house, wayBack.id)).usedAt).toBeNull()
  })

  it('is possible for seven days', async () => {
    const { wayBack } = await moved()
    const another = await moved()
    await age(house, wayBack.id, 7 * 24 * 60 * 60 - 60)
    await age(house, another.wayBack.id, 7 * 24 * 60 * 60)
    expect(await undo(wayBack.token)).toEqual({ ok: true })
    expect(await undo(another.wayBack.token)).toEqual({ ok: false, reason: 'link_invalid' })
    expect(await linesAbout(house, another.wayBack.id)).toEqual(['link.refused refused expired'])
  })
})

describe('the log', () => {
  it('names no address and holds nothing that opens anything', async () => {
    const { accountId, former, email, wayBack } = await moved()
    await must(undo(wayBack.token))
    const log = await wholeLog(house)
    expect(log).toContain(accountId)
    for (const secret of [former, email, wayBack.token, wayBack.code]) expect(log).not.toContain(secret)
  })
})
