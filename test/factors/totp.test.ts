import { describe, expect, it } from 'vitest'
import { MasterKey } from '../../src/base/crypto.ts'
import { systemClock } from '../../src/base/clock.ts'
import { resumeTotp, startTotp } from '../../src/factors/enrol-totp.ts'
import { normaliseTotpCode, stepOfCode, totpIssuer, totpUri } from '../../src/factors/totp.ts'
import { testMasterKey } from '../helpers/database.ts'
import { scan } from './totp-app.ts'

// Base32 of the ASCII secret in RFC 6238, Appendix B.
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const at = (seconds: number): Date => new Date(seconds * 1000)

describe('a time-based code', () => {
  it.each([[59, '287082'], [1111111109, '081804'], [1111111111, '050471'], [1234567890, '005924'], [2000000000, '279037'], [20000000000, '353130']])(
    'is the one of RFC 6238, Appendix B, at %i', async (seconds, code) => {
      expect(await stepOfCode({ secret, code, now: at(seconds) })).toBe(Math.floor(seconds / 30))
    })

  it('fits one step early and late, and no further', async () => {
    const step = 41_152_263
    const code = scan(totpUri({ issuer: 'Tegata', account: 'a', secret })).codeAt(at(step * 30))
    for (const second of [-30, -1, 0, 29, 30, 59]) expect(await stepOfCode({ secret, code, now: at(step * 30 + second) })).toBe(step)
    for (const second of [-31, 60, 90]) expect(await stepOfCode({ secret, code, now: at(step * 30 + second) })).toBeNull()
  })

  it.each(['２８７０８２', '287 082', '287　082', ' 287082\n', '２８７-０８２'])('is read from %j as people type it', async (typed) => {
    expect(await stepOfCode({ secret, code: typed, now: at(59) })).toBe(1)
  })

  it.each(['', '28708', '2870822', '94287082', 'abcdef', '28708a', '٢٨٧٠٨٢', '287082\0', '9'.repeat(10_000)])('is not %j, and that is no fault', async (typed) => {
    expect(normaliseTotpCode(typed)).toBeNull()
    expect(await stepOfCode({ secret, code: typed, now: at(59) })).toBeNull()
  })
})

describe('the address of an app', () => {
  it('reads the same in a foreign app', () => {
    expect(scan(totpUri({ issuer: totpIssuer('医療法人さくら会'), account: 'alice+x@example.com', secret }))).toMatchObject({ issuer: '医療法人さくら会 (Tegata)', account: 'alice+x@example.com', secret })
    expect(scan(totpUri({ issuer: totpIssuer(null), account: 'S-0142', secret }))).toMatchObject({ issuer: 'Tegata', account: 'S-0142' })
  })

  it.each(['Sakura: East', 'a:b:c', ':', 'Sakura\u0000\u202e: &?#/%3A', ''])('has no colon inside its parts for a tenant called %j', (tenant) => {
    const app = scan(totpUri({ issuer: totpIssuer(tenant), account: 'a:b@example.com', secret }))
    expect(app.issuer).toMatch(/Tegata/)
    expect(app.account).toBe('a b@example.com')
  })

  it('keeps a long tenant name short enough to scan', () => {
    const issuer = totpIssuer('あ'.repeat(500))
    expect(issuer).toBe(`${'あ'.repeat(31)}… (Tegata)`)
    expect(Array.from(totpIssuer('𠮷'.repeat(33)))).toHaveLength(32 + ' (Tegata)'.length)
  })
})

describe('an offer of a key', () => {
  const deps = { masterKey: testMasterKey, clock: systemClock }
  const input = { accountId: 'alice', account: 'alice@example.com', tenantName: '医療法人さくら会' }

  it('carries a new key each time, and the same one once more after a typing error', async () => {
    const [first, second] = [await startTotp(deps, input), await startTotp(deps, input)]
    expect(first.secret).toMatch(/^[A-Z2-7]{32}$/)
    expect(second.secret).not.toBe(first.secret)
    expect(scan(first.uri).secret).toBe(first.secret)
    expect(await resumeTotp(deps, { accountId: 'alice', enrolment: first.enrolment })).toEqual(first)
    expect(first.enrolment).not.toContain(first.secret)
  })

  it('opens for nobody else, with no other key, and not after ten minutes', async () => {
    const { enrolment } = await startTotp(deps, input)
    const later = { now: () => new Date(Date.now() + 10 * 60_000 + 1) }
    const foreign = MasterKey.fromText(`dev-${'A'.repeat(43)}`)
    expect(await resumeTotp(deps, { accountId: 'charlie', enrolment })).toBeNull()
    expect(await resumeTotp({ ...deps, masterKey: foreign }, { accountId: 'alice', enrolment })).toBeNull()
    expect(await resumeTotp({ ...deps, clock: later }, { accountId: 'alice', enrolment })).toBeNull()
    expect(await resumeTotp(deps, { accountId: 'alice', enrolment: 'v1.x.y' })).toBeNull()
  })

  it('is drawn dark on white with a quiet zone', async () => {
    const { qr } = await startTotp(deps, input)
    const [kind, body = ''] = qr.split(',')
    expect(kind).toBe('data:image/svg+xml;base64')
    const svg = Buffer.from(body, 'base64').toString('utf8')
    const [, size = ''] = /viewBox="0 0 (\d+) \1"/.exec(svg) ?? []
    expect(svg).toContain(`<path fill="#ffffff" d="M0 0h${size}v${size}H0z"/>`)
    expect(svg).toMatch(/<path stroke="#000000" d="M4 4\.5/)
    // A camera of a telephone reads up to about this many modules from a screen.
    expect(Number(size)).toBeLessThan(100)
  })
})
