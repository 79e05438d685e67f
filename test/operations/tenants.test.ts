/** Tenants and operators at the operators' console: made with their first administrator, bounded, closed and brought back, entered in an emergency. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { enrolTotp } from '../helpers/factors.ts'
import { forge, freshAddress, somebody } from '../helpers/people.ts'
import type { Visit } from '../helpers/person.ts'
import { startTegata, type Tegata } from '../helpers/tegata.ts'
import { castOf, newOperator, openAdmin, type Cast } from './house.ts'

let tegata: Tegata
let cast: Cast
beforeAll(async () => {
  tegata = await startTegata()
  cast = await castOf(tegata)
})
afterAll(() => tegata.close())

const at = (path: string) => openAdmin(tegata, cast.owner, `/admin${path}`)
/** Sends the form of a page with these fields, text areas included. */
const send = async (path: string, fields: Readonly<Record<string, string>>) => forge(cast.owner.person, await at(path), { action: `/admin${path}`, fields })
const errorOn = (page: Visit) => page.html.getElementById('error_summary')?.text
const ours = () => `/tenants/${cast.alice.tenantId}`
const tenant = (id: string) => tegata.databases.engine.selectFrom('tenant').selectAll().where('id', '=', id).executeTakeFirst()
const events = (subject: string, type: string) =>
  tegata.databases.engine.selectFrom('event').select(['actor', 'outcome', 'reason', 'before', 'after']).where('subject', '=', subject).where('type', '=', type).orderBy('occurred_at').execute()

describe('tenants', () => {
  test('are made with their plan, their seats and the invitation of their first administrator', async () => {
    const adminEmail = freshAddress()
    const made = await send('/tenants/new', { action: 'create', name: '医療法人つばき会', subdomain: 'tsubaki', kind: 'clinic', plan: '標準', seat_limit: '20', admin_email: adminEmail })
    expect([made.status, made.html.querySelector('h1')?.text]).toEqual([200, '医療法人つばき会'])
    const id = made.url.pathname.split('/').at(-1) ?? ''
    expect(await tenant(id)).toMatchObject({ subdomain: 'tsubaki', plan: '標準', seat_limit: 20, status: 'active' })
    const invited = await tegata.databases.engine.selectFrom('membership').innerJoin('account', 'account.id', 'membership.account_id').innerJoin('role', 'role.id', 'membership.role_id')
      .select(['account.email', 'membership.status', 'role.permissions']).where('membership.tenant_id', '=', id).execute()
    expect(invited).toMatchObject([{ email: adminEmail, status: 'invited', permissions: expect.arrayContaining(['tenant:admin']) }])
    expect((await at('/tenants?search=つばき')).html.querySelectorAll('tbody tr')).toHaveLength(1)
  })

  test.each([
    [{ subdomain: 'sakura' }, '使われている'], [{ subdomain: 'admin' }, 'プラットフォームが使います'], [{ name: ' ' }, '1〜100'], [{ admin_email: 'nobody' }, 'メールアドレス'], [{ seat_limit: '0' }, '1席以上'],
    [{ seat_limit: 'many' }, '整数'],
  ])('are not made by halves: %j', async (wrong, says) => {
    const page = await send('/tenants/new', { action: 'create', name: 'Half', subdomain: 'half', kind: 'company', plan: '', seat_limit: '', admin_email: freshAddress(), ...wrong })
    expect([page.status, errorOn(page)]).toEqual([400, expect.stringContaining(says)])
    expect(await tegata.databases.engine.selectFrom('tenant').select('id').where('subdomain', '=', 'half').execute()).toEqual([])
  })

  test('get another plan and other seats', async () => {
    await send(ours(), { action: 'save_plan', plan: '大規模', seat_limit: '300' })
    expect(await tenant(cast.alice.tenantId)).toMatchObject({ plan: '大規模', seat_limit: 300 })
    expect(errorOn(await send(ours(), { action: 'save_plan', plan: '', seat_limit: '-1' }))).toContain('整数')
  })

  test('are suspended and resumed; nothing of it is there for Alice or Charlie', async () => {
    const { person } = cast.owner
    const suspended = await person.submit(await at(ours()), {}, 'suspend')
    expect((await tenant(cast.alice.tenantId))?.status).toBe('suspended')
    await person.submit(suspended, {}, 'resume')
    expect((await tenant(cast.alice.tenantId))?.status).toBe('active')
    for (const who of [cast.alice, cast.charlie]) expect((await openAdmin(tegata, who, `/admin${ours()}`)).status).toBe(404)
  })

  test('close only by their own name, and come back during the grace', async () => {
    expect(errorOn(await send(ours(), { action: 'close', close_name: 'wrong', grace_days: '30' }))).toContain('同じではありません')
    const name = (await tenant(cast.alice.tenantId))?.name ?? ''
    expect(errorOn(await send(ours(), { action: 'close', close_name: name, grace_days: '0' }))).toContain('1〜90日')
    const closing = await send(ours(), { action: 'close', close_name: name, grace_days: '30' })
    expect(await tenant(cast.alice.tenantId)).toMatchObject({ status: 'closing', closes_at: expect.any(Date) })
    expect((await at('')).text).toContain(name)
    await cast.owner.person.submit(closing, {}, 'reopen')
    expect(await tenant(cast.alice.tenantId)).toMatchObject({ status: 'active', closes_at: null })
  })

  test('that are not there give nothing', async () => {
    for (const id of ['nobody', cast.alice.membershipId]) expect((await at(`/tenants/${id}`)).status).toBe(404)
  })
})

describe('an emergency', () => {
  const console = () => `${tegata.issuer}/t/${cast.alice.subdomain}`

  test('opens a tenant for a reason and a while, and is over at once', async () => {
    const { person } = cast.owner
    expect((await person.open(`${console()}/roles`)).status).toBe(404)
    expect(errorOn(await send(ours(), { action: 'start_break_glass', reason: 'short', minutes: '30' }))).toContain('10〜500')
    expect(errorOn(await send(ours(), { action: 'start_break_glass', reason: '管理者と連絡が取れないため', minutes: '500' }))).toContain('5〜240')
    const inside = await send(ours(), { action: 'start_break_glass', reason: '管理者と連絡が取れないため', minutes: '30' })
    expect([inside.status, inside.url.pathname]).toEqual([200, `/t/${cast.alice.subdomain}`])
    expect(inside.html.querySelector('.board-banner')?.text).toContain('管理者と連絡が取れないため')
    expect((await person.open(`${console()}/roles`)).status).toBe(200)
    expect((await at(ours())).text).toContain('管理者と連絡が取れないため')
    const left = await person.submit(await person.open(`${console()}/roles`), {}, 'end_break_glass')
    expect([left.status, left.url.pathname]).toEqual([200, `/admin${ours()}`])
    expect((await person.open(`${console()}/roles`)).status).toBe(404)
  })

  test('opens nothing for an auditor, nor for whoever is no operator any more', async () => {
    const page = await openAdmin(tegata, cast.auditor, `/admin${ours()}`)
    expect(page.html.getElementById('start_break_glass')).toBeNull()
    const who = await newOperator(tegata, 'owner')
    await enrolTotp(who.person, await openAdmin(tegata, who, '/admin'))
    await forge(who.person, await who.person.open(`${tegata.issuer}/admin${ours()}`), { action: `/admin${ours()}`, fields: { action: 'start_break_glass', reason: '障害を調べるために入ります', minutes: '30' } })
    expect((await who.person.open(`${console()}/roles`)).status).toBe(200)
    await cast.owner.person.submit(await at('/operators'), {}, `remove-${who.accountId}`)
    expect((await who.person.open(`${console()}/roles`)).status).toBe(404)
    expect((await who.person.open(`${tegata.issuer}/admin`)).status).toBe(404)
  })

  test('cannot be ended by a member of the tenant, who has begun none', async () => {
    const page = await cast.alice.person.open(`${console()}/roles`)
    const form = page.html.getElementById('csrf_token') === null ? await cast.alice.person.open(`${tegata.issuer}/account/profile`) : page
    expect((await forge(cast.alice.person, form, { action: `/t/${cast.alice.subdomain}/end-break-glass`, fields: { action: 'end_break_glass' } })).status).toBe(404)
  })
})

describe('operators', () => {
  test('are added, get another role and are removed, and all of it is written down', async () => {
    const who = await somebody(tegata)
    const { person } = cast.owner
    const added = await person.submit(await at('/operators'), { address: who.email, role: 'auditor' }, 'add')
    expect(added.text).toContain(who.email)
    const owner = await person.submit(added, {}, `make_owner-${who.accountId}`)
    await person.submit(owner, {}, `remove-${who.accountId}`)
    expect(await events(who.accountId, 'operator.appointed')).toMatchObject([{ after: { role: 'auditor' } }, { before: { role: 'auditor' }, after: { role: 'owner' } }])
    expect(await events(who.accountId, 'operator.removed')).toMatchObject([{ actor: cast.owner.accountId, outcome: 'success' }])
    expect(errorOn(await person.submit(await at('/operators'), { address: 'nobody@example.com' }, 'add'))).toContain('ありません')
  })

  test('always have an owner among them', async () => {
    const others = await tegata.databases.engine.selectFrom('operator').select('account_id').where('role', '=', 'owner').where('account_id', '<>', cast.owner.accountId).execute()
    for (const other of others) await cast.owner.person.submit(await at('/operators'), {}, `remove-${other.account_id}`)
    const page = await cast.owner.person.submit(await at('/operators'), {}, `make_auditor-${cast.owner.accountId}`)
    expect([page.status, errorOn(page)]).toEqual([400, expect.stringContaining('最後の運営者')])
  })
})

describe('APIs', () => {
  test('are registered with their scopes and tokens', async () => {
    const made = await send('/apis/new', { action: 'save', name: 'Labo', identifier: 'https://labo.example/api', scopes: 'results:read\nresults:write', access_token_ttl_seconds: '120', access_token_format: 'opaque' })
    expect([made.status, made.text.includes('results:read results:write')]).toEqual([200, true])
    const path = `/apis/${Buffer.from('https://labo.example/api').toString('base64url')}`
    expect((await send(path, { action: 'save', name: 'Labo 2', scopes: 'results:read', access_token_ttl_seconds: '60', access_token_format: 'jwt' })).text).toContain('Labo 2')
    expect(await events('https://labo.example/api', 'api.updated')).toMatchObject([{ actor: cast.owner.accountId, before: { access_token_format: 'opaque' }, after: { access_token_format: 'jwt' } }])
    expect((await at(`/apis/${Buffer.from(`${tegata.issuer}/api/v1`).toString('base64url')}`)).status).toBe(404)
    expect(errorOn(await send('/apis/new', { action: 'save', name: 'Labo', identifier: 'https://labo.example/api', scopes: '', access_token_ttl_seconds: '120', access_token_format: 'jwt' }))).toContain('すでに使われています')
    expect(errorOn(await send('/apis/new', { action: 'save', name: 'Labo', identifier: 'labo', scopes: '', access_token_ttl_seconds: '5', access_token_format: 'jwt' }))).toContain('登録できない')
  })
})
