/**
 * The JSON doors of the platform and of a tenant's own settings, over HTTP with real tokens: made once however often it is asked, changed
 * only as it was seen, and an operator in somebody else's tenant only during a visit. Alice administers a tenant; Charlie belongs elsewhere.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeOf } from '../helpers/sign-in.ts'
import type { Person } from '../helpers/person.ts'
import { textIn, type RelyingParty } from '../helpers/relying-party.ts'
import { throughSignIn } from '../helpers/people.ts'
import { startTegata, type Tegata } from '../helpers/tegata.ts'
import { castOf, type AtDesk, type Cast } from './house.ts'

let tegata: Tegata
let cast: Cast
let app: RelyingParty
let api: string
let machine: string
let tokens: Readonly<Record<'owner' | 'auditor' | 'alice' | 'charlie', string>>

beforeAll(async () => {
  tegata = await startTegata()
  api = `${tegata.issuer}/api/v1`
  cast = await castOf(tegata)
  const scopes = ['platform:read', 'platform:write', 'members:read', 'members:write', 'tenant:read', 'tenant:write', 'audit:read']
  app = await tegata.app({ name: 'Console', apiScopes: { [api]: scopes } })
  const provisioner = await tegata.app({ name: 'Provisioner', type: 'machine', redirectUris: [], firstParty: false, apiScopes: { [api]: scopes } })
  machine = textIn(await provisioner.token({ grant_type: 'client_credentials', resource: api, scope: 'platform:read platform:write' }), 'access_token')
  tokens = { owner: await tokenOf(cast.owner), auditor: await tokenOf(cast.auditor), alice: await tokenOf(cast.alice), charlie: await tokenOf(cast.charlie) }
})
afterAll(() => tegata.close())

async function tokenOf(who: AtDesk): Promise<string> {
  const start = app.start('openid platform:read platform:write members:read members:write tenant:read tenant:write audit:read', { resource: api })
  const person: Person = who.person
  const visit = await throughSignIn(person, await person.open(start.url), { email: who.email })
  return textIn(await app.redeem(start, codeOf(visit)), 'access_token')
}

interface Answer { readonly status: number; readonly body: Record<string, unknown>; readonly etag: string; readonly replayed: boolean }
type Headers = Readonly<Record<string, string>>

async function call(token: string, line: string, { body, ...headers }: { readonly body?: unknown } & { readonly [name: string]: unknown } = {}): Promise<Answer> {
  const [method = '', path = ''] = line.split(' ')
  const named: Headers = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
  const answer = await fetch(`${api}${path}`, {
    method, headers: { authorization: `Bearer ${token}`, ...named, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  const read: unknown = text === '' ? {} : JSON.parse(text)
  return { status: answer.status, etag: answer.headers.get('etag') ?? '', replayed: answer.headers.has('idempotency-replayed'), body: typeof read === 'object' && read !== null ? { ...read } : {} }
}

const statusesOf = (answers: readonly Answer[]) => answers.map(({ status }) => status).sort()
const stale = { status: 412, body: { reason: 'precondition_failed' } }
const eventsIn = (tenantId: string) => tegata.databases.engine.selectFrom('event').select(['type', 'outcome', 'reason', 'actor', 'subject', 'break_glass_id']).where('tenant_id', '=', tenantId).orderBy('occurred_at').orderBy('id').execute()

describe('what is asked for with a key', () => {
  test('makes one tenant, also when two ask at once, and never another one', async () => {
    const ask = (name: string) => call(machine, 'POST /tenants', { body: { name, subdomain: 'tsubaki' }, 'idempotency-key': 'tenant-1' })
    const both = await Promise.all([ask('つばき会'), ask('つばき会')])
    expect(both.every(({ status }) => status === 201 || status === 409)).toBe(true)
    expect(both.filter(({ status, replayed }) => status === 201 && !replayed)).toHaveLength(1)
    const again = await ask('つばき会')
    expect([again.status, again.replayed, again.body]).toEqual([201, true, both.find(({ status }) => status === 201)?.body])
    expect(await ask('さざんか会')).toMatchObject({ status: 422, body: { reason: 'idempotency_key_reused' } })
    expect(await tegata.databases.engine.selectFrom('tenant').select('name').where('subdomain', 'like', 'tsubaki%').execute()).toEqual([{ name: 'つばき会' }])
  })

  test('gives one secret', async () => {
    const made = await call(machine, 'POST /clients', { body: { name: 'Kanri', redirect_uris: ['https://kanri.example/callback'] } })
    const ask = () => call(machine, `POST /clients/${textIn(made, 'client_id')}/secret`, { body: {}, 'idempotency-key': 'secret-1' })
    const [first, again] = [await ask(), await ask()]
    expect([first.status, again.replayed, textIn(again, 'client_secret')]).toEqual([200, true, textIn(first, 'client_secret')])
  })
})

describe('what was seen otherwise is not changed', () => {
  test('a tenant in the hands of the platform: of two at once one wins, and nothing is done by halves', async () => {
    const { body: made } = await call(machine, 'POST /tenants', { body: { name: 'すみれ会', subdomain: 'sumire' } })
    const at = `/tenants/${textIn({ body: made }, 'tenant_id')}`
    const { etag } = await call(machine, `GET ${at}`)
    const both = await Promise.all(['すみれ', 'スミレ'].map((name) => call(machine, `PATCH ${at}`, { body: { name, plan: name }, 'if-match': etag })))
    expect(statusesOf(both)).toEqual([200, 412])
    const now = await call(machine, `GET ${at}`)
    expect(now.body['plan']).toBe(now.body['name'])
    for (const line of [`POST ${at}/suspend`, `POST ${at}/resume`, `POST ${at}/undo-closing`]) expect(await call(machine, line, { 'if-match': etag }), line).toMatchObject(stale)
    expect(await call(machine, `POST ${at}/close`, { body: {}, 'if-match': etag })).toMatchObject(stale)
    expect(await call(machine, `PATCH ${at}`, { body: { name: ' ', plan: 'other' } })).toMatchObject({ status: 400 })
    expect(await call(machine, `POST ${at}/suspend`, { 'if-match': now.etag })).toMatchObject({ status: 200, body: { status: 'suspended', plan: now.body['plan'] } })
    expect((await eventsIn(textIn(now, 'tenant_id'))).filter(({ reason }) => reason === 'precondition_failed').map(({ type }) => type)).toEqual(
      ['tenant.plan_changed', 'tenant.suspended', 'tenant.resumed', 'tenant.closing_undone', 'tenant.closing_started'],
    )
  })

  test('an api and an app', async () => {
    const identifier = 'https://kanri.example/api'
    expect((await call(machine, 'POST /apis', { body: { identifier, name: 'Kanri', scopes: ['read'] } })).status).toBe(201)
    const at = `/apis/${encodeURIComponent(identifier)}`
    const { etag, body } = await call(machine, `GET ${at}`)
    expect(body).toMatchObject({ identifier, name: 'Kanri' })
    expect(statusesOf(await Promise.all(['A', 'B'].map((name) => call(machine, `PATCH ${at}`, { body: { name }, 'if-match': etag }))))).toEqual([200, 412])
    const made = await call(machine, 'POST /clients', { body: { name: 'Shift', redirect_uris: ['https://shift.example/callback'] } })
    const client = `/clients/${textIn(made, 'client_id')}`
    const seen = await call(machine, `GET ${client}`)
    expect((await call(machine, `PATCH ${client}`, { body: { name: 'Shifts' } })).status).toBe(200)
    expect(await call(machine, `POST ${client}/suspend`, { 'if-match': seen.etag })).toMatchObject(stale)
    const { etag: fresh } = await call(machine, `GET ${client}`)
    expect(statusesOf(await Promise.all([1, 2].map(() => call(machine, `POST ${client}/suspend`, { 'if-match': fresh }))))).toEqual([200, 412])
  })

  test('the subdomain and the logo of a tenant, by its own administrator', async () => {
    const as = { 'x-tenant-id': cast.alice.tenantId }
    const picture = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
    const { etag } = await call(tokens.alice, 'GET /tenant', as)
    expect(statusesOf(await Promise.all(['ume-1', 'ume-2'].map((subdomain) => call(tokens.alice, 'PUT /tenant/subdomain', { ...as, body: { subdomain }, 'if-match': etag }))))).toEqual([200, 412])
    expect(await call(tokens.alice, 'PUT /tenant/logo', { ...as, body: { picture }, 'if-match': etag })).toMatchObject(stale)
    const seen = await call(tokens.alice, 'GET /tenant', as)
    expect(await call(tokens.alice, 'PUT /tenant/logo', { ...as, body: { picture }, 'if-match': seen.etag })).toMatchObject({ status: 200 })
    expect(await call(tokens.alice, 'DELETE /tenant/logo', { ...as, 'if-match': seen.etag })).toMatchObject(stale)
    expect((await call(tokens.alice, 'DELETE /tenant/logo', { ...as, 'if-match': (await call(tokens.alice, 'GET /tenant', as)).etag })).status).toBe(204)
    expect(await call(tokens.charlie, 'PUT /tenant/subdomain', { ...as, body: { subdomain: 'mine' } })).toMatchObject({ status: 404 })
  })
})

describe('an operator in somebody else’s tenant', () => {
  const visit = { body: { reason: '招待が届かないとの問い合わせを調べるため', minutes: 10 } }

  test('acts during a visit only, and everything they do there says by which', async () => {
    const { tenantId, membershipId } = cast.alice
    const as = { 'x-tenant-id': tenantId }
    const rename = (name: string) => call(tokens.owner, 'PATCH /tenant', { ...as, body: { name } })
    expect(await rename('without a visit')).toMatchObject({ status: 404, body: { reason: 'not_found' } })
    const refused = await tegata.databases.engine.selectFrom('event').select(['type', 'reason', 'break_glass_id']).where('actor', '=', cast.owner.accountId).where('type', '=', 'access.refused').execute()
    expect(refused).toMatchObject([{ reason: 'not_found', break_glass_id: null }])

    const started = await call(tokens.owner, `POST /tenants/${tenantId}/break-glass`, visit)
    expect(started.status).toBe(201)
    const id = textIn(started, 'break_glass_id')
    expect(await rename('うめ会')).toMatchObject({ status: 200, body: { name: 'うめ会' } })
    expect(await call(tokens.owner, `POST /members/${membershipId}/suspend`, as)).toMatchObject({ status: 409, body: { reason: 'last_admin' } })
    expect(await call(tokens.owner, 'GET /members/01900000-0000-7000-8000-000000000000', as)).toMatchObject({ status: 404 })
    expect((await call(tokens.owner, 'GET /tenant', { 'x-tenant-id': cast.charlie.tenantId })).status, 'a visit is to one tenant').toBe(404)
    const done = (await eventsIn(tenantId)).filter(({ actor, type }) => actor === cast.owner.accountId && !type.startsWith('break_glass.'))
    expect(done.map(({ type, outcome, break_glass_id: by }) => [type, outcome, by])).toEqual([
      ['tenant.settings_changed', 'success', id], ['membership.suspended', 'refused', id], ['access.refused', 'refused', id],
    ])
    const log = await call(tokens.alice, 'GET /events?type=tenant.settings_changed', as)
    expect(log.body).toMatchObject({ events: [{ actor: { id: cast.owner.accountId, membership_id: null }, break_glass_id: id }] })

    expect((await call(tokens.owner, `DELETE /break-glass/${id}`)).status).toBe(204)
    expect(await rename('after it')).toMatchObject({ status: 404 })
    expect(await call(tokens.alice, 'GET /tenant', as)).toMatchObject({ body: { name: 'うめ会' } })
  })

  test('is nobody without that role: an auditor, Alice, Charlie and a machine start no visit and get nowhere', async () => {
    for (const [token, status] of [[tokens.auditor, 403], [tokens.alice, 403], [tokens.charlie, 403], [machine, 403]] as const) {
      expect((await call(token, `POST /tenants/${cast.alice.tenantId}/break-glass`, visit)).status).toBe(status)
    }
    for (const token of [tokens.auditor, tokens.charlie, machine]) expect((await call(token, 'GET /tenant', { 'x-tenant-id': cast.alice.tenantId })).status).toBe(404)
  })
})
