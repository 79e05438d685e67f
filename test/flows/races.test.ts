/**
 * Single use and parallel browsers, over two processes of one platform: exactly one wins, and a double click signs nobody out.
 */
import { decodeJwt } from 'jose'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { textIn, type RelyingParty, type TokenAnswer } from '../helpers/relying-party.ts'
import { codeOf, redeemed, signIn, tokensFor } from '../helpers/sign-in.ts'
import { startTegata, type Tegata } from '../helpers/tegata.ts'

let tegata: Tegata
let second: string
let clinic: RelyingParty
let voice: RelyingParty
let publicApp: RelyingParty

beforeAll(async () => {
  tegata = await startTegata()
  second = await tegata.another()
  clinic = await tegata.app({ name: 'Clinic' })
  voice = await tegata.app({ name: 'Voice' })
  publicApp = await tegata.app({ name: 'Public', type: 'spa' })
})
afterAll(() => tegata.close())

const ken = { email: 'ken@example.com' }
const won = (answers: readonly TokenAnswer[]) => answers.filter((answer) => answer.status === 200)
/** Moves everything that was used into the past, past the grace for double clicks. */
const letGracePass = () => sql`update oidc_artifact set consumed_at = consumed_at - interval '10 seconds' where consumed_at is not null`.execute(tegata.databases.engine)

describe('a code', () => {
  test('is redeemed once by twenty at the same time over two processes, and the winner keeps its tokens', async () => {
    const start = clinic.start('openid tenant')
    const code = codeOf(await signIn(tegata.person(), start, ken))
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => clinic.redeem(start, code, n % 2 === 0 ? undefined : second)))
    expect(won(answers)).toHaveLength(1)
    for (const answer of answers.filter((one) => one.status !== 200)) expect(answer.body['error']).toBe('invalid_grant')
    const [winner] = won(answers)
    if (winner === undefined) throw new Error('nobody won')
    expect((await clinic.userinfo(textIn(winner, 'access_token'))).status).toBe(200)
    expect((await clinic.refresh(textIn(winner, 'refresh_token'))).status).toBe(200)
  })

  test('revokes what it gave when it comes again after the grace', async () => {
    const start = clinic.start('openid tenant')
    const code = codeOf(await signIn(tegata.person(), start, ken))
    const tokens = await clinic.redeem(start, code)
    await letGracePass()
    expect((await clinic.redeem(start, code)).body['error']).toBe('invalid_grant')
    expect((await clinic.userinfo(textIn(tokens, 'access_token'))).status).toBe(401)
    expect((await clinic.refresh(textIn(tokens, 'refresh_token'))).body['error']).toBe('invalid_grant')
    const told = await tegata.databases.engine.selectFrom('event').select('type').where('type', '=', 'token.reuse_detected').execute()
    expect(told.length).toBeGreaterThan(0)
  })

  test('is worth nothing without its verifier, to another app, or at another address', async () => {
    const start = clinic.start('openid')
    const code = codeOf(await signIn(tegata.person(), start, ken))
    expect((await clinic.redeem({ ...start, verifier: 'x'.repeat(43) }, code)).body['error']).toBe('invalid_grant')
    expect((await voice.redeem(start, code)).body['error']).toBe('invalid_grant')
    expect((await clinic.redeem(start, code)).status).toBe(200)
  })
})

describe('a refresh token', () => {
  test('of a public app is used once by twenty at the same time, and the winner lives on', async () => {
    const { refreshToken } = await tokensFor(publicApp, tegata.person(), ken)
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => publicApp.refresh(refreshToken, {}, n % 2 === 0 ? undefined : second)))
    expect(won(answers)).toHaveLength(1)
    const [winner] = won(answers)
    if (winner === undefined) throw new Error('nobody won')
    expect((await publicApp.refresh(textIn(winner, 'refresh_token'))).status).toBe(200)
  })

  test('that is replayed after the grace ends its whole family', async () => {
    const { refreshToken } = await tokensFor(publicApp, tegata.person(), ken)
    const next = await publicApp.refresh(refreshToken)
    await letGracePass()
    expect((await publicApp.refresh(refreshToken)).body['error']).toBe('invalid_grant')
    expect((await publicApp.refresh(textIn(next, 'refresh_token'))).body['error']).toBe('invalid_grant')
    expect((await publicApp.userinfo(textIn(next, 'access_token'))).status).toBe(401)
  })

  test('moves to another tenant, and its replay then ends the new family', async () => {
    const { refreshToken } = await tokensFor(publicApp, tegata.person(), { email: 'hanako@example.com', tenant: 'sakura' })
    const moved = await publicApp.refresh(refreshToken, { tenant: 'midori' })
    expect(decodeJwt(textIn(moved, 'id_token'))['role']).toBe('therapist')
    const stays = await publicApp.refresh(textIn(moved, 'refresh_token'))
    expect(decodeJwt(textIn(stays, 'id_token'))['role']).toBe('therapist')
    await letGracePass()
    expect((await publicApp.refresh(refreshToken)).body['error']).toBe('invalid_grant')
    expect((await publicApp.refresh(textIn(stays, 'refresh_token'))).body['error']).toBe('invalid_grant')
  })

  test('does not move to a tenant that is not the person\'s, and stays usable', async () => {
    const { refreshToken } = await tokensFor(publicApp, tegata.person(), ken)
    expect((await publicApp.refresh(refreshToken, { tenant: 'midori' })).body['error']).toBe('access_denied')
    expect((await publicApp.refresh(refreshToken)).status).toBe(200)
  })
})

describe('one person in several tabs', () => {
  test('acts for two tenants at once in one app', async () => {
    const person = tegata.person()
    const [left, right] = [clinic.start('openid tenant'), clinic.start('openid tenant')]
    const a = await redeemed(clinic, left, await signIn(person, left, { email: 'hanako@example.com', tenant: 'sakura' }))
    const picker = await person.open(right.url)
    const b = await redeemed(clinic, right, await person.submit(picker, {}, 'tenant-midori'))
    expect((await clinic.userinfo(a.accessToken)).body['role']).toBe('DEPARTMENT_HEAD')
    expect((await clinic.userinfo(b.accessToken)).body['role']).toBe('therapist')
    expect((await clinic.refresh(a.refreshToken)).status).toBe(200)
    expect((await clinic.refresh(b.refreshToken)).status).toBe(200)
  })

  test('finishes the sign-in in both when two were begun in a fresh browser', async () => {
    const person = tegata.person()
    const [left, right] = [clinic.start('openid tenant'), voice.start('openid tenant')]
    const [one, two] = [await person.open(left.url), await person.open(right.url)]
    const form = { identifier: ken.email, password: 'tegata-demo-2026' }
    expect(codeOf(await person.submit(one, form, 'sign_in'))).toBeTruthy()
    expect(codeOf(await person.submit(two, form, 'sign_in'))).toBeTruthy()
  })

  test('shares one session where two tabs of a fresh browser sign in at the same moment, and one sign-out ends both', async () => {
    for (let round = 0; round < 5; round += 1) {
      const person = tegata.person()
      const [left, right] = [clinic.start('openid tenant'), voice.start('openid tenant')]
      const [one, two] = [await person.open(left.url), await person.open(right.url)]
      const form = { identifier: ken.email, password: 'tegata-demo-2026' }
      const [a, b] = await Promise.all([person.submit(one, form, 'sign_in'), person.submit(two, form, 'sign_in')])
      const [x, y] = [await redeemed(clinic, left, a), await redeemed(voice, right, b)]
      await person.submit(await person.open(`${tegata.issuer}/oauth2/logout`), {}, 'sign_out_everywhere')
      expect((await clinic.userinfo(x.accessToken)).status).toBe(401)
      expect((await voice.userinfo(y.accessToken)).status).toBe(401)
    }
  })

  test('gets a new cookie with the sign-in, and the old one opens nothing', async () => {
    const person = tegata.person()
    const start = clinic.start('openid tenant')
    const form = await person.open(start.url)
    const planted = await person.jar.serialize()
    await person.submit(form, { identifier: ken.email, password: 'tegata-demo-2026' }, 'sign_in')
    const charlie = tegata.person()
    for (const cookie of planted.cookies) await charlie.jar.setCookie(`${cookie.key ?? ''}=${cookie.value ?? ''}`, tegata.issuer)
    expect((await charlie.open(clinic.start('openid', { prompt: 'none' }).url)).url.searchParams.get('error')).toBe('login_required')
  })

  test('signs in to two products at the same moment without losing either', async () => {
    const person = tegata.person()
    await tokensFor(clinic, person, ken)
    for (let round = 0; round < 5; round += 1) {
      const [left, right] = [clinic.start('openid tenant'), voice.start('openid tenant')]
      const [a, b] = await Promise.all([person.open(left.url), person.open(right.url)])
      const [x, y] = [await redeemed(clinic, left, a), await redeemed(voice, right, b)]
      expect((await clinic.userinfo(x.accessToken)).status).toBe(200)
      expect((await voice.userinfo(y.accessToken)).status).toBe(200)
    }
    const sessions = await tegata.databases.engine.selectFrom('session').select(sql<string[]>`array(select jsonb_object_keys(payload->'authorizations'))`.as('apps')).execute()
    expect(sessions.some((session) => session.apps.includes(clinic.options.clientId) && session.apps.includes(voice.options.clientId))).toBe(true)
  })

  test('stays signed out where one tab signs out while the other one resumes', async () => {
    const person = tegata.person()
    const tokens = await tokensFor(clinic, person, { email: 'hanako@example.com', tenant: 'sakura' })
    const waiting = await person.open(clinic.start('openid tenant', { prompt: 'select_tenant' }).url)
    const question = await person.open(`${tegata.issuer}/oauth2/logout?client_id=${clinic.options.clientId}`)
    await person.submit(question, {}, 'sign_out_everywhere')
    const resumed = await person.submit(waiting, {}, 'tenant-sakura')
    expect(resumed.status).toBe(400)
    expect(resumed.text).toContain('Clinic')
    expect((await clinic.userinfo(tokens.accessToken)).status).toBe(401)
    expect((await clinic.refresh(tokens.refreshToken)).body['error']).toBe('invalid_grant')
    const again = await person.open(clinic.start('openid tenant', { prompt: 'none' }).url)
    expect(again.url.searchParams.get('error')).toBe('login_required')
  })

  test('is signed out for good where the sign-out and the other tab\'s answer meet', async () => {
    for (let round = 0; round < 8; round += 1) {
      const person = tegata.person()
      const tokens = await tokensFor(clinic, person, { email: 'hanako@example.com', tenant: 'sakura' })
      const start = voice.start('openid tenant', { prompt: 'select_tenant' })
      const waiting = await person.open(start.url)
      const question = await person.open(`${tegata.issuer}/oauth2/logout`)
      const [resumed] = await Promise.all([person.submit(waiting, {}, 'tenant-midori'), person.submit(question, {}, 'sign_out_everywhere')])
      const code = resumed.url.searchParams.get('code')
      if (code !== null) {
        const late = await voice.redeem(start, code)
        if (late.status === 200) expect((await voice.userinfo(textIn(late, 'access_token'))).status).toBe(401)
      }
      expect((await clinic.userinfo(tokens.accessToken)).status).toBe(401)
      expect((await person.open(clinic.start('openid tenant', { prompt: 'none' }).url)).url.searchParams.get('error')).toBe('login_required')
    }
  })
})
