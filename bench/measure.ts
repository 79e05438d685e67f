/**
 * One slice: one flow against one server, with the CPU that the server and the database used for it.
 * Invariant: preparing and warming stand outside the readings; work that a server puts off until after its answers (Tegata's
 * event relay) stands inside, because the last reading waits for it.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { ofDatabase, readCpu, residentMebibytes, spent } from './cpu.ts'
import { openScene, type Flow } from './flows.ts'
import { drive, percentile, Wire, type Amount } from './load.ts'
import type { Target } from './servers/world.ts'

export interface Slice {
  readonly flow: string
  readonly server: string
  readonly round: number
  readonly concurrency: number
  readonly requests: number
  readonly seconds: number
  readonly perSecond: number
  /** CPU milliseconds per request; null where it cannot be read, or where there is no database. */
  readonly serverCpu: number | null
  readonly databaseCpu: number | null
  readonly p50: number
  readonly p99: number
  readonly generatorBusy: number
  readonly residentMebibytes: number | null
}

const relayPauseMilliseconds = 400

export interface SliceInput extends Amount {
  readonly flow: Flow
  readonly target: Target
  readonly round: number
  readonly postgresPid: number
}

/** Throws with the flow and the server in front when an answer is not what it has to be. */
export async function measureSlice(input: SliceInput): Promise<Slice> {
  try {
    return await measure(input)
  } catch (error) {
    throw new Error(`${input.flow.name} on ${input.target.name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

async function measure({ flow, target, round, concurrency, requests, postgresPid }: SliceInput): Promise<Slice> {
  const scene = await openScene(target, () => new Wire(target.origin, concurrency), concurrency)
  try {
    const work = await flow.prepare(scene)
    await drive(work, { concurrency, requests: concurrency * 4 })
    if (target.name === 'tegata') await pause(relayPauseMilliseconds)
    const before = readBoth(target, postgresPid)
    const driven = await drive(work, { concurrency, requests })
    if (target.name === 'tegata') await pause(relayPauseMilliseconds)
    const after = readBoth(target, postgresPid)
    const perRequest = (sum: number | null) => (sum === null ? null : sum / requests)
    return {
      flow: flow.name, server: target.name, round, concurrency, requests, seconds: driven.seconds, perSecond: requests / driven.seconds,
      serverCpu: perRequest(spent(before.server, after.server)),
      databaseCpu: perRequest(spent(before.database, after.database)),
      p50: percentile(driven.latencies, 0.5), p99: percentile(driven.latencies, 0.99),
      generatorBusy: driven.generatorBusy, residentMebibytes: residentMebibytes(target.pid),
    }
  } finally {
    scene.wire.close()
  }
}

function readBoth({ pid, database }: Target, postgresPid: number) {
  return { server: readCpu(pid), database: database === null ? null : readCpu(postgresPid, ofDatabase(database)) }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]]
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2
}
