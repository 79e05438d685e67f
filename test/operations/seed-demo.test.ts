/** The demo is there once, all of it, and its people can do what the page says. */
import { existsSync } from 'node:fs'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkPassword } from '../../src/accounts/check-password.ts'
import { createHashPool, type HashPool } from '../../src/accounts/hash-pool.ts'
import { sha256 } from '../../src/base/crypto.ts'
import { readConfig } from '../../src/base/config.ts'
import { createLogger } from '../../src/base/log.ts'
import { loadMasterKey } from '../../src/base/master-key.ts'
import { demoApi, demoApps, demoPassword, demoPeople } from '../../src/operations/demo.ts'
import { ensureOwnApi, seedDemo } from '../../src/operations/seed-demo.ts'
import { asSuperuser, createDatabase, type TestDatabase } from '../helpers/database.ts'
import { attemptBy, signInDeps } from '../accounts/house.ts'

let test: TestDatabase
let hashes: HashPool
const dataDir = mkdtempSync(join(tmpdir(), 'tegata-test-demo-'))
const config = readConfig({ TEGATA_DATA_DIR: dataDir })
beforeAll(async () => {
  test = await createDatabase()
  hashes = createHashPool({ workers: 2, queueLimit: 64, log: createLogger({ level: 'silent', debug: false }) })
})
afterAll(async () => {
  await hashes.close()
  await test.close()
  rmSync(dataDir, { recursive: true })
})

const seed = (port: number) => seedDemo({ databases: test.databases, hashes, masterKey: loadMasterKey(config) }, { port })
const count = (table: string) => asSuperuser(test.adminUrl, async (admin) => (await admin.query<{ n: number }>(`select count(*)::int as n from ${table}`)).rows[0]?.n)
const metadataOf = (clientId: string) => test.databases.engine.selectFrom('client').select('metadata').where('id', '=', clientId).executeTakeFirstOrThrow()

describe('the demo', () => {
  it('is seeded once, also by two processes that start together', async () => {
    expect((await Promise.all([seed(3000), seed(3000)])).sort()).toEqual([false, true])
    const events = await count('event')
    expect(await seed(3000)).toBe(false)
    expect([await count('tenant'), await count('account'), await count('membership'), await count('client'), await count('operator'), await count('event')])
      .toEqual([2, 5, 5, 2, 1, events])
  })

  it.each([...demoPeople.map(({ email }) => email), 'S-0142@sakura', 'M-007@midori'])('lets %s sign in', async (identifier) => {
    const deps = { ...signInDeps({ test, hashes }), hashes }
    expect(await checkPassword(deps, attemptBy(identifier, '127.0.0.1', { password: demoPassword }))).toMatchObject({ ok: true })
  })

  it('gives Hanako her two tenants with their roles and units', async () => {
    const rows = await test.databases.engine.selectFrom('membership').innerJoin('account', 'account.id', 'account_id').innerJoin('role', 'role.id', 'role_id').innerJoin('tenant', 'tenant.id', 'membership.tenant_id')
      .innerJoin('membership_unit', 'membership_unit.membership_id', 'membership.id').innerJoin('unit', 'unit.id', 'unit_id')
      .select(['account.display_name', 'subdomain', 'role.name as role', 'unit.name as unit', 'unit.code_path']).where('email', '=', 'hanako@example.com').orderBy('subdomain').execute()
    expect(rows).toEqual([
      { display_name: '佐藤 花子', subdomain: 'midori', role: 'therapist', unit: 'みどり整骨院 本院', code_path: ['midori-honten'] },
      { display_name: '佐藤 花子', subdomain: 'sakura', role: 'DEPARTMENT_HEAD', unit: '看護部門', code_path: ['sakura-chuo', 'nursing'] },
    ])
  })

  it('registers the example products with the secrets that they are started with', async () => {
    const apps = demoApps(config)
    expect(apps.map(({ name, port, clientId }) => [name, port, clientId])).toEqual([['Karte', 3001, 'karte'], ['Koe', 3002, 'koe']])
    for (const app of apps) {
      expect(existsSync(app.entry), app.entry).toBe(true)
      expect(app.env).toEqual({ ISSUER: 'http://localhost:3000', PORT: String(app.port), BASE_URL: `http://localhost:${app.port}`, CLIENT_ID: app.clientId, CLIENT_SECRET: expect.stringMatching(/^[\w-]{43}$/) })
      const row = await test.databases.engine.selectFrom('client').selectAll().where('id', '=', app.clientId).executeTakeFirstOrThrow()
      expect(row).toMatchObject({ first_party: true, secret_hash: sha256(app.env['CLIENT_SECRET'] ?? ''), metadata: { redirect_uris: [`${app.env['BASE_URL'] ?? ''}/callback`] } })
    }
  })

  it('follows PORT with the addresses of the products and leaves the rest alone', async () => {
    await asSuperuser(test.adminUrl, (admin) => admin.query(`update tenant set name = 'changed' where subdomain = 'sakura'`))
    expect(await seed(4000)).toBe(false)
    expect(await metadataOf('karte')).toMatchObject({ metadata: { redirect_uris: ['http://localhost:4001/callback'], loopback_initiate_login_uri: 'http://localhost:4001/login' } })
    expect(await metadataOf('koe')).toMatchObject({ metadata: { backchannel_logout_uri: 'http://localhost:4002/backchannel-logout' } })
    expect(await test.databases.engine.selectFrom('tenant').select('name').where('subdomain', '=', 'sakura').executeTakeFirst()).toEqual({ name: 'changed' })
  })
})

describe('the api of the demo', () => {
  it('gets the scopes that an older demo lacked, and keeps what somebody added', async () => {
    const scopes = async () => (await test.databases.engine.selectFrom('api').select('scopes').where('identifier', '=', demoApi.identifier).executeTakeFirstOrThrow()).scopes
    const scopesOfKarte = async () => (await metadataOf('karte')).metadata
    await seed(3000)
    await asSuperuser(test.adminUrl, async (admin) => {
      await admin.query(`update api set scopes = '{records:read,records:write,records:print}' where identifier = $1`, [demoApi.identifier])
      await admin.query(`update client set metadata = jsonb_set(metadata, array['api_scopes', $1], '["records:read"]') where id = 'karte'`, [demoApi.identifier])
    })
    const events = await count('event')
    await Promise.all([seed(3000), seed(3000)])
    expect(await scopes()).toEqual([...demoApi.scopes, 'records:print'])
    expect(await scopesOfKarte()).toMatchObject({ api_scopes: { [demoApi.identifier]: demoApi.scopes } })
    // The api and Karte, once each.
    expect(await count('event')).toBe((events ?? 0) + 2)
    await seed(3000)
    expect(await count('event')).toBe((events ?? 0) + 2)
  })
})

describe('our own API', () => {
  it('is known once, with opaque tokens, and regains scopes that an older version lacked', async () => {
    const ownScopes = [
      'members:read', 'members:write', 'tenant:read', 'tenant:write', 'apps:read', 'apps:write', 'audit:read', 'account:read', 'account:write', 'platform:read', 'platform:write',
    ]
    const run = () => ensureOwnApi({ databases: test.databases }, config)
    await Promise.all([run(), run()])
    const find = () => test.databases.engine.selectFrom('api').select(['access_token_format', 'scopes']).where('identifier', '=', 'http://localhost:3000/api/v1').executeTakeFirst()
    expect(await find()).toEqual({ access_token_format: 'opaque', scopes: ownScopes })
    await asSuperuser(test.adminUrl, (admin) => admin.query(`update api set scopes = '{members:read}' where access_token_format = 'opaque'`))
    await run()
    expect(await find()).toMatchObject({ scopes: ownScopes })
  })
})
