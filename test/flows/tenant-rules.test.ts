/**
 * What a tenant asks of its members' sign-in, at every path: how long it counts, whether a password or a staff number will do. And
 * what the token path writes and reads for it in the same breath: the day a member was last seen, former subdomains.
 */
import pg from 'pg'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { member, somebody, type Member, type Somebody } from '../helpers/people.ts'
import type { Person, Visit } from '../helpers/person.ts'
import type { RelyingParty } from '../helpers/relying-party.ts'
import { codeOf, redeemed, signIn, type Tokens } from '../helpers/sign-in.ts'
import { demoPassword, startTegata, type Tegata } from '../helpers/tegata.ts'

let tegata: Tegata
let app: RelyingParty
beforeAll(async () => {
  tegata = await startTegata()
  app = await tegata.app({ name: 'Rota' })
})
afterAll(() => tegata.close())
afterEach(() => { vi.restoreAllMocks() })

const rules = ['none', 'session_hours', 'young_session_hours', 'no_password'] as const
type Rule = (typeof rules)[number]
type Outcome = 'in' | 'sign_in' | 'passkey' | 'refused'

interface World { readonly who: Somebody; readonly home: Member; readonly other: Member; readonly browser: Person; readonly bound: Tokens; readonly offline: Tokens }

/** A member of two tenants who signed in two hours ago, for the other one; then the first gets its rule. */
async function inWorld(rule: Rule): Promise<World> {
  const { engine } = tegata.databases
  const who = await somebody(tegata)
  const [home, other] = [await member(tegata, who), await member(tegata, who)]
  const browser = tegata.person()
  const first = app.start('openid tenant', { tenant: home.subdomain })
  const bound = await redeemed(app, first, await signIn(browser, first, { email: who.email }))
  const long = app.start('openid tenant offline_access', { tenant: home.subdomain, prompt: 'consent' })
  const offline = await redeemed(app, long, await browser.submit(await browser.open(long.url), {}, 'allow'))
  if (rule !== 'young_session_hours') {
    await sql`update session set payload = payload || jsonb_build_object('loginTs', extract(epoch from now())::bigint - 7200) where account_id = ${who.accountId}`.execute(engine)
    await sql`update oidc_artifact set payload = payload || jsonb_build_object('authTime', extract(epoch from now())::bigint - 7200)
      where grant_id in (select id from oidc_grant where account_id = ${who.accountId})`.execute(engine)
  }
  if (rule === 'session_hours' || rule === 'young_session_hours') await sql`update tenant set session_hours = 1 where id = ${home.tenantId}`.execute(engine)
  if (rule === 'no_password') await sql`update tenant set password_sign_in = false where id = ${home.tenantId}`.execute(engine)
  return { who, home, other, browser, bound, offline }
}

function oracle(rule: Rule): { fresh: Outcome; sso: Outcome; silent: Outcome; renewal: Outcome; move: Outcome } {
  switch (rule) {
    case 'none':
    case 'young_session_hours': return { fresh: 'in', sso: 'in', silent: 'in', renewal: 'in', move: 'in' }
    case 'session_hours': return { fresh: 'in', sso: 'sign_in', silent: 'refused', renewal: 'refused', move: 'refused' }
    // Whoever has no passkey sets one up, and that takes a sign-in of this moment, as everywhere.
    case 'no_password': return { fresh: 'passkey', sso: 'sign_in', silent: 'refused', renewal: 'refused', move: 'refused' }
  }
}

function outcomeOf(visit: Visit): Outcome {
  if (visit.url.searchParams.has('code')) return 'in'
  if (visit.html.getElementById('create_passkey') !== null) return 'passkey'
  return visit.html.getElementById('password') === null ? 'refused' : 'sign_in'
}

describe.each(rules)('under the rule %s', (rule) => {
  const expected = oracle(rule)

  test('every path gives what the tenant lets it give', async () => {
    const { who, home, browser, bound, offline } = await inWorld(rule)
    const tenant = { tenant: home.subdomain }
    const renewed = async (token: string, extra = {}) => ((await app.refresh(token, extra)).status === 200 ? 'in' : 'refused')
    expect(outcomeOf(await browser.open(app.start('openid tenant', { ...tenant, prompt: 'none' }).url)), 'silently').toBe(expected.silent)
    expect(await renewed(bound.refreshToken), 'a refresh').toBe(expected.renewal)
    expect(await renewed(offline.refreshToken), 'a refresh of an offline family').toBe(expected.renewal)
    expect(outcomeOf(await signIn(tegata.person(), app.start('openid tenant', tenant), { email: who.email })), 'a password in a fresh browser').toBe(expected.fresh)
    expect(outcomeOf(await browser.open(app.start('openid tenant', tenant).url)), 'with the session').toBe(expected.sso)
  })

  test('the other tenant asks for nothing, and is no way round', async () => {
    const { home, other, browser } = await inWorld(rule)
    const start = app.start('openid tenant', { tenant: other.subdomain })
    const { refreshToken } = await redeemed(app, start, await browser.open(start.url))
    expect((await app.refresh(refreshToken, { tenant: home.subdomain })).status === 200 ? 'in' : 'refused', 'a move by refresh').toBe(expected.move)
    const picker = await browser.open(app.start('openid tenant').url)
    expect(outcomeOf(await browser.submit(picker, {}, `tenant-${home.subdomain}`)), 'picked on the way').toBe(expected.sso)
  })
})

test('after signing in anew the session counts again', async () => {
  const { who, home, browser } = await inWorld('session_hours')
  const form = await browser.open(app.start('openid tenant', { tenant: home.subdomain }).url)
  expect(form.text).toContain(who.email)
  expect(outcomeOf(await browser.submit(form, { password: demoPassword }, 'sign_in'))).toBe('in')
  expect(outcomeOf(await browser.open(app.start('openid tenant', { tenant: home.subdomain, prompt: 'none' }).url))).toBe('in')
})

describe('a staff number', () => {
  test('opens nothing where the tenant does not want it, and is refused like one that nobody has', async () => {
    const who = await somebody(tegata)
    const home = await member(tegata, who, { employeeNumber: 'S-0142' })
    const attempt = async (identifier: string) => {
      const browser = tegata.person()
      const page = await browser.submit(await browser.open(app.start('openid tenant').url), { identifier, password: demoPassword }, 'sign_in')
      return { outcome: outcomeOf(page), status: page.status, words: page.html.querySelector('[role=alert]')?.text ?? '' }
    }
    expect((await attempt(`S-0142@${home.subdomain}`)).outcome).toBe('in')
    await sql`update tenant set staff_number_sign_in = false where id = ${home.tenantId}`.execute(tegata.databases.engine)
    expect(await attempt(`S-0142@${home.subdomain}`)).toEqual(await attempt(`S-9999@${home.subdomain}`))
    expect((await attempt(who.email)).outcome).toBe('in')
  })
})

test('a subdomain that the tenant once had still names it', async () => {
  const who = await somebody(tegata)
  const [home] = [await member(tegata, who, { employeeNumber: 'S-7' }), await member(tegata, who)]
  const former = `was-${home.subdomain}`
  await sql`insert into former_subdomain (subdomain, tenant_id) values (${former}, ${home.tenantId})`.execute(tegata.databases.engine)
  const browser = tegata.person()
  const start = app.start('openid tenant', { tenant: former })
  const { idToken, refreshToken } = await redeemed(app, start, await signIn(browser, start, { email: `S-7@${former}` }))
  expect(JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({ tenant_id: home.tenantId })
  expect((await app.refresh(refreshToken, { tenant: former })).status).toBe(200)
})

describe('the day on which a member was last seen', () => {
  const lastSeen = async ({ membershipId }: Member) => (await sql<{ day: string | null; today: string }>`select last_seen_on::text as day, (now() at time zone 'Asia/Tokyo')::date::text as today
    from membership where id = ${membershipId}`.execute(tegata.databases.engine)).rows[0]

  test('is written by a sign-in and by a refresh, at most once a day, and by no question', async () => {
    const { engine } = tegata.databases
    const who = await somebody(tegata)
    const [home, other] = [await member(tegata, who), await member(tegata, who)]
    const start = app.start('openid tenant', { tenant: home.subdomain })
    const browser = tegata.person()
    const page = await signIn(browser, start, { email: who.email })
    expect(await lastSeen(home)).toMatchObject({ day: (await lastSeen(home))?.today })
    expect((await lastSeen(other))?.day).toBeNull()
    const { refreshToken } = await redeemed(app, start, page)
    const version = async () => (await sql<{ xmin: string }>`select xmin::text from membership where id = ${home.membershipId}`.execute(engine)).rows[0]?.xmin
    const before = await version()
    const renewed = await app.refresh(refreshToken)
    expect(await version()).toBe(before)
    await sql`update membership set last_seen_on = '2026-01-01' where id = ${home.membershipId}`.execute(engine)
    await app.refresh(String(renewed.body['refresh_token']))
    expect(await lastSeen(home)).toMatchObject({ day: (await lastSeen(home))?.today })
  })

  test('costs no request a further round trip, and what may use the app neither', async () => {
    const who = await somebody(tegata)
    await member(tegata, who)
    await sql`insert into tenant_client (tenant_id, client_id, access) select tenant_id, ${app.options.clientId}, 'everyone' from membership where account_id = ${who.accountId}`.execute(tegata.databases.engine)
    const browser = tegata.person()
    await signIn(browser, app.start('openid tenant'), { email: who.email })
    const names = () => statements.mock.calls.flatMap(([query]) => nameOf(query)).filter((name) => name !== 'revision')
    const statements = vi.spyOn(pg.Pool.prototype, 'query')
    const counted = async <T>(act: () => Promise<T>): Promise<[T, number]> => {
      statements.mockClear()
      const result = await act()
      return [result, names().length]
    }
    await sql`update membership set last_seen_on = null where account_id = ${who.accountId}`.execute(tegata.databases.engine)
    const start = app.start('openid tenant')
    const [visit, sso] = await counted(() => browser.open(start.url))
    const [answer, exchange] = await counted(() => app.redeem(start, codeOf(visit)))
    await sql`update membership set last_seen_on = null where account_id = ${who.accountId}`.execute(tegata.databases.engine)
    const [, refresh] = await counted(() => app.refresh(String(answer.body['refresh_token'])))
    const [, userinfo] = await counted(() => app.userinfo(String(answer.body['access_token'])))
    const [, introspection] = await counted(() => app.introspect(String(answer.body['access_token'])))
    expect({ sso, exchange, refresh, userinfo, introspection }).toEqual({ sso: 2, exchange: 2, refresh: 2, userinfo: 1, introspection: 1 })
  })
})

function nameOf(query: unknown): string[] {
  return typeof query === 'object' && query !== null && 'name' in query && typeof query.name === 'string' ? [query.name] : []
}
