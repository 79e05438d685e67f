/** The relay on a real database: nothing is lost to a slow transaction, nothing doubled by a second process. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EngineTrx } from '../../src/base/db.ts'
import { createLogger } from '../../src/base/log.ts'
import { noOrigin } from '../../src/base/origin.ts'
import type { EventType } from '../../src/events/catalogue.ts'
import { record } from '../../src/events/record.ts'
import { startRelay, type Relay } from '../../src/events/relay.ts'
import type { JobSpec, StoredEvent, Subscriber } from '../../src/events/subscriber.ts'
import { deliver } from '../helpers/deliver.ts'
import { asSuperuser, createDatabase, openAgain, type TestDatabase } from '../helpers/database.ts'
import { eventually } from '../helpers/eventually.ts'

let db: TestDatabase
beforeAll(async () => { db = await createDatabase() })
afterAll(() => db.close())

const log = createLogger({ level: 'silent', debug: false })
const note = (event: StoredEvent): JobSpec[] => [{ task: 'note', payload: { type: event.type, subject: event.subject } }]

function reader(name: string, job: Subscriber['job'] = note, types: readonly EventType[] = ['account.locked', 'account.created']): Subscriber {
  return { name, types, job }
}

/** A relay whose cursors stand at the present end of the log, behind every event of the tests before. */
async function readyRelay(subscribers: readonly Subscriber[], databases = db.databases): Promise<Relay> {
  await eventually(async () => {
    const open = await databases.enginePool.query('select 1 from event where xid >= pg_snapshot_xmin(pg_current_snapshot())')
    return open.rowCount
  }).toBe(0)
  const relay = startRelay({ databases, subscribers, log, pollMs: null })
  await relay.runOnce()
  return relay
}

const lock = (trx: EngineTrx, subject: string) => record(trx, { type: 'account.locked', outcome: 'success', subject, origin: noOrigin })
const happen = (subject: string, type: EventType = 'account.locked') =>
  db.databases.inEngine((trx) => record(trx, { type, outcome: 'success', subject, origin: noOrigin }))

/** Takes the waiting jobs away and returns their subjects in the order in which they would run. */
async function takeJobs(): Promise<unknown[]> {
  const taken = await asSuperuser(db.adminUrl, (admin) => admin.query<{ subject: unknown }>(
    `with gone as (delete from job._private_jobs returning *) select payload->>'subject' as subject from gone order by priority, run_at, id`,
  ))
  return taken.rows.map(({ subject }) => subject)
}

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0)
const outcome = (relay: Relay): Promise<string> => relay.runOnce().then((count) => `delivered ${count}`, (error: unknown) => String(error).replace('Error: ', ''))

/** A transaction that writes an event and stays open until `commit`. */
async function openTransaction(subject: string): Promise<{ commit(): Promise<void> }> {
  const written = Promise.withResolvers<undefined>()
  const mayCommit = Promise.withResolvers<undefined>()
  const ended = db.databases.inEngine(async (trx) => {
    await lock(trx, subject)
    written.resolve(undefined)
    await mayCommit.promise
  })
  await written.promise
  return {
    async commit() {
      mayCommit.resolve(undefined)
      await ended
    },
  }
}

describe('the relay', () => {
  it('turns the events that a subscriber wants into its jobs, in order, and no others', async () => {
    const relay = await readyRelay([reader('wants_two')])
    await happen('first')
    await happen('unwanted', 'session.started')
    await happen('second', 'account.created')
    await deliver(relay, 2)
    expect(await takeJobs()).toEqual(['first', 'second'])
    expect(await relay.runOnce()).toBe(0)
  })

  it('starts a new subscriber at the present end of the log', async () => {
    await happen('long ago')
    const relay = await readyRelay([reader('newcomer')])
    await happen('from now on')
    await deliver(relay, 1)
    expect(await takeJobs()).toEqual(['from now on'])
  })

  it('loses nothing to a transaction that began first and commits last, and waits for nothing else', async () => {
    const relay = await readyRelay([reader('patient')])
    await happen('before')
    const slow = await openTransaction('slow')
    await happen('quick')
    // It may not pass the one that is still open.
    await deliver(relay, 1)
    expect(await relay.runOnce()).toBe(0)
    expect(await takeJobs()).toEqual(['before'])
    await slow.commit()
    await deliver(relay, 2)
    expect(await takeJobs()).toEqual(['slow', 'quick'])
    expect(await relay.runOnce()).toBe(0)
  })

  it('delivers once when two processes relay at the same time', async () => {
    await using other = { databases: openAgain(db.urls), [Symbol.asyncDispose]: () => other.databases.close() }
    const subscribers = [reader('shared')]
    const relays = await Promise.all([readyRelay(subscribers), readyRelay(subscribers, other.databases)])
    const subjects = Array.from({ length: 450 }, (_, place) => `event ${place}`)
    await db.databases.inEngine(async (trx) => {
      for (const subject of subjects) await lock(trx, subject)
    })
    const both = { runOnce: async () => sum(await Promise.all([...relays, ...relays].map((relay) => relay.runOnce()))), stop: () => Promise.resolve() }
    await deliver(both, subjects.length)
    expect(await takeJobs()).toEqual(subjects)
  })

  it('delivers, once, what a process was delivering when it was killed', async () => {
    const relay = await readyRelay([reader('mortal')])
    for (const subject of ['first', 'second', 'third']) await happen(subject)
    const child = spawn(process.execPath, [fileURLToPath(new URL('./killed-relay.ts', import.meta.url)), JSON.stringify(db.urls), 'mortal'], { stdio: 'inherit' })
    const [code, signal] = await once(child, 'exit')
    expect([code, signal]).toEqual([null, 'SIGKILL'])
    expect(await takeJobs()).toEqual([])
    await deliver(relay, 3)
    expect(await takeJobs()).toEqual(['first', 'second', 'third'])
  })

  it('lets a subscriber that fails hold up itself alone', async () => {
    const relay = await readyRelay([reader('broken', () => { throw new Error('no') }), reader('healthy')])
    await happen('for both')
    await eventually(() => outcome(relay)).toBe('the subscriber broken could not take its events')
    expect(await takeJobs()).toEqual(['for both'])
  })

  it('keeps the later one of two jobs with the same key', async () => {
    const relay = await readyRelay([reader('keyed', ({ subject }) => [{ task: 'note', payload: { subject }, key: 'the same' }])])
    await happen('earlier')
    await happen('later')
    await deliver(relay, 2)
    expect(await takeJobs()).toEqual(['later'])
  })

  it('writes nothing while nothing happens', async () => {
    const relay = await readyRelay([reader('idle')])
    await happen('the last one')
    await deliver(relay, 1)
    const cursor = () => db.databases.engine.selectFrom('event_cursor').selectAll().where('subscriber', '=', 'idle').executeTakeFirst()
    const before = await cursor()
    await relay.runOnce()
    expect(await cursor()).toEqual(before)
  })

  it('delivers by itself while it polls, and stops when it is told', async () => {
    const arrived = Promise.withResolvers<string | null>()
    const subscriber = reader('polling', ({ subject }) => { arrived.resolve(subject); return [] })
    const relay = startRelay({ databases: db.databases, subscribers: [subscriber], log, pollMs: 5 })
    await relay.runOnce()
    await happen('seen')
    expect(await arrived.promise).toBe('seen')
    await relay.stop()
  })
})
