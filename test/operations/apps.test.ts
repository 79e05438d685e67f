/** Apps at the operators' console: registered with every line looked at, their secret shown once, and a sign-in tried out. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { forge } from '../helpers/people.ts'
import type { Visit } from '../helpers/person.ts'
import { startTegata, type Tegata } from '../helpers/tegata.ts'
import { castOf, openAdmin, type Cast } from './house.ts'

let tegata: Tegata
let cast: Cast
beforeAll(async () => {
  tegata = await startTegata()
  cast = await castOf(tegata)
})
afterAll(() => tegata.close())

const at = (path: string) => openAdmin(tegata, cast.owner, `/admin${path}`)
/** Sends the form of a page with these fields, text areas included. */
const send = async (path: string, fields: Readonly<Record<string, string>>) => forge(cast.owner.person, await at(path), { action: `/admin${path}`, fields: { action: 'save', ...fields } })
const textOf = (page: Visit, id: string) => page.html.getElementById(id)?.text
const client = (id: string) => tegata.databases.engine.selectFrom('client').selectAll().where('id', '=', id).executeTakeFirst()

describe('apps', () => {
  test('are registered by type; the secret is shown once', async () => {
    const made = await send('/apps/new/web', { name: 'Reception', client_id: 'reception', redirect_uris: 'https://reception.example/callback\nhttp://localhost:3000/callback' })
    expect([made.status, textOf(made, 'new_client_id')]).toEqual([200, 'reception'])
    const secret = textOf(made, 'new_secret') ?? ''
    expect(secret).toMatch(/^[\w-]{43}$/)
    expect((await at('/apps/reception')).text).not.toContain(secret)
    expect((await at('/apps?search=recep')).html.querySelectorAll('tbody tr')).toHaveLength(1)
    expect((await client('reception'))?.metadata).toMatchObject({ redirect_uris: ['https://reception.example/callback', 'http://localhost:3000/callback'] })
    expect(textOf(await send('/apps/new/spa', { name: 'Browser', client_id: 'browser', redirect_uris: 'https://browser.example/' }), 'new_secret')).toBeUndefined()
    expect(textOf(await send('/apps/new/machine', { name: 'Night run', tenant: 'sakura' }), 'new_secret')).toMatch(/^[\w-]{43}$/)
    expect((await send('/apps/new/machine', { name: 'Night run', tenant: 'nowhere' })).status).toBe(400)
  })

  test('have every line of their addresses judged, and keep what was typed', async () => {
    const page = await send('/apps/new/web', { name: 'Wrong', redirect_uris: 'https://good.example/cb\nhttp://evil.example/cb\nhttps://bad.example/*' })
    expect(page.status).toBe(400)
    expect(textOf(page, 'redirect_uris_error')).toMatch(/2行目 http:\/\/evil\.example.*\n?.*3行目 https:\/\/bad\.example/s)
    expect(textOf(page, 'redirect_uris')).toContain('https://good.example/cb')
    expect((await send('/apps/new/web', { name: 'Karte', client_id: 'karte', redirect_uris: 'https://x.example/' })).text).toContain('すでに使われています')
  })

  test('are suspended and resumed', async () => {
    const { person } = cast.owner
    const suspended = await person.submit(await at('/apps/koe'), {}, 'suspend')
    expect([(await client('koe'))?.status, suspended.html.getElementById('resume') !== null]).toEqual(['suspended', true])
    await person.submit(suspended, {}, 'resume')
    expect((await client('koe'))?.status).toBe('active')
  })

  test('are changed; what was emptied is taken away', async () => {
    await send('/apps/new/web', { name: 'Ward', client_id: 'ward', redirect_uris: 'https://ward.example/cb', client_uri: 'https://ward.example/' })
    const edit = { name: 'Ward 2', redirect_uris: 'https://ward.example/cb\nhttps://ward.example/cb2', first_party: 'on', acr: 'aal2' }
    const saved = await send('/apps/ward/edit', edit)
    expect([saved.status, saved.url.pathname]).toEqual([200, '/admin/apps/ward'])
    const stored = await client('ward')
    expect(stored).toMatchObject({ name: 'Ward 2', first_party: true, metadata: { redirect_uris: ['https://ward.example/cb', 'https://ward.example/cb2'], default_acr_values: ['aal2'] } })
    expect(stored?.metadata).not.toHaveProperty('client_uri')
    expect((await send('/apps/ward/edit', { ...edit, redirect_uris: 'http://ward.example/' })).status).toBe(400)
  })

  test('get a new secret while the one before works on', async () => {
    const before = (await client('ward'))?.secret_hash
    const rotated = await cast.owner.person.submit(await at('/apps/ward'), { overlap_hours: '2' }, 'rotate')
    expect(textOf(rotated, 'new_secret')).toMatch(/^[\w-]{43}$/)
    expect(await client('ward')).toMatchObject({ former_secret_hash: before, former_secret_until: expect.any(Date) })
    expect((await cast.owner.person.submit(await at('/apps/ward'), { overlap_hours: '9999' }, 'rotate')).status).toBe(400)
  })

  test('are open to every tenant or to listed ones', async () => {
    const { person } = cast.owner
    const listed = await person.submit(await at('/apps/ward'), { open_to: 'listed_tenants' }, 'save_access')
    expect((await client('ward'))?.open_to).toBe('listed_tenants')
    const offered = await person.submit(listed, { offer_to: 'sakura' }, 'offer')
    const link = offered.html.querySelectorAll('button').find((button) => button.id.startsWith('withdraw-'))
    expect(link).toBeDefined()
    expect((await person.submit(offered, { offer_to: 'nowhere' }, 'offer')).status).toBe(400)
    expect((await person.submit(offered, {}, link?.id ?? '')).html.querySelectorAll('button').some((button) => button.id.startsWith('withdraw-'))).toBe(false)
  })

  test('are told claims of their own, which a chosen member shows before they are saved', async () => {
    const rows = { claim_0: 'staffId', from_0: 'employee_number', claim_1: 'systemAccess', value_1: '["karte"]', claim_2: 'position', from_2: 'role', value_2: 'STAFF=nurse, Admin=boss' }
    const shown = await send('/apps/ward/claims', { action: 'preview', ...rows, member: 'ken@example.com' })
    expect(json(shown, 'preview_claims')).toMatchObject({ staffId: 'S-0388', systemAccess: ['karte'], position: 'nurse', role: 'STAFF' })
    expect((await client('ward'))?.claim_mapping).toEqual([])
    expect((await send('/apps/ward/claims', { action: 'preview', ...rows, member: 'nobody@example.com' })).status).toBe(400)
    expect((await send('/apps/ward/claims', { action: 'save', claim_0: 'sub', from_0: 'email' })).status).toBe(400)
    expect((await send('/apps/ward/claims', { action: 'save', ...rows })).status).toBe(200)
    expect((await client('ward'))?.claim_mapping).toHaveLength(3)
  })

  test('are deleted by typing their id', async () => {
    const { person } = cast.owner
    expect((await person.submit(await at('/apps/ward'), { confirm_delete: 'no' }, 'delete')).status).toBe(400)
    expect((await person.submit(await at('/apps/ward'), { confirm_delete: 'ward' }, 'delete')).url.pathname).toBe('/admin/apps')
    expect(await client('ward')).toBeUndefined()
  })

  test('of the platform itself are not there', async () => {
    for (const id of ['nobody', 'tegata-account']) expect((await at(`/apps/${id}`)).status, id).toBe(404)
    expect((await openAdmin(tegata, cast.charlie, '/admin/apps/karte')).status).toBe(404)
  })
})

const json = (page: Visit, id: string) => z.record(z.string(), z.unknown()).parse(JSON.parse(textOf(page, id) ?? '{}'))

describe('a test sign-in', () => {
  test('shows what the app would get, without touching the app', async () => {
    const before = await client('karte')
    const form = await at('/apps/karte/test')
    const signIn = await cast.owner.person.submit(form, { again: 'on' }, 'start_test')
    const shown = await asKen(signIn)
    expect([shown.status, shown.url.pathname]).toEqual([200, '/admin/apps/karte/test/callback'])
    expect(json(shown, 'test_id_token')).toMatchObject({ iss: tegata.issuer, role: 'STAFF', tenant_name: '医療法人さくら会' })
    expect(json(shown, 'test_access_token_opaque')).toMatchObject({ active: true })
    expect(json(shown, 'test_userinfo')).toMatchObject({ email: 'ken@example.com' })
    expect(await client('karte')).toEqual(before)
    // The page can be looked at once: its code is spent.
    expect((await cast.owner.person.open(shown.url)).html.getElementById('test_error')?.text).toBe('invalid_grant')
    cast = await castOf(tegata)
  })

  test('gets the token of an api as the app would', async () => {
    const signIn = await cast.owner.person.submit(await at('/apps/karte/test'), { again: 'on', tenant: 'sakura', resource: 'https://karte.example.com/api' }, 'start_test')
    const shown = await asKen(signIn)
    expect(json(shown, 'test_access_token_jwt')).toMatchObject({ aud: 'https://karte.example.com/api', role: 'STAFF' })
    expect(textOf(shown, 'test_userinfo')).toBeUndefined()
    cast = await castOf(tegata)
  })

  test('shows nothing to whoever comes with a state of their own, or with that of another app', async () => {
    const callback = `${tegata.issuer}/admin/apps/karte/test/callback`
    expect((await cast.alice.person.open(callback)).status).toBe(404)
    expect((await cast.alice.person.open(`${callback}?code=x&state=made-up`)).status).toBe(400)
  })

  test('is begun by an owner only', async () => {
    const own = await cast.auditor.person.open(`${tegata.issuer}/account/profile`)
    expect((await forge(cast.auditor.person, own, { action: '/admin/apps/karte/test', fields: { action: 'start_test' } })).status).toBe(403)
  })
})

/** Somebody of a tenant signs in, in the operator's browser, whose own session ends with that. */
async function asKen(page: Visit): Promise<Visit> {
  const { person } = cast.owner
  const form = page.html.getElementById('switch_account') === null ? page : await person.submit(page, {}, 'switch_account')
  const next = await person.submit(form, { identifier: 'ken@example.com', password: 'tegata-demo-2026' }, 'sign_in')
  return next.url.pathname.startsWith('/oauth2/authorize/') ? person.submitOnlyForm(next) : next
}
