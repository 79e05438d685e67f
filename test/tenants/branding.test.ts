/** Logos are drawn anew and served safely, whatever was uploaded; sign-in pages wear them; Charlie's tenant has nothing of Sakura's. */
import { deflateSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import sharp from 'sharp'
import type { Caller } from '../../src/http/endpoint.ts'
import { allPermissions } from '../../src/members/permission.ts'
import { tenantEndpoints } from '../../src/members/tenant-api.ts'
import { findBrand } from '../../src/tenants/brand.ts'
import { brandPages } from '../../src/tenants/brand-pages.ts'
import { changeSubdomain } from '../../src/tenants/change-subdomain.ts'
import { drawLogo } from '../../src/tenants/draw-logo.ts'
import { updateSettings } from '../../src/tenants/update-settings.ts'
import { buildHouse, by, eventsAbout, must, type House, type Person } from '../accounts/house.ts'
import { start, type Send } from '../http/harness.ts'

let house: House
beforeAll(async () => { house = await buildHouse() })
afterAll(() => house.close())

const picture = (width: number, height: number) => sharp({ create: { width, height, channels: 4, background: '#ab3127' } })

/** A PNG that says it is this large and holds hardly a byte for each row. */
function bomb(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    return Buffer.concat([uint32(data.length), body, uint32(crc32(body))])
  }
  const head = Buffer.concat([uint32(width), uint32(height), Buffer.from([1, 0, 0, 0, 0])])
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.alloc(1000))), chunk('IEND', Buffer.alloc(0))])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}

async function open(person: Person): Promise<Send> {
  const caller: Caller = { accountId: person.accountId, clientId: 'karte', tenantId: person.tenantId, membershipId: person.membershipId, permissions: allPermissions, scopes: ['tenant:read', 'tenant:write'], authentication: null, platform: null, breakGlassId: null }
  const deps = { databases: house.test.databases }
  const { send } = await start({ doors: [...tenantEndpoints(deps), ...brandPages(deps)], authenticate: () => Promise.resolve(caller) })
  return send
}

const upload = (send: Send, bytes: Buffer) => send('/api/v1/tenant/logo', { method: 'PUT', headers: { authorization: 'Bearer x', 'content-type': 'application/json' }, body: JSON.stringify({ picture: bytes.toString('base64') }) })

describe('a picture', () => {
  it.each([['png', () => picture(2000, 500).png()], ['jpeg', () => picture(2000, 500).withExif({ IFD0: { Artist: 'Hanako' } }).jpeg()], ['webp', () => picture(2000, 500).webp()]] as const)(
    'of kind %s is drawn anew as a PNG that fits, without anything else in it', async (_kind, make) => {
      const drawn = await drawLogo(await make().toBuffer())
      if (!drawn.ok) throw new Error(drawn.reason)
      const { format, width, height, exif, icc, xmp } = await sharp(drawn.png).metadata()
      expect({ format, width, height, exif, icc, xmp }).toEqual({ format: 'png', width: 512, height: 128, exif: undefined, icc: undefined, xmp: undefined })
    })

  it('that is small stays as small, and the same one has the same name', async () => {
    const small = await picture(40, 30).png().toBuffer()
    expect(await drawLogo(small)).toMatchObject({ ok: true, width: 40, height: 30, digest: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(await drawLogo(small)).toEqual(await drawLogo(small))
  })

  it.each([
    ['nothing', Buffer.alloc(0), 'picture_missing'],
    ['more than a MiB', Buffer.alloc(1024 * 1024 + 1), 'picture_too_large'],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'), 'picture_type_unknown'],
    ['a GIF', Buffer.from('GIF89a\x01\x00\x01\x00'), 'picture_type_unknown'],
    ['a page', Buffer.from('<!doctype html><script>alert(1)</script>'), 'picture_type_unknown'],
    ['a signature and rubbish', Buffer.from('89504e470d0a1a0affffffffffff', 'hex'), 'picture_broken'],
    ['a picture that breaks off', bomb(100, 100).subarray(0, 60), 'picture_broken'],
    ['a bomb', bomb(60_000, 60_000), 'picture_too_many_pixels'],
  ])('is none that is %s', async (_what, bytes, reason) => { expect(await drawLogo(bytes)).toEqual({ ok: false, reason }) })
})

describe('the logo of a tenant', () => {
  it('is set, served to anybody for ever and taken away, and the log says so', async () => {
    const send = await open(house.alice)
    const set = await upload(send, await picture(200, 100).png().toBuffer())
    const { logo_url: path } = JSON.parse(set.body)
    expect([set.status, path]).toEqual([200, expect.stringMatching(/^\/logos\/[0-9a-f]{64}\.png$/)])
    const served = await send(path)
    expect([served.status, served.headers]).toMatchObject([200, {
      'content-type': 'image/png', 'cache-control': 'public, max-age=31536000, immutable', 'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'; sandbox" }])
    expect(await findBrand(house.test.databases.engine, 'sakura')).toMatchObject({ name: '医療法人さくら会', logo: { url: path, width: 200, height: 100 } })
    expect(await findBrand(house.test.databases.engine, house.midori)).toEqual({ name: 'みどり整骨院' })
    expect((await (await open(house.charlie))('/api/v1/tenant/logo', { method: 'DELETE', headers: { authorization: 'Bearer x' } })).status).toBe(404)
    expect((await send('/api/v1/tenant/logo', { method: 'DELETE', headers: { authorization: 'Bearer x' } })).status).toBe(204)
    expect((await send(path)).status).toBe(404)
    expect((await eventsAbout(house.test, house.sakura)).slice(1)).toMatchObject([
      { type: 'tenant.logo_changed', outcome: 'success', before: null, after: { width: 200 } }, { type: 'tenant.logo_changed', after: { digest: null } }])
  })

  it('is refused with a reason, and the refusal is on record', async () => {
    const send = await open(house.alice)
    for (const [bytes, status, reason] of [[Buffer.from('<svg/>'), 400, 'picture_type_unknown'], [Buffer.alloc(1_100_000), 413, 'picture_too_large'], [bomb(60_000, 60_000), 400, 'picture_too_many_pixels']] as const) {
      const answer = await upload(send, bytes)
      expect([answer.status, JSON.parse(answer.body)]).toMatchObject([status, { reason }])
      expect((await eventsAbout(house.test, house.sakura)).at(-1)).toMatchObject({ type: 'tenant.logo_changed', outcome: 'refused', reason })
    }
    expect((await upload(send, Buffer.alloc(3_000_000))).status).toBe(413)
  })

  it('is one of two that are set at once, whole', async () => {
    const send = await open(house.charlie)
    const answers = await Promise.all([10, 20].map(async (width) => upload(send, await picture(width, 10).png().toBuffer())))
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect([10, 20]).toContain((await findBrand(house.test.databases.engine, 'midori'))?.logo?.width)
  })
})

describe('the look of a tenant', () => {
  it('is found by id and by every label that it has or had', async () => {
    const { databases } = house.test
    await must(updateSettings({ databases }, { tenantId: house.sakura, settings: { accentColor: '#1f6848' }, ...by }))
    await must(changeSubdomain({ databases }, { tenantId: house.sakura, subdomain: 'sakura-kai', ...by }))
    for (const tenant of ['sakura', 'sakura-kai', house.sakura]) expect(await findBrand(databases.engine, tenant)).toEqual({ name: '医療法人さくら会', stylesheetUrl: '/brand/1f6848.css' })
    expect(await findBrand(databases.engine, 'nobody')).toBeNull()
  })

  it('has its colour as a stylesheet of ours, and no other text gets into one', async () => {
    const send = await open(house.alice)
    expect(await send('/brand/1f6848.css')).toMatchObject({ status: 200, body: expect.stringMatching(/^:root \{ --ai: light-dark\(#1f6848, #[0-9a-f]{6}\); .*\}\n$/), headers: { 'content-type': 'text/css; charset=utf-8' } })
    for (const path of ['/brand/1F6848.css', '/brand/fff.css', '/brand/ffffff.css', '/brand/1f6848;}.css', '/brand/.css', '/logos/x.png', `/logos/${'0'.repeat(64)}.png`, '/logos/..%2f..%2fpackage.png']) {
      expect((await send(path)).status, path).toBe(404)
    }
  })
})
