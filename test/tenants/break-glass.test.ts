/** Operators enter a tenant for a while, with a reason that its administrators are told; nobody else does, and an owner always remains. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appointOperator, removeOperator } from '../../src/accounts/appoint-operator.ts'
import { mailJobsOf } from '../../src/delivery/mail-jobs.ts'
import { composeMail } from '../../src/delivery/mail-templates.ts'
import type { Caller } from '../../src/http/endpoint.ts'
import { allPermissions } from '../../src/members/permission.ts'
import { tenantEndpoints } from '../../src/members/tenant-api.ts'
import { breakGlassEndpoints } from '../../src/operations/break-glass-api.ts'
import { findRunningBreakGlass } from '../../src/tenants/break-glass-queries.ts'
import { endBreakGlass } from '../../src/tenants/end-break-glass.ts'
import { startBreakGlass } from '../../src/tenants/start-break-glass.ts'
import { buildHouse, by, eventsAbout, must, type House, type Person } from '../accounts/house.ts'
import { answerOf } from '../cli/terminal.ts'
import { asSuperuser } from '../helpers/database.ts'
import { start } from '../http/harness.ts'

let house: House
beforeAll(async () => {
  house = await buildHouse()
  await must(appoint(house.charlie, 'owner'))
  await must(appoint(house.bob, 'auditor'))
})
afterAll(() => house.close())

const why = '招待が届かないとの問い合わせを調べるため'
const appoint = (person: Person, role: 'owner' | 'auditor') => appointOperator(house.test, { accountId: person.accountId, role, ...by })
const enter = (person: Person, more: { reason?: string; minutes?: number } = {}) => startBreakGlass(house.test, { tenantId: house.sakura, accountId: person.accountId, reason: why, origin: by.origin, ...more })
const running = (person: Person) => findRunningBreakGlass(house.test.databases.engine, person.accountId, { subdomain: 'sakura' })
const reasonsOf = (results: readonly ({ ok: true } | { ok: false; reason: string })[]) => results.map((one) => (one.ok ? 'ok' : one.reason)).sort()

async function call(person: Person, line: string, { body, platform = null, fresh = true }: { body?: unknown; platform?: Caller['platform']; fresh?: boolean } = {}) {
  const [method = '', path = ''] = line.split(' ')
  const authentication = { acr: 'aal2', authTime: Math.floor(Date.now() / 1000) - (fresh ? 10 : 3600), strongestAcr: 'aal2' } as const
  const caller: Caller = { accountId: person.accountId, clientId: 'karte', tenantId: person.tenantId, membershipId: person.membershipId, permissions: allPermissions, scopes: ['platform:read', 'platform:write', 'audit:read'], authentication, platform, breakGlassId: null }
  const { send } = await start({ doors: [...breakGlassEndpoints(house.test), ...tenantEndpoints(house.test)], authenticate: () => Promise.resolve(caller) })
  const answer = await send(path, { method, headers: { authorization: 'Bearer x', ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  const parsed: unknown = answer.body === '' ? null : JSON.parse(answer.body)
  return { status: answer.status, body: parsed }
}

describe('entering a tenant', () => {
  it('is for an owner of the platform, once at a time, and the tenant sees it', async () => {
    const results = await Promise.all([enter(house.charlie), enter(house.charlie)])
    expect(reasonsOf(results)).toEqual(['already_inside', 'ok'])
    const id = results.map((one) => (one.ok ? one.breakGlassId : '')).join('')
    expect(await running(house.charlie)).toMatchObject({ id, tenant_id: house.sakura, reason: why, running: true })
    expect(await eventsAbout(house.test, id)).toMatchObject([{ type: 'break_glass.started', tenant_id: house.sakura, reason: why, after: { told: [house.alice.accountId] } }])
    expect(await call(house.alice, 'GET /api/v1/tenant/break-glass')).toMatchObject({ status: 200, body: { break_glasses: [{ break_glass_id: id, reason: why, running: true }] } })
    expect(await call(house.charlie, 'GET /api/v1/tenant/break-glass')).toMatchObject({ body: { break_glasses: [] } })
    const ends = await Promise.all([1, 2].map(() => endBreakGlass(house.test, { breakGlassId: id, ...by })))
    expect(reasonsOf(ends)).toEqual(['not_found', 'ok'])
    expect(await running(house.charlie)).toBeUndefined()
    expect((await eventsAbout(house.test, id)).map(({ type }) => type)).toEqual(['break_glass.started', 'break_glass.ended'])
  })

  it('ends by itself', async () => {
    const { breakGlassId } = await must(enter(house.charlie, { minutes: 5 }))
    await asSuperuser(house.test.adminUrl, (admin) => admin.query(`update break_glass set started_at = now() - interval '1 hour', expires_at = now() - interval '1 second' where id = $1`, [breakGlassId]))
    expect(await running(house.charlie)).toBeUndefined()
    expect(await endBreakGlass(house.test, { breakGlassId, ...by })).toEqual({ ok: false, reason: 'not_found' })
  })

  it('is refused to everybody else and without a proper reason, and the refusal is on record in the tenant', async () => {
    for (const [person, more, reason] of [
      [house.bob, {}, 'operator_required'], [house.alice, {}, 'operator_required'], [house.charlie, { reason: ' 調査 ' }, 'invalid_reason'], [house.charlie, { reason: 'x'.repeat(501) }, 'invalid_reason'],
      [house.charlie, { minutes: 4 }, 'invalid_minutes'], [house.charlie, { minutes: 241 }, 'invalid_minutes'],
    ] as const) {
      expect(await enter(person, more)).toEqual({ ok: false, reason })
      expect((await eventsAbout(house.test, null)).at(-1)).toMatchObject({ type: 'break_glass.started', outcome: 'refused', reason, tenant_id: house.sakura })
    }
  })

  it('has its doors, which ask for a fresh sign-in', async () => {
    const path = `/api/v1/tenants/${house.sakura}/break-glass`
    expect(await call(house.charlie, `POST ${path}`, { body: { reason: why }, platform: 'owner', fresh: false })).toMatchObject({ status: 401 })
    expect(await call(house.bob, `POST ${path}`, { body: { reason: why }, platform: 'auditor' })).toMatchObject({ status: 403, body: { reason: 'operator_required' } })
    expect(await call(house.alice, `POST ${path}`, { body: { reason: why } })).toMatchObject({ status: 403, body: { reason: 'operator_required' } })
    expect(await call(house.charlie, `POST ${path}`, { body: { reason: 'short' }, platform: 'owner' })).toMatchObject({ status: 400, body: { reason: 'invalid_reason' } })
    expect(await call(house.charlie, `POST ${path}`, { body: { reason: why, minutes: 10 }, platform: 'owner' })).toMatchObject({ status: 201, body: { tenant_name: '医療法人さくら会', operator_name: '試験 charlie', running: true } })
    const { id = '' } = (await running(house.charlie)) ?? {}
    expect(await call(house.bob, 'GET /api/v1/break-glass?limit=1', { platform: 'auditor' })).toMatchObject({ status: 200, body: { break_glasses: [{ break_glass_id: id }], next_cursor: id } })
    expect(await call(house.charlie, `DELETE /api/v1/break-glass/${id}`, { platform: 'owner' })).toEqual({ status: 204, body: null })
    expect(await call(house.charlie, `DELETE /api/v1/break-glass/${id}`, { platform: 'owner' })).toMatchObject({ status: 404 })
  })

  it('is mailed to every administrator, in their language, with who, why and until when', async () => {
    const { breakGlassId: subject, expiresAt } = await must(enter(house.charlie))
    await asSuperuser(house.test.adminUrl, (admin) => admin.query(`update account set locale = 'en' where id = $1`, [house.alice.accountId]))
    const type = 'break_glass.started'
    const after = { told: [house.alice.accountId, house.bob.accountId] }
    const jobs = mailJobsOf({ id: subject, type, outcome: 'success', subject, occurredAt: new Date(), tenantId: house.sakura, actor: null, clientId: null, sid: null, reason: why, before: null, after })
    expect(jobs.map(({ payload }) => payload['reader'])).toEqual([house.alice.accountId, house.bob.accountId])
    const mail = await composeMail({ ...house.test, config: { issuer: 'https://id.example.com' } }, type, {
      type, id: subject, subject, tenant_id: house.sakura, actor: house.charlie.accountId, after: null, reason: null, ip: null, user_agent: null, occurred_at: new Date(), reader: house.alice.accountId })
    expect(mail).toMatchObject({ to: 'alice@example.com', subject: expect.stringContaining('医療法人さくら会') })
    for (const part of ['試験 charlie', why, String(expiresAt.getFullYear())]) expect(mail?.text).toContain(part)
    await must(endBreakGlass(house.test, { breakGlassId: subject, ...by }))
  })
})

describe('operators', () => {
  it('keep an owner, also when two go at once', async () => {
    expect(await removeOperator(house.test, { accountId: house.charlie.accountId, ...by })).toEqual({ ok: false, reason: 'last_owner' })
    expect(await appoint(house.charlie, 'auditor')).toEqual({ ok: false, reason: 'last_owner' })
    await must(appoint(house.alice, 'owner'))
    expect(reasonsOf(await Promise.all([removeOperator(house.test, { accountId: house.charlie.accountId, ...by }), appoint(house.alice, 'auditor')]))).toEqual(['last_owner', 'ok'])
    await must(appoint(house.charlie, 'owner'))
  })

  it('are appointed, listed and removed on the command line', async () => {
    expect(await answerOf(house, ['operator', 'add', 'bob@example.com', '--role', 'owner'])).toMatchObject({ role: 'owner' })
    expect(await answerOf(house, ['operator', 'list'])).toMatchObject({ operators: expect.arrayContaining([expect.objectContaining({ account_id: house.bob.accountId, role: 'owner' })]) })
    const entered = await answerOf(house, ['operator', 'enter', 'bob@example.com', '--tenant', 'midori', '--reason', why])
    expect(entered).toMatchObject({ break_glass_id: expect.any(String) })
    expect(await answerOf(house, ['operator', 'remove', 'bob@example.com'])).toMatchObject({ account_id: house.bob.accountId })
    expect((await eventsAbout(house.test, house.bob.accountId)).slice(-2)).toMatchObject([{ type: 'operator.appointed', before: { role: 'auditor' }, after: { role: 'owner' } }, { type: 'operator.removed', before: { role: 'owner' } }])
  })
})
