// The password checker: right answers, one path for known and unknown, and no way to pile up or to stop it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { hash as argon2Hash } from 'argon2'
import { afterEach, describe, expect, it } from 'vitest'
import { HashPoolFull, HashPoolUnavailable, PasswordTooLong, createHashPool } from '../../src/accounts/hash-pool.ts'
import type { HashPool } from '../../src/accounts/hash-pool.ts'
import { createLogger } from '../../src/base/log.ts'

const lines: string[] = []
const log = createLogger({ level: 'debug', debug: true }, { write: (line) => { lines.push(line) } })
const pools: HashPool[] = []

async function startPool(limits: { workers?: number; queueLimit?: number; deadlineSeconds?: number } = {}): Promise<HashPool> {
  const pool = createHashPool({ workers: 2, queueLimit: 64, log, ...limits })
  pools.push(pool)
  await pool.ready
  return pool
}

function signal(pool: HashPool, name: NodeJS.Signals): void {
  if (pool.pid === undefined) throw new Error('the child is gone')
  process.kill(pool.pid, name)
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function outcome(work: Promise<unknown>): Promise<unknown> {
  return work.then(() => 'answered', (error: unknown) => error)
}

afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())))

describe('a password', () => {
  it('is known again, and another is not', async () => {
    const pool = await startPool()
    const phc = await pool.hash('tegata-demo-2026')
    expect(phc).toMatch(/^\$argon2id\$v=19\$m=19456,(?:t=2,p=1|p=1,t=2)\$/)
    expect(await pool.verify(phc, 'tegata-demo-2026')).toEqual({ ok: true, needsRehash: false })
    expect(await pool.verify(phc, 'Tegata-demo-2026')).toEqual({ ok: false, needsRehash: false })
  })

  it('is known however the keyboard composes it', async () => {
    const pool = await startPool()
    expect(await pool.verify(await pool.hash('ﾃｶﾞﾀ cafe\u0301 ①'), 'テガタ caf\u00e9 1')).toMatchObject({ ok: true })
  })

  it.each([{ timeCost: 3 }, { memoryCost: 4096 }, { type: 0 } as const])('asks to be hashed anew when it was stored with %j', async (other) => {
    const pool = await startPool()
    const phc = await argon2Hash('old', { memoryCost: 19_456, timeCost: 2, parallelism: 1, ...other })
    expect(await pool.verify(phc, 'old')).toEqual({ ok: true, needsRehash: true })
    expect(await pool.verify(phc, 'wrong')).toEqual({ ok: false, needsRehash: false })
  })

  it('longer than 256 characters is never right and never stored', async () => {
    const pool = await startPool()
    const phc = await pool.hash('x'.repeat(256))
    expect(await pool.verify(phc, 'x'.repeat(256))).toMatchObject({ ok: true })
    expect(await pool.verify(phc, 'x'.repeat(257))).toEqual({ ok: false, needsRehash: false })
    await expect(pool.hash('x'.repeat(257))).rejects.toThrow(PasswordTooLong)
  })

  it('against something that is not a stored hash is a fault, not an answer', async () => {
    await expect((await startPool()).verify('plain', 'plain')).rejects.toThrow('argon2 refused the stored hash')
  })

  it('is not written to the log, whatever happens', async () => {
    const pool = await startPool()
    await outcome(pool.verify('plain', 'hush-hush'))
    const lost = outcome(pool.hash('hush-hush'))
    signal(pool, 'SIGKILL')
    await lost
    expect(lines.join('')).not.toContain('hush-hush')
  })
})

describe('unknown and known accounts', () => {
  it('take the same place in the same queue', async () => {
    const pool = await startPool({ workers: 1, queueLimit: 3 })
    const phc = await pool.hash('right')
    const order: string[] = []
    await Promise.all([
      pool.verify(phc, 'wrong').then(() => order.push('known')),
      pool.verifyDummy('wrong').then(() => order.push('unknown')),
      pool.verify(phc, 'x'.repeat(300)).then(() => order.push('too long')),
      pool.verify(phc, 'right').then(() => order.push('known again')),
    ])
    expect(order).toEqual(['known', 'unknown', 'too long', 'known again'])
  })

  it('are refused alike when the queue is full', async () => {
    const pool = await startPool({ workers: 1, queueLimit: 1 })
    const phc = await pool.hash('right')
    const busy = [pool.hash('a'), pool.hash('b')]
    const refused = [pool.verifyDummy('c'), pool.verify(phc, 'c'), pool.verify(phc, 'x'.repeat(300)), pool.verifyDummy('x'.repeat(300))]
    for (const result of await Promise.all(refused.map(outcome))) expect(result).toBeInstanceOf(HashPoolFull)
    await Promise.all(busy)
  })
})

describe('under load', () => {
  it('what exceeds workers and queue is refused at once, and the rest is answered', async () => {
    const pool = await startPool({ workers: 2, queueLimit: 3 })
    const results = Promise.all(Array.from({ length: 8 }, () => outcome(pool.hash('x'))))
    expect(pool.depth).toBe(3)
    const settled = await results
    expect(settled.filter((result) => result === 'answered')).toHaveLength(5)
    const refusals = settled.filter((result) => result instanceof HashPoolFull)
    expect(refusals).toHaveLength(3)
    expect(refusals.every(({ retryAfterSeconds }) => retryAfterSeconds > 0)).toBe(true)
    expect(pool.depth).toBe(0)
  })

  it('the event loop keeps turning', async () => {
    const pool = await startPool()
    let turns = 0
    const work = { done: false }
    const hashed = Promise.all(Array.from({ length: 6 }, () => pool.hash('x'))).then(() => { work.done = true })
    while (!work.done) {
      await turn()
      turns++
    }
    await hashed
    expect(turns).toBeGreaterThan(50)
  })

  it('what is not answered within its deadline is refused, running or waiting, and the pool recovers', async () => {
    const pool = await startPool({ workers: 1, queueLimit: 5, deadlineSeconds: 0.5 })
    signal(pool, 'SIGSTOP')
    const results = await Promise.all([outcome(pool.hash('running')), outcome(pool.hash('waiting'))])
    for (const result of results) expect(result).toBeInstanceOf(HashPoolFull)
    expect(pool.depth).toBe(0)
    signal(pool, 'SIGCONT')
    await expect.poll(() => outcome(pool.hash('later')), { timeout: 5000 }).toBe('answered')
  })

  it('a child that never answers is replaced', async () => {
    const pool = await startPool({ workers: 1, deadlineSeconds: 0.5 })
    const first = pool.pid
    signal(pool, 'SIGSTOP')
    await outcome(pool.hash('x'))
    await expect.poll(() => outcome(pool.hash('y')), { timeout: 5000 }).toBe('answered')
    expect(pool.pid).not.toBe(first)
  })
})

describe('the child process', () => {
  it('that crashes takes only the running jobs with it', async () => {
    const pool = await startPool({ workers: 1 })
    const first = pool.pid
    signal(pool, 'SIGSTOP')
    const running = outcome(pool.hash('running'))
    const waiting = outcome(pool.hash('waiting'))
    signal(pool, 'SIGKILL')
    const lost = await running
    expect(lost).toBeInstanceOf(HashPoolUnavailable)
    expect(lost).toBeInstanceOf(HashPoolFull)
    expect(await waiting).toBe('answered')
    expect(pool.pid).not.toBe(first)
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('outlives %s, so that sign-ins in progress are answered at shutdown', async (name) => {
    const pool = await startPool()
    const first = pool.pid
    signal(pool, name)
    expect(await outcome(pool.hash('x'))).toBe('answered')
    expect(pool.pid).toBe(first)
  })

  it('ends with its parent, also when the parent is killed', async () => {
    const program = `
      import { createHashPool } from ${JSON.stringify(new URL('../../src/accounts/hash-pool.ts', import.meta.url).href)}
      const pool = createHashPool({ workers: 1, queueLimit: 1, log: { error: () => {} } })
      await pool.ready
      console.log(pool.pid)`
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] })
    const pid = Number(String(await once(parent.stdout, 'data')))
    expect(isRunning(pid)).toBe(true)
    parent.kill('SIGKILL')
    await expect.poll(() => isRunning(pid), { timeout: 5000 }).toBe(false)
  })

  it('ends with the pool, which then refuses all work', async () => {
    const pool = await startPool({ workers: 1 })
    const { pid } = pool
    if (pid === undefined) throw new Error('the child is gone')
    const work = [outcome(pool.hash('running')), outcome(pool.hash('waiting'))]
    await pool.close()
    for (const result of await Promise.all(work)) expect(result).toBeInstanceOf(HashPoolUnavailable)
    expect(isRunning(pid)).toBe(false)
    await expect(pool.verifyDummy('x')).rejects.toThrow(HashPoolUnavailable)
  })
})
