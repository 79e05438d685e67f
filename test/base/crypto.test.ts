// What the master key promises: only the same key, for the same place, opens what it sealed.
import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CannotOpen, MasterKey, equalStrings, generateMasterKey, hmac, randomToken, sha256 } from '../../src/base/crypto.ts'

const key = MasterKey.fromText(generateMasterKey('production'))

describe('a master key', () => {
  it('knows a development key by its prefix', () => {
    expect(MasterKey.fromText(generateMasterKey('development')).isDevelopment).toBe(true)
    expect(key.isDevelopment).toBe(false)
  })

  it.each(['', 'dev-', 'hush', `${randomToken()}=`, randomToken(31), randomToken(33), `${randomToken().slice(0, 42)}B`, ` ${randomToken()}`])(
    'refuses %j', (text) => expect(() => MasterKey.fromText(text)).toThrow('32 bytes in base64url'))

  it('derives one key per purpose, the same each time', () => {
    const text = generateMasterKey('production')
    expect(MasterKey.fromText(text).derive('cookies')).toEqual(MasterKey.fromText(text).derive('cookies'))
    expect(key.derive('cookies')).not.toEqual(key.derive('tokens'))
    expect(key.derive('cookies', 64)).toHaveLength(64)
  })

  it('derives what HKDF-SHA256 derives, in every later version too', () => {
    const zero = MasterKey.fromText('A'.repeat(43))
    expect(zero.derive('cookies').toString('base64url')).toBe('3QLyRwYN2rGUVKSJXBI_heM-u3ayVWtrQzqdZtibzv0')
    expect(zero.open('v1.WJ7c67sa.BwcHBwcHBwcHBwcHNFz-aJHiDBXihVKDnqj43Pve_R0', 'account.1').toString()).toBe('seed')
  })

  it('shows nothing of itself', () => {
    const text = generateMasterKey('production')
    const shown = inspect(MasterKey.fromText(text), { depth: 9 }) + JSON.stringify(MasterKey.fromText(text))
    expect(shown).not.toContain(text)
    expect(shown).not.toMatch(/Buffer/)
  })
})

describe('sealed text', () => {
  it('opens to what was sealed', () => {
    fc.assert(fc.property(fc.uint8Array(), fc.string({ unit: 'binary' }), (bytes, aad) => {
      expect(key.open(key.seal(Buffer.from(bytes), aad), aad)).toEqual(Buffer.from(bytes))
    }))
  })

  it('is different each time', () => expect(key.seal('seed', 'row 1')).not.toBe(key.seal('seed', 'row 1')))

  it('is refused after any one character was changed, added or dropped', () => {
    const sealed = key.seal('seed', 'row 1')
    fc.assert(fc.property(fc.nat(sealed.length - 1), fc.constantFrom('', 'A', 'B', '_', '.', 'AA'), (at, other) => {
      const changed = sealed.slice(0, at) + other + sealed.slice(at + 1)
      fc.pre(changed !== sealed)
      expect(() => key.open(changed, 'row 1')).toThrow(CannotOpen)
    }))
  })

  it('is refused for another place', () => expect(() => key.open(key.seal('seed', 'row 1'), 'row 2')).toThrow('belongs to another row'))

  it('is refused under another key, in words that say so', () => {
    const other = MasterKey.fromText(generateMasterKey('production'))
    expect(() => other.open(key.seal('seed', 'row 1'), 'row 1')).toThrow('sealed with another MASTER_KEY')
  })

  it.each(['', 'v1', 'v1..', 'v2.a.b', 'plain text', 'v1.a.b.c'])('is refused when it is %j', (text) => {
    expect(() => key.open(text, '')).toThrow(CannotOpen)
  })
})

describe('the primitives', () => {
  it('make tokens of the length asked for', () => {
    expect(Buffer.from(randomToken(), 'base64url')).toHaveLength(32)
    expect(Buffer.from(randomToken(16), 'base64url')).toHaveLength(16)
    expect(randomToken()).not.toBe(randomToken())
  })

  it('give the known digests', () => {
    expect(sha256('abc')).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0')
    expect(hmac(Buffer.from('Jefe'), 'what do ya want for nothing?')).toBe('W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM')
  })

  it('compare texts as === does', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => {
      expect(equalStrings(a, b)).toBe(a === b)
      expect(equalStrings(a, a)).toBe(true)
    }))
  })
})
