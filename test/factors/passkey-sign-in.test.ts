import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listFactors } from '../../src/factors/list-factors.ts'
import { userHandle } from '../../src/factors/passkey.ts'
import { startPasskeyRegistration } from '../../src/factors/register-passkey.ts'
import { removePasskey } from '../../src/factors/remove-passkey.ts'
import { finishPasskeySignIn, startPasskeySignIn, type PasskeyAnswer, type PasskeyUse } from '../../src/factors/sign-in-with-passkey.ts'
import { eventsAbout } from '../accounts/house.ts'
import type { Authenticator, Falsified, SignInAnswer } from '../helpers/authenticator.ts'
import { asSuperuser, testMasterKey } from '../helpers/database.ts'
import { buildFactorHouse, issuer, origin, outcomes, type FactorHouse, type Person } from './house.ts'

let house: FactorHouse
beforeAll(async () => {
  house = await buildFactorHouse()
})
afterAll(() => house.close())

const nobody = { accountId: null }

async function start({ accountId, alone = accountId === null }: PasskeyUse) {
  const question = await startPasskeySignIn(house.deps, { accountId, alone })
  if (question === null) throw new Error('passkeys are not possible here')
  return question
}

const finish = ({ accountId, alone = accountId === null }: PasskeyUse, answer: Pick<PasskeyAnswer, 'challenge' | 'response'>) =>
  finishPasskeySignIn(house.deps, { accountId, alone, origin, clientId: 'karte', ...answer })

/** Question and answer in one go. */
async function signIn(who: PasskeyUse, key: Authenticator, falsified: Falsified = {}) {
  const { challenge, options } = await start(who)
  return finish(who, { challenge, response: key.get(options, issuer, falsified) })
}

const passkeys = async ({ accountId }: Person) => (await listFactors(house.deps.databases.engine, accountId)).passkeys
const last = async ({ accountId }: Person) => (await eventsAbout(house.test, accountId)).at(-1)

let people = 0
const somebody = () => house.person(`person-${++people}`)

describe('the whole sign-in with a passkey', () => {
  it('finds out who it is, and at what moment by the database’s clock', async () => {
    const person = await somebody()
    const { key, passkeyId } = await house.withPasskey(person)
    const before = Date.now()
    const result = await signIn(nobody, key)
    expect(result).toEqual({ ok: true, accountId: person.accountId, acr: 'phr', amr: ['hwk', 'user', 'mfa'], userVerified: true, provenAt: expect.any(Number) })
    expect(Math.abs((result.ok ? result.provenAt : 0) - before)).toBeLessThan(10_000)
    const after = { acr: 'phr', amr: ['hwk', 'user', 'mfa'], client_id: 'karte', passkey_id: passkeyId }
    expect(await last(person)).toMatchObject({ type: 'sign_in.succeeded', outcome: 'success', after, ip: origin.ip })
    expect((await passkeys(person))[0]?.last_used_at).toBeInstanceOf(Date)
  })

  it('asks everybody the same question, so that nobody learns who has a passkey', async () => {
    await house.withPasskey(await somebody())
    const { options } = await start(nobody)
    expect(options).toEqual({ rpId: 'example.com', challenge: expect.stringMatching(/^[\w-]{43}$/), allowCredentials: [], timeout: 300_000, userVerification: 'required' })
  })

  it('is refused without a finger or a PIN', async () => {
    const person = await somebody()
    const { key } = await house.withPasskey(person)
    expect(await signIn(nobody, key, { userVerified: false })).toEqual({ ok: false, reason: 'user_verification_missing' })
    expect(await last(person)).toMatchObject({ type: 'sign_in.failed', outcome: 'failure', reason: 'user_verification_missing' })
    expect((await passkeys(person))[0]?.last_used_at).toBeNull()
  })

  it('wants it also where the browser says whose passkey it must be, and takes no question of a second factor for it', async () => {
    const person = await somebody()
    const { key } = await house.withPasskey(person)
    const alone = { accountId: person.accountId, alone: true }
    expect((await start(alone)).options).toMatchObject({ userVerification: 'required' })
    expect(await signIn(alone, key, { userVerified: false })).toEqual({ ok: false, reason: 'user_verification_missing' })
    const { challenge, options } = await start(person)
    expect(await finish(alone, { challenge, response: key.get(options, issuer) })).toEqual({ ok: false, reason: 'challenge_invalid' })
    expect(await signIn(alone, key)).toMatchObject({ ok: true, accountId: person.accountId, userVerified: true })
    expect(await last(person)).toMatchObject({ type: 'sign_in.succeeded' })
  })

  it('needs the handle that names the person', async () => {
    const [alice, charlie] = [await somebody(), await somebody()]
    const { key } = await house.withPasskey(charlie)
    for (const handle of [null, userHandle(testMasterKey, alice.accountId), 'AAAA']) expect(await signIn(nobody, key, { userHandle: handle })).toEqual({ ok: false, reason: 'passkey_invalid' })
    expect(await signIn(nobody, key)).toMatchObject({ ok: true, accountId: charlie.accountId })
  })

  it('says softly what was copied between devices', async () => {
    const person = await somebody()
    const { key } = await house.withPasskey(person, { backedUp: true, counts: false })
    expect(await signIn(nobody, key)).toMatchObject({ amr: ['swk', 'user', 'mfa'] })
    expect((await passkeys(person))[0]?.backed_up).toBe(true)
    expect(await signIn(nobody, key, { backedUp: false })).toMatchObject({ ok: true, amr: ['hwk', 'user', 'mfa'] })
    expect((await passkeys(person))[0]?.backed_up).toBe(false)
  })

  it('tells that an account is suspended only to who holds its passkey', async () => {
    const person = await somebody()
    const { key } = await house.withPasskey(person)
    await house.suspend(person)
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    expect(await signIn(nobody, key, { key: privateKey })).toEqual({ ok: false, reason: 'passkey_invalid' })
    expect(await signIn(nobody, key)).toEqual({ ok: false, reason: 'account_suspended' })
    expect(await last(person)).toMatchObject({ type: 'sign_in.refused', outcome: 'refused', reason: 'account_suspended' })
    expect(await signIn(person, key)).toEqual({ ok: false, reason: 'account_suspended' })
  })

  it('is refused for a passkey that was removed, or never registered', async () => {
    const person = await somebody()
    const { key, passkeyId } = await house.withPasskey(person)
    const { challenge, options } = await start(nobody)
    const response = key.get(options, issuer)
    await removePasskey(house.deps, { accountId: person.accountId, passkeyId, actor: null, origin })
    expect(await finish(nobody, { challenge, response })).toEqual({ ok: false, reason: 'passkey_unknown' })
    expect((await eventsAbout(house.test, null)).at(-1)).toMatchObject({ type: 'sign_in.failed', outcome: 'failure', reason: 'passkey_unknown' })
  })
})

describe('a passkey as the second factor', () => {
  it('is asked for by name, and may come without a finger', async () => {
    const person = await somebody()
    const { key, passkeyId } = await house.withPasskey(person)
    const { options } = await start(person)
    expect(options).toMatchObject({ allowCredentials: [{ id: passkeyId, type: 'public-key', transports: ['internal'] }], userVerification: 'preferred' })
    expect(await signIn(person, key, { userVerified: false, userHandle: null })).toMatchObject({ ok: true, accountId: person.accountId, acr: 'phr', amr: ['hwk', 'user'], userVerified: false })
    expect(await last(person)).toMatchObject({ type: 'second_factor.succeeded', outcome: 'success', after: { factor: 'passkey', passkey_id: passkeyId } })
    expect(await signIn(person, key)).toMatchObject({ ok: true, amr: ['hwk', 'user', 'mfa'], userVerified: true })
  })

  it('is the account’s own: Charlie’s opens nothing of Alice’s', async () => {
    const [alice, charlie] = [await somebody(), await somebody()]
    const { key: hers } = await house.withPasskey(alice)
    const { key: his } = await house.withPasskey(charlie)
    const { challenge, options } = await start(alice)
    expect(() => his.get(options, issuer)).toThrow(/NotAllowedError/)
    expect(await finish(alice, { challenge, response: his.get({ ...options, allowCredentials: [] }, issuer) })).toEqual({ ok: false, reason: 'passkey_unknown' })
    expect(await last(alice)).toMatchObject({ type: 'second_factor.failed', reason: 'passkey_unknown' })
    expect(await finish(alice, { challenge, response: hers.get(options, issuer, { userHandle: userHandle(testMasterKey, charlie.accountId) }) })).toEqual({ ok: false, reason: 'passkey_invalid' })
  })
})

describe('a challenge', () => {
  it('is answered once', async () => {
    const person = await somebody()
    const { key } = await house.withPasskey(person)
    const { challenge, options } = await start(nobody)
    const response = key.get(options, issuer)
    expect(await finish(nobody, { challenge, response })).toMatchObject({ ok: true })
    expect(await finish(nobody, { challenge, response })).toEqual({ ok: false, reason: 'challenge_invalid' })
    expect(await finish(nobody, { challenge, response: key.get(options, issuer) })).toEqual({ ok: false, reason: 'challenge_invalid' })
    expect(await last(person)).toMatchObject({ type: 'sign_in.failed', reason: 'challenge_invalid' })
  })

  it('is answered once by those who come at the same moment', async () => {
    const person = await somebody()
    const { key } = await house.withPasskey(person, { counts: false })
    const { challenge, options } = await start(nobody)
    const response = key.get(options, issuer)
    expect(outcomes(await Promise.all(Array.from({ length: 4 }, () => finish(nobody, { challenge, response }))))).toEqual([true, false, false, false])
  })

  it('is of one purpose and one account', async () => {
    const [alice, charlie] = [await somebody(), await somebody()]
    const { key } = await house.withPasskey(alice)
    const registration = await startPasskeyRegistration(house.deps, { accountId: alice.accountId, account: 'a', displayName: 'a' })
    const [anybody, hers, his] = [await start(nobody), await start(alice), await start(charlie)]
    const answerTo = (challenge: string) => key.get({ ...anybody.options, challenge }, issuer)
    const crossings: [{ accountId: string | null }, string, string][] = [
      [nobody, hers.challenge, hers.options.challenge],
      [alice, anybody.challenge, anybody.options.challenge],
      [alice, his.challenge, his.options.challenge],
      [alice, registration?.challenge ?? '', registration?.options.challenge ?? ''],
      [nobody, registration?.challenge ?? '', registration?.options.challenge ?? ''],
    ]
    for (const [who, sealed, challenge] of crossings) expect(await finish(who, { challenge: sealed, response: answerTo(challenge) })).toEqual({ ok: false, reason: 'challenge_invalid' })
    expect(await finish(nobody, { challenge: anybody.challenge, response: answerTo(hers.options.challenge) })).toEqual({ ok: false, reason: 'passkey_invalid' })
  })

  it('ends after five minutes by the database’s clock', async () => {
    const { key } = await house.withPasskey(await somebody())
    const late = { ...house.deps, clock: { now: () => new Date(Date.now() - 301_000) } }
    const old = await startPasskeySignIn(late, nobody)
    const answer = { ...nobody, challenge: old?.challenge ?? '', response: key.get(old?.options, issuer), origin, clientId: null }
    expect(await finishPasskeySignIn(house.deps, answer)).toEqual({ ok: false, reason: 'challenge_invalid' })
    expect(await finishPasskeySignIn(late, answer)).toEqual({ ok: false, reason: 'challenge_invalid' })
  })
})

describe('an answer', () => {
  it.each<[string, string, Falsified]>([
    ['another origin', 'https://evil.test', {}],
    ['a sibling origin', 'https://other.example.com', {}],
    ['plain http', 'http://id.example.com', {}],
    ['another RP ID', issuer, { rpId: 'id.example.com' }],
    ['another challenge', issuer, { challenge: Buffer.alloc(32).toString('base64url') }],
    ['a registration instead of a sign-in', issuer, { type: 'webauthn.create' }],
    ['nobody there', issuer, { userPresent: false }],
    ['a frame of another origin', issuer, { crossOrigin: true }],
    ['the signature of another key', issuer, { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey }],
  ])('is refused with %s', async (_what, from, falsified) => {
    const person = await somebody()
    const { key } = await house.withPasskey(person)
    const { challenge, options } = await start(nobody)
    expect(await finish(nobody, { challenge, response: key.get(options, from, falsified) })).toEqual({ ok: false, reason: 'passkey_invalid' })
    expect(await last(person)).toMatchObject({ type: 'sign_in.failed', outcome: 'failure', reason: 'passkey_invalid' })
    expect(await passkeys(person)).toMatchObject([{ clone_suspected_at: null, last_used_at: null }])
  })

  it('is refused once its signed parts were changed', async () => {
    const { key } = await house.withPasskey(await somebody())
    const { challenge, options } = await start(nobody)
    const honest = key.get(options, issuer, { userVerified: false })
    const data = Buffer.from(honest.response.authenticatorData, 'base64url')
    data.writeUInt8(data.readUInt8(32) | 0x04, 32)
    const forged: SignInAnswer = { ...honest, response: { ...honest.response, authenticatorData: data.toString('base64url') } }
    expect(await finish(nobody, { challenge, response: forged })).toEqual({ ok: false, reason: 'passkey_invalid' })
  })

  it.each([null, '', '[]', 7, {}, { id: 'a', rawId: 'a', type: 'public-key', response: { clientDataJSON: 'e30', authenticatorData: 'AA', signature: 'AA', userHandle: 5 } }])('is not %j, and that is no fault', async (response) => {
    const { challenge } = await start(nobody)
    expect(await finish(nobody, { challenge, response })).toEqual({ ok: false, reason: 'passkey_invalid' })
  })

  it('may be the text of a form field', async () => {
    const { key } = await house.withPasskey(await somebody())
    const { challenge, options } = await start(nobody)
    expect(await finish(nobody, { challenge, response: JSON.stringify(key.get(options, issuer)) })).toMatchObject({ ok: true })
  })
})

describe('the counter of a passkey', () => {
  it('goes up with each use', async () => {
    const person = await somebody()
    const { key, passkeyId } = await house.withPasskey(person)
    for (const counter of [1, 2, 3]) {
      const { rows } = await asSuperuser(house.test.adminUrl, (admin) => admin.query('select counter from factor_passkey where id = $1', [passkeyId]))
      expect(Number(rows[0].counter)).toBe(counter)
      expect(await signIn(nobody, key)).toMatchObject({ ok: true })
    }
  })

  it('stays at zero where the authenticator does not count', async () => {
    const { key } = await house.withPasskey(await somebody(), { counts: false })
    for (const _use of [1, 2]) expect(await signIn(nobody, key)).toMatchObject({ ok: true })
  })

  it('betrays a copy: that passkey opens nothing from then on, and its owner is told once', async () => {
    const person = await somebody()
    const { key, passkeyId } = await house.withPasskey(person)
    const copy = key.copy()
    expect(await signIn(nobody, key)).toMatchObject({ ok: true })
    expect(await signIn(nobody, copy)).toEqual({ ok: false, reason: 'passkey_invalid' })
    expect(await passkeys(person)).toMatchObject([{ clone_suspected_at: expect.any(Date) }])
    // The copy could simply count on until it is ahead.
    for (const each of [copy, copy, key]) expect(await signIn(nobody, each)).toEqual({ ok: false, reason: 'passkey_invalid' })
    expect(await signIn(person, key)).toEqual({ ok: false, reason: 'passkey_invalid' })
    const suspected = (await eventsAbout(house.test, person.accountId)).filter(({ type }) => type === 'passkey.clone_suspected')
    expect(suspected).toMatchObject([{ outcome: 'refused', after: { passkey_id: passkeyId } }])
  })

  it('betrays a copy also when both come at the same moment', async () => {
    const person = await somebody()
    const { key } = await house.withPasskey(person)
    const copy = key.copy()
    expect(outcomes(await Promise.all([signIn(nobody, key), signIn(nobody, copy)]))).toEqual([true, false])
    expect(await passkeys(person)).toMatchObject([{ clone_suspected_at: expect.any(Date) }])
  })

  it('that falls back to zero betrays one too', async () => {
    const person = await somebody()
    const { key, passkeyId } = await house.withPasskey(person, { counts: false })
    await asSuperuser(house.test.adminUrl, (admin) => admin.query('update factor_passkey set counter = 5 where id = $1', [passkeyId]))
    expect(await signIn(nobody, key)).toEqual({ ok: false, reason: 'passkey_invalid' })
    expect(await passkeys(person)).toMatchObject([{ clone_suspected_at: expect.any(Date) }])
  })

  it('casts no suspicion by an answer that is not signed by the passkey', async () => {
    const person = await somebody()
    const { key } = await house.withPasskey(person)
    const copy = key.copy()
    expect(await signIn(nobody, key)).toMatchObject({ ok: true })
    expect(await signIn(nobody, copy, { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey })).toEqual({ ok: false, reason: 'passkey_invalid' })
    expect(await passkeys(person)).toMatchObject([{ clone_suspected_at: null }])
    expect(await signIn(nobody, key)).toMatchObject({ ok: true })
  })
})
