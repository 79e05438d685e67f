/**
 * One table: every path to a session or a token × every state of the account × every rule for the second factor. The oracle below is
 * the policy in a few lines; a path that is weaker than another one shows up as a difference here (ASVS 6.3.3).
 */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { issueActivation } from '../../src/accounts/issue-activation.ts'
import { noOrigin } from '../../src/base/origin.ts'
import { createLink, linkPath, linkToken } from '../../src/accounts/links.ts'
import { enrolTotp } from '../helpers/factors.ts'
import type { Person, Visit } from '../helpers/person.ts'
import type { RelyingParty } from '../helpers/relying-party.ts'
import { redeemed, signIn, type Tokens } from '../helpers/sign-in.ts'
import { demoPassword, startTegata, type Tegata } from '../helpers/tegata.ts'

const states = ['active', 'locked', 'disabled', 'pending', 'erased'] as const
const rules = ['off', 'admins', 'everyone', 'everyone_phr', 'grace', 'app'] as const
const factors = ['none', 'totp'] as const
type State = (typeof states)[number]
type Rule = (typeof rules)[number]
type Factor = (typeof factors)[number]
interface World { readonly state: State; readonly rule: Rule; readonly factor: Factor }

/** What a person without any further proof reaches. */
type Outcome = 'in' | 'second_factor' | 'enrolment' | 'advice' | 'refused'

function oracle({ state, rule, factor }: World): { fromPassword: Outcome; silent: 'in' | 'refused'; refresh: 'in' | 'refused'; api: 'in' | 'refused'; pages: 'in' | 'second_factor' | 'refused' } {
  const lives = state === 'active'
  const tenantDemands = rule === 'everyone' || rule === 'everyone_phr'
  const demanded = tenantDemands || rule === 'app' || factor === 'totp'
  const fromPassword = !lives ? 'refused' : factor === 'totp' ? 'second_factor' : demanded ? 'enrolment' : rule === 'grace' ? 'advice' : 'in'
  return {
    fromPassword,
    silent: lives && !demanded ? 'in' : 'refused',
    // The app and the person's own factor concern new sign-ins; the tenant's rule concerns every token of its members.
    refresh: lives && !tenantDemands ? 'in' : 'refused',
    api: lives ? 'in' : 'refused',
    // What opens the account shows everything that the person has: a session that has shown less is asked for the rest.
    pages: !lives ? 'refused' : factor === 'totp' ? 'second_factor' : 'in',
  }
}

const worlds: readonly World[] = states.flatMap((state) => rules.flatMap((rule) => factors.map((factor) => ({ state, rule, factor }))))
  // A state other than active is refused whatever else holds: one rule and one factor each tell that.
  .filter(({ state, rule, factor }) => state === 'active' || (rule === 'everyone' && factor === 'totp') || (rule === 'off' && factor === 'none'))

let tegata: Tegata
let app: RelyingParty
let strict: RelyingParty
let api: string
beforeAll(async () => {
  tegata = await startTegata()
  api = `${tegata.issuer}/api/v1`
  app = await tegata.app({ name: 'Rota', apiScopes: { [api]: ['account:read'] } })
  strict = await tegata.app({ name: 'Strict', defaultAcrValues: ['aal2'], apiScopes: { [api]: ['account:read'] } })
})
afterAll(() => tegata.close())

interface Before { readonly browser: Person; readonly tokens: Tokens; readonly apiToken: string; readonly party: RelyingParty }
let count = 0

/** Somebody who signed in while everything was allowed; then the world becomes what the row says. */
async function inWorld(world: World): Promise<Before & { accountId: string; email: string }> {
  count += 1
  const { engine } = tegata.databases
  const [accountId, tenantId, roleId, email] = [`subject-${count}`, crypto.randomUUID(), crypto.randomUUID(), `subject-${count}@example.com`]
  await sql`insert into account (id, email, display_name, email_verified_at) values (${accountId}, ${email}, 'ひと', now())`.execute(engine)
  await sql`insert into factor_password (account_id, phc) select ${accountId}, f.phc from factor_password f join account a on a.id = f.account_id where a.email = 'ken@example.com'`.execute(engine)
  await sql`insert into tenant (id, name, subdomain) values (${tenantId}, 'Tenant', ${`world-${count}`})`.execute(engine)
  await sql`insert into role (tenant_id, id, name) values (${tenantId}, ${roleId}, 'STAFF')`.execute(engine)
  await sql`insert into membership (tenant_id, id, account_id, role_id, status) values (${tenantId}, ${crypto.randomUUID()}, ${accountId}, ${roleId}, 'active')`.execute(engine)
  const browser = tegata.person()
  const start = app.start('openid tenant')
  const tokens = await redeemed(app, start, await signIn(browser, start, { email }))
  const forApi = app.start('openid tenant account:read', { resource: api })
  const apiToken = (await redeemed(app, forApi, await browser.open(forApi.url))).accessToken
  if (world.factor === 'totp') {
    // In another browser, so that the session from before has proved nothing more.
    const other = tegata.person()
    await enrolTotp(other, await signIn(other, strict.start('openid tenant'), { email }))
  }
  await sql`update tenant set mfa_rule = ${world.rule === 'admins' ? 'admins' : world.rule === 'off' || world.rule === 'app' ? 'off' : 'everyone'},
    mfa_level = ${world.rule === 'everyone_phr' ? 'phr' : 'aal2'}, mfa_enforced_from = ${world.rule === 'grace' ? '2099-01-01' : null} where id = ${tenantId}`.execute(engine)
  await sql`update account set status = ${world.state} where id = ${accountId}`.execute(engine)
  return { browser, tokens, apiToken, accountId, email, party: world.rule === 'app' ? strict : app }
}

function outcomeOf(visit: Visit): Outcome {
  if (visit.url.searchParams.has('code')) return 'in'
  const has = (id: string) => visit.html.getElementById(id) !== null
  if (has('later')) return 'advice'
  if (has('verify')) return 'second_factor'
  return has('enrol_totp') || has('create_passkey') ? 'enrolment' : 'refused'
}

describe.each(worlds)('an account that is $state, with factor $factor, under the rule $rule', (world) => {
  const expected = oracle(world)

  test('gets by every path what the policy says, and nothing more', async () => {
    const { browser, tokens, apiToken, party, email } = await inWorld(world)
    const scope = 'openid tenant'

    expect(outcomeOf(await signIn(tegata.person(), party.start(scope), { email })), 'a password in a fresh browser').toBe(expected.fromPassword)
    const silent = await browser.open(party.start(scope, { prompt: 'none' }).url)
    expect(silent.url.searchParams.has('code') ? 'in' : 'refused', 'the session of before, silently').toBe(expected.silent)
    expect((await app.refresh(tokens.refreshToken)).status === 200 ? 'in' : 'refused', 'the refresh token of before').toBe(expected.refresh)
    const me = await fetch(`${api}/me`, { headers: { authorization: `Bearer ${apiToken}` } })
    expect(me.status === 200 ? 'in' : 'refused', 'the API token of before').toBe(expected.api)
    expect((await app.userinfo(tokens.accessToken)).status === 200 ? 'in' : 'refused', 'userinfo').toBe(expected.api)
    const page = await browser.open(`${tegata.issuer}/account`)
    const shown = page.html.getElementById('verify') !== null ? 'second_factor' : page.html.getElementById('password') === null ? 'in' : 'refused'
    expect(shown, 'the account pages').toBe(expected.pages)
  })

  test('gets no further by a reset, an activation or a restart', async () => {
    const { browser, party, email, accountId } = await inWorld(world)
    const { databases, config } = tegata
    const masterKey = tegata.masterKey
    const link = await databases.inEngine((trx) => createLink(trx, masterKey, { purpose: 'password_reset', accountId, email, clientId: null, locale: null }))
    const password = 'seven quiet herons by the river'
    const stranger = tegata.person()
    const form = await stranger.open(`${config.issuer}${linkPath('password_reset', linkToken(masterKey, link.id))}`)
    if (form.html.getElementById('set_password') !== null) await stranger.submit(form, { password }, 'set_password')
    const start = party.start('openid tenant')
    const signInPage = await stranger.open(start.url)
    const after = await stranger.submit(signInPage, { identifier: email, password }, 'sign_in')
    expect(outcomeOf(after), 'a reset and then the new password').toBe(expected.fromPassword)
    // Begun once more, with the session that the password alone has made.
    const again = await stranger.open(party.start('openid tenant').url)
    expect(outcomeOf(again) === 'in', 'a restart after the password').toBe(expected.fromPassword === 'in' || expected.fromPassword === 'advice')
    expect((await browser.open(app.start('openid tenant', { prompt: 'none' }).url)).url.searchParams.get('error'), 'the session from before the reset')
      .toBe('login_required')
    const activation = await issueActivation({ databases, masterKey }, { accountId, actor: null, origin: noOrigin })
    expect(activation.ok, 'an activation link').toBe(world.state === 'active' || world.state === 'pending')
  })
})

test('a password alone is told apart from a wrong one only where the account may be used', async () => {
  const { email } = await inWorld({ state: 'locked', rule: 'off', factor: 'none' })
  const wrong = tegata.person()
  const page = await wrong.submit(await wrong.open(app.start('openid').url), { identifier: email, password: `${demoPassword}!` }, 'sign_in')
  expect(page.status).toBe(400)
})
