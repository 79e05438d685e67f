/** Links and codes: how they look, what the table knows of them, and that each counts once, whoever is quicker. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deleteExpiredLinks, updateTries, updateUsed } from '../../src/accounts/link-queries.ts'
import {
  codeHash, codeLifetimeSeconds, codeTries, countMail, createLink, findLink, keyOfToken, linkCode, linkLifetimeSeconds, linkPath, linkToken, openSealedLink, sealLink,
  type LinkPurpose,
} from '../../src/accounts/links.ts'
import { generateMasterKey, MasterKey } from '../../src/base/crypto.ts'
import { newId } from '../../src/base/ids.ts'
import { admin, age, buildLinksHouse, freshEmail, linkById, somewhere, wrongCode, type LinksHouse, type MailedLink } from './links-house.ts'

let house: LinksHouse
beforeAll(async () => { house = await buildLinksHouse() })
afterAll(() => house.close())

const purposes = ['registration', 'password_reset', 'activation', 'address_change', 'address_undo', 'unlock', 'deletion'] as const satisfies readonly LinkPurpose[]

async function make(purpose: LinkPurpose, accountId: string | null = house.bob.accountId): Promise<MailedLink> {
  const { databases, masterKey } = house.deps
  const { id } = await databases.inEngine((trx) => createLink(trx, masterKey, { purpose, accountId, email: freshEmail(), clientId: 'karte', locale: 'ja' }))
  return linkById(house, id)
}

const use = (link: MailedLink, purpose: LinkPurpose) => house.deps.databases.inEngine((trx) => updateUsed(trx, keyOfToken(link.token), [purpose]))
const guess = (link: MailedLink, code: string) =>
  house.deps.databases.inEngine((trx) => updateTries(trx, {
    id: link.id, purpose: 'address_change', accountId: house.bob.accountId, codeHash: codeHash(house.deps.masterKey, link.id, code), tries: codeTries, lifetimeSeconds: codeLifetimeSeconds,
  }))

describe('a token and a code', () => {
  it('come from the id and the master key, and from nothing else', () => {
    const { masterKey } = house.deps
    const another = MasterKey.fromText(generateMasterKey('development'))
    const id = newId()
    expect(linkToken(masterKey, id)).toMatch(/^[\w-]{43}$/)
    expect(linkToken(masterKey, id)).toBe(linkToken(masterKey, id))
    expect(linkToken(masterKey, newId())).not.toBe(linkToken(masterKey, id))
    expect(linkToken(another, id)).not.toBe(linkToken(masterKey, id))
    const codes = Array.from({ length: 200 }, () => linkCode(masterKey, newId()))
    for (const code of codes) expect(code).toMatch(/^\d{6}$/)
    expect(new Set(codes).size).toBeGreaterThan(190)
  })

  it.each(purposes)('of the purpose %s are not in the table, nor what either could be worked out from', async (purpose) => {
    const { id, token, code } = await make(purpose)
    const [row] = await admin(house, 'select * from account_link where id = $1', [id])
    expect(JSON.stringify(row)).not.toContain(token)
    expect(Object.values(row ?? {})).not.toContain(code)
    expect(row?.['code_hash'] !== null).toBe(purpose === 'registration' || purpose === 'address_change')
  })

  it('stand where the pages expect them', () => {
    expect(purposes.map((purpose) => linkPath(purpose, 't'))).toEqual(['/register/t', '/reset/t', '/activate/t', '/address/t', '/undo/t', '/unlock/t', '/keep/t'])
  })

  it('may be typed with full-width digits and gaps', () => {
    const { masterKey } = house.deps
    const id = newId()
    expect(codeHash(masterKey, id, ' １２３ ４５６\u3000')).toBe(codeHash(masterKey, id, '123456'))
    expect(codeHash(masterKey, newId(), '123456')).not.toBe(codeHash(masterKey, id, '123456'))
  })
})

describe('the page behind a link', () => {
  it('sees what it is about, as often as it looks', async () => {
    const link = await make('address_undo')
    const expected = { purpose: 'address_undo', email: link.email, accountId: house.bob.accountId, displayName: '試験 bob', hasSecondFactor: false, clientId: 'karte', locale: 'ja' }
    for (let look = 0; look < 3; look += 1) expect(await findLink(house.deps, { token: link.token, purposes })).toEqual(expected)
    expect((await linkById(house, link.id)).usedAt).toBeNull()
  })

  it.each(purposes)('sees nothing of a link for %s that is used up, too old or for something else', async (purpose) => {
    const others = purposes.filter((other) => other !== purpose)
    const used = await make(purpose)
    expect(await findLink(house.deps, { token: used.token, purposes: others })).toBeNull()
    expect(await use(used, purpose)).toBeDefined()
    expect(await findLink(house.deps, { token: used.token, purposes })).toBeNull()
    const old = await make(purpose)
    await age(house, old.id, linkLifetimeSeconds[purpose] - 60)
    expect(await findLink(house.deps, { token: old.token, purposes })).not.toBeNull()
    await age(house, old.id, 60)
    expect(await findLink(house.deps, { token: old.token, purposes })).toBeNull()
  })

  it.each([['nothing', ''], ['a letter', 'x'], ['no end', 'x'.repeat(100_000)], ['a zero byte', '\u0000'], ['SQL', "' or 1=1"]])('sees nothing for a token that is %s', async (_what, token) => {
    expect(await findLink(house.deps, { token, purposes })).toBeNull()
  })
})

describe('a link', () => {
  it.each(purposes)('for %s counts once when ten press its button at once', async (purpose) => {
    const link = await make(purpose)
    const results = await Promise.all(Array.from({ length: 10 }, () => use(link, purpose)))
    expect(results.filter((result) => result !== undefined)).toHaveLength(1)
  })

  it('does not count for another purpose', async () => {
    const link = await make('unlock')
    expect(await use(link, 'password_reset')).toBeUndefined()
    expect(await use(link, 'unlock')).toMatchObject({ id: link.id, account_id: house.bob.accountId })
  })
})

describe('guessing a code', () => {
  it('ends after five of 30 parallel guesses, and then the right one comes too late', async () => {
    const link = await make('address_change')
    const results = await Promise.all(Array.from({ length: 30 }, () => guess(link, wrongCode(link.code))))
    expect(results.filter((fits) => fits === false)).toHaveLength(5)
    expect(results.filter((fits) => fits === undefined)).toHaveLength(25)
    expect(await guess(link, link.code)).toBeUndefined()
  })

  it('may succeed at the fifth try', async () => {
    const link = await make('address_change')
    for (let tries = 1; tries < 5; tries += 1) expect(await guess(link, wrongCode(link.code))).toBe(false)
    expect(await guess(link, link.code)).toBe(true)
  })

  it('is over after ten minutes, while the link still counts', async () => {
    const link = await make('address_change')
    await age(house, link.id, codeLifetimeSeconds)
    expect(await guess(link, link.code)).toBeUndefined()
    expect(await use(link, 'address_change')).toBeDefined()
  })

  it('is not possible where the link belongs to Charlie', async () => {
    const link = await make('address_change', house.charlie.accountId)
    expect(await guess(link, link.code)).toBeUndefined()
  })
})

describe('a sealed link', () => {
  it('opens for its own use only, and nobody can make one', () => {
    const { masterKey } = house.deps
    const sealed = sealLink(masterKey, 'some id', 'one use')
    expect(openSealedLink(masterKey, sealed, 'one use')).toBe('some id')
    for (const [text, purpose] of [[sealed, 'another use'], ['some id', 'one use'], ['', 'one use'], [`${sealed}x`, 'one use']] as const) {
      expect(openSealedLink(masterKey, text, purpose)).toBeNull()
    }
  })
})

describe('what is over', () => {
  it('is removed in batches, and nothing else is', async () => {
    const [alive, ...old] = [await make('unlock'), await make('unlock'), await make('unlock'), await make('deletion')]
    for (const { id } of old) await age(house, id, linkLifetimeSeconds.deletion + 1)
    const { engine } = house.deps.databases
    expect(await deleteExpiredLinks(engine, 2)).toBe(2)
    while ((await deleteExpiredLinks(engine, 100)) > 0) continue
    for (const { id } of old) await expect(linkById(house, id)).rejects.toThrow('no such link')
    expect((await linkById(house, alive.id)).usedAt).toBeNull()
  })
})

describe('counting mails', () => {
  it('refuses the same way whoever the name belongs to, and takes back what failed', async () => {
    const ask = (subject: string, work: () => Promise<string> = async () => 'sent') => countMail(house.deps.attempts, { subject, ip: somewhere().ip }, work)
    const counts = await Promise.all(['alice@example.com', freshEmail()].map(async (subject) => {
      let sent = 0
      while ((await ask(subject)).ok && sent < 100) sent += 1
      return sent
    }))
    expect(counts[0]).toBeGreaterThan(0)
    expect(counts[0]).toBeLessThan(100)
    expect(counts[1]).toBe(counts[0])
    const unlucky = freshEmail()
    for (let time = 0; time < 100; time += 1) await expect(ask(unlucky, () => Promise.reject(new Error('no database')))).rejects.toThrow('no database')
    expect(await ask(unlucky)).toEqual({ ok: true, done: 'sent' })
  })
})
