import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { listFactors } from '../../src/factors/list-factors.ts'
import { passkeyAmr, userHandle } from '../../src/factors/passkey.ts'
import { finishPasskeyRegistration, startPasskeyRegistration } from '../../src/factors/register-passkey.ts'
import { removePasskey } from '../../src/factors/remove-passkey.ts'
import { renamePasskey } from '../../src/factors/rename-passkey.ts'
import { startPasskeySignIn } from '../../src/factors/sign-in-with-passkey.ts'
import { eventsAbout } from '../accounts/house.ts'
import { Authenticator, type Falsified } from '../helpers/authenticator.ts'
import { testMasterKey } from '../helpers/database.ts'
import { buildFactorHouse, issuer, origin, outcomes, type FactorHouse, type Person } from './house.ts'

let house: FactorHouse
beforeAll(async () => {
  house = await buildFactorHouse()
})
afterAll(() => house.close())

const passkeys = async ({ accountId }: Person) => (await listFactors(house.deps.databases.engine, accountId)).passkeys
const last = async ({ accountId }: Person) => (await eventsAbout(house.test, accountId)).at(-1)

async function start({ accountId }: Person) {
  const question = await startPasskeyRegistration(house.deps, { accountId, account: 'alice@example.com', displayName: '試験 アリス' })
  if (question === null) throw new Error('passkeys are not possible here')
  return question
}

const finish = ({ accountId }: Person, answer: { challenge: string; response: unknown; name?: string | null }) =>
  finishPasskeyRegistration(house.deps, { accountId, name: null, actor: accountId, origin, ...answer })

let people = 0
const somebody = () => house.person(`person-${++people}`)

describe('the question to the browser', () => {
  it('asks for a discoverable passkey of this person, without attestation', async () => {
    const person = await somebody()
    const { options, challenge } = await start(person)
    expect(options).toMatchObject({
      rp: { id: 'example.com', name: 'Tegata' }, user: { name: 'alice@example.com', displayName: '試験 アリス', id: userHandle(testMasterKey, person.accountId) },
      attestation: 'none', excludeCredentials: [], timeout: 300_000, authenticatorSelection: { residentKey: 'required', userVerification: 'preferred' },
    })
    expect(options.pubKeyCredParams.map(({ alg }) => alg)).toEqual([-8, -7, -257])
    expect(Buffer.from(options.user.id, 'base64url')).toHaveLength(32)
    expect(Buffer.from(options.challenge, 'base64url')).toHaveLength(32)
    expect(challenge).not.toContain(options.challenge)
    expect((await start(person)).options.challenge).not.toBe(options.challenge)
  })

  it('names the same person the same way, and two people differently', async () => {
    const [alice, charlie] = [await somebody(), await somebody()]
    expect((await start(alice)).options.user.id).toBe((await start(alice)).options.user.id)
    expect((await start(charlie)).options.user.id).not.toBe((await start(alice)).options.user.id)
  })

  it('excludes what the person has already', async () => {
    const person = await somebody()
    const { key, passkeyId } = await house.withPasskey(person)
    const { options } = await start(person)
    expect(options.excludeCredentials).toEqual([{ id: passkeyId, type: 'public-key', transports: ['internal'] }])
    expect(() => key.create(options, issuer)).toThrow(/InvalidStateError/)
  })

  it('is not put where the issuer can have no passkeys', async () => {
    const person = await somebody()
    const { challenge, options } = await start(person)
    const without = { ...house.deps, rpId: null }
    expect(await startPasskeyRegistration(without, { accountId: person.accountId, account: 'a', displayName: 'a' })).toBeNull()
    expect(await startPasskeySignIn(without, { accountId: null })).toBeNull()
    const response = new Authenticator().create(options, issuer)
    expect(await finishPasskeyRegistration(without, { accountId: person.accountId, challenge, response, name: null, actor: null, origin })).toEqual({ ok: false, reason: 'challenge_invalid' })
  })

  it('warns of nothing on the console', async () => {
    const warned = vi.spyOn(process, 'emitWarning')
    await house.withPasskey(await somebody())
    expect(warned).not.toHaveBeenCalled()
    warned.mockRestore()
  })
})

describe('a new passkey', () => {
  it('is stored with what the pages show, and brings recovery codes with the first factor', async () => {
    const person = await somebody()
    const { challenge, options } = await start(person)
    const response = new Authenticator({ backedUp: true, aaguid: 'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4', transports: ['internal', 'hybrid', 'B0GUS!'] }).create(options, issuer)
    const result = await finish(person, { challenge, response })
    expect(result).toEqual({ ok: true, passkeyId: response.id, recoveryCodes: expect.objectContaining({ length: 10 }), backedUp: true, amr: ['swk', 'user', 'mfa'] })
    expect(await passkeys(person)).toEqual([{ id: response.id, name: 'Google Password Manager', backed_up: true, created_at: expect.any(Date), last_used_at: null, clone_suspected_at: null }])
    expect((await start(person)).options.excludeCredentials?.[0]?.transports).toEqual(['internal', 'hybrid'])
    const events = (await eventsAbout(house.test, person.accountId)).slice(-2)
    expect(events).toMatchObject([{ type: 'passkey.registered', outcome: 'success', after: { passkey_id: response.id, backed_up: true } }, { type: 'recovery_codes.generated' }])
    expect((await house.withPasskey(person)).recoveryCodes).toBeNull()
  })

  it('is taken as the text of a form field too', async () => {
    const person = await somebody()
    const { challenge, options } = await start(person)
    expect(await finish(person, { challenge, response: JSON.stringify(new Authenticator().create(options, issuer)) })).toMatchObject({ ok: true })
  })

  it.each([
    ['  受付の\u0000 iPad\n ', '受付の iPad'],
    ['鍵'.repeat(61), '鍵'.repeat(60)],
    [' ', expect.stringMatching(/^Passkey \d{4}-\d{2}-\d{2}$/)],
    [null, expect.stringMatching(/^Passkey \d{4}-\d{2}-\d{2}$/)],
  ])('called %j gets a name', async (name, stored) => {
    const person = await somebody()
    const { challenge, options } = await start(person)
    expect(await finish(person, { challenge, response: new Authenticator().create(options, issuer), name })).toMatchObject({ ok: true })
    expect((await passkeys(person))[0]?.name).toEqual(stored)
  })

  it('is stored once for two who answer at the same moment, and an answer counts once', async () => {
    const person = await somebody()
    const { challenge, options } = await start(person)
    const answers = [new Authenticator(), new Authenticator()].map((key) => key.create(options, issuer))
    expect(outcomes(await Promise.all(answers.map((response) => finish(person, { challenge, response }))))).toEqual([true, false])
    expect(await finish(person, { challenge, response: new Authenticator().create(options, issuer) })).toEqual({ ok: false, reason: 'challenge_invalid' })
    expect(await passkeys(person)).toHaveLength(1)
  })

  it('hands out one set of recovery codes when two are added at the same moment', async () => {
    const person = await somebody()
    const results = await Promise.all([house.withPasskey(person), house.withPasskey(person)])
    expect(results.map(({ recoveryCodes }) => recoveryCodes?.length ?? 0).toSorted((a, b) => a - b)).toEqual([0, 10])
  })

  it('belongs to whom the question was put: Charlie cannot answer Alice’s, nor register her passkey', async () => {
    const [alice, charlie] = [await somebody(), await somebody()]
    const question = await start(alice)
    const response = new Authenticator().create(question.options, issuer)
    expect(await finish(charlie, { challenge: question.challenge, response })).toEqual({ ok: false, reason: 'challenge_invalid' })
    expect(await finish(alice, { challenge: question.challenge, response })).toMatchObject({ ok: true })
    const own = await start(charlie)
    const stolen = { ...response, response: { ...response.response, clientDataJSON: new Authenticator().create(own.options, issuer).response.clientDataJSON } }
    expect(await finish(charlie, { challenge: own.challenge, response: stolen })).toEqual({ ok: false, reason: 'passkey_known' })
    expect(await last(charlie)).toMatchObject({ type: 'passkey.registered', outcome: 'refused', reason: 'passkey_known' })
    expect(await passkeys(charlie)).toEqual([])
  })

  it('is refused to a question of another purpose, and after five minutes by the database’s clock', async () => {
    const person = await somebody()
    const { options } = await start(person)
    const response = new Authenticator().create(options, issuer)
    for (const accountId of [person.accountId, null]) {
      const other = await startPasskeySignIn(house.deps, { accountId })
      expect(await finish(person, { challenge: other?.challenge ?? '', response: new Authenticator().create({ ...options, challenge: other?.options.challenge }, issuer) })).toEqual({ ok: false, reason: 'challenge_invalid' })
    }
    const late = { ...house.deps, clock: { now: () => new Date(Date.now() - 301_000) } }
    const old = await startPasskeyRegistration(late, { accountId: person.accountId, account: 'a', displayName: 'a' })
    const answer = { accountId: person.accountId, challenge: old?.challenge ?? '', response: new Authenticator().create(old?.options, issuer), name: null, actor: null, origin }
    expect(await finishPasskeyRegistration(house.deps, answer)).toEqual({ ok: false, reason: 'challenge_invalid' })
    expect(await finishPasskeyRegistration(late, answer)).toEqual({ ok: false, reason: 'challenge_invalid' })
    expect(await finish(person, { challenge: 'v1.a.b', response })).toEqual({ ok: false, reason: 'challenge_invalid' })
    expect(await passkeys(person)).toEqual([])
  })

  it('is not for a suspended account', async () => {
    const person = await somebody()
    const { challenge, options } = await start(person)
    await house.suspend(person)
    expect(await finish(person, { challenge, response: new Authenticator().create(options, issuer) })).toEqual({ ok: false, reason: 'challenge_invalid' })
  })

  it.each<[string, string, Falsified]>([
    ['another origin', 'https://id.example.com.evil.test', {}],
    ['another port', 'https://id.example.com:8443', {}],
    ['plain http', 'http://id.example.com', {}],
    ['another RP ID', issuer, { rpId: 'evil.test' }],
    ['another challenge', issuer, { challenge: Buffer.alloc(32).toString('base64url') }],
    ['a sign-in instead of a registration', issuer, { type: 'webauthn.get' }],
    ['nobody there', issuer, { userPresent: false }],
    ['a frame of another origin', issuer, { crossOrigin: true }],
    ['an attestation that was not asked for', issuer, { format: 'packed', statement: new Map<string, number | Uint8Array | Uint8Array[]>([['alg', -7], ['sig', new Uint8Array(8)], ['x5c', [new Uint8Array(8)]]]) }],
    ['an attestation of another format', issuer, { format: 'android-safetynet', statement: new Map([['ver', '1']]) }],
  ])('is refused with %s', async (_what, from, falsified) => {
    const person = await somebody()
    const { challenge, options } = await start(person)
    expect(await finish(person, { challenge, response: new Authenticator().create(options, from, falsified) })).toEqual({ ok: false, reason: 'passkey_invalid' })
    expect(await last(person)).toMatchObject({ type: 'passkey.registered', outcome: 'refused', reason: 'passkey_invalid' })
    expect(await passkeys(person)).toEqual([])
  })

  it.each([null, undefined, '', '{', 1, [], {}, { id: 'a', rawId: 'a', type: 'public-key', response: {} }, { id: 'a', rawId: 'a', type: 'public-key', response: { clientDataJSON: 'e30', attestationObject: 'oA' } }])(
    'is not %j, and that is no fault', async (response) => {
      const person = await somebody()
      const { challenge } = await start(person)
      expect(await finish(person, { challenge, response })).toEqual({ ok: false, reason: 'passkey_invalid' })
    })
})

describe('a passkey that is there', () => {
  const rename = ({ accountId }: Person, passkeyId: string, name: string) => renamePasskey(house.deps, { accountId, passkeyId, name, actor: accountId, origin })
  const remove = ({ accountId }: Person, passkeyId: string) => removePasskey(house.deps, { accountId, passkeyId, actor: accountId, origin })

  it('takes another name, which stays out of the log', async () => {
    const person = await somebody()
    const { passkeyId } = await house.withPasskey(person)
    expect(await rename(person, passkeyId, ' 受付の  iPad ')).toEqual({ ok: true, name: '受付の iPad' })
    expect((await passkeys(person))[0]?.name).toBe('受付の iPad')
    expect(await last(person)).toMatchObject({ type: 'passkey.renamed', outcome: 'success', after: { passkey_id: passkeyId } })
    expect(JSON.stringify(await eventsAbout(house.test, person.accountId))).not.toContain('iPad')
    expect(await rename(person, passkeyId, '\n')).toEqual({ ok: false, reason: 'name_missing' })
    expect(await rename(person, passkeyId, '鍵'.repeat(61))).toEqual({ ok: false, reason: 'name_too_long' })
  })

  it('goes, and the recovery codes with the last factor', async () => {
    const person = await somebody()
    const [first, second] = [await house.withPasskey(person), await house.withPasskey(person)]
    expect(await remove(person, first.passkeyId)).toEqual({ ok: true })
    expect(await last(person)).toMatchObject({ type: 'passkey.removed', after: { passkey_id: first.passkeyId, recovery_codes_withdrawn: 0 } })
    expect(await remove(person, first.passkeyId)).toEqual({ ok: false, reason: 'not_found' })
    expect(await remove(person, second.passkeyId)).toEqual({ ok: true })
    expect(await last(person)).toMatchObject({ after: { recovery_codes_withdrawn: 10 } })
  })

  it('leaves no recovery codes behind when the last two factors go at the same moment', async () => {
    const person = await somebody()
    const keys = [await house.withPasskey(person), await house.withPasskey(person)]
    expect(outcomes(await Promise.all(keys.map(({ passkeyId }) => remove(person, passkeyId))))).toEqual([true, true])
    expect((await listFactors(house.deps.databases.engine, person.accountId)).recoveryCodesLeft).toBe(0)
  })

  it('is nobody else’s: Charlie finds nothing to rename or remove', async () => {
    const [alice, charlie] = [await somebody(), await somebody()]
    const { passkeyId } = await house.withPasskey(alice)
    expect(await rename(charlie, passkeyId, 'mine')).toEqual({ ok: false, reason: 'not_found' })
    expect(await remove(charlie, passkeyId)).toEqual({ ok: false, reason: 'not_found' })
    expect(await passkeys(alice)).toHaveLength(1)
    expect((await eventsAbout(house.test, charlie.accountId)).filter(({ type }) => type.startsWith('passkey.'))).toEqual([])
  })
})

describe('what a passkey proves', () => {
  it('is said in words of RFC 8176', () => {
    expect(passkeyAmr({ isDeviceBound: true, userVerified: true })).toEqual(['hwk', 'user', 'mfa'])
    expect(passkeyAmr({ isDeviceBound: false, userVerified: false })).toEqual(['swk', 'user'])
  })

  it('needs a key of a kind that was asked for', async () => {
    const person = await somebody()
    const { challenge, options } = await start(person)
    const response = new Authenticator().create(options, issuer)
    const object = Buffer.from(response.response.attestationObject, 'base64url')
    // COSE alg -7 (one byte 0x26 after key 3) becomes -16, which is not among those asked for.
    const at = object.indexOf(Buffer.from([0x03, 0x26, 0x20]))
    const other = Buffer.concat([object.subarray(0, at + 1), Buffer.from([0x2f]), object.subarray(at + 2)]).toString('base64url')
    expect(await finish(person, { challenge, response: { ...response, response: { ...response.response, attestationObject: other } } })).toEqual({ ok: false, reason: 'passkey_invalid' })
  })
})
