/** Tenants get plans and seats, close with a grace, come back or are deleted with all in them; operators lead it, Charlie's tenant stands untouched. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Caller } from '../../src/http/endpoint.ts'
import { foundTenant } from '../../src/members/found-tenant.ts'
import { inviteMember } from '../../src/members/invite-member.ts'
import { countSeats } from '../../src/members/seat-queries.ts'
import { tenantOperationEndpoints } from '../../src/operations/tenant-api.ts'
import { endGrantsOfTenant } from '../../src/oidc/endings.ts'
import { changePlan } from '../../src/tenants/change-plan.ts'
import { closeTenant } from '../../src/tenants/close-tenant.ts'
import { createTenant } from '../../src/tenants/create-tenant.ts'
import { firstRoles } from '../../src/members/first-roles.ts'
import { purgeClosedTenants } from '../../src/tenants/purge-closed-tenants.ts'
import { replaceLogo } from '../../src/tenants/replace-logo.ts'
import { startBreakGlass } from '../../src/tenants/start-break-glass.ts'
import { suspendTenant } from '../../src/tenants/suspend-tenant.ts'
import { undoClosing } from '../../src/tenants/undo-closing.ts'
import { appointOperator } from '../../src/accounts/appoint-operator.ts'
import { buildHouse, by, eventsAbout, must, type House } from '../accounts/house.ts'
import { answerOf } from '../cli/terminal.ts'
import { asSuperuser } from '../helpers/database.ts'
import { start } from '../http/harness.ts'

let house: House
beforeEach(async () => { house = await buildHouse() })
afterEach(() => house.close())

const grants = { endGrantsOfTenant }
const deps = () => ({ ...house.test, grants, seats: { countSeats } })
const change = () => ({ tenantId: house.sakura, ...by })
const close = (graceDays?: number) => closeTenant(deps(), { ...change(), graceDays })
const undo = () => undoClosing(deps(), change())
const rowsOf = (sql: string, ...values: unknown[]) => asSuperuser(house.test.adminUrl, async (admin) => (await admin.query<Record<string, unknown>>(sql, values)).rows)
const graceIsOver = () => rowsOf(`update tenant set closes_at = now() - interval '1 second' where id = $1`, house.sakura)
const lastEvent = async () => (await eventsAbout(house.test, house.sakura)).at(-1)

describe('founding', () => {
  const found = (email: string | null, subdomain = 'kobayashi') => foundTenant(house.test, { name: '小林医院', subdomain, kind: 'clinic', plan: 'standard', seatLimit: 20, admin: email === null ? null : { email, locale: 'ja' }, ...by })

  it('makes a tenant and invites its first administrator', async () => {
    const { tenantId, invitation } = await must(found('kobayashi@example.org'))
    expect(await rowsOf('select m.id, m.status, r.name, t.plan, t.seat_limit from membership m join role r on r.id = m.role_id join tenant t on t.id = m.tenant_id where m.tenant_id = $1', tenantId)).toEqual([
      { id: invitation?.membershipId, status: 'invited', name: 'clinic_admin', plan: 'standard', seat_limit: 20 }])
  })

  it('makes neither where one cannot be', async () => {
    expect(await found('nobody')).toEqual({ ok: false, reason: 'invalid_email' })
    expect(await found('kobayashi@example.org', 'sakura')).toEqual({ ok: false, reason: 'subdomain_taken' })
    expect(await rowsOf(`select 1 from tenant where subdomain = 'kobayashi' union all select 1 from account where email = 'kobayashi@example.org'`)).toEqual([])
    expect((await eventsAbout(house.test, null)).filter(({ type }) => type === 'tenant.created')).toMatchObject([{ outcome: 'refused', reason: 'invalid_email' }, { outcome: 'refused', reason: 'subdomain_taken' }])
  })
})

describe('plan and seats', () => {
  it('are changed, also below what is taken, and the answer says so', async () => {
    expect(await changePlan(deps(), { ...change(), plan: ' clinic ', seatLimit: 1 })).toEqual({ ok: true, seats: { used: 2, limit: 1 } })
    expect(await lastEvent()).toMatchObject({ type: 'tenant.plan_changed', before: { plan: null, seat_limit: null }, after: { plan: 'clinic', seat_limit: 1, seats_used: 2 } })
    expect(await changePlan(deps(), { ...change(), seatLimit: null })).toEqual({ ok: true, seats: { used: 2, limit: null } })
    for (const [plan, reason] of [[{ plan: 'x'.repeat(51) }, 'invalid_plan'], [{ seatLimit: -1 }, 'invalid_seat_limit'], [{ seatLimit: 1.5 }, 'invalid_seat_limit']] as const) {
      expect(await changePlan(deps(), { ...change(), ...plan })).toEqual({ ok: false, reason })
      expect(await lastEvent()).toMatchObject({ type: 'tenant.plan_changed', outcome: 'refused', reason })
    }
  })
})

describe('closing', () => {
  it('begins once, tells the administrators, and is undone once', async () => {
    expect(await close(0)).toEqual({ ok: false, reason: 'invalid_grace' })
    expect(await close(91)).toEqual({ ok: false, reason: 'invalid_grace' })
    const results = await Promise.all([close(7), close(7)])
    expect(results.map((one) => (one.ok ? Math.round((one.closesAt.getTime() - Date.now()) / 86_400_000) : one.reason)).sort()).toEqual([7, 'tenant_closing'].sort())
    expect((await eventsAbout(house.test, house.sakura)).filter(({ outcome }) => outcome === 'success').at(-1)).toMatchObject({
      type: 'tenant.closing_started', tenant_id: house.sakura, before: { status: 'active' }, after: { told: [house.alice.accountId] } })
    expect(await suspendTenant(deps(), change())).toEqual({ ok: false, reason: 'tenant_closing' })
    expect((await Promise.all([undo(), undo()])).map((one) => (one.ok ? one.status : one.reason)).sort()).toEqual(['active', 'not_closing'])
    expect((await rowsOf('select status, closes_at from tenant where id = $1', house.sakura))).toEqual([{ status: 'active', closes_at: null }])
  })

  it('leaves a suspended tenant suspended when it is undone', async () => {
    await must(suspendTenant(deps(), change()))
    await must(close())
    expect(await undo()).toEqual({ ok: true, status: 'suspended' })
  })

  it('deletes nothing before its time, and everything after it; accounts survive but for those that were only invited there', async () => {
    const { databases, masterKey } = house.test
    const invite = (tenantId: House['sakura'], email: string, role: string) => must(inviteMember({ databases, masterKey }, { tenantId, person: { email, familyName: null, givenName: null, locale: 'ja' }, role, mover: { kind: 'operator', accountId: null }, origin: by.origin }))
    await invite(house.sakura, 'only-here@example.com', 'STAFF')
    await invite(house.sakura, 'elsewhere-too@example.com', 'STAFF')
    await invite(house.midori, 'elsewhere-too@example.com', 'therapist')
    await must(appointOperator({ databases }, { accountId: house.charlie.accountId, role: 'owner', ...by }))
    await must(startBreakGlass({ databases }, { tenantId: house.sakura, accountId: house.charlie.accountId, reason: '引っ越しの手伝いのため', origin: by.origin }))
    await replaceLogo({ databases }, { ...change(), picture: Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64') })
    await rowsOf(`update tenant set registration_role_id = (select id from role where tenant_id = $1 and name = 'STAFF') where id = $1`, house.sakura)
    await must(close())
    expect(await purgeClosedTenants({ databases })).toBe(0)
    await graceIsOver()
    expect((await Promise.all([purgeClosedTenants({ databases }), purgeClosedTenants({ databases })])).sort()).toEqual([0, 1])
    for (const table of ['membership', 'membership_unit', 'role', 'unit', 'invitation', 'tenant_logo', 'break_glass']) {
      expect(await rowsOf(`select 1 from ${table} where tenant_id = $1`, house.sakura), table).toEqual([])
    }
    expect((await rowsOf('select email from account order by email')).map((row) => row['email'])).toEqual(['alice@example.com', 'bob@example.com', 'charlie@example.com', 'elsewhere-too@example.com'])
    expect((await rowsOf('select count(*)::int as members from membership'))).toEqual([{ members: 2 }])
    expect(await lastEvent()).toMatchObject({ type: 'tenant.deleted', tenant_id: house.sakura, after: { subdomain: 'sakura', members: 4, accounts_removed: 1 } })
    expect(await createTenant({ databases, firstRoles }, { name: 'さくら', subdomain: 'sakura', kind: 'clinic', ...by })).toEqual({ ok: false, reason: 'subdomain_taken' })
    expect(await undo()).toEqual({ ok: false, reason: 'not_found' })
  })

  it('is either undone or carried out when both come at once, never half', async () => {
    await must(close())
    await graceIsOver()
    const [undone, purged] = await Promise.all([undo(), purgeClosedTenants(house.test)])
    expect([undone.ok, purged]).toEqual(undone.ok ? [true, 0] : [false, 1])
    expect((await rowsOf('select count(*)::int as members from membership where tenant_id = $1', house.sakura))).toEqual([{ members: undone.ok ? 2 : 0 }])
  })
})

describe('the doors of operators', () => {
  async function call(platform: Caller['platform'], line: string, body?: unknown) {
    const [method = '', path = ''] = line.split(' ')
    const caller: Caller = { accountId: house.charlie.accountId, clientId: 'karte', tenantId: null, membershipId: null, permissions: [], scopes: ['platform:read', 'platform:write'], authentication: null, platform, breakGlassId: null }
    const { send } = await start({ doors: tenantOperationEndpoints(house.test), authenticate: () => Promise.resolve(caller) })
    const answer = await send(path, { method, headers: { authorization: 'Bearer x', ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    const parsed: unknown = JSON.parse(answer.body)
    return { status: answer.status, body: parsed }
  }

  it('list, search and page through tenants', async () => {
    expect(await call('auditor', 'GET /api/v1/tenants')).toMatchObject({ status: 200, body: { tenants: [{ tenant_id: house.sakura, seats_used: 2, members: 2 }, { tenant_id: house.midori }], next_cursor: null } })
    expect(await call('auditor', `GET /api/v1/tenants?search=${encodeURIComponent('さくら')}`)).toMatchObject({ body: { tenants: [{ subdomain: 'sakura' }] } })
    expect(await call('auditor', 'GET /api/v1/tenants?search=MIDO')).toMatchObject({ body: { tenants: [{ subdomain: 'midori' }] } })
    expect(await call('auditor', 'GET /api/v1/tenants?status=closing')).toMatchObject({ body: { tenants: [] } })
    expect(await call('auditor', 'GET /api/v1/tenants?limit=1')).toMatchObject({ body: { tenants: [{ subdomain: 'sakura' }], next_cursor: house.sakura } })
    expect(await call('auditor', `GET /api/v1/tenants?limit=1&cursor=${house.sakura}`)).toMatchObject({ body: { tenants: [{ subdomain: 'midori' }], next_cursor: null } })
  })

  it('lead a tenant through its life', async () => {
    const made = await call('owner', 'POST /api/v1/tenants', { name: '小林医院', subdomain: 'kobayashi', kind: 'clinic', admin_email: 'kobayashi@example.org', seat_limit: 5 })
    expect(made).toMatchObject({ status: 201, body: { subdomain: 'kobayashi', seat_limit: 5, status: 'active' } })
    const path = `/api/v1/tenants/${house.sakura}`
    expect(await call('owner', `PATCH ${path}`, { name: 'さくら', plan: 'large', seat_limit: 1 })).toMatchObject({ status: 200, body: { name: 'さくら', plan: 'large', seat_limit: 1, seats_used: 2 } })
    expect(await call('owner', `PATCH ${path}`, { name: ' ', plan: 'small' })).toMatchObject({ status: 400, body: { reason: 'invalid_request' } })
    expect(await call('owner', `POST ${path}/suspend`)).toMatchObject({ status: 200, body: { status: 'suspended' } })
    expect(await call('owner', `POST ${path}/suspend`)).toMatchObject({ status: 409, body: { reason: 'already_suspended' } })
    expect(await call('owner', `POST ${path}/resume`)).toMatchObject({ status: 200, body: { status: 'active' } })
    expect(await call('owner', `POST ${path}/close`, { grace_days: 3 })).toMatchObject({ status: 200, body: { status: 'closing', closes_at: expect.any(String) } })
    expect(await call('owner', `POST ${path}/undo-closing`)).toMatchObject({ status: 200, body: { status: 'active', closes_at: null } })
    expect(await call('owner', 'GET /api/v1/tenants/019a3f6e-7c1d-7b52-9f0a-5d1c0e9b7a42')).toMatchObject({ status: 404, body: { reason: 'not_found' } })
  })

  it('change nothing for an auditor, and show nothing to Charlie', async () => {
    for (const line of ['POST /api/v1/tenants', `POST /api/v1/tenants/${house.sakura}/suspend`, `POST /api/v1/tenants/${house.sakura}/close`]) {
      expect(await call('auditor', line, {}), line).toMatchObject({ status: 403, body: { reason: 'operator_required' } })
    }
    expect(await call(null, 'GET /api/v1/tenants')).toMatchObject({ status: 403, body: { reason: 'operator_required' } })
    expect(await rowsOf(`select 1 from tenant where status <> 'active'`)).toEqual([])
  })

  it('have their twins on the command line', async () => {
    expect(await answerOf(house, ['tenant', 'create', '--name', '小林', '--subdomain', 'kobayashi', '--admin-email', 'k@example.org'])).toMatchObject({ subdomain: 'kobayashi', membership_id: expect.any(String) })
    expect(await answerOf(house, ['tenant', 'update', 'kobayashi', '--plan', 'small', '--seat-limit', '3'])).toMatchObject({ seats_used: 0, seat_limit: 3 })
    expect(await answerOf(house, ['tenant', 'close', 'kobayashi', '--grace-days', '5'])).toMatchObject({ status: 'closing' })
    expect(await answerOf(house, ['tenant', 'show', 'kobayashi'])).toMatchObject({ tenant: { status: 'closing', plan: 'small' } })
    expect(await answerOf(house, ['tenant', 'undo-close', 'kobayashi'])).toMatchObject({ status: 'active' })
    expect(await answerOf(house, ['tenant', 'rules', 'kobayashi', '--session-hours', '8', '--password-sign-in', 'off'])).toMatchObject({ subdomain: 'kobayashi' })
    expect(await rowsOf(`select session_hours, password_sign_in from tenant where subdomain = 'kobayashi'`)).toEqual([{ session_hours: 8, password_sign_in: false }])
  })
})
