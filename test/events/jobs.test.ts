/** The job runner as the engine's role: payloads are checked, failures come again, a killed process's jobs are not lost. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createLogger } from '../../src/base/log.ts'
import { startJobs, task, type Jobs, type Tasks } from '../../src/events/jobs.ts'
import { addJobs, freeJobs, holdWorkerLease, listAbandonedWorkers } from '../../src/events/queries.ts'
import type { JobSpec } from '../../src/events/subscriber.ts'
import { asSuperuser, createDatabase, openAgain, type TestDatabase } from '../helpers/database.ts'
import { eventually } from '../helpers/eventually.ts'

let db: TestDatabase
beforeAll(async () => { db = await createDatabase() })
afterAll(() => db.close())

const silent = createLogger({ level: 'silent', debug: false })
const start = (tasks: Tasks, log = silent): Promise<Jobs> => startJobs({ databases: db.databases, tasks, log, concurrency: 2 })
const add = (...specs: JobSpec[]) => db.databases.inEngine((trx) => addJobs(trx, specs))
const asAdmin = (statement: string, values: unknown[] = []) => asSuperuser(db.adminUrl, (admin) => admin.query(statement, values))
const waitingJobs = async () => (await asAdmin('select count(*)::int as count from job._private_jobs')).rows[0]

describe('the job runner', () => {
  it('runs a job with the payload that its task asks for, and forgets it', async () => {
    const ran = Promise.withResolvers<unknown>()
    const jobs = await start({ greet: task(z.object({ name: z.string() }), (payload) => { ran.resolve(payload); return Promise.resolve() }) })
    await add({ task: 'greet', payload: { name: 'Alice' } })
    expect(await ran.promise).toEqual({ name: 'Alice' })
    await jobs.stop()
    expect(await waitingJobs()).toEqual({ count: 0 })
  })

  it('tries a failed job again and tells which try it is', async () => {
    const tries: number[] = []
    const failed = Promise.withResolvers<undefined>()
    const done = Promise.withResolvers<undefined>()
    const lines: string[] = []
    const log = createLogger({ level: 'warn', debug: false }, { write: (line) => { lines.push(line); failed.resolve(undefined) } })
    const jobs = await start({
      fragile: (_payload, { attempt, maxAttempts }) => {
        tries.push(attempt)
        if (attempt === 1) throw new Error('the first try fails')
        done.resolve(undefined)
        return Promise.resolve(expect(maxAttempts).toBe(3))
      },
    }, log)
    await add({ task: 'fragile', payload: { secret_looking: 'do not print me' }, maxAttempts: 3 })
    await failed.promise
    await dueNow(db)
    await done.promise
    await jobs.stop()
    expect(tries).toEqual([1, 2])
    expect(lines.join()).toContain('a job failed and is tried again')
    expect(lines.join()).not.toContain('do not print me')
  })

  it('does not run a task whose payload does not fit', async () => {
    const refused = Promise.withResolvers<string>()
    const log = createLogger({ level: 'warn', debug: false }, { write: (line) => { refused.resolve(line) } })
    let ran = false
    const jobs = await start({ strict: task(z.object({ id: z.string() }), () => { ran = true; return Promise.resolve() }) }, log)
    await add({ task: 'strict', payload: { id: 5 }, maxAttempts: 1 })
    expect(await refused.promise).toContain('given up')
    await jobs.stop()
    expect(ran).toBe(false)
    await asAdmin('delete from job._private_jobs')
  })

  it('runs the jobs of one queue one after the other in their order', async () => {
    const order: unknown[] = []
    const all = Promise.withResolvers<undefined>()
    const specs = Array.from({ length: 4 }, (_, place) => ({ task: 'ordered', payload: { place }, queue: 'alice' }))
    await add(...specs)
    const jobs = await start({
      ordered: async (payload) => {
        order.push(payload)
        await new Promise(setImmediate)
        if (order.length === specs.length) all.resolve(undefined)
      },
    })
    await all.promise
    await jobs.stop()
    expect(order).toEqual(specs.map(({ payload }) => payload))
  })

  it('waits for the job under way when it stops', async () => {
    const begun = Promise.withResolvers<undefined>()
    const mayEnd = Promise.withResolvers<undefined>()
    let ended = false
    const jobs = await start({
      slow: async () => {
        begun.resolve(undefined)
        await mayEnd.promise
        ended = true
      },
    })
    await add({ task: 'slow', payload: {} })
    await begun.promise
    const stopped = jobs.stop()
    mayEnd.resolve(undefined)
    await stopped
    expect(ended).toBe(true)
    expect(await waitingJobs()).toEqual({ count: 0 })
  })

  it('finds the jobs of a killed process by its lease and lets them run again', async () => {
    await using killed = { databases: openAgain(db.urls), [Symbol.asyncDispose]: () => killed.databases.close() }
    const connection = await killed.databases.enginePool.connect()
    await holdWorkerLease(connection, 'pool-of-the-killed')
    await add({ task: 'orphan', payload: {} })
    await asAdmin(`update job._private_jobs set locked_by = 'pool-of-the-killed', locked_at = now() - interval '5 minutes'`)
    expect(await listAbandonedWorkers(db.databases.engine, 60)).toEqual([])
    connection.release(true)
    await eventually(() => listAbandonedWorkers(db.databases.engine, 60)).toEqual(['pool-of-the-killed'])
    await freeJobs(db.databases.engine, ['pool-of-the-killed'])
    const ran = Promise.withResolvers<undefined>()
    const jobs = await start({ orphan: () => { ran.resolve(undefined); return Promise.resolve() } })
    await ran.promise
    await jobs.stop()
  })

  it('holds its lease while it lives', async () => {
    const begun = Promise.withResolvers<undefined>()
    const mayEnd = Promise.withResolvers<undefined>()
    const jobs = await start({ long: async () => { begun.resolve(undefined); await mayEnd.promise } })
    await add({ task: 'long', payload: {} })
    await begun.promise
    await asAdmin(`update job._private_jobs set locked_at = now() - interval '5 minutes' where locked_by is not null`)
    await eventually(() => listAbandonedWorkers(db.databases.engine, 60)).toEqual([])
    mayEnd.resolve(undefined)
    await jobs.stop()
  })

  it('starts as a role that may change no schema', async () => {
    await expect(db.databases.enginePool.query('create table job.intruder (id int)')).rejects.toThrow('permission denied')
  })
})

/** Brings the waiting jobs forward, instead of waiting for their pause to end. */
async function dueNow(of: TestDatabase): Promise<void> {
  await eventually(async () => {
    const moved = await asSuperuser(of.adminUrl, (admin) => admin.query(
      `with moved as (update job._private_jobs set run_at = now() where locked_at is null and attempts > 0 returning 1)
       select count(*)::int as count, pg_notify('jobs:insert', '{"count":1}') from moved`,
    ))
    return moved.rows[0]?.count
  }).toBeGreaterThan(0)
}
