/** The life of a membership as a table, and the catalogue that roles draw from. */
import { describe, expect, it } from 'vitest'
import { moverRefusal, moveRefusal, nextStatus, type MembershipMove, type MembershipStatus } from '../../src/members/membership.ts'
import { isPermission, permissions } from '../../src/members/permission.ts'
import { roleTemplates } from '../../src/members/role-template.ts'

const table: Readonly<Record<MembershipStatus, Readonly<Record<MembershipMove, MembershipStatus | null>>>> = {
  invited: { invite: 'invited', accept: 'active', suspend: null, resume: null, end: 'ended' },
  active: { invite: null, accept: null, suspend: 'suspended', resume: null, end: 'ended' },
  suspended: { invite: null, accept: null, suspend: null, resume: 'active', end: 'ended' },
  ended: { invite: 'invited', accept: null, suspend: null, resume: null, end: null },
}
const statuses = ['invited', 'active', 'suspended', 'ended'] as const
const moves = ['invite', 'accept', 'suspend', 'resume', 'end'] as const

describe('a membership', () => {
  it.each(statuses.flatMap((status) => moves.map((move) => [status, move] as const)))('that is %s takes %s as the table says', (status, move) => {
    expect(nextStatus(status, move)).toBe(table[status][move])
  })

  it.each([
    ['invited', 'suspend', 'not_active'], ['suspended', 'suspend', 'already_suspended'], ['ended', 'suspend', 'already_ended'],
    ['invited', 'resume', 'not_suspended'], ['active', 'resume', 'already_active'], ['ended', 'resume', 'already_ended'], ['ended', 'end', 'already_ended'],
  ] as const)('that is %s refuses %s with %s', (status, move, reason) => {
    expect(moveRefusal(status, move)).toBe(reason)
  })
})

describe('who may move a membership', () => {
  const member = { membershipId: 'm-1', rolePermissions: [] }
  const admin = { membershipId: 'm-1', rolePermissions: ['tenant:admin'] }
  const mover = (membershipId: string, ...held: string[]) => ({ kind: 'member', accountId: 'a', membershipId, permissions: held }) as const

  it('is somebody else of the tenant, or an operator', () => {
    expect(moverRefusal(mover('m-2', 'member:suspend'), member)).toBeNull()
    expect(moverRefusal({ kind: 'operator', accountId: null }, admin)).toBeNull()
  })
  it('is never the person themselves', () => { expect(moverRefusal(mover('m-1', 'tenant:admin'), admin)).toBe('own_membership') })
  it('is an administrator where the other is one', () => {
    expect(moverRefusal(mover('m-2', 'member:suspend'), admin)).toBe('higher_role')
    expect(moverRefusal(mover('m-2', 'member:suspend', 'tenant:admin'), admin)).toBeNull()
  })
})

describe('the roles a tenant starts with', () => {
  it.each(Object.entries(roleTemplates))('of %s hold permissions of the catalogue, one of them all', (_kind, roles) => {
    expect(roles.flatMap((role) => role.permissions).every(isPermission)).toBe(true)
    expect(roles.filter((role) => role.permissions.includes('tenant:admin'))).toHaveLength(1)
    expect(roles[0]?.permissions).toEqual(Object.keys(permissions))
    expect(new Set(roles.map((role) => role.name)).size).toBe(roles.length)
  })
  it('count no seat for patients', () => { expect(roleTemplates.clinic.find((role) => role.name === 'patient')?.usesSeat).toBe(false) })
})
