/**
 * X-Tenant-ID: the tenant of a request is the token's, or one that the token allows. Misaki administers Sakura and works at Midori
 * too, Ken is on Sakura's staff, Minoru belongs to Midori alone; the operator is in no tenant.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asSuperuser } from '../helpers/database.ts'
import { textIn, type RelyingParty } from '../helpers/relying-party.ts'
import { tokensFor } from '../helpers/sign-in.ts'
import { startTegata, type Tegata } from '../helpers/tegata.ts'

const scope = 'openid members:read members:write account:read'
let tegata: Tegata
let app: RelyingParty
let tokens: Readonly<Record<'misaki' | 'misakiOfSakura' | 'ken' | 'minoru' | 'operator', string>>
let ids: { readonly sakura: string; readonly midori: string; readonly ken: string; readonly operator: string }

beforeAll(async () => {
  tegata = await startTegata()
  const apiScopes = { [`${tegata.issuer}/api/v1`]: ['members:read', 'members:write', 'account:read'] }
  app = await tegata.app({ name: 'Console', apiScopes })
  tokens = {
    misaki: await tokenOf('misaki'), misakiOfSakura: await tokenOf('misaki', { tenant: 'sakura' }), ken: await tokenOf('ken'), minoru: await tokenOf('minoru'), operator: await tokenOf('operator'),
  }
  const { engine } = tegata.databases
  const tenantOf = async (subdomain: string) => (await engine.selectFrom('tenant').select('id').where('subdomain', '=', subdomain).executeTakeFirstOrThrow()).id
  const accountOf = async (name: string) => (await engine.selectFrom('account').select('id').where('email', '=', `${name}@example.com`).executeTakeFirstOrThrow()).id
  const sakura = await tenantOf('sakura')
  const ken = await engine.selectFrom('membership').select('id').where('tenant_id', '=', sakura).where('account_id', '=', await accountOf('ken')).executeTakeFirstOrThrow()
  ids = { sakura, midori: await tenantOf('midori'), ken: ken.id, operator: await accountOf('operator') }
})
afterAll(() => tegata.close())

async function tokenOf(name: string, { tenant, party = app }: { tenant?: string; party?: RelyingParty } = {}): Promise<string> {
  const parameters = { resource: `${tegata.issuer}/api/v1` }
  const options = tenant === undefined ? { scope, parameters } : { tenant, scope: `${scope} tenant`, parameters }
  return (await tokensFor(party, tegata.person(), { email: `${name}@example.com`, ...options })).accessToken
}

async function call(token: string, tenant: string | null, line = 'GET /api/v1/members') {
  const [method = '', path = ''] = line.split(' ')
  const answer = await fetch(tegata.issuer + path, { method, headers: { authorization: `Bearer ${token}`, ...(tenant === null ? {} : { 'x-tenant-id': tenant }) } })
  const body: unknown = await answer.json()
  return { status: answer.status, challenge: answer.headers.get('www-authenticate'), body }
}

const sql = (text: string, values: readonly unknown[] = []) => asSuperuser(tegata.database.adminUrl, (admin) => admin.query(text, [...values]))
const notFound = { status: 404, body: { reason: 'not_found' } }

describe('a person whose token has no tenant', () => {
  test('acts as the member that they are where they say so, by subdomain or id', async () => {
    expect(await call(tokens.misaki, null)).toMatchObject({ status: 403, body: { reason: 'permission_missing' } })
    for (const named of ['sakura', ids.sakura]) {
      expect(await call(tokens.misaki, named), named).toMatchObject({ status: 200 })
      expect(await call(tokens.misaki, named, 'GET /api/v1/me'), named).toMatchObject({ body: { tenant_id: ids.sakura, permissions: expect.arrayContaining(['tenant:admin']) } })
    }
    expect(await call(tokens.ken, 'sakura')).toMatchObject({ status: 403, body: { reason: 'permission_missing' } })
  })

  test('finds no tenant where they are not a member, and that is written down', async () => {
    for (const named of ['sakura', ids.sakura, 'nowhere', '', "x' or '1", `${ids.midori}, ${ids.sakura}`]) expect(await call(tokens.minoru, named), named).toMatchObject(notFound)
    const events = await tegata.databases.engine.selectFrom('event').select(['actor', 'reason']).where('type', '=', 'access.refused').where('subject', '=', 'GET /api/v1/members').where('reason', '=', 'not_found').execute()
    expect(events).toHaveLength(6)
    expect(new Set(events.map(({ actor }) => actor)).size).toBe(1)
  })

  test('is out at once when the membership is suspended', async () => {
    expect(await call(tokens.ken, 'sakura', 'GET /api/v1/me')).toMatchObject({ status: 200, body: { membership_id: ids.ken } })
    expect((await call(tokens.misaki, 'sakura', `POST /api/v1/members/${ids.ken}/suspend`)).status).toBe(200)
    expect(await call(tokens.ken, 'sakura', 'GET /api/v1/me')).toMatchObject(notFound)
    expect((await call(tokens.misaki, 'sakura', `POST /api/v1/members/${ids.ken}/resume`)).status).toBe(200)
  })

  test('keeps to themselves at their own doors', async () => {
    expect(await call(tokens.minoru, 'sakura', 'GET /api/v1/me/profile')).toMatchObject({ status: 200 })
  })

  test('hears what sign-in the tenant asks for', async () => {
    await sql(`update tenant set mfa_rule = 'everyone', mfa_level = 'aal2' where id = $1`, [ids.sakura])
    expect(await call(tokens.misaki, 'sakura')).toMatchObject({ status: 401, challenge: expect.stringContaining('acr_values="aal2"'), body: { reason: 'insufficient_user_authentication' } })
    await sql(`update tenant set mfa_rule = 'off' where id = $1`, [ids.sakura])
  })

  test('does not get there through an app that may not: of another tenant, not asked for, or not used there', async () => {
    const apiScopes = { [`${tegata.issuer}/api/v1`]: ['members:read', 'members:write', 'account:read'] }
    const other = await tegata.app({ name: 'Midori only', apiScopes })
    await sql('update client set tenant_id = $2 where id = $1', [other.options.clientId, ids.midori])
    const foreign = await tokenOf('misaki', { party: other })
    expect(await call(foreign, 'sakura')).toMatchObject(notFound)
    await sql('update client set first_party = false where id = $1', [app.options.clientId])
    const stranger = await tegata.another()
    expect((await fetch(`${stranger}/api/v1/members`, { headers: { authorization: `Bearer ${tokens.misaki}`, 'x-tenant-id': 'sakura' } })).status).toBe(404)
    await sql('update client set first_party = true where id = $1', [app.options.clientId])
    const access = (how: string) => sql('insert into tenant_client (tenant_id, client_id, access) values ($1, $2, $3) on conflict (tenant_id, client_id) do update set access = excluded.access', [ids.sakura, app.options.clientId, how])
    const answers = []
    for (const how of ['nobody', 'assigned', 'everyone']) {
      await access(how)
      answers.push((await call(tokens.misaki, 'sakura')).status)
    }
    await access('assigned')
    await sql(`insert into client_assignment (tenant_id, id, client_id, role_id) select tenant_id, gen_random_uuid(), $2, id from role where tenant_id = $1 and 'tenant:admin' = any (permissions)`, [ids.sakura, app.options.clientId])
    expect([...answers, (await call(tokens.misaki, 'sakura')).status, (await call(tokens.ken, 'sakura', 'GET /api/v1/me')).status]).toEqual([404, 404, 200, 200, 404])
    await access('everyone')
  })
})

describe('a token of a tenant', () => {
  test('never leaves it, not even for another tenant of the same person', async () => {
    expect((await call(tokens.misakiOfSakura, 'sakura')).status).toBe(200)
    expect((await call(tokens.misakiOfSakura, ids.sakura)).status).toBe(200)
    expect(await call(tokens.misakiOfSakura, 'midori')).toMatchObject(notFound)
  })

  test('of a machine does what its registration says today, and nowhere else', async () => {
    const api = `${tegata.issuer}/api/v1`
    const machine = await tegata.app({ name: 'Roster', type: 'machine', redirectUris: [], tenantId: ids.sakura, apiScopes: { [api]: ['members:read', 'members:write'] } })
    const token = textIn(await machine.token({ grant_type: 'client_credentials', scope: 'members:read members:write', resource: api }), 'access_token')
    expect(await call(token, null)).toMatchObject({ status: 403, body: { reason: 'permission_missing' } })
    await sql(`update client set permissions = '{member:read}' where id = $1`, [machine.options.clientId])
    expect([(await call(token, null)).status, (await call(token, 'sakura')).status, (await call(token, 'midori')).status]).toEqual([200, 200, 404])
    expect(await call(token, null, `POST /api/v1/members/${ids.ken}/suspend`)).toMatchObject({ status: 403, body: { reason: 'permission_missing' } })
  })
})

describe('an operator', () => {
  const strong = (acr: string) => sql(`update oidc_artifact set payload = jsonb_set(payload, '{extra,acr}', to_jsonb($2::text)) where model = 'AccessToken' and grant_id in (select id from oidc_grant where account_id = $1)`, [ids.operator, acr])
  const enter = (until: string) => sql(`insert into break_glass (tenant_id, id, account_id, reason, started_at, expires_at) values ($1, gen_random_uuid(), $2, 'A nurse cannot sign in.', now() - interval '1 hour', now() + $3::interval)`, [ids.sakura, ids.operator, until])

  test('is inside a tenant only while a break-glass of theirs runs there, with a second factor', async () => {
    await strong('aal2')
    expect(await call(tokens.operator, 'sakura')).toMatchObject(notFound)
    await enter('-1 minute')
    expect(await call(tokens.operator, 'sakura')).toMatchObject(notFound)
    await enter('10 minutes')
    expect((await call(tokens.operator, 'sakura')).status).toBe(200)
    expect(await call(tokens.operator, 'midori')).toMatchObject(notFound)
    await strong('aal1')
    expect(await call(tokens.operator, 'sakura')).toMatchObject({ status: 401, challenge: expect.stringContaining('acr_values="aal2"') })
    await strong('phr')
    const act = (verb: string) => call(tokens.operator, 'sakura', `POST /api/v1/members/${ids.ken}/${verb}`)
    expect([(await act('suspend')).status, (await act('resume')).status]).toEqual([200, 200])
    const event = await tegata.databases.engine.selectFrom('event').select(['actor', 'tenant_id']).where('type', '=', 'membership.suspended').where('subject', '=', ids.ken).orderBy('id', 'desc').executeTakeFirstOrThrow()
    expect(event).toEqual({ actor: ids.operator, tenant_id: ids.sakura })
    await sql(`update operator set role = 'auditor' where account_id = $1`, [ids.operator])
    expect([(await call(tokens.operator, 'sakura')).status, await act('suspend')]).toMatchObject([200, { status: 403, body: { reason: 'permission_missing' } }])
    await sql('update break_glass set ended_at = now()')
    expect(await call(tokens.operator, 'sakura')).toMatchObject(notFound)
  })
})
