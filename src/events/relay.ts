/**
 * Turns events into jobs: each subscriber has a cursor in the log, and moving it and adding the jobs is one transaction.
 * Invariant: every event reaches every subscriber that wants it, in the order of transaction visibility (design §6), whichever
 * process dies when: what committed was delivered, what did not is read again. A subscriber that throws holds up itself alone.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Databases } from '../base/db.ts'
import type { Logger } from '../base/log.ts'
import { addJobs, createCursors, listDisplacedCursors, listEventsBetween, listSubscribersBehind, lockCursor, moveCursor } from './queries.ts'
import type { Subscriber } from './subscriber.ts'

export interface RelayOptions {
  readonly databases: Databases
  readonly subscribers: readonly Subscriber[]
  readonly log: Logger
  /** Pause between two looks at the log; null for a relay that only works when `runOnce` is called. */
  readonly pollMs: number | null
}

export interface Relay {
  /** Ends after the batch under way. */
  stop(): Promise<void>
  /** Brings every subscriber up to the present; returns how many events were delivered. Throws what a subscriber threw. */
  runOnce(): Promise<number>
}

const batchSize = 200
const longestPauseMs = 10_000

/**
 * Begins to read; several processes may do so at once. A subscriber that has no cursor yet gets one at the present end of the
 * log in the first pass.
 */
export function startRelay(options: RelayOptions): Relay {
  const { log, pollMs } = options
  const stopping = new AbortController()
  let prepared = false
  let last: Promise<unknown> = Promise.resolve()
  const runOnce = (): Promise<number> => {
    const pass = last.then(async () => {
      if (!prepared) await prepare(options)
      prepared = true
      return catchUp(options, stopping.signal)
    })
    last = pass.catch(() => undefined)
    return pass
  }
  const polling = pollMs === null ? Promise.resolve() : poll({ runOnce, pollMs, log, signal: stopping.signal })
  return {
    runOnce,
    async stop() {
      stopping.abort()
      await Promise.all([polling, last])
    },
  }
}

async function prepare({ databases, subscribers, log }: RelayOptions): Promise<void> {
  const names = subscribers.map(({ name }) => name)
  await createCursors(databases.engine, names)
  // A logical restore gives a server that counts its transactions from the start: what is written there lies behind these cursors.
  const displaced = await listDisplacedCursors(databases.engine, names)
  if (displaced.length > 0) log.error({ subscribers: displaced }, 'this database was restored on another server: its event cursors lie in the future')
}

interface Polling {
  readonly runOnce: () => Promise<number>
  readonly pollMs: number
  readonly log: Logger
  readonly signal: AbortSignal
}

async function poll({ runOnce, pollMs, log, signal }: Polling): Promise<void> {
  let failures = 0
  while (!signal.aborted) {
    try {
      await runOnce()
      if (failures > 0) log.info('events are delivered again')
      failures = 0
    } catch (error) {
      failures += 1
      log.error({ err: error, failures }, 'events wait: a subscriber or the database failed')
    }
    const waitMs = failures === 0 ? pollMs : Math.min(longestPauseMs, pollMs * 2 ** failures)
    await pause(waitMs, undefined, { signal }).catch(() => undefined)
  }
}

async function catchUp({ databases, subscribers }: RelayOptions, signal: AbortSignal): Promise<number> {
  // A look without locks first: an idle server writes nothing and uses up no transaction ids.
  const behind = new Set(await listSubscribersBehind(databases.enginePool, subscribers.map(({ name }) => name)))
  let delivered = 0
  const failures: unknown[] = []
  for (const subscriber of subscribers.filter(({ name }) => behind.has(name))) {
    try {
      delivered += await deliverAll(databases, subscriber, signal)
    } catch (error) {
      failures.push(new Error(`the subscriber ${subscriber.name} could not take its events`, { cause: error }))
    }
  }
  if (failures.length > 0) throw failures[0]
  return delivered
}

async function deliverAll(databases: Databases, subscriber: Subscriber, signal: AbortSignal): Promise<number> {
  let delivered = 0
  while (!signal.aborted) {
    const count = await deliverBatch(databases, subscriber)
    delivered += count
    if (count < batchSize) break
  }
  return delivered
}

function deliverBatch(databases: Databases, subscriber: Subscriber): Promise<number> {
  return databases.inEngine(async (trx) => {
    const cursor = await lockCursor(trx, subscriber.name)
    // Another process is reading for this subscriber now.
    if (cursor === undefined) return 0
    const events = await listEventsBetween(trx, { cursor, types: subscriber.types, limit: batchSize })
    await addJobs(trx, events.flatMap(({ event }) => subscriber.job(event)))
    // A full batch ends at its last event; otherwise all was read up to the horizon, unwanted types included.
    const end = events.length === batchSize ? events.at(-1)?.position : undefined
    await moveCursor(trx, subscriber.name, end ?? { xid: cursor.horizon, eventId: lowestId })
    return events.length
  })
}

const lowestId = '00000000-0000-0000-0000-000000000000'
