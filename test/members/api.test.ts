/** The JSON doors to members, called as the edge calls them: through runEndpoint's own checks. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAccount } from '../../src/accounts/create-account.ts'
import type { Caller, EndpointDoor } from '../../src/http/endpoint.ts'
import { mountDoors, createHttpApp, createRouter } from '../../src/http/mount.ts'
import { createCookieJar } from '../../src/http/cookies.ts'
import { createCsrf } from '../../src/http/csrf.ts'
import { createFrame } from '../../src/http/frame.ts'
import { createAssets } from '../../src/http/assets.ts'
import { listen } from '../../src/http/server.ts'
import { createLogger } from '../../src/base/log.ts'
import { addMember } from '../../src/members/add-member.ts'
import { memberEndpoints } from '../../src/members/api.ts'
import { memberListEndpoints } from '../../src/members/member-list-api.ts'
import { endGrants } from '../../src/oidc/endings.ts'
import { buildHouse, by, must, passwords, type House, type Person } from '../accounts/house.ts'
import { nobodySignedIn } from '../http/harness.ts'

let house: House
let base: string
let doors: readonly EndpointDoor[]
let stop: () => Promise<void>
const callers = new Map<string, Caller>()

const everything = ['tenant:admin', 'member:read', 'member:suspend']

function callerOf(person: Person, permissions: readonly string[], scopes: readonly string[] = ['members:read', 'members:write']): Caller {
  return { accountId: person.accountId, clientId: 'karte', tenantId: person.tenantId, membershipId: person.membershipId, permissions, scopes, platform: null, breakGlassId: null, authentication: null }
}

beforeAll(async () => {
  house = await buildHouse()
  doors = [...memberEndpoints({ databases: house.test.databases, grants: { endGrants } }), ...memberListEndpoints({ databases: house.test.databases })]
  callers.set('alice', callerOf(house.alice, everything))
  callers.set('bob', callerOf(house.bob, []))
  callers.set('charlie', callerOf(house.charlie, everything))
  callers.set('no-scope', callerOf(house.alice, everything, []))
  callers.set('no-tenant', { ...callerOf(house.alice, everything), tenantId: null, membershipId: null })
  const issuer = 'http://localhost:3000'
  const log = createLogger({ level: 'silent', debug: false })
  const cookies = createCookieJar(issuer)
  const frame = createFrame(createAssets().urls)
  const app = createHttpApp({ issuer, trustedProxies: [], cookies, log, frame })
  const router = createRouter()
  mountDoors(router, doors, {
    demo: false, frame, sessions: nobodySignedIn, csrf: createCsrf({ masterKey: house.test.masterKey, issuer, cookies }),
    authenticate: (ctx) => Promise.resolve(callers.get(ctx.get('Authorization')) ?? { status: 401, reason: 'token_invalid' }),
  })
  app.use(router.routes())
  const answer = app.callback()
  const server = await listen((req, res) => { void answer(req, res) }, 0)
  base = `http://127.0.0.1:${server.port}`
  stop = async () => { await server.stop(100) }
})
afterAll(async () => {
  await stop()
  await house.close()
})

async function call(who: string, method: string, path: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(base + path, { method, headers: { authorization: who } })
  return { status: response.status, body: await response.json() }
}

describe('GET /api/v1/me', () => {
  it('says who the token speaks for', async () => {
    expect(await call('bob', 'GET', '/api/v1/me')).toMatchObject({ status: 200, body: { account_id: house.bob.accountId, tenant_id: house.sakura, membership_id: house.bob.membershipId, permissions: [] } })
  })
})

describe('GET /api/v1/members', () => {
  it('shows a tenant its own members only', async () => {
    expect(await call('alice', 'GET', '/api/v1/members')).toMatchObject({
      status: 200,
      body: { members: [{ membership_id: house.alice.membershipId, role: 'Admin' }, { membership_id: house.bob.membershipId, name: '試験 bob', units: ['nursing'], employee_number: 'S-0002' }], next_cursor: null },
    })
    expect(await call('charlie', 'GET', '/api/v1/members')).toMatchObject({ status: 200, body: { members: [{ membership_id: house.charlie.membershipId }] } })
  })

  it('gives pages in order of name', async () => {
    expect(await call('alice', 'GET', '/api/v1/members?limit=1')).toMatchObject({ body: { members: [{ membership_id: house.alice.membershipId }], next_cursor: house.alice.membershipId } })
    expect(await call('alice', 'GET', `/api/v1/members?limit=1&cursor=${house.alice.membershipId}`)).toMatchObject({ body: { members: [{ membership_id: house.bob.membershipId }], next_cursor: null } })
  })

  it.each(['limit=0', 'limit=101', 'limit=x', 'limit=1.5', 'cursor=x', 'cursor='])('refuses ?%s', async (query) => {
    expect(await call('alice', 'GET', `/api/v1/members?${query}`)).toMatchObject({ status: 400, body: { reason: 'invalid_request' } })
  })
})

describe('every door to members', () => {
  const path = (door: EndpointDoor) => door.path.replace(':membership_id', house.bob.membershipId)

  it('refuses the anonymous, a member without the right, a token without the scope, and one without a tenant', async () => {
    for (const door of doors.filter((one) => one.path !== '/api/v1/me')) {
      expect(await call('nobody', door.method, path(door)), door.path).toMatchObject({ status: 401 })
      expect(await call('bob', door.method, path(door)), door.path).toMatchObject({ status: 403, body: { reason: 'permission_missing' } })
      expect(await call('no-scope', door.method, path(door)), door.path).toMatchObject({ status: 403, body: { reason: 'insufficient_scope' } })
      expect(await call('no-tenant', door.method, path(door)), door.path).toMatchObject({ status: 403, body: { reason: 'tenant_required' } })
    }
  })

  it('gives Charlie nothing of Sakura\'s', async () => {
    for (const door of doors.filter((one) => one.path.includes(':membership_id'))) {
      expect(await call('charlie', door.method, path(door)), door.path).toMatchObject({ status: 404, body: { reason: 'not_found' } })
    }
  })

  it('refuses an id that is none', async () => {
    expect(await call('alice', 'GET', "/api/v1/members/x'or'1")).toMatchObject({ status: 400 })
  })
})

describe('POST /api/v1/members/:membership_id/…', () => {
  it('suspends, resumes and ends, and says how the member stands now', async () => {
    const { databases } = house.test
    const { accountId } = await must(createAccount({ databases, hashes: house.hashes, passwords }, { email: null, emailVerified: false, familyName: '臨時', givenName: '職員', password: null, ...by }))
    const { membershipId } = await must(addMember({ databases }, { tenantId: house.sakura, accountId, role: 'STAFF', ...by }))
    const door = `/api/v1/members/${membershipId}`
    expect(await call('alice', 'POST', `${door}/suspend`)).toMatchObject({ status: 200, body: { status: 'suspended' } })
    expect(await call('alice', 'POST', `${door}/suspend`)).toMatchObject({ status: 409, body: { reason: 'already_suspended' } })
    expect(await call('alice', 'POST', `${door}/resume`)).toMatchObject({ status: 200, body: { status: 'active' } })
    expect(await call('alice', 'POST', `${door}/end`)).toMatchObject({ status: 200, body: { status: 'ended' } })
    expect(await call('alice', 'GET', door)).toMatchObject({ status: 200, body: { status: 'ended', email: null } })
  })

  it('does not let an administrator suspend themselves', async () => {
    expect(await call('alice', 'POST', `/api/v1/members/${house.alice.membershipId}/suspend`)).toMatchObject({ status: 403, body: { reason: 'own_membership' } })
  })
})
