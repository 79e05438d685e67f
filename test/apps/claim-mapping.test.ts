/** Which claims an app may be told under names of its own, and what comes out; and that a stored app reads as it was registered. */
import { describe, expect, test } from 'vitest'
import { claimMappingShape, claimSources, mapClaims, needsMember } from '../../src/apps/claim-mapping.ts'
import { planClient, type ClientInput } from '../../src/apps/client.ts'
import { storedInput } from '../../src/apps/stored-client.ts'

const facts = { sub: 'a1', role: 'STAFF', groups: ['hospital', 'ward'], employee_number: 'S-1', title: null, email: 'ken@example.com', name: '健', facility: 'hospital' }
const all = new Set(['profile', 'email'])

describe('a mapping', () => {
  test('renames, sets and translates', () => {
    const mapping = claimMappingShape.parse([
      { claim: 'staffId', from: 'employee_number' }, { claim: 'facilityId', from: 'facility' }, { claim: 'systemAccess', value: ['karte'] },
      { claim: 'https://karte.example/role', from: 'role', map: { STAFF: 'staff' } }, { claim: 'units', from: 'groups' },
    ])
    expect(mapClaims(mapping, facts, all)).toEqual({ staffId: 'S-1', facilityId: 'hospital', systemAccess: ['karte'], 'https://karte.example/role': 'staff', units: ['hospital', 'ward'] })
  })

  test.each([
    ['a fact that is not there', { claim: 'x', from: 'title' }, all],
    ['a role that the app does not know', { claim: 'x', from: 'role', map: { Admin: 'admin' } }, all],
    ['a role that is called like something of every object', { claim: 'x', from: 'role', map: { Admin: 'admin' } }, all],
    ['an address that was not agreed to', { claim: 'x', from: 'email' }, new Set(['profile'])],
    ['a name that was not agreed to', { claim: 'x', from: 'name' }, new Set(['email'])],
  ])('leaves out %s', (_what, entry, scopes) => {
    expect(mapClaims(claimMappingShape.parse([entry]), facts, scopes)).toEqual({})
    expect(mapClaims(claimMappingShape.parse([entry]), { ...facts, role: 'toString' }, scopes)).toEqual({})
  })

  test.each(['sub', 'iss', 'aud', 'exp', 'acr', 'cnf', 'act', 'events', 'tenant_id', 'membership_id', 'scope', 'client_id', 'email_verified', '__proto__', 'with space', ''])('never speaks for %j', (claim) => {
    expect(claimMappingShape.safeParse([{ claim, value: 'x' }]).success).toBe(false)
  })

  test.each([
    ['an unknown source', [{ claim: 'x', from: 'password' }]],
    ['a map of something else than a role', [{ claim: 'x', from: 'email', map: {} }]],
    ['a claim twice', [{ claim: 'x', value: 1 }, { claim: 'x', value: 2 }]],
    ['more than thirty', Array.from({ length: 31 }, (_, index) => ({ claim: `x${index}`, value: 1 }))],
    ['an object', [{ claim: 'x', value: { deep: true } }]],
    ['something besides', [{ claim: 'x', value: 1, then: 'run' }]],
  ])('refuses %s', (_what, mapping) => {
    expect(claimMappingShape.safeParse(mapping).success).toBe(false)
  })

  test('asks for the member only where it tells more than every token', () => {
    const asks = claimSources.filter((from) => needsMember([{ claim: 'x', from }]))
    expect(asks).toEqual(['subdomain', 'employee_number', 'title', 'primary_unit', 'facility', 'department', 'team'])
  })
})

test.each<[string, ClientInput]>([
  ['web', { name: 'Web', redirectUris: ['https://a.example/cb'], postLogoutRedirectUris: ['https://a.example/'], defaultAcrValues: ['aal2'], apiScopes: { 'https://api.example': ['read'] }, scopes: ['openid', 'email'], initiateLoginUri: 'http://localhost:3000/login', subjectType: 'pairwise' }],
  ['spa', { name: 'Spa', type: 'spa', redirectUris: ['https://a.example/cb'], dpopBoundAccessTokens: true }],
  ['native', { name: 'Native', type: 'native', redirectUris: ['com.example.app:/cb'] }],
  ['machine', { name: 'Machine', type: 'machine', tenantId: 't' }],
])('a stored %s app reads as it was registered', (_type, input) => {
  const planned = planClient(input)
  if (!planned.ok) throw new Error(planned.problems.join())
  const { metadata, input: read } = planned.plan
  const again = planClient(storedInput({ name: read.name, first_party: read.firstParty, open_to: read.openTo, tenant_id: read.tenantId ?? null, metadata }))
  expect(again.ok && again.plan.metadata).toEqual(metadata)
})
