/** Suspended means no, everywhere and at once; and what a stolen dump of the database is worth. */
import pg from 'pg'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Person } from '../helpers/person.ts'
import type { RelyingParty } from '../helpers/relying-party.ts'
import { tokensFor, type Tokens } from '../helpers/sign-in.ts'
import { startTegata, type Tegata } from '../helpers/tegata.ts'

let tegata: Tegata
let clinic: RelyingParty
let person: Person
let tokens: Tokens

beforeEach(async () => {
  tegata = await startTegata()
  clinic = await tegata.app({ name: 'Clinic' })
  person = tegata.person()
  tokens = await tokensFor(clinic, person, { email: 'ken@example.com' })
})
afterEach(() => tegata.close())

const silent = () => clinic.start('openid tenant', { prompt: 'none' }).url

async function expectRefusedEverywhere(sso: string): Promise<void> {
  expect((await clinic.userinfo(tokens.accessToken)).status).toBe(401)
  expect((await clinic.introspect(tokens.accessToken)).body).toEqual({ active: false })
  expect((await clinic.introspect(tokens.refreshToken)).body).toEqual({ active: false })
  expect((await clinic.refresh(tokens.refreshToken)).body['error']).toBe('invalid_grant')
  expect((await person.open(silent())).url.searchParams.get('error')).toBe(sso)
}

describe('no token from that moment on', () => {
  test.each([
    ['a suspended membership', sql`update membership set status = 'suspended'`, 'access_denied'],
    ['an ended membership', sql`update membership set status = 'ended'`, 'access_denied'],
    ['a membership whose time is over', sql`update membership set valid_until = now() - interval '1 second'`, 'access_denied'],
    ['a membership whose time has not come', sql`update membership set valid_from = now() + interval '1 hour'`, 'access_denied'],
    ['a suspended tenant', sql`update tenant set status = 'suspended'`, 'access_denied'],
    ['a locked account', sql`update account set status = 'locked'`, 'login_required'],
    ['a disabled account', sql`update account set status = 'disabled'`, 'login_required'],
  ])('%s', async (_what, change, sso) => {
    const admin = new pg.Client({ connectionString: tegata.database.adminUrl })
    await admin.connect()
    await admin.query(change.compile(tegata.databases.engine).sql)
    await admin.end()
    await expectRefusedEverywhere(sso)
  })

  test('a suspended app, however fresh the cache', async () => {
    await sql`update client set status = 'suspended' where id = ${clinic.options.clientId}`.execute(tegata.databases.engine)
    expect((await clinic.refresh(tokens.refreshToken)).status).toBeGreaterThanOrEqual(400)
    await tegata.server.mount.refresh()
    expect((await clinic.refresh(tokens.refreshToken)).body['error']).toBe('invalid_client')
    const page = await person.open(clinic.start('openid tenant').url)
    expect([page.status, page.url.origin]).toEqual([400, tegata.issuer])
  })

  test('a suspended app stands in nobody\'s way out', async () => {
    const question = await person.open(`${tegata.issuer}/oauth2/logout?client_id=${clinic.options.clientId}`)
    await sql`update client set status = 'suspended' where id = ${clinic.options.clientId}`.execute(tegata.databases.engine)
    expect((await person.submit(question, {}, 'sign_out_everywhere')).status).toBe(200)
    expect(await tegata.databases.engine.selectFrom('session').select('uid').where('account_id', 'is not', null).execute()).toEqual([])
  })

  test('an open picker does not take a membership that was suspended meanwhile', async () => {
    const hanako = tegata.person()
    const form = await hanako.open(clinic.start('openid tenant').url)
    const picker = await hanako.submit(form, { identifier: 'hanako@example.com', password: 'tegata-demo-2026' }, 'sign_in')
    const admin = new pg.Client({ connectionString: tegata.database.adminUrl })
    await admin.connect()
    await admin.query(`update membership set status = 'suspended' where tenant_id = (select id from tenant where subdomain = 'midori')`)
    await admin.end()
    const refused = await hanako.submit(picker, {}, 'tenant-midori')
    expect(refused.status).toBe(400)
    expect(refused.url.origin).toBe(tegata.issuer)
  })
})

describe('a stolen dump', () => {
  test('holds no value that opens anything', async () => {
    const open = await tegata.person().open(clinic.start('openid').url)
    const interaction = open.url.pathname.split('/').at(-1) ?? ''
    const cookies = (await person.jar.getCookies(tegata.issuer)).map((cookie) => cookie.value)
    const secrets = [tokens.accessToken, tokens.refreshToken, clinic.options.clientSecret ?? '', interaction, ...cookies, 'tegata-demo-2026'].filter((value) => value.length > 6)
    const admin = new pg.Client({ connectionString: tegata.database.adminUrl })
    await admin.connect()
    const tables = await admin.query<{ name: string }>(`select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables where schemaname in ('public', 'job')`)
    for (const { name } of tables.rows) {
      const rows = await admin.query<{ text: string }>(`select t::text as text from ${name} t`)
      for (const { text } of rows.rows) for (const secret of secrets) expect(text.includes(secret), `${name} holds a live value`).toBe(false)
    }
    const keys = await admin.query<{ sealed_jwk: string }>('select sealed_jwk from signing_key')
    for (const key of keys.rows) expect(key.sealed_jwk).toMatch(/^v1\./)
    await admin.end()
  })

  test('opens no session with a hash in place of its value', async () => {
    const rows = await tegata.databases.engine.selectFrom('oidc_artifact').select('id').execute()
    for (const { id } of rows.slice(0, 20)) expect((await clinic.userinfo(id)).status).toBe(401)
  })
})
