/** What a tenant's own admins set: settings, subdomain, sign-in rules with their preview; Charlie of another tenant sets and sees nothing. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Caller } from '../../src/http/endpoint.ts'
import { etagOf } from '../../src/http/etag.ts'
import { allPermissions } from '../../src/members/permission.ts'
import { firstRoles } from '../../src/members/first-roles.ts'
import { tenantEndpoints } from '../../src/members/tenant-api.ts'
import { changeSignInRules } from '../../src/tenants/change-sign-in-rules.ts'
import { changeSubdomain } from '../../src/tenants/change-subdomain.ts'
import { createTenant } from '../../src/tenants/create-tenant.ts'
import { previewSignInRules } from '../../src/tenants/preview-sign-in-rules.ts'
import { findTenantByLabel } from '../../src/tenants/queries.ts'
import type { RuleChanges } from '../../src/tenants/sign-in-rules.ts'
import { buildHouse, by, eventsAbout, must, type House, type Person } from '../accounts/house.ts'
import { asSuperuser } from '../helpers/database.ts'
import { start } from '../http/harness.ts'

let house: House
beforeEach(async () => { house = await buildHouse() })
afterEach(() => house.close())

const deps = () => ({ databases: house.test.databases })
const reasonsOf = (results: readonly ({ ok: true } | { ok: false; reason: string })[]) => results.map((result) => (result.ok ? 'ok' : result.reason)).sort()
const rename = (tenantId: House['sakura'], subdomain: string) => changeSubdomain(deps(), { tenantId, subdomain, ...by })
const rule = (rules: RuleChanges, actor: string | null = null) => changeSignInRules(deps(), { tenantId: house.sakura, rules, actor, origin: by.origin })
const preview = (rules: RuleChanges) => house.test.databases.inTenant(house.sakura, (trx) => previewSignInRules(trx, rules))
const own = (person: Person, ...factors: string[]) => asSuperuser(house.test.adminUrl, (admin) => admin.query('update account set second_factors = $2 where id = $1', [person.accountId, factors]))
const tomorrow = () => new Date(Date.now() + 86_400_000)

async function call(person: Person, line: string, { body, ifMatch, permissions = allPermissions, scopes = ['tenant:read', 'tenant:write'] }: { body?: unknown; ifMatch?: string; permissions?: readonly string[]; scopes?: readonly string[] } = {}) {
  const [method = '', path = ''] = line.split(' ')
  const caller: Caller = { accountId: person.accountId, clientId: 'karte', tenantId: person.tenantId, membershipId: person.membershipId, permissions, scopes, platform: null, breakGlassId: null, authentication: null }
  const { send } = await start({ doors: tenantEndpoints(deps()), authenticate: () => Promise.resolve(caller) })
  const answer = await send(path, { method, headers: { authorization: 'Bearer x', ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  const parsed: unknown = JSON.parse(answer.body)
  return { status: answer.status, body: parsed }
}

describe('the settings of a tenant', () => {
  it('are changed one by one, with what they were and what they are; the same again is no event', async () => {
    const body = { name: ' さくら会 ', contact: '情報システム室 内線 1234', accent_color: '#1F4068', invitation_lifetime_days: 14 }
    expect(await call(house.alice, 'PATCH /api/v1/tenant', { body })).toMatchObject({ status: 200, body: { ...body, name: 'さくら会', accent_color: '#1f4068', subdomain: 'sakura', logo_url: null, status: 'active' } })
    expect(await call(house.alice, 'PATCH /api/v1/tenant', { body })).toMatchObject({ status: 200 })
    expect(await call(house.alice, 'PATCH /api/v1/tenant', { body: { contact: ' ' } })).toMatchObject({ status: 200, body: { contact: null, name: 'さくら会' } })
    expect((await eventsAbout(house.test, house.sakura)).slice(1)).toMatchObject([
      { type: 'tenant.settings_changed', outcome: 'success', tenant_id: house.sakura, before: { name: '医療法人さくら会', contact: null }, after: { name: 'さくら会', invitation_lifetime_days: 14 } },
      { type: 'tenant.settings_changed', before: { contact: '情報システム室 内線 1234' }, after: { contact: null } },
    ])
  })

  it('are changed by one of two who have seen the same state', async () => {
    const ifMatch = etagOf((await call(house.alice, 'GET /api/v1/tenant')).body)
    const answers = await Promise.all(['さくら', 'サクラ'].map((name) => call(house.alice, 'PATCH /api/v1/tenant', { body: { name }, ifMatch })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412])
    expect(await call(house.alice, 'PATCH /api/v1/tenant/sign-in-rules', { body: { session_hours: 8 }, ifMatch })).toMatchObject({ status: 412, body: { reason: 'precondition_failed' } })
  })

  it('are refused where they do not fit, and the refusal is on record', async () => {
    for (const [body, reason] of [
      [{ name: ' ' }, 'invalid_name'], [{ contact: 'x'.repeat(301) }, 'invalid_contact'], [{ invitation_lifetime_days: 91 }, 'invalid_invitation_lifetime'],
      [{ accent_color: 'red' }, 'invalid_color'], [{ accent_color: '#ffcc00' }, 'contrast_too_low'],
    ] as const) {
      expect(await call(house.alice, 'PATCH /api/v1/tenant', { body })).toMatchObject({ status: 400, body: { reason } })
      expect((await eventsAbout(house.test, house.sakura)).at(-1)).toMatchObject({ type: 'tenant.settings_changed', outcome: 'refused', reason })
    }
  })

  it('are nobody’s without the permission, and Charlie reads and changes his own tenant only', async () => {
    expect(await call(house.bob, 'GET /api/v1/tenant', { permissions: ['member:read'] })).toMatchObject({ status: 403, body: { reason: 'permission_missing' } })
    expect(await call(house.alice, 'PATCH /api/v1/tenant', { body: {}, scopes: ['tenant:read'] })).toMatchObject({ status: 403, body: { reason: 'insufficient_scope' } })
    expect(await call(house.charlie, 'PATCH /api/v1/tenant', { body: { name: 'みどり' } })).toMatchObject({ status: 200, body: { name: 'みどり', subdomain: 'midori' } })
    expect(await call(house.charlie, 'POST /api/v1/tenant/sign-in-rules/preview', { body: { mfa_rule: 'everyone' } })).toMatchObject({ status: 200, body: { members: 1, first: [{ membership_id: house.charlie.membershipId }] } })
    expect(await call(house.alice, 'GET /api/v1/tenant')).toMatchObject({ body: { name: '医療法人さくら会' } })
  })
})

describe('the subdomain of a tenant', () => {
  it('changes, the former one leads to it and may be taken back', async () => {
    expect(await call(house.alice, 'PUT /api/v1/tenant/subdomain', { body: { subdomain: 'sakura-kai' } })).toMatchObject({ status: 200, body: { subdomain: 'sakura-kai' } })
    const { engine } = house.test.databases
    expect(await findTenantByLabel(engine, 'sakura')).toMatchObject({ id: house.sakura, subdomain: 'sakura-kai' })
    expect(await findTenantByLabel(engine, 'sakura-kai')).toMatchObject({ id: house.sakura, subdomain: 'sakura-kai' })
    expect(await findTenantByLabel(engine, 'nobody')).toBeUndefined()
    expect(await rename(house.sakura, 'sakura')).toEqual({ ok: true })
    expect(await rename(house.sakura, 'sakura')).toEqual({ ok: true })
    expect((await eventsAbout(house.test, house.sakura)).slice(1)).toMatchObject([
      { type: 'tenant.subdomain_changed', before: { subdomain: 'sakura' }, after: { subdomain: 'sakura-kai' } }, { type: 'tenant.subdomain_changed', after: { subdomain: 'sakura' } }])
  })

  it('is never one that is or was another tenant’s, or that no tenant can have', async () => {
    await must(rename(house.sakura, 'sakura-kai'))
    for (const [label, reason] of [['sakura', 'subdomain_taken'], ['sakura-kai', 'subdomain_taken'], ['admin', 'reserved_subdomain'], ['Midori', 'invalid_subdomain']] as const) {
      expect(await rename(house.midori, label)).toEqual({ ok: false, reason })
    }
    expect(await call(house.charlie, 'PUT /api/v1/tenant/subdomain', { body: { subdomain: 'sakura' } })).toMatchObject({ status: 409, body: { reason: 'subdomain_taken' } })
    expect(await createTenant({ ...deps(), firstRoles }, { name: 'さくら', subdomain: 'sakura', kind: 'clinic', ...by })).toEqual({ ok: false, reason: 'subdomain_taken' })
    expect((await eventsAbout(house.test, house.midori)).at(-1)).toMatchObject({ type: 'tenant.subdomain_changed', outcome: 'refused', reason: 'subdomain_taken' })
  })

  it('goes to one of those who want it at once', async () => {
    const create = createTenant({ ...deps(), firstRoles }, { name: '新', subdomain: 'hikari', kind: 'clinic', ...by })
    expect(reasonsOf(await Promise.all([rename(house.sakura, 'hikari'), rename(house.midori, 'hikari'), create]))).toEqual(['ok', 'subdomain_taken', 'subdomain_taken'])
    // Each wants what the other one has.
    expect(reasonsOf(await Promise.all([rename(house.sakura, 'midori'), rename(house.midori, 'sakura')]))).toEqual(['subdomain_taken', 'subdomain_taken'])
  })
})

describe('the sign-in rules', () => {
  it('say whom they would hit before they do', async () => {
    await own(house.alice, 'totp')
    expect(await preview({})).toMatchObject({ ok: true, members: 2, must_add_passkey: 0, must_set_up: 0, reminded: 0, first: [] })
    expect(await preview({ mfaRule: 'everyone' })).toMatchObject({ must_set_up: 1, first: [{ membership_id: house.bob.membershipId, shown_name: '試験 bob', second_factors: [], effect: 'must_set_up' }] })
    expect(await preview({ mfaRule: 'everyone', mfaEnforcedFrom: tomorrow() })).toMatchObject({ must_set_up: 0, reminded: 1, first: [{ effect: 'reminded' }] })
    expect(await preview({ mfaRule: 'admins' })).toMatchObject({ must_set_up: 0 })
    expect(await preview({ mfaRule: 'admins', mfaLevel: 'phr' })).toMatchObject({ must_add_passkey: 1, must_set_up: 0, first: [{ membership_id: house.alice.membershipId, second_factors: ['totp'] }] })
    expect(await preview({ passwordSignIn: false })).toMatchObject({ must_add_passkey: 2, first: [{ effect: 'must_add_passkey' }, { effect: 'must_add_passkey' }] })
    await own(house.alice, 'passkey')
    expect(await preview({ passwordSignIn: false, mfaRule: 'everyone', mfaLevel: 'phr' })).toMatchObject({ members: 2, must_add_passkey: 1, must_set_up: 0 })
    expect(await house.test.databases.inTenant(house.sakura, (trx) => previewSignInRules(trx, { passwordSignIn: false }, 0))).toMatchObject({ must_add_passkey: 1, first: [] })
    expect(await eventsAbout(house.test, house.sakura)).toHaveLength(1)
  })

  it('are changed with what they were and what they are', async () => {
    const body = { session_hours: 12, staff_number_sign_in: false, trusted_device_days: 7, registration_role: 'STAFF' }
    expect(await call(house.alice, 'PATCH /api/v1/tenant/sign-in-rules', { body })).toMatchObject({ status: 200, body: { sign_in_rules: { ...body, mfa_rule: 'off', password_sign_in: true } } })
    expect((await eventsAbout(house.test, house.sakura)).at(-1)).toMatchObject({
      type: 'tenant.sign_in_rules_changed', tenant_id: house.sakura, before: { session_hours: null, staff_number_sign_in: true }, after: { session_hours: 12, staff_number_sign_in: false } })
  })

  it('never stop whoever sets them, unless later', async () => {
    const { accountId } = house.alice
    for (const rules of [{ mfaRule: 'everyone' }, { mfaRule: 'admins', mfaLevel: 'phr' }, { passwordSignIn: false }] as const) {
      expect(await rule(rules, accountId)).toEqual({ ok: false, reason: 'locks_yourself_out' })
      expect((await eventsAbout(house.test, house.sakura)).at(-1)).toMatchObject({ outcome: 'refused', reason: 'locks_yourself_out' })
    }
    expect(await rule({ mfaRule: 'everyone', mfaEnforcedFrom: tomorrow() }, accountId)).toEqual({ ok: true })
    expect(await rule({ mfaEnforcedFrom: null }, accountId)).toEqual({ ok: false, reason: 'locks_yourself_out' })
    expect(await rule({ mfaEnforcedFrom: null })).toEqual({ ok: true })
    expect(await rule({ trustedDeviceDays: 7 }, accountId)).toEqual({ ok: true })
    await own(house.alice, 'passkey')
    expect(await rule({ passwordSignIn: false, mfaLevel: 'phr' }, accountId)).toEqual({ ok: true })
  })

  it('are refused where they do not fit, and the refusal is on record', async () => {
    for (const [rules, reason] of [
      [{ sessionHours: 0 }, 'session_hours_invalid'], [{ sessionHours: 721 }, 'session_hours_invalid'], [{ trustedDeviceDays: 91 }, 'trusted_device_days_invalid'],
      [{ passwordMaxAgeDays: 0 }, 'password_max_age_invalid'], [{ registrationRole: 'therapist' }, 'unknown_role'], [{ registrationRole: 'Admin' }, 'role_is_administrator'],
    ] as const) {
      expect(await rule(rules)).toEqual({ ok: false, reason })
      expect((await eventsAbout(house.test, house.sakura)).at(-1)).toMatchObject({ type: 'tenant.sign_in_rules_changed', outcome: 'refused', reason })
    }
  })
})
