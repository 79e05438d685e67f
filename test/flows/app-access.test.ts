/** Which app a tenant's members may use: said once, true at every door of the token path, from that moment on. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AppAccess, Assignee } from '../../src/apps/app-access.ts'
import { assignApp } from '../../src/apps/assign-app.ts'
import { offerApp, withdrawApp } from '../../src/apps/offer-app.ts'
import { setAppAccess } from '../../src/apps/set-app-access.ts'
import { unassignApp } from '../../src/apps/unassign-app.ts'
import { parseTenantId } from '../../src/base/ids.ts'
import { noOrigin } from '../../src/base/origin.ts'
import { endGrantsOfApp, endGrantsWithoutAccess } from '../../src/oidc/endings.ts'
import { member, newTenant, somebody, type Member, type Somebody } from '../helpers/people.ts'
import type { Person } from '../helpers/person.ts'
import type { RelyingParty } from '../helpers/relying-party.ts'
import { codeOf, redeemed, signIn, tokensFor, type Tokens } from '../helpers/sign-in.ts'
import { startTegata, type Tegata } from '../helpers/tegata.ts'

let tegata: Tegata
beforeAll(async () => { tegata = await startTegata() })
afterAll(() => tegata.close())

const grants = { endGrantsOfApp, endGrantsWithoutAccess }
const by = { mover: { kind: 'operator', accountId: null }, origin: noOrigin } as const
const deps = () => ({ databases: tegata.databases, grants })

interface World { readonly who: Somebody; readonly home: Member; readonly app: RelyingParty; readonly browser: Person; readonly tokens: Tokens; readonly clientId: string }

/** Somebody who is signed in to an app of their own while everything is allowed. */
async function world(): Promise<World> {
  const who = await somebody(tegata)
  const home = await member(tegata, who)
  const app = await tegata.app({ name: 'Karte' })
  const browser = tegata.person()
  const tokens = await tokensFor(app, browser, { email: who.email })
  return { who, home, app, browser, tokens, clientId: app.options.clientId }
}

const access = ({ home, clientId }: World, to: AppAccess) => setAppAccess(deps(), { tenantId: parseTenantId(home.tenantId), clientId, access: to, ...by })
const assign = async ({ home, clientId }: World, assignee: Assignee): Promise<string> => {
  const result = await assignApp(deps(), { tenantId: parseTenantId(home.tenantId), clientId, assignee, ...by })
  if (!result.ok) throw new Error(result.reason)
  return result.assignmentId
}
const unassign = ({ home, clientId }: World, assignmentId: string) => unassignApp(deps(), { tenantId: parseTenantId(home.tenantId), clientId, assignmentId, ...by })

async function inUnit({ home }: World, code: string, parent: string | null = null): Promise<void> {
  const { engine } = tegata.databases
  const path = parent === null ? [code] : [parent, code]
  await sql`insert into unit (tenant_id, id, kind, code, name, code_path, parent_id) values (${home.tenantId}, ${crypto.randomUUID()}, 'department', ${code}, ${code}, ${path},
    (select id from unit where tenant_id = ${home.tenantId} and code = ${parent}))`.execute(engine)
}
const place = ({ home }: World, code: string) => sql`insert into membership_unit (tenant_id, membership_id, unit_id)
  select tenant_id, ${home.membershipId}, id from unit where tenant_id = ${home.tenantId} and code = ${code}`.execute(tegata.databases.engine)

const silent = ({ app }: World) => app.start('openid tenant', { prompt: 'none' }).url

async function isRefusedEverywhere(one: World): Promise<void> {
  const { app, browser, tokens } = one
  expect((await app.userinfo(tokens.accessToken)).status, 'userinfo').toBe(401)
  expect((await app.introspect(tokens.accessToken)).body, 'introspection').toEqual({ active: false })
  expect((await app.introspect(tokens.refreshToken)).body, 'introspection of the refresh token').toEqual({ active: false })
  expect((await app.refresh(tokens.refreshToken)).body['error'], 'refresh').toBe('invalid_grant')
  expect((await browser.open(silent(one))).url.searchParams.get('error'), 'silently').toBe('access_denied')
}

async function isLetIn(one: World): Promise<void> {
  expect((await one.browser.open(silent(one))).url.searchParams.has('code'), 'silently').toBe(true)
}

describe('whoever may not use an app gets and keeps nothing', () => {
  test.each<[string, (one: World) => Promise<unknown>]>([
    ['nobody in the tenant may', (one) => access(one, 'nobody')],
    ['only assigned people may, and nobody is', (one) => access(one, 'assigned')],
    ['only others are assigned', async (one) => {
      const other = await member(tegata, await somebody(tegata), { tenant: one.home })
      await assign(one, { kind: 'member', membershipId: other.membershipId })
      await access(one, 'assigned')
    }],
    ['the assignment was taken away', async (one) => {
      const id = await assign(one, { kind: 'member', membershipId: one.home.membershipId })
      await access(one, 'assigned')
      await isLetIn(one)
      await unassign(one, id)
    }],
    ['the unit is another one', async (one) => {
      await inUnit(one, 'ward')
      await inUnit(one, 'office')
      await place(one, 'office')
      await assign(one, { kind: 'unit', unit: 'ward' })
      await access(one, 'assigned')
    }],
    ['the app is open to listed tenants', (one) => sql`update client set open_to = 'listed_tenants' where id = ${one.clientId}`.execute(tegata.databases.engine)],
    ['the app was withdrawn from the tenant', async (one) => {
      const offer = { clientId: one.clientId, tenantId: parseTenantId(one.home.tenantId), actor: null, origin: noOrigin }
      await offerApp(deps(), offer)
      await sql`update client set open_to = 'listed_tenants' where id = ${one.clientId}`.execute(tegata.databases.engine)
      await isLetIn(one)
      await withdrawApp(deps(), offer)
    }],
  ])('%s', async (_what, change) => {
    const one = await world()
    await change(one)
    await isRefusedEverywhere(one)
  })

  test('an offline family ends as well, and does not come back', async () => {
    const one = await world()
    const start = one.app.start('openid tenant offline_access', { prompt: 'consent' })
    const { refreshToken } = await redeemed(one.app, start, await one.browser.submit(await one.browser.open(start.url), {}, 'allow'))
    await access(one, 'nobody')
    expect((await one.app.refresh(refreshToken)).body['error']).toBe('invalid_grant')
    await access(one, 'everyone')
    expect((await one.app.refresh(refreshToken)).body['error']).toBe('invalid_grant')
    await isLetIn(one)
  })

  test('a code that was not redeemed yet is worth nothing', async () => {
    const one = await world()
    const start = one.app.start('openid tenant')
    const code = codeOf(await one.browser.open(start.url))
    await access(one, 'assigned')
    expect((await one.app.redeem(start, code)).body['error']).toBe('invalid_grant')
  })
})

describe('whoever is assigned goes on', () => {
  test.each<[string, (one: World) => Promise<unknown>]>([
    ['as a member', (one) => assign(one, { kind: 'member', membershipId: one.home.membershipId })],
    ['by their role', async (one) => {
      const role = await tegata.databases.engine.selectFrom('role').innerJoin('membership', 'membership.role_id', 'role.id').select('role.name').where('membership.id', '=', one.home.membershipId).executeTakeFirstOrThrow()
      await assign(one, { kind: 'role', role: role.name })
    }],
    ['by a unit above theirs', async (one) => {
      await inUnit(one, 'hospital')
      await inUnit(one, 'ward', 'hospital')
      await place(one, 'ward')
      await assign(one, { kind: 'unit', unit: 'hospital' })
    }],
  ])('%s', async (_what, assignment) => {
    const one = await world()
    await assignment(one)
    await access(one, 'assigned')
    await isLetIn(one)
    expect((await one.app.userinfo(one.tokens.accessToken)).status).toBe(200)
    expect((await one.app.refresh(one.tokens.refreshToken)).status).toBe(200)
  })

  test('until the unit that let them in is theirs no more', async () => {
    const one = await world()
    await inUnit(one, 'ward')
    await place(one, 'ward')
    await assign(one, { kind: 'unit', unit: 'ward' })
    await access(one, 'assigned')
    await isLetIn(one)
    await sql`update membership set groups = '{}' where id = ${one.home.membershipId}`.execute(tegata.databases.engine)
    await isRefusedEverywhere(one)
  })
})

describe('with two tenants', () => {
  test('the picker shows the closed one with its reason, and a refresh does not lead there', async () => {
    const one = await world()
    const second = await member(tegata, one.who)
    const third = await member(tegata, one.who)
    await setAppAccess(deps(), { tenantId: parseTenantId(second.tenantId), clientId: one.clientId, access: 'nobody', ...by })
    const picker = await one.browser.open(one.app.start('openid tenant').url)
    expect(picker.html.getElementById(`tenant-${third.subdomain}`)).not.toBeNull()
    expect(picker.html.getElementById(`tenant-${second.subdomain}`)).toBeNull()
    expect(picker.text).toContain('この組織ではこのアプリを使っていません')
    expect((await one.app.refresh(one.tokens.refreshToken, { tenant: second.subdomain })).body['error']).toBe('access_denied')
    expect((await one.app.refresh(one.tokens.refreshToken, { tenant: third.subdomain })).status).toBe(200)
  })

  test('one tenant says nothing about another', async () => {
    const one = await world()
    const elsewhere = await newTenant(tegata)
    await setAppAccess(deps(), { tenantId: parseTenantId(elsewhere.tenantId), clientId: one.clientId, access: 'nobody', ...by })
    await isLetIn(one)
  })
})

describe('the sign-in says so, and whom to turn to', () => {
  test('with the contact that the tenant names', async () => {
    const one = await world()
    await access(one, 'assigned')
    await sql`update tenant set contact = '内線 1234 情報システム室' where id = ${one.home.tenantId}`.execute(tegata.databases.engine)
    const page = await signIn(tegata.person(), one.app.start('openid tenant'), { email: one.who.email })
    expect(page.text).toContain('Karte')
    expect(page.text).toContain(`テナント ${one.home.tenantId}`)
    expect(page.text).toContain('内線 1234 情報システム室')
    expect(page.html.getElementById('switch_account')).not.toBeNull()
  })

  test('or with the names of its administrators, and the way back to the app', async () => {
    const one = await world()
    await member(tegata, await somebody(tegata), { tenant: one.home, admin: true })
    await access(one, 'nobody')
    const browser = tegata.person()
    const page = await signIn(browser, one.app.start('openid tenant', { tenant: one.home.subdomain }), { email: one.who.email })
    expect(page.text).toContain('試験 者')
    const back = await browser.submit(page, {}, 'cancel')
    expect(back.url.searchParams.get('error')).toBe('access_denied')
  })
})

describe('at the same moment', () => {
  test('an unassignment while a code is redeemed leaves no token alive', async () => {
    for (let round = 0; round < 5; round += 1) {
      const one = await world()
      const id = await assign(one, { kind: 'member', membershipId: one.home.membershipId })
      await access(one, 'assigned')
      const start = one.app.start('openid tenant')
      const visit = await one.browser.open(start.url)
      const [redeeming] = await Promise.all([redeemed(one.app, start, visit).catch(() => null), unassign(one, id)])
      if (redeeming === null) continue
      expect((await one.app.userinfo(redeeming.accessToken)).status).toBe(401)
      expect((await one.app.refresh(redeeming.refreshToken)).status).toBe(400)
    }
  })

  test('of two equal assignments one is made', async () => {
    const one = await world()
    const twice = await Promise.all([1, 2].map(() => assignApp(deps(), { tenantId: parseTenantId(one.home.tenantId), clientId: one.clientId, assignee: { kind: 'member', membershipId: one.home.membershipId }, ...by })))
    expect(twice.map((result) => (result.ok ? 'ok' : result.reason)).sort()).toEqual(['already_assigned', 'ok'])
  })
})

test('our own pages are open whatever a tenant says', async () => {
  const one = await world()
  expect((await setAppAccess(deps(), { tenantId: parseTenantId(one.home.tenantId), clientId: 'tegata-account', access: 'nobody', ...by })).ok).toBe(false)
  expect((await one.browser.open(`${tegata.issuer}/account`)).status).toBe(200)
})
