/** A person's own log: theirs alone, newest first, 90 days, by the indexes that were made for it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Kysely, PostgresDialect } from 'kysely'
import { newId } from '../../src/base/ids.ts'
import { noOrigin } from '../../src/base/origin.ts'
import type { DB } from '../../src/base/schema.ts'
import type { NewEvent } from '../../src/events/record.ts'
import { record } from '../../src/events/record.ts'
import { parseActivityCursor, readActivity, type Activity } from '../../src/self-service/activity.ts'
import { listActivity } from '../../src/self-service/activity-queries.ts'
import { createDatabase, asSuperuser, type TestDatabase } from '../helpers/database.ts'

let test: TestDatabase
beforeAll(async () => { test = await createDatabase() })
afterAll(() => test.close())

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'
const origin = { ip: '192.0.2.7', userAgent: firefox, requestId: null }

async function write(event: Partial<NewEvent> & Pick<NewEvent, 'type'>): Promise<void> {
  await test.databases.inEngine((trx) => record(trx, { outcome: 'success', origin, ...event }))
}

/** The whole log of an account, walked in pages of this size. */
async function walk(accountId: string, limit: number): Promise<readonly Activity[]> {
  const seen: Activity[] = []
  let cursor: string | null = null
  do {
    const page = await readActivity(test, { accountId, cursor: cursor === null ? null : parseActivityCursor(cursor), limit })
    expect(page.entries.length).toBeLessThanOrEqual(limit)
    seen.push(...page.entries)
    cursor = page.nextCursor
  } while (cursor !== null)
  return seen
}

const typesOf = async (accountId: string) => (await walk(accountId, 50)).map(({ type }) => type)

describe('what a person reads', () => {
  it('is what they did and what was done to them, newest first, each once', async () => {
    const [alice, charlie] = [newId(), newId()]
    await write({ type: 'sign_in.failed', outcome: 'failure', subject: alice })
    await write({ type: 'sign_in.succeeded', subject: alice, actor: alice })
    await write({ type: 'membership.suspended', subject: newId(), actor: alice })
    await write({ type: 'password.changed', subject: charlie, actor: charlie })
    expect(await typesOf(alice)).toEqual(['membership.suspended', 'sign_in.succeeded', 'sign_in.failed'])
    expect(await typesOf(charlie)).toEqual(['password.changed'])
    expect(await typesOf(newId())).toEqual([])
  })

  it('leaves out what tokens do by the minute', async () => {
    const alice = newId()
    for (const type of ['token.issued', 'token.refused', 'authorization.granted', 'access.refused'] as const) await write({ type, subject: alice, actor: alice })
    expect(await typesOf(alice)).toEqual([])
  })

  it('says who it was, and keeps to itself where somebody else was and what they wrote', async () => {
    const [alice, admin] = [newId(), newId()]
    await write({ type: 'factors.reset', subject: alice, actor: admin, reason: 'lost her phone' })
    await write({ type: 'sign_in.failed', outcome: 'failure', subject: alice, reason: 'wrong_password' })
    await write({ type: 'password.changed', subject: alice, actor: alice, after: { how: 'self' } })
    expect(await walk(alice, 50)).toMatchObject([
      { type: 'password.changed', by: 'self', how: 'self', ip: '192.0.2.7', userAgent: firefox },
      { type: 'sign_in.failed', by: 'unknown', reason: 'wrong_password', ip: '192.0.2.7', userAgent: firefox },
      { type: 'factors.reset', by: 'somebody_else', reason: null, ip: null, userAgent: null },
    ])
  })

  it('names tenant and app', async () => {
    const [alice, tenantId] = [newId(), newId()]
    await asSuperuser(test.adminUrl, async (admin) => {
      await admin.query(`insert into tenant (id, name, subdomain) values ($1, 'みどり整骨院', 'midori')`, [tenantId])
      await admin.query(`insert into client (id, name, metadata) values ('karte', 'Karte', '{}')`)
    })
    await write({ type: 'consent.granted', subject: 'karte', actor: alice, clientId: 'karte', tenantId, origin: noOrigin })
    expect(await walk(alice, 50)).toMatchObject([{ tenantName: 'みどり整骨院', clientName: 'Karte', ip: null, userAgent: null }])
  })

  it('goes back 90 days', async () => {
    const alice = newId()
    await asSuperuser(test.adminUrl, async (admin) => {
      for (const days of [89, 91]) {
        await admin.query(`insert into event (id, occurred_at, type, outcome, subject) values ($1, now() - make_interval(days => $2), 'sign_in.succeeded', 'success', $3)`, [newId(), days, alice])
      }
    })
    expect(await walk(alice, 50)).toHaveLength(1)
  })
})

describe('the database', () => {
  it('walks the indexes that were made for this, whatever else the log holds', async () => {
    const alice = newId()
    await asSuperuser(test.adminUrl, async (admin) => {
      await admin.query(`insert into event (id, occurred_at, type, outcome, subject, actor) select gen_random_uuid(), now() - n * interval '1 millisecond',
        (array['token.issued', 'sign_in.succeeded'])[1 + n % 2], 'success', 'somebody ' || n % 50, 'somebody ' || n % 50 from generate_series(1, 20000) n`)
      await admin.query(`insert into event (id, occurred_at, type, outcome, subject, actor) select gen_random_uuid(), now() - n * interval '1 millisecond',
        'sign_in.succeeded', 'success', $1, $1 from generate_series(1, 500) n`, [alice])
      await admin.query('analyze event')
    })
    const asked: { sql: string; parameters: readonly unknown[] }[] = []
    const engine = new Kysely<DB>({ dialect: new PostgresDialect({ pool: test.databases.enginePool }), log: ({ query }) => void asked.push(query) })
    const [, ...more] = await listActivity(engine, { accountId: alice, after: null, limit: 11 })
    const last = more.at(-1)
    await listActivity(engine, { accountId: alice, after: { occurredUs: last?.occurred_us ?? 0, eventId: last?.id ?? '' }, limit: 11 })
    expect(asked).toHaveLength(2)
    for (const { sql, parameters } of asked) {
      const { rows } = await test.databases.enginePool.query<{ 'QUERY PLAN': string }>(`explain (analyze, costs off, timing off, summary off, buffers off) ${sql}`, [...parameters])
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
      expect(plan).toMatch(/Index Scan using event_\w*subject\w*_idx/)
      expect(plan).toMatch(/Index Scan using event_\w*actor\w*_idx/)
      expect(plan).not.toMatch(/Seq Scan on event/)
    }
  })
})

describe('pages', () => {
  it('neither lose nor repeat an event, also where many share a moment', async () => {
    const alice = newId()
    await asSuperuser(test.adminUrl, (admin) => admin.query(
      `insert into event (id, occurred_at, type, outcome, subject, actor)
       select gen_random_uuid(), date_trunc('second', now()) - (n / 5) * interval '1 microsecond', 'sign_in.succeeded', 'success',
         case when n % 2 = 0 then $1 end, case when n % 3 < 2 then $1 end from generate_series(0, 59) n where n % 2 = 0 or n % 3 < 2`, [alice]))
    const whole = await walk(alice, 100)
    expect(whole).toHaveLength(50)
    for (const limit of [1, 7, 50]) expect((await walk(alice, limit)).map(({ id }) => id)).toEqual(whole.map(({ id }) => id))
  })

  it.each([[''], ['x'], ['1'], ['1.2'], [`99999999999999999.${newId()}`], [`-1.${newId()}`], [`1.${newId()}'`]])('begin at no cursor such as %s', (text) => {
    expect(parseActivityCursor(text)).toBeNull()
  })

  it('take the largest cursor that is one', async () => {
    expect(await readActivity(test, { accountId: newId(), cursor: parseActivityCursor(`9999999999999999.${newId()}`), limit: 1 })).toEqual({ entries: [], nextCursor: null })
  })
})
