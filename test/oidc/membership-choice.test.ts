/** Which tenant a request acts for: the rule by itself, without a database. */
import { describe, expect, test } from 'vitest'
import type { MembershipFacts } from '../../src/oidc/facts.ts'
import { satisfiesAcr } from '../../src/oidc/facts.ts'
import { chooseMembership, pickedMembership, requestedTenant } from '../../src/oidc/membership-choice.ts'

const rules = { required_acr: 'aal1', enforced: true, enforced_from: null, trusted_device_days: 0, session_hours: null, password_expired: false } as const
const membership = (id: string, more: Partial<MembershipFacts> = {}): MembershipFacts => ({
  id, tenant_id: `tenant of ${id}`, tenant_name: id, subdomain: id, former_subdomains: [`old-${id}`], role: 'STAFF', unit_name: null, rules, contact: null,
  in_force: true, usable: true, not_usable_because: null, seen_today: false, ...more,
})
const [sakura, midori] = [membership('sakura'), membership('midori')]
const suspended = membership('kaede', { usable: false, not_usable_because: 'suspended' })
const closed = membership('hibari', { usable: false, not_usable_because: 'app_not_assigned' })
const nothing = { tenant: undefined, picked: undefined, mustAsk: false }

describe('choosing a membership', () => {
  test.each([
    ['the only one without a question', { memberships: [sakura], ...nothing }, 'sakura'],
    ['the only one in force', { memberships: [sakura, suspended], ...nothing }, 'sakura'],
    ['nothing among several', { memberships: [sakura, midori], ...nothing }, 'ambiguous'],
    ['the picked one', { memberships: [sakura, midori], ...nothing, picked: 'midori' }, 'midori'],
    ['nothing for a pick that is not theirs', { memberships: [sakura, midori], ...nothing, picked: 'kaede' }, 'ambiguous'],
    ['the named one by subdomain', { memberships: [sakura, midori], ...nothing, tenant: 'midori' }, 'midori'],
    ['the named one by id', { memberships: [sakura, midori], ...nothing, tenant: 'tenant of midori' }, 'midori'],
    ['none for a tenant of others', { memberships: [sakura], ...nothing, tenant: 'midori' }, 'none'],
    ['none for a suspended one even when named', { memberships: [suspended], ...nothing, tenant: 'kaede' }, 'none'],
    ['the named one by a subdomain it once had', { memberships: [sakura, midori], ...nothing, tenant: 'old-midori' }, 'midori'],
    ['none for one that may not use the app', { memberships: [closed], ...nothing, tenant: 'hibari', picked: 'hibari' }, 'none'],
    ['none without memberships', { memberships: [], ...nothing }, 'none'],
    ['nothing yet when the picker was asked for', { memberships: [sakura], ...nothing, mustAsk: true }, 'ambiguous'],
    ['the picked one when the picker was asked for', { memberships: [sakura], ...nothing, mustAsk: true, picked: 'sakura' }, 'sakura'],
    ['never a suspended pick', { memberships: [sakura, midori, suspended], ...nothing, picked: 'kaede' }, 'ambiguous'],
  ])('takes %s', (_what, input, expected) => {
    const choice = chooseMembership(input)
    expect(choice.kind === 'chosen' ? choice.membership.id : choice.kind).toBe(expected)
  })

  test('reads the pick only where the step has put it', () => {
    expect(pickedMembership({ select_tenant: { membershipId: 'sakura' } })).toBe('sakura')
    for (const result of [undefined, {}, { select_tenant: null }, { select_tenant: 'sakura' }, { select_tenant: { membershipId: 7 } }]) expect(pickedMembership(result)).toBeUndefined()
  })

  test('takes a tenant only as one non-empty text', () => {
    expect(requestedTenant({ tenant: 'sakura' })).toBe('sakura')
    for (const tenant of ['', ['sakura', 'midori'], 7, undefined]) expect(requestedTenant({ tenant })).toBeUndefined()
  })
})

test.each([
  ['aal1', 'aal1', true], ['aal2', 'aal1', true], ['phr', 'aal2', true], ['aal1', 'aal2', false], [undefined, 'aal1', false], ['aal2', 'gold', false], ['gold', 'aal1', false],
])('a session of %s satisfies a demand for %s: %s', (reached, required, expected) => {
  expect(satisfiesAcr(reached, required)).toBe(expected)
})
