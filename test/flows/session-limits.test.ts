/** How long a session lives, however much it is used, and what one row of the account can end at once. */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RelyingParty } from '../helpers/relying-party.ts'
import { codeOf, redeemed, signIn } from '../helpers/sign-in.ts'
import { startTegata, type Tegata } from '../helpers/tegata.ts'

let tegata: Tegata
let app: RelyingParty
let offline: RelyingParty
beforeAll(async () => {
  tegata = await startTegata()
  app = await tegata.app({ name: 'Rota' })
  offline = await tegata.app({ name: 'Ledger' })
})
afterAll(() => tegata.close())

async function lifeOf(accountId: string): Promise<{ seconds: number }> {
  const result = await sql<{ seconds: number }>`select extract(epoch from expires_at - now())::float8 as seconds from session where account_id = ${accountId}`.execute(tegata.databases.engine)
  const [row] = result.rows
  if (row === undefined || result.rows.length !== 1) throw new Error(`${result.rows.length} sessions`)
  return row
}

async function accountOf(email: string): Promise<string> {
  return (await tegata.databases.engine.selectFrom('account').select('id').where('email', '=', email).executeTakeFirstOrThrow()).id
}

test('a session that is used lives on, but never longer than a day from its sign-in', async () => {
  const accountId = await accountOf('ken@example.com')
  const browser = tegata.person()
  codeOf(await signIn(browser, app.start('openid'), { email: 'ken@example.com' }))
  expect((await lifeOf(accountId)).seconds).toBeGreaterThan(11 * 3600)
  const hoursAgo = (hours: number) => sql`update session set last_seen_at = now() - interval '2 hours',
    payload = payload || jsonb_build_object('loginTs', extract(epoch from now())::bigint - ${hours}::float8 * 3600) where account_id = ${accountId}`.execute(tegata.databases.engine)
  await hoursAgo(20)
  codeOf(await browser.open(app.start('openid', { prompt: 'none' }).url))
  const { seconds } = await lifeOf(accountId)
  expect(seconds).toBeGreaterThan(3.9 * 3600)
  expect(seconds).toBeLessThan(4.1 * 3600)
  await sql`update session set expires_at = now() where account_id = ${accountId}`.execute(tegata.databases.engine)
  expect((await browser.open(app.start('openid', { prompt: 'none' }).url)).url.searchParams.get('error')).toBe('login_required')
})

test('the epoch of an account ends sessions, tokens and families of all kinds at once, and nothing of anybody else', async () => {
  const people = await Promise.all(['hanako@example.com', 'misaki@example.com'].map(async (email) => {
    const browser = tegata.person()
    const bound = app.start('openid tenant')
    const tokens = await redeemed(app, bound, await signIn(browser, bound, { email, tenant: 'sakura' }))
    const long = offline.start('openid tenant offline_access', { tenant: 'sakura' })
    const lasting = await redeemed(offline, long, await browser.open(long.url))
    return { email, browser, tokens, lasting }
  }))
  await sql`update account set not_before = clock_timestamp() where email = 'hanako@example.com'`.execute(tegata.databases.engine)
  const facts = await Promise.all(people.map(async ({ email, browser, tokens, lasting }) => ({
    email,
    silent: (await browser.open(app.start('openid', { prompt: 'none' }).url)).url.searchParams.get('error'),
    userinfo: (await app.userinfo(tokens.accessToken)).status,
    lastingUserinfo: (await offline.userinfo(lasting.accessToken)).status,
    introspected: (await offline.introspect(lasting.refreshToken)).body['active'],
    refreshed: (await app.refresh(tokens.refreshToken)).status,
    lastingRefreshed: (await offline.refresh(lasting.refreshToken)).status,
  })))
  expect(facts).toEqual([
    { email: 'hanako@example.com', silent: 'login_required', userinfo: 401, lastingUserinfo: 401, introspected: false, refreshed: 400, lastingRefreshed: 400 },
    { email: 'misaki@example.com', silent: null, userinfo: 200, lastingUserinfo: 200, introspected: true, refreshed: 200, lastingRefreshed: 200 },
  ])
})
