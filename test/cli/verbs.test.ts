/** The command line as a door to the same commands: what it answers, how it refuses, and with which exit code. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { UsageError } from '../../src/cli/fail.ts'
import { table } from '../../src/cli/verbs.ts'
import { buildHouse, eventsAbout, type House } from '../accounts/house.ts'
import { answerOf, runTegata } from './terminal.ts'

let house: House
const room = mkdtempSync(join(tmpdir(), 'tegata-test-cli-'))
beforeAll(async () => { house = await buildHouse() })
afterAll(async () => {
  await house.close()
  rmSync(room, { recursive: true })
})

const tegata = (...line: [string, ...string[]]) => runTegata(house, line)
const json = (...line: [string, ...string[]]) => answerOf(house, line)

describe('tegata tenant', () => {
  it('creates, suspends, resumes and lists, and leaves events that say where they came from', async () => {
    expect(await tegata('tenant', 'create', '--name', '小林医院', '--subdomain', 'kobayashi', '--kind', 'clinic')).toMatchObject({ code: 0, out: expect.stringMatching(/^created tenant kobayashi \(.+\)\n$/), error: '' })
    expect((await tegata('tenant', 'suspend', 'kobayashi')).code).toBe(0)
    expect(await json('tenant', 'list')).toMatchObject({ ok: true, tenants: expect.arrayContaining([expect.objectContaining({ subdomain: 'kobayashi', status: 'suspended' })]) })
    expect(await json('tenant', 'resume', 'kobayashi')).toEqual({ ok: true, subdomain: 'kobayashi', status: 'active' })
    const { id } = await house.test.databases.engine.selectFrom('tenant').select('id').where('subdomain', '=', 'kobayashi').executeTakeFirstOrThrow()
    expect((await eventsAbout(house.test, id)).map(({ type }) => type)).toEqual(['tenant.created', 'tenant.suspended', 'tenant.resumed'])
  })

  it('sets what it asks of sign-ins, and only what is named', async () => {
    const rules = () => house.test.databases.engine.selectFrom('tenant').select(['mfa_rule', 'mfa_level', 'mfa_enforced_from', 'trusted_device_days', 'password_max_age_days']).where('id', '=', house.midori).executeTakeFirstOrThrow()
    const before = await rules()
    expect(await tegata('tenant', 'rules', 'midori', '--mfa', 'everyone', '--mfa-from', '2027-04-01', '--trusted-device-days', '14')).toEqual({ code: 0, out: 'the sign-in rules of midori are set\n', error: '' })
    expect(await rules()).toEqual({ ...before, mfa_rule: 'everyone', mfa_enforced_from: new Date('2027-04-01'), trusted_device_days: 14 })
    expect(await json('tenant', 'rules', 'midori', '--mfa-from', 'now', '--mfa-level', 'phr', '--trusted-device-days', '0')).toEqual({ ok: true, subdomain: 'midori' })
    expect(await rules()).toEqual({ ...before, mfa_rule: 'everyone', mfa_level: 'phr', mfa_enforced_from: null, trusted_device_days: 0 })
    expect(await json('tenant', 'rules', 'midori', '--trusted-device-days', '91')).toEqual({ ok: false, reason: 'trusted_device_days_invalid' })
    expect(await json('tenant', 'rules', 'sakura', '--registration-role', 'Admin')).toEqual({ ok: false, reason: 'role_is_administrator' })
  })

  it('refuses with exit code 1, in one line or as JSON', async () => {
    expect(await tegata('tenant', 'create', '--name', 'x', '--subdomain', 'sakura')).toEqual({ code: 1, out: '', error: 'Refused (subdomain_taken)\n' })
    expect(await json('tenant', 'create', '--name', 'x', '--subdomain', 'sakura')).toEqual({ ok: false, reason: 'subdomain_taken' })
  })
})

describe('tegata account and membership', () => {
  it('make a pending account a member, and take it all back', async () => {
    const created = await json('account', 'create', '--email', 'Emi@example.com', '--family-name', '江本', '--given-name', '恵美')
    expect(created).toMatchObject({ ok: true, status: 'pending' })
    const added = await tegata('membership', 'add', '--tenant', 'sakura', '--account', 'emi@example.com', '--role', 'STAFF', '--unit', 'nursing', '--employee-number', 's-0500', '--json')
    const { membership_id: membershipId } = JSON.parse(added.out)
    expect((await tegata('member', 'list', '--tenant', 'sakura', '--search', 's-0500')).out).toContain('S-0500')
    for (const [verb, status] of [['suspend', 'suspended'], ['resume', 'active'], ['end', 'ended']] as const) {
      expect(await json('membership', verb, membershipId)).toEqual({ ok: true, membership_id: membershipId, status })
    }
    expect(await tegata('account', 'suspend', 'emi@example.com', '--for-good')).toMatchObject({ code: 0 })
    expect(await tegata('account', 'resume', 'emi@example.com')).toMatchObject({ code: 1, error: 'Refused (account_disabled)\n' })
  })

  it('do not take the last administrator away', async () => {
    expect(await tegata('membership', 'end', house.alice.membershipId)).toEqual({ code: 1, out: '', error: 'Refused (last_admin)\n' })
  })

  it('list in pages', async () => {
    const [first] = (await tegata('account', 'list', '--limit', '1')).out.split('  ')
    expect((await tegata('account', 'list', '--limit', '1', '--after', first ?? '')).out).not.toContain(first)
  })
})

describe('tegata client, api and key', () => {
  it('register an api and an app for it, and show the secret once', async () => {
    expect(await tegata('api', 'create', 'https://karte.example.com/api', '--name', 'Karte API', '--scope', 'records:read', 'records:write')).toMatchObject({ code: 0 })
    const made = await json('client', 'create', '--name', 'Karte', '--client-id', 'karte', '--redirect-uri', 'https://karte.example.com/a', 'https://karte.example.com/b', '--api-scope', 'https://karte.example.com/api=records:read', '--first-party')
    expect(made).toEqual({ ok: true, client_id: 'karte', client_secret: expect.stringMatching(/^[\w-]{43}$/) })
    const row = await house.test.databases.engine.selectFrom('client').selectAll().where('id', '=', 'karte').executeTakeFirstOrThrow()
    expect(row).toMatchObject({ first_party: true, metadata: { redirect_uris: ['https://karte.example.com/a', 'https://karte.example.com/b'], api_scopes: { 'https://karte.example.com/api': ['records:read'] } } })
    expect((await tegata('client', 'list')).out).toMatch(/^karte +active +first-party +- +Karte$/m)
    expect((await tegata('client', 'suspend', 'karte')).code).toBe(0)
    expect((await tegata('client', 'suspend', 'karte')).error).toBe('Refused (already_suspended)\n')
    expect((await tegata('client', 'resume', 'karte')).code).toBe(0)
  })

  it('register a machine of a tenant with its public key', async () => {
    const file = join(room, 'jwks.json')
    writeFileSync(file, JSON.stringify({ keys: [{ kty: 'EC', crv: 'P-256', x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' }] }))
    expect(await json('client', 'create', '--name', 'Nightly', '--type', 'machine', '--tenant', 'sakura', '--jwks', file)).toEqual({ ok: true, client_id: expect.any(String) })
  })

  it('put a floor under every sign-in to an app, and under none to a machine', async () => {
    await json('client', 'create', '--name', 'Safe', '--client-id', 'safe', '--redirect-uri', 'https://safe.example.com/', '--acr', 'aal2')
    const row = await house.test.databases.engine.selectFrom('client').select('metadata').where('id', '=', 'safe').executeTakeFirstOrThrow()
    expect(row.metadata).toMatchObject({ default_acr_values: ['aal2'] })
    expect(await json('client', 'create', '--name', 'Nightly', '--type', 'machine', '--acr', 'phr')).toMatchObject({ ok: false, reason: 'invalid_metadata' })
  })

  it('say everything that is wrong with an app', async () => {
    const { code, error } = await tegata('client', 'create', '--name', 'x', '--redirect-uri', 'http://karte.example.com/', '--logo-uri', 'ftp://x/')
    expect(code).toBe(1)
    expect(error).toMatch(/^Refused \(invalid_metadata\): redirect URI http:\/\/karte\.example\.com\/: must be https.* logoUri ftp/)
    expect(error.trimEnd()).not.toContain('\n')
  })

  it('rotate keys only when nobody can be surprised, but for an emergency', async () => {
    expect(await tegata('key', 'rotate')).toMatchObject({ code: 1, error: expect.stringMatching(/^Refused \(next_key_too_young\): .* \d+ seconds\.\n$/) })
    expect((await tegata('key', 'rotate', '--alg', 'RS256', '--emergency')).code).toBe(0)
    const listed = await json('key', 'list')
    expect(listed).toMatchObject({ keys: expect.arrayContaining([expect.objectContaining({ alg: 'RS256', state: 'current' })]) })
    expect(JSON.stringify(listed)).not.toMatch(/sealed|"d"/)
  })
})

describe('a wrong call', () => {
  it.each<[string, ...string[]]>([
    ['tenant'], ['tenant', 'destroy'], ['tenant', 'create', '--subdomain', 'x'], ['tenant', 'create', '--name'], ['tenant', 'create', '--colour', 'red'], ['tenant', 'create', '--name', 'x', '--subdomain', 'y', '--kind', 'z'],
    ['tenant', 'suspend'], ['tenant', 'suspend', 'no-such-tenant'], ['tenant', 'suspend', 'sakura', 'midori'], ['account', 'suspend', 'nobody@example.com'], ['membership', 'end', 'x'], ['membership', 'list'],
    ['client', 'create', '--name', 'x', '--api-scope', 'nonsense'], ['client', 'create', '--name', 'x', '--jwks', '/no/such/file'], ['client', 'create', '--name', 'x', '--acr', 'aal3'], ['tenant', 'rules', 'sakura', '--mfa', 'some'], ['key', 'rotate', '--alg', 'none'], ['api', 'create', 'https://x.example.com/'],
  ])('is told in one line: %s %s %s %s', async (...line) => {
    const error: unknown = await tegata(...line).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(UsageError)
    expect(String(error)).not.toContain('\n')
  })

  it('is not asking for help', async () => {
    expect(await tegata('tenant', '--help')).toMatchObject({ code: 0, out: expect.stringContaining('create') })
    expect(await tegata('client', 'create', '--help')).toMatchObject({ code: 0, out: expect.stringContaining('--redirect-uri') })
  })
})

describe('a table', () => {
  it('lines up Japanese text too', () => {
    expect(table([['さくら', 'a'], ['x', 'b']])).toEqual(['さくら  a', 'x       b'])
    expect(table([])).toEqual(['none'])
  })
})
