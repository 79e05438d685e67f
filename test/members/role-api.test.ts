/** The JSON doors to roles, units and a member's place in them, and the same on the command line: what they answer, and to whom nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { moveUnitAssignments } from '../../src/apps/tenant-queries.ts'
import { newId } from '../../src/base/ids.ts'
import { UsageError } from '../../src/cli/fail.ts'
import type { Caller, EndpointDoor } from '../../src/http/endpoint.ts'
import { memberEndpoints } from '../../src/members/api.ts'
import { allPermissions } from '../../src/members/permission.ts'
import { roleEndpoints } from '../../src/members/role-api.ts'
import { unitEndpoints } from '../../src/members/unit-api.ts'
import { endGrants } from '../../src/oidc/endings.ts'
import { buildHouse, type House, type Person } from '../accounts/house.ts'
import { answerOf, runTegata } from '../cli/terminal.ts'
import { start } from '../http/harness.ts'

let house: House
let doors: readonly EndpointDoor[]
const callers = new Map<string, Caller>()

function callerOf(person: Person, permissions: readonly string[], scopes: readonly string[] = ['members:read', 'members:write']): Caller {
  return { accountId: person.accountId, clientId: 'karte', tenantId: person.tenantId, membershipId: person.membershipId, permissions, scopes, platform: null, breakGlassId: null, authentication: null }
}

beforeAll(async () => {
  house = await buildHouse()
  const deps = { databases: house.test.databases, grants: { endGrants }, apps: { moveUnitAssignments } }
  doors = [...roleEndpoints(deps), ...unitEndpoints(deps), ...memberEndpoints(deps).filter(({ path }) => path.includes(':membership_id'))]
  callers.set('alice', callerOf(house.alice, allPermissions))
  callers.set('bob', callerOf(house.bob, []))
  callers.set('clerk', callerOf(house.bob, ['role:manage', 'unit:manage', 'member:update']))
  callers.set('charlie', callerOf(house.charlie, allPermissions))
  callers.set('no-scope', callerOf(house.alice, allPermissions, []))
  callers.set('no-tenant', { ...callerOf(house.alice, allPermissions), tenantId: null, membershipId: null })
})
afterAll(() => house.close())

interface Called { readonly status: number; readonly body: unknown }

async function call(who: string, line: string, body?: unknown): Promise<Called> {
  const { status, body: answered } = await ask(who, line, { body })
  return { status, body: answered }
}

async function ask(who: string, line: string, { body, headers = {} }: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } = {}): Promise<Called & { readonly etag: string }> {
  const [method = '', path = ''] = line.split(' ')
  const { send } = await start({ doors, authenticate: (ctx) => Promise.resolve(callers.get(ctx.get('Authorization')) ?? { status: 401, reason: 'token_invalid' }) })
  const answer = await send(path, {
    method, headers: { authorization: who, ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, etag: answer.headers.etag ?? '', body: answer.body === '' ? null : JSON.parse(answer.body) }
}

const listed = z.object({ roles: z.array(z.looseObject({ role_id: z.string(), name: z.string() })).default([]), units: z.array(z.looseObject({ unit_id: z.string(), code: z.string() })).default([]) })
const made = z.looseObject({ role_id: z.string().default(''), unit_id: z.string().default('') })

async function roleOf(name: string): Promise<string> {
  return listed.parse((await call('alice', 'GET /api/v1/roles')).body).roles.find((role) => role.name === name)?.role_id ?? ''
}

async function unitOf(code: string): Promise<string> {
  return listed.parse((await call('alice', 'GET /api/v1/units')).body).units.find((unit) => unit.code === code)?.unit_id ?? ''
}

describe('the doors to roles', () => {
  it('list, make, change and remove them', async () => {
    const answer = await call('alice', 'POST /api/v1/roles', { name: '主任', permissions: ['member:read'] })
    expect(answer).toMatchObject({ status: 201, body: { name: '主任', permissions: ['member:read'], uses_seat: true, members: 0 } })
    const { role_id: id } = made.parse(answer.body)
    expect(await call('alice', `PATCH /api/v1/roles/${id}`, { uses_seat: false })).toMatchObject({ status: 200, body: { name: '主任', permissions: ['member:read'], uses_seat: false } })
    expect(await call('alice', 'GET /api/v1/roles')).toMatchObject({ status: 200, body: { roles: expect.arrayContaining([expect.objectContaining({ name: 'Admin', members: 1 }), expect.objectContaining({ role_id: id })]) } })
    expect(await call('alice', `DELETE /api/v1/roles/${id}`)).toEqual({ status: 204, body: null })
    expect(await call('alice', `DELETE /api/v1/roles/${id}`)).toMatchObject({ status: 404, body: { reason: 'not_found' } })
  })

  it('say why not', async () => {
    expect(await call('alice', 'POST /api/v1/roles', { name: 'STAFF' })).toMatchObject({ status: 409, body: { reason: 'name_taken' } })
    expect(await call('alice', 'POST /api/v1/roles', { name: 'x', permissions: ['records:read'] })).toMatchObject({ status: 400, body: { reason: 'unknown_permission' } })
    expect(await call('clerk', 'POST /api/v1/roles', { name: 'x', permissions: ['tenant:admin'] })).toMatchObject({ status: 403, body: { reason: 'role_above_own' } })
    expect(await call('alice', `PATCH /api/v1/roles/${await roleOf('Admin')}`, { permissions: [] })).toMatchObject({ status: 409, body: { reason: 'last_admin' } })
  })

  it('name who holds a role to whoever may see members, and only count them for others', async () => {
    const staff = await roleOf('STAFF')
    expect(await call('alice', `DELETE /api/v1/roles/${staff}`)).toMatchObject({ status: 409, body: { reason: 'role_in_use', detail: 'Held by 試験 bob.' } })
    expect(await call('clerk', `DELETE /api/v1/roles/${staff}`)).toMatchObject({ status: 409, body: { reason: 'role_in_use', detail: 'Held by 1.' } })
  })
})

describe('the doors to a member’s place', () => {
  it('give a role, and change what is given of the rest', async () => {
    const bob = `/api/v1/members/${house.bob.membershipId}`
    expect(await call('alice', `PUT ${bob}/role`, { role: 'TEAM_LEADER' })).toMatchObject({ status: 200, body: { role: 'TEAM_LEADER', units: ['nursing'] } })
    expect(await call('alice', `PATCH ${bob}`, { title: '主任', valid_until: '2099-01-01T00:00:00+09:00' })).toMatchObject({ status: 200, body: { title: '主任', employee_number: 'S-0002', valid_from: null, valid_until: '2098-12-31T15:00:00.000Z' } })
    expect(await call('alice', `PATCH ${bob}`, { valid_until: null, units: [] })).toMatchObject({ status: 200, body: { title: '主任', valid_until: null, units: [] } })
    expect(await call('alice', `PATCH ${bob}`, { units: ['nursing'] })).toMatchObject({ status: 200, body: { units: ['nursing'] } })
    expect(await call('alice', `PUT ${bob}/role`, { role: 'STAFF' })).toMatchObject({ status: 200, body: { role: 'STAFF' } })
  })

  it('say why not', async () => {
    const [alice, bob] = [house.alice, house.bob].map(({ membershipId }) => `/api/v1/members/${membershipId}`)
    expect(await call('alice', `PUT ${alice}/role`, { role: 'STAFF' })).toMatchObject({ status: 403, body: { reason: 'own_membership' } })
    expect(await call('clerk', `PUT ${alice}/role`, { role: 'STAFF' })).toMatchObject({ status: 403, body: { reason: 'higher_role' } })
    expect(await call('alice', `PUT ${bob}/role`, { role: 'therapist' })).toMatchObject({ status: 404, body: { reason: 'unknown_role' } })
    expect(await call('alice', `PATCH ${bob}`, { employee_number: 'S-0001' })).toMatchObject({ status: 409, body: { reason: 'employee_number_taken' } })
    expect(await call('alice', `PATCH ${bob}`, { valid_from: 'tomorrow' })).toMatchObject({ status: 400, body: { reason: 'invalid_request' } })
    expect(await call('alice', `PATCH ${bob}`, { status: 'ended' })).toMatchObject({ status: 400, body: { reason: 'invalid_request' } })
  })
})

describe('the doors to units', () => {
  it('list, add, change, move, merge and remove them', async () => {
    const nursing = await unitOf('nursing')
    const answer = await call('alice', 'POST /api/v1/units', { code: 'ward', name: '病棟', kind: 'team', parent_id: nursing })
    expect(answer).toMatchObject({ status: 201, body: { code: 'ward', path: ['nursing', 'ward'], parent_id: nursing } })
    const { unit_id: ward } = made.parse(answer.body)
    const { unit_id: east } = made.parse((await call('alice', 'POST /api/v1/units', { code: 'east', name: '東', kind: 'team' })).body)
    expect(await call('alice', `PATCH /api/v1/units/${ward}`, { name: '3階病棟' })).toMatchObject({ status: 200, body: { code: 'ward', name: '3階病棟' } })
    expect(await call('alice', `POST /api/v1/units/${ward}/move`, { parent_id: east })).toMatchObject({ status: 200, body: { path: ['east', 'ward'] } })
    expect(await call('alice', `POST /api/v1/units/${east}/move`, { parent_id: ward })).toMatchObject({ status: 409, body: { reason: 'unit_below_itself' } })
    expect(await call('alice', `DELETE /api/v1/units/${east}`)).toMatchObject({ status: 409, body: { reason: 'has_units' } })
    expect(await call('alice', `POST /api/v1/units/${nursing}/merge`, { merged_unit_id: east })).toMatchObject({ status: 200, body: { code: 'nursing' } })
    expect(await call('alice', 'GET /api/v1/units')).toMatchObject({ status: 200, body: { units: [{ unit_id: nursing, path: ['nursing'] }, { unit_id: ward, path: ['nursing', 'ward'] }] } })
    expect(await call('alice', `DELETE /api/v1/units/${ward}`)).toEqual({ status: 204, body: null })
    expect(await call('clerk', `DELETE /api/v1/units/${nursing}`)).toMatchObject({ status: 409, body: { reason: 'unit_in_use', detail: 'Held by 1.' } })
  })
})

describe('If-Match', () => {
  /** Three things of Sakura's, with a change of each. */
  const things = async () => [
    [`/api/v1/members/${house.bob.membershipId}`, { title: '副主任' }, { title: '主任' }],
    [`/api/v1/roles/${await roleOf('TEAM_LEADER')}`, { uses_seat: false }, { description: '班をまとめる' }],
    [`/api/v1/units/${await unitOf('nursing')}`, { name: '看護部' }, { name: '看護科' }],
  ] as const

  it('lets one of two through who change the same thing at once, and tells the other that it is too late', async () => {
    for (const [path, one, other] of await things()) {
      const { etag, status } = await ask('alice', `GET ${path}`)
      expect([status, etag], path).toEqual([200, expect.stringMatching(/^"[\w-]{22}"$/)])
      const answers = await Promise.all([one, other].map((body) => ask('alice', `PATCH ${path}`, { body, headers: { 'if-match': etag } })))
      expect(answers.map(({ status: code }) => code).toSorted(), path).toEqual([200, 412])
      const won = answers.find(({ status: code }) => code === 200)
      expect(answers.find(({ status: code }) => code === 412)?.body, path).toMatchObject({ reason: 'precondition_failed' })
      expect(await ask('alice', `GET ${path}`), path).toEqual({ status: 200, etag: won?.etag, body: won?.body })
    }
  })

  it('takes any state for *, no state for a weak tag, and refuses what is no tag', async () => {
    const [[path, body]] = await things()
    const { etag } = await ask('alice', `GET ${path}`)
    const patched = async (tag: string) => (await ask('alice', `PATCH ${path}`, { body, headers: { 'if-match': tag } })).status
    expect(await Promise.all([patched('*'), patched(`W/${etag}`), patched('"made-up"'), patched('made-up'), patched('')])).toEqual([200, 412, 412, 400, 400])
    const { etag: now } = await ask('alice', `GET ${path}`)
    expect(await patched(`"other", ${now}`)).toBe(200)
  })

  it('guards suspending, moving and removing too', async () => {
    const [role, unit] = [await roleOf('STAFF'), await unitOf('nursing')]
    const lines = [`POST /api/v1/members/${house.bob.membershipId}/suspend`, `PUT /api/v1/members/${house.bob.membershipId}/role`, `DELETE /api/v1/roles/${role}`, `DELETE /api/v1/units/${unit}`, `POST /api/v1/units/${unit}/move`]
    const bodies: Readonly<Record<string, unknown>> = { PUT: { role: 'STAFF' }, POST: { parent_id: null } }
    for (const line of lines) {
      const body = line.endsWith('suspend') ? undefined : bodies[line.split(' ')[0] ?? '']
      expect(await ask('alice', line, { body, headers: { 'if-match': '"made-up"' } }), line).toMatchObject({ status: 412, body: { reason: 'precondition_failed' } })
    }
    expect((await ask('alice', `GET /api/v1/members/${house.bob.membershipId}`)).body).toMatchObject({ status: 'active' })
  })

  it('spares whoever knows a thing already its body', async () => {
    for (const [path] of await things()) {
      const { etag } = await ask('alice', `GET ${path}`)
      expect(await ask('alice', `GET ${path}`, { headers: { 'if-none-match': `W/${etag}` } }), path).toEqual({ status: 304, etag, body: null })
      expect((await ask('alice', `GET ${path}`, { headers: { 'if-none-match': '"made-up"' } })).status, path).toBe(200)
    }
  })
})

describe('every one of these doors', () => {
  const bodies: Readonly<Record<string, unknown>> = {
    'POST /api/v1/roles': { name: 'Charlies' }, 'PATCH /api/v1/roles/:role_id': { name: 'Charlies' }, 'PUT /api/v1/members/:membership_id/role': { role: 'therapist' },
    'PATCH /api/v1/members/:membership_id': { title: 'x' }, 'POST /api/v1/units': { code: 'charlies', name: 'x', kind: 'team' }, 'PATCH /api/v1/units/:unit_id': { name: 'x' },
    'PUT /api/v1/units/:unit_id/heads': { membership_ids: [] }, 'POST /api/v1/units/:unit_id/move': { parent_id: null }, 'POST /api/v1/units/:unit_id/merge': { merged_unit_id: newId() },
  }
  const each = async (work: (line: string, body: unknown) => Promise<void>) => {
    const [role, unit] = [await roleOf('STAFF'), await unitOf('nursing')]
    for (const { method, path } of doors) await work(`${method} ${path.replace(':role_id', role).replace(':unit_id', unit).replace(':membership_id', house.bob.membershipId)}`, bodies[`${method} ${path}`])
  }

  it('refuses the anonymous, a member without the right, a token without the scope, and one without a tenant', () => each(async (line, body) => {
    expect(await call('nobody', line, body), line).toMatchObject({ status: 401 })
    expect(await call('bob', line, body), line).toMatchObject({ status: 403, body: { reason: 'permission_missing' } })
    expect(await call('no-scope', line, body), line).toMatchObject({ status: 403, body: { reason: 'insufficient_scope' } })
    expect(await call('no-tenant', line, body), line).toMatchObject({ status: 403, body: { reason: 'tenant_required' } })
  }))

  it('gives Charlie nothing of Sakura’s', async () => {
    const before = [await call('alice', 'GET /api/v1/roles'), await call('alice', 'GET /api/v1/units')]
    await each(async (line, body) => {
      const answer = await call('charlie', line, body)
      if (line.split('/').length > 4) expect(answer, line).toMatchObject({ status: 404, body: { reason: 'not_found' } })
      for (const secret of [house.sakura, house.bob.membershipId, 'STAFF', 'nursing']) expect(JSON.stringify(answer), line).not.toContain(`"${secret}"`)
    })
    expect([await call('alice', 'GET /api/v1/roles'), await call('alice', 'GET /api/v1/units')]).toEqual(before)
  })
})

describe('tegata role and unit', () => {
  const tegata = (...line: [string, ...string[]]) => runTegata(house, line)
  const json = (...line: [string, ...string[]]) => answerOf(house, line)

  it('make, change, list and remove roles', async () => {
    expect(await json('role', 'create', 'Clerk', '--tenant', 'sakura', '--permission', 'member:read', 'audit:read', '--seat', 'no')).toEqual({ ok: true, role_id: expect.any(String) })
    expect((await tegata('role', 'list', '--tenant', 'sakura')).out).toMatch(/^Clerk +0 +- +member:read audit:read$/m)
    expect(await json('role', 'update', 'Clerk', '--tenant', 'sakura', '--name', 'Helper', '--permission', 'none')).toEqual({ ok: true, role: 'Helper' })
    expect((await tegata('role', 'list', '--tenant', 'sakura')).out).toMatch(/^Helper +0 +- +-$/m)
    expect(await tegata('role', 'delete', 'Helper', '--tenant', 'sakura')).toEqual({ code: 0, out: 'removed role Helper\n', error: '' })
    expect(await tegata('role', 'delete', 'Admin', '--tenant', 'sakura')).toEqual({ code: 1, out: '', error: 'Refused (role_in_use): held by 試験 alice\n' })
    await expect(tegata('role', 'delete', 'therapist', '--tenant', 'sakura')).rejects.toThrow(UsageError)
  })

  it('add, change, move, merge, list and remove units', async () => {
    expect(await json('unit', 'create', 'kita', '--tenant', 'sakura', '--name', '北', '--kind', 'facility')).toEqual({ ok: true, unit_id: expect.any(String) })
    expect((await tegata('unit', 'create', 'a', '--tenant', 'sakura', '--name', 'A', '--kind', 'team', '--parent', 'kita')).code).toBe(0)
    expect(await json('unit', 'update', 'a', '--tenant', 'sakura', '--code', 'b')).toEqual({ ok: true, code: 'b' })
    expect((await tegata('unit', 'move', 'b', '--tenant', 'sakura', '--parent', 'nursing')).code).toBe(0)
    expect((await tegata('unit', 'list', '--tenant', 'sakura')).out).toMatch(/^nursing\/b +team +A$/m)
    expect(await json('unit', 'merge', 'b', '--tenant', 'sakura', '--merged', 'kita')).toEqual({ ok: true, code: 'b' })
    expect((await tegata('unit', 'delete', 'b', '--tenant', 'sakura')).out).toBe('removed unit b\n')
    expect(await tegata('unit', 'delete', 'nursing', '--tenant', 'sakura')).toEqual({ code: 1, out: '', error: 'Refused (unit_in_use): held by 試験 bob\n' })
    await expect(tegata('unit', 'delete', 'kita', '--tenant', 'sakura')).rejects.toThrow(UsageError)
  })
})
