/** Who gets into the operators' console and with what, and what is done there about people, keys and jobs. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { enrolTotp } from '../helpers/factors.ts'
import { ageSignIns, forge, isSignedIn, member, openAccount, somebody } from '../helpers/people.ts'
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

const places = ['', '/accounts', '/keys', '/jobs', '/events']
const refusals = async (accountId: string) =>
  (await tegata.databases.engine.selectFrom('event').select(['subject', 'reason']).where('actor', '=', accountId).where('type', '=', 'access.refused').execute())
const events = (subject: string, type: string) =>
  tegata.databases.engine.selectFrom('event').select(['actor', 'outcome', 'reason', 'before', 'after']).where('subject', '=', subject).where('type', '=', type).execute()
const heading = (page: Visit) => page.html.querySelector('h1')?.text
const at = (path: string) => openAdmin(tegata, cast.owner, `/admin${path}`)

describe('the operators’ console', () => {
  test.each(['alice', 'charlie'] as const)('is not there for %s, which is written down', async (name) => {
    for (const place of places) {
      const page = await openAdmin(tegata, cast[name], `/admin${place}`)
      expect([page.status, page.html.querySelector('.board')], place).toEqual([404, null])
    }
    expect(await refusals(cast[name].accountId)).toContainEqual({ subject: 'GET /admin/accounts', reason: 'not_found' })
  })

  test('leads an operator who has only a password through setting up a second factor, and back', async () => {
    const who = await newOperator(tegata, 'owner')
    const asked = await openAdmin(tegata, who, '/admin/keys')
    expect(asked.url.pathname).toMatch(/^\/interaction\//)
    expect((await who.person.open(`${tegata.issuer}/admin`)).url.pathname).toMatch(/^\/interaction\//)
    const { next } = await enrolTotp(who.person, await who.person.open(`${tegata.issuer}/admin/keys`))
    expect([next.status, next.url.pathname]).toEqual([200, '/admin/keys'])
  })

  test('takes no trusted browser for the second factor', async () => {
    const who = await newOperator(tegata, 'owner')
    await enrolTotp(who.person, await openAdmin(tegata, who, '/admin'))
    const { engine } = tegata.databases
    const { tenantId } = await member(tegata, who)
    await sql`update tenant set trusted_device_days = 30 where id = ${tenantId}`.execute(engine)
    await sql`update device set trusted_until = now() + interval '1 day' where account_id = ${who.accountId}`.execute(engine)
    // As a session looks whose second factor a trusted browser stood in for.
    await sql`update session set payload = payload || '{"acr": "aal1", "amr": ["pwd"], "trustedDevice": true}' where account_id = ${who.accountId}`.execute(engine)
    expect(await isSignedIn(tegata, who.person)).toBe(true)
    const asked = await who.person.open(`${tegata.issuer}/admin`)
    expect([asked.url.pathname, asked.html.getElementById('verify') !== null]).toEqual([expect.stringMatching(/^\/interaction\//), true])
  })

  test('shows its owner and its auditor every place', async () => {
    for (const who of [cast.owner, cast.auditor]) {
      for (const place of [...places, `/accounts/${cast.alice.accountId}`]) expect((await openAdmin(tegata, who, `/admin${place}`)).status, place).toBe(200)
    }
  })

  test('takes nothing from an auditor, and writes the attempt down', async () => {
    const { person, accountId } = cast.auditor
    const page = await openAdmin(tegata, cast.auditor, `/admin/accounts/${cast.charlie.accountId}`)
    expect(page.html.getElementById('lock_down')).toBeNull()
    const own = await person.open(`${tegata.issuer}/account/profile`)
    for (const path of ['/admin/keys', '/admin/jobs', `/admin/accounts/${cast.charlie.accountId}`]) {
      expect((await forge(person, own, { action: path, fields: { action: 'lock_down' } })).status, path).toBe(403)
    }
    expect(await refusals(accountId)).toContainEqual({ subject: 'POST /admin/accounts/:account_id', reason: 'permission_missing' })
    expect(await events(cast.charlie.accountId, 'account.suspended')).toEqual([])
  })

  test('asks for a fresh sign-in before anything dangerous', async () => {
    const who = await newOperator(tegata, 'owner')
    await enrolTotp(who.person, await openAdmin(tegata, who, '/admin'))
    const page = await who.person.open(`${tegata.issuer}/admin/accounts/${cast.charlie.accountId}`)
    await ageSignIns(tegata, who.accountId)
    expect((await who.person.submit(page, {}, 'lock_down')).url.pathname).toMatch(/^\/interaction\//)
    expect(await events(cast.charlie.accountId, 'account.suspended')).toEqual([])
  })
})

describe('people', () => {
  test('are found by id, address, name and staff number', async () => {
    for (const search of ['hanako@exa', '佐藤', 'サトウハナ', 'S-0142@sakura', 'S-014']) {
      const page = await at(`/accounts?search=${encodeURIComponent(search)}`)
      expect(page.text.includes('hanako@example.com'), search).toBe(true)
      expect(page.text.includes('ken@example.com'), search).toBe(false)
    }
    expect((await at(`/accounts?search=${cast.charlie.accountId}`)).text).toContain(cast.charlie.email)
    expect((await at('/accounts?search=%25')).html.querySelectorAll('tbody tr')).toHaveLength(0)
  })

  test('are locked down: every session ends at once, and resumed', async () => {
    const who = await somebody(tegata)
    const person = tegata.person()
    await openAccount(tegata, person, who)
    expect(await isSignedIn(tegata, person)).toBe(true)
    const locked = await cast.owner.person.submit(await at(`/accounts/${who.accountId}`), {}, 'lock_down')
    expect([locked.status, locked.html.querySelector('.notice')?.text]).toEqual([200, expect.stringContaining('停止')])
    expect(await isSignedIn(tegata, person)).toBe(false)
    expect(await events(who.accountId, 'account.suspended')).toMatchObject([{ actor: cast.owner.accountId, outcome: 'success', before: { status: 'active' }, after: { status: 'locked' } }])
    expect((await cast.owner.person.submit(locked, {}, 'resume')).html.getElementById('lock_down')).not.toBeNull()
  })

  test('lose their second factors only for a reason, and are signed out', async () => {
    const who = await somebody(tegata)
    const page = await at(`/accounts/${who.accountId}`)
    expect((await cast.owner.person.submit(page, {}, 'reset_factors')).status).toBe(400)
    expect((await forge(cast.owner.person, page, { fields: { action: 'reset_factors', reason: '電話を失くした' } })).status).toBe(200)
    expect(await events(who.accountId, 'factors.reset')).toMatchObject([{ actor: cast.owner.accountId, reason: '電話を失くした' }])
    expect(await events(who.accountId, 'account.signed_out_everywhere')).toHaveLength(1)
  })

  test('get a link to set a password, which is shown once', async () => {
    const who = await somebody(tegata)
    const shown = await cast.owner.person.submit(await at(`/accounts/${who.accountId}`), {}, 'activate')
    expect(shown.html.getElementById('activation_link')?.text).toMatch(new RegExp(`^${tegata.issuer}/`))
    expect((await at(`/accounts/${who.accountId}`)).html.getElementById('activation_link')).toBeNull()
  })

  test('do not stop themselves', async () => {
    const page = await cast.owner.person.submit(await at(`/accounts/${cast.owner.accountId}`), {}, 'lock_down')
    expect([page.status, page.html.getElementById('error_summary')?.text]).toEqual([400, expect.stringContaining('自分のアカウント')])
  })
})

describe('keys', () => {
  test('that were just published do not sign yet, unless the current one has leaked', async () => {
    const { person } = cast.owner
    const young = await person.submit(await at('/keys'), {}, 'rotate_ES256')
    expect([young.status, young.html.getElementById('error_summary')?.text]).toEqual([400, expect.stringContaining('分待って')])
    expect((await person.submit(await at('/keys'), { confirm: 'yes' }, 'emergency_ES256')).status).toBe(400)
    const before = (await at('/keys')).html.querySelectorAll('code').map((code) => code.text)
    const rotated = await person.submit(await at('/keys'), { confirm: 'EMERGENCY' }, 'emergency_ES256')
    expect(rotated.status).toBe(200)
    expect(rotated.html.querySelectorAll('code').map((code) => code.text)).not.toContain(before[0])
  })
})

describe('jobs', () => {
  test('that failed for good are run again or taken out', async () => {
    const { engine } = tegata.databases
    const failed = async (): Promise<string> => {
      const row = (await sql<{ id: string }>`select (job.add_job('nobody_knows', '{}'::json, max_attempts => 1)).id::text as id`.execute(engine)).rows[0]
      await sql`update job._private_jobs set attempts = 1, last_error = 'no such task' where id = ${row?.id ?? ''}::bigint`.execute(engine)
      return row?.id ?? ''
    }
    const [again, out] = [await failed(), await failed()]
    const list = await at('/jobs?state=given_up')
    expect(list.text).toContain('no such task')
    await cast.owner.person.submit(list, {}, `retry-${again}`)
    expect((await cast.owner.person.submit(await at('/jobs'), {}, `remove-${out}`)).text).not.toContain(`#${out}`)
    expect(await events(again, 'job.retried')).toMatchObject([{ actor: cast.owner.accountId, after: { task: 'nobody_knows', attempts: 0 } }])
    expect(await events(out, 'job.removed')).toHaveLength(1)
  })
})

describe('the log', () => {
  const rows = async (query: string) => (await at(`/events?${query}`)).html.querySelectorAll('tbody tr').map((row) => row.text)

  test('is filtered by each of its sides', async () => {
    const refused = await rows(`type=access.refused&actor=${cast.alice.accountId}`)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.every((text) => text.includes('access.refused'))).toBe(true)
    expect((await rows(`actor=${encodeURIComponent(cast.alice.email)}`)).some((text) => text.includes('access.refused'))).toBe(true)
    expect((await rows('tenant=sakura&outcome=success')).length).toBeGreaterThan(0)
    expect(await rows('tenant=nowhere')).toEqual([])
    expect(await rows('type=nothing')).toEqual([])
    expect(await rows('until=2020-01-01')).toEqual([])
  })

  test('goes on from page to page and shows each event once', async () => {
    const first = await at('/events')
    const next = first.html.getElementById('next_page')?.getAttribute('href') ?? ''
    const second = await cast.owner.person.open(new URL(next.replaceAll('&amp;', '&'), tegata.issuer))
    expect(heading(second)).toBe('イベント')
    expect(first.html.querySelectorAll('tbody tr')).toHaveLength(50)
    expect(second.html.querySelectorAll('tbody tr').length).toBeGreaterThan(0)
  })

  test('shows what an event says, and finds the request by its id', async () => {
    const page = await cast.charlie.person.open(`${tegata.issuer}/admin`)
    const id = page.headers.get('x-request-id') ?? ''
    expect(await rows(`request=${id}`)).toEqual([expect.stringContaining('GET /admin')])
  })
})
