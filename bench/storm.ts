/**
 * Password sign-ins against the limit that hashing sets, and what a storm of them does to token traffic.
 */
import { hash, verify } from 'argon2'
import { readCpu, spent } from './cpu.ts'
import { flows, openScene } from './flows.ts'
import { drive, percentile, Wire } from './load.ts'
import { median } from './measure.ts'
import { hashCost } from './servers/seed.ts'
import { password, type Target } from './servers/world.ts'
import { signIn } from './sign-in.ts'

export interface StormResult {
  readonly server: string
  readonly hash: string
  /** CPU milliseconds of one verification, one at a time, in this process. */
  readonly hashMilliseconds: number
  /** CPU milliseconds of server and hash child for one whole sign-in, and sign-ins per second. */
  readonly signInMilliseconds: number | null
  readonly perSecond: number
  /** client_credentials, opaque, two in flight: 99th percentile in ms without and with the storm beside it. */
  readonly p99Calm: number
  readonly p99Storm: number
}

export interface StormOptions {
  readonly signIns: number
  readonly tokens: number
}

const atOnce = 16

export async function measureStorm(target: Target, options: StormOptions): Promise<StormResult> {
  const scene = await openScene(target, () => new Wire(target.origin, atOnce + 2), atOnce)
  try {
    const { wire, at } = scene
    const one = async (worker: number) => { await signIn({ target, wire, at, app: target.apps.sso, offline: false, worker }) }
    await drive(one, { concurrency: atOnce, requests: atOnce })
    const before = readCpu(target.pid)
    const calmSignIns = await drive(one, { concurrency: atOnce, requests: options.signIns })
    const used = spent(before, readCpu(target.pid))
    const { calm, storm } = await measureTokens(target, one, options)
    return {
      server: target.name, hash: target.hash, hashMilliseconds: await measureHash(),
      signInMilliseconds: used === null ? null : used / options.signIns, perSecond: options.signIns / calmSignIns.seconds,
      p99Calm: calm, p99Storm: storm,
    }
  } finally {
    scene.wire.close()
  }
}

async function measureTokens(target: Target, oneSignIn: (worker: number) => Promise<void>, { tokens }: StormOptions) {
  const flow = flows.find(({ name }) => name === 'cc-opaque')
  if (flow === undefined) throw new Error('the flow cc-opaque is gone')
  const scene = await openScene(target, () => new Wire(target.origin, 2), 2)
  try {
    const work = await flow.prepare(scene)
    const amount = { concurrency: 2, requests: tokens }
    await drive(work, amount)
    const calm = percentile((await drive(work, amount)).latencies, 0.99)
    let raging = true
    const people = Array.from({ length: atOnce }, async (_, worker) => {
      while (raging) await oneSignIn(worker)
    })
    const storm = await drive(work, amount).finally(() => { raging = false })
    await Promise.all(people)
    return { calm, storm: percentile(storm.latencies, 0.99) }
  } finally {
    scene.wire.close()
  }
}

async function measureHash(): Promise<number> {
  const phc = await hash(password, hashCost)
  const times: number[] = []
  for (let turn = 0; turn < 15; turn += 1) {
    const from = process.cpuUsage()
    await verify(phc, password)
    const { user, system } = process.cpuUsage(from)
    times.push((user + system) / 1000)
  }
  return median(times)
}
