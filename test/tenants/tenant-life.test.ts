/** Tenants come into being with their roles and units, are suspended and come back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { firstRoles } from '../../src/members/first-roles.ts'
import { createTenant } from '../../src/tenants/create-tenant.ts'
import { resumeTenant } from '../../src/tenants/resume-tenant.ts'
import { endGrantsOfTenant } from '../../src/oidc/endings.ts'
import { suspendTenant } from '../../src/tenants/suspend-tenant.ts'
import { subdomainRefusal } from '../../src/tenants/tenant.ts'
import { placeUnits } from '../../src/tenants/unit.ts'
import { parseTenantId, newId } from '../../src/base/ids.ts'
import { buildHouse, by, eventsAbout, must, type House } from '../accounts/house.ts'

let house: House
beforeAll(async () => { house = await buildHouse() })
afterAll(() => house.close())

const create = (subdomain: string, name = '試験') => createTenant({ databases: house.test.databases, firstRoles }, { name, subdomain, kind: 'company', ...by })

describe('a subdomain', () => {
  it.each(['sakura', 'a', 's1', '1-2', 'a'.repeat(63)])('can be %s', (name) => { expect(subdomainRefusal(name)).toBeNull() })
  it.each(['', 'Sakura', '-a', 'a-', 'a.b', 'a_b', 'さくら', 'xn--r8jz45g', 'a'.repeat(64), 'a b', 'a\n'])('cannot be %j', (name) => { expect(subdomainRefusal(name)).toBe('invalid_subdomain') })
  it.each(['www', 'api', 'admin', 't', 'account'])('is reserved: %s', (name) => { expect(subdomainRefusal(name)).toBe('reserved_subdomain') })
})

describe('the tree of units', () => {
  it('is placed parents first, each with the path of codes from the root', () => {
    const tree = [{ code: 'a', name: 'A', kind: 'facility', units: [{ code: 'b', name: 'B', kind: 'department', units: [{ code: 'c', name: 'C', kind: 'team' }] }] }] as const
    expect(placeUnits(tree).map(({ code, parentCode, codePath }) => [code, parentCode, codePath])).toEqual([
      ['a', null, ['a']], ['b', 'a', ['a', 'b']], ['c', 'b', ['a', 'b', 'c']],
    ])
  })
})

describe('a tenant', () => {
  it('begins with the roles of its kind, one of which administers it', async () => {
    const { tenantId } = await must(create('kobayashi'))
    const roles = await house.test.databases.engine.selectFrom('role').select(['name', 'permissions']).where('tenant_id', '=', tenantId).execute()
    expect(roles.map((role) => role.name).sort()).toEqual(['Admin', 'Manager', 'Member'])
    expect(roles.filter((role) => role.permissions.includes('tenant:admin')).map((role) => role.name)).toEqual(['Admin'])
    expect(await eventsAbout(house.test, tenantId)).toMatchObject([{ type: 'tenant.created', outcome: 'success', tenant_id: tenantId }])
  })

  it('is refused with a reason', async () => {
    expect(await create('sakura')).toEqual({ ok: false, reason: 'subdomain_taken' })
    expect(await create('admin')).toEqual({ ok: false, reason: 'reserved_subdomain' })
    expect(await create('Nope')).toEqual({ ok: false, reason: 'invalid_subdomain' })
    expect(await create('nameless', '  ')).toEqual({ ok: false, reason: 'invalid_name' })
  })

  it('gets its subdomain when two ask for it at once, and only one of them does', async () => {
    const results = await Promise.all([create('race'), create('race')])
    expect(results.map(({ ok }) => ok).sort()).toEqual([false, true])
  })

  it('is suspended and resumed, once each when two ask at once', async () => {
    const { tenantId } = await must(create('yamamoto'))
    const deps = { databases: house.test.databases, grants: { endGrantsOfTenant } }
    const change = { tenantId, ...by }
    expect(await Promise.all([suspendTenant(deps, change), suspendTenant(deps, change)])).toEqual(expect.arrayContaining([{ ok: true }, { ok: false, reason: 'already_suspended' }]))
    expect(await resumeTenant(deps, change)).toEqual({ ok: true })
    expect(await resumeTenant(deps, change)).toEqual({ ok: false, reason: 'not_suspended' })
    expect((await eventsAbout(house.test, tenantId)).map(({ type, outcome }) => `${type} ${outcome}`)).toEqual([
      'tenant.created success', 'tenant.suspended success', 'tenant.suspended refused', 'tenant.resumed success', 'tenant.resumed refused'])
  })

  it('is not found where there is none', async () => {
    expect(await suspendTenant({ databases: house.test.databases, grants: { endGrantsOfTenant } }, { tenantId: parseTenantId(newId()), ...by })).toEqual({ ok: false, reason: 'not_found' })
  })
})
