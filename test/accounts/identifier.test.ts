/** The one spelling of names: what is the same to a person must be the same to the database. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normaliseEmail, normaliseStaffNumber, parseIdentifier } from '../../src/accounts/identifier.ts'

describe('normaliseEmail', () => {
  it.each([
    ['Hanako@Example.COM', 'hanako@example.com'],
    ['  hanako@example.com \n', 'hanako@example.com'],
    ['ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｃｏｍ', 'hanako@example.com'],
    ['hanako@例え.jp', 'hanako@xn--r8jz45g.jp'],
    ['花子@example.com', '花子@example.com'],
    ["o'neil+tag@mail.example.co.jp", "o'neil+tag@mail.example.co.jp"],
  ])('spells %j as %j', (typed, email) => {
    expect(normaliseEmail(typed)).toBe(email)
  })

  it.each([
    '', '@', 'hanako', 'hanako@', '@example.com', 'a@b@example.com', 'hanako@localhost', 'hanako@sakura', 'hana ko@example.com', 'hanako@exam ple.com',
    'hanako@example.com.', 'hanako@.com', 'hanako@example..com', 'hanako@127.0.0.1', 'hanako@[::1]', 'hanako@0x7f.1', 'hanako@example.com:25',
    'hanako\u0000@example.com', 'hana\u200bko@example.com', 'hanako@example.com\nbcc:x@example.com', '"a b"@example.com', 'a<b@example.com',
    `${'a'.repeat(65)}@example.com`, `a@${'b'.repeat(63)}.${'b'.repeat(63)}.${'b'.repeat(63)}.${'b'.repeat(63)}.com`, 'x'.repeat(100_000),
  ])('refuses %j', (typed) => {
    expect(normaliseEmail(typed)).toBeNull()
  })

  it('gives back what it gave before, for any text', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.emailAddress()), (text) => {
      const once = normaliseEmail(text) ?? normaliseEmail(`${text}@example.com`)
      expect(once === null ? null : normaliseEmail(once)).toBe(once)
    }), { numRuns: 500 })
  })
})

describe('parseIdentifier', () => {
  it.each([
    ['Misaki@example.com', { kind: 'email', email: 'misaki@example.com' }],
    ['S-0142@sakura', { kind: 'staff_number', number: 'S-0142', subdomain: 'sakura' }],
    ['s-0142@Sakura', { kind: 'staff_number', number: 'S-0142', subdomain: 'sakura' }],
    ['Ｓ－０１４２＠ｓａｋｕｒａ', { kind: 'staff_number', number: 'S-0142', subdomain: 'sakura' }],
    ['Sー0142', { kind: 'staff_number', number: 'S-0142', subdomain: null }],
    ['0142', { kind: 'staff_number', number: '0142', subdomain: null }],
    ['S-0142@', { kind: 'invalid' }],
    ['@sakura', { kind: 'invalid' }],
    ['S-0142@sak_ura', { kind: 'invalid' }],
    ['a@b@sakura', { kind: 'invalid' }],
    ['a@b@example.com', { kind: 'invalid' }],
    ['S 0142', { kind: 'invalid' }],
    ["S'; drop table account --", { kind: 'invalid' }],
    ['\u0000', { kind: 'invalid' }],
    ['', { kind: 'invalid' }],
    ['9'.repeat(1000), { kind: 'invalid' }],
  ])('reads %j', (typed, expected) => {
    expect(parseIdentifier(typed)).toEqual(expected)
  })

  it('never throws, whatever is typed', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(['email', 'staff_number', 'invalid']).toContain(parseIdentifier(text).kind)
    }))
  })
})

describe('normaliseStaffNumber', () => {
  it('gives back what it gave before', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const once = normaliseStaffNumber(text)
      expect(once === null ? null : normaliseStaffNumber(once)).toBe(once)
    }))
  })
})
