// Ids: made in order, recognised strictly, and never one kind in the place of another.
import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { InvalidId, isAccountId, isTenantId, newId, parseAccountId, parseMembershipId, parseRoleId, parseTenantId, parseUnitId } from '../../src/base/ids.ts'
import type { AccountId, TenantId } from '../../src/base/ids.ts'

describe('a new id', () => {
  it('is a version 7 UUID of this moment', () => {
    const before = Date.now()
    const id = newId()
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const millisecond = parseInt(id.replaceAll('-', '').slice(0, 12), 16)
    expect(millisecond).toBeGreaterThanOrEqual(before)
    expect(millisecond).toBeLessThanOrEqual(Date.now() + 1000)
  })

  it('sorts after every id before it, also within one millisecond', () => {
    const ids = Array.from({ length: 20_000 }, newId)
    expect(ids.toSorted()).toEqual(ids)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('a parsed id', () => {
  it.each([parseTenantId, parseMembershipId, parseRoleId, parseUnitId])('keeps its text', (parse) => {
    const id = newId()
    expect(parse(id)).toBe(id)
  })

  it.each(['', 'sakura', newId().toUpperCase(), `${newId()} `, `{${newId()}}`, newId().replaceAll('-', ''), `${newId()}\n`])('refuses %j as a tenant', (text) => {
    expect(isTenantId(text)).toBe(false)
    expect(() => parseTenantId(text)).toThrow(InvalidId)
    expect(() => parseTenantId(text)).toThrow('not the id of a tenant')
  })

  it('of an account may be any imported subject of up to 255 ASCII characters', () => {
    fc.assert(fc.property(fc.string({ minLength: 1, maxLength: 255, unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)) }), (subject) => {
      expect(parseAccountId(subject)).toBe(subject)
    }))
    expect(parseAccountId('legacy|42 b')).toBe('legacy|42 b')
  })

  it.each(['', ' 42', '42\n', 'x'.repeat(256), '患者', 'a\u0000b'])('refuses %j as an account', (text) => expect(isAccountId(text)).toBe(false))

  it('of one kind is not taken for another by the compiler', () => {
    expectTypeOf<AccountId>().not.toExtend<TenantId>()
    expectTypeOf<string>().not.toExtend<AccountId>()
    expectTypeOf<AccountId>().toExtend<string>()
  })
})
