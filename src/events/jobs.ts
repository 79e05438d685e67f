/**
 * Runs jobs: graphile-worker on the engine's pool, in the schema `job` that `tegata migrate` made.
 * Invariant: a job ends only when its task returned. A task that throws is tried again later with growing pauses; one whose
 * process was killed is tried again within about two minutes, because its worker's lease went with the connection.
 * What the jobs are is the business of the rooms that declare tasks.
 */
import { EventEmitter } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { Logger as JobLogger, run, type Runner, type WorkerEvents } from 'graphile-worker'
import { z } from 'zod'
import type { Databases } from '../base/db.ts'
import type { Logger } from '../base/log.ts'
import { freeJobs, holdWorkerLease, listAbandonedWorkers } from './queries.ts'

export interface TaskHelpers {
  /** 1 at the first try. */
  readonly attempt: number
  readonly maxAttempts: number
  /** Aborted when the process stops and the job has not ended in time. */
  readonly signal: AbortSignal
}

export type Task = (payload: unknown, helpers: TaskHelpers) => Promise<void>
export type Tasks = Readonly<Record<string, Task>>

/** A task whose payload is checked first: one that does not fit fails the job like any other error. */
export function task<Payload>(payload: z.ZodType<Payload>, work: (payload: Payload, helpers: TaskHelpers) => Promise<void>): Task {
  return (given, helpers) => work(payload.parse(given), helpers)
}

export interface JobsOptions {
  readonly databases: Databases
  readonly tasks: Tasks
  readonly log: Logger
  /** Jobs that this process runs at the same time. */
  readonly concurrency: number
}

export interface Jobs {
  /** Takes no new job and waits up to 10 seconds for those that run; what is later is given back to be run again. */
  stop(): Promise<void>
}

const abortAfterMs = 8_000
const giveUpAfterMs = 10_000
const pollIntervalMs = 1_000
const rescueIntervalMs = 30_000
const abandonedForSeconds = 60
const restartAfterMs = 5_000

/** Begins to run jobs; refuses when the database has no job schema yet. */
export async function startJobs(options: JobsOptions): Promise<Jobs> {
  const { databases, log } = options
  const stopping = new AbortController()
  const isStopping = (): boolean => stopping.signal.aborted
  let worker = await startWorker(options)
  const living = keepAlive()
  const rescuing = rescue(options, stopping.signal)

  // A worker ends by itself when it cannot write a job's result; without a new one, mails would silently stay where they are.
  async function keepAlive(): Promise<void> {
    for (;;) {
      const failure = await worker.runner.promise.catch((error: unknown) => error)
      if (isStopping()) return
      log.error({ err: failure }, 'the job runner ended and is started again')
      await sleep(restartAfterMs, stopping.signal)
      if (isStopping()) return
      worker = await startWorker(options).catch(() => worker)
      if (isStopping()) return worker.runner.stop().catch(() => undefined)
    }
  }

  return {
    async stop() {
      stopping.abort()
      const { runner, id } = worker
      const giveUp = new AbortController()
      const late = sleep(giveUpAfterMs, giveUp.signal).then(() => 'late')
      // A runner that has ended by itself refuses to stop.
      const outcome = await Promise.race([runner.stop().catch(() => undefined), late])
      giveUp.abort()
      if (outcome === 'late') {
        log.warn('a job did not end in time: it is given back and runs again')
        await freeJobs(databases.engine, [id()])
      } else {
        await living
      }
      await rescuing
    },
  }
}

interface Worker {
  readonly runner: Runner
  readonly id: () => string
}

async function startWorker({ databases, tasks, log, concurrency }: JobsOptions): Promise<Worker> {
  const events: WorkerEvents = new EventEmitter()
  let id = ''
  events.on('pool:create', ({ workerPool }) => { id = workerPool.id })
  events.on('pool:listen:success', ({ client, workerPool }) => {
    // The connection drains when it listens. The lease stays on it even after the worker: a worker that ended holds no jobs.
    client.once('drain', () => {
      holdWorkerLease(client, workerPool.id).catch((error: unknown) => { log.debug({ err: error }, 'no lease for this worker') })
    })
  })
  const runner = await run({
    pgPool: databases.enginePool,
    schema: 'job',
    taskList: Object.fromEntries(Object.entries(tasks).map(([name, work]) => [name, adapt(work)])),
    // Without a list of its own it would look for a file named crontab where the process stands.
    parsedCronItems: [],
    concurrency,
    pollInterval: pollIntervalMs,
    noHandleSignals: true,
    preset: { worker: { gracefulShutdownAbortTimeout: abortAfterMs } },
    logger: jobLogger(log),
    events,
  })
  return { runner, id: () => id }
}

interface GraphileHelpers {
  readonly job: { readonly attempts: number; readonly max_attempts: number }
  readonly abortSignal: AbortSignal
}

function adapt(work: Task) {
  return async (payload: unknown, { job, abortSignal }: GraphileHelpers): Promise<void> => {
    await work(payload, { attempt: job.attempts, maxAttempts: job.max_attempts, signal: abortSignal })
  }
}

/** Looks now and then for jobs whose process was killed, and frees them. */
async function rescue({ databases, log }: JobsOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const workers = await listAbandonedWorkers(databases.engine, abandonedForSeconds)
      if (workers.length > 0) {
        await freeJobs(databases.engine, workers)
        log.warn({ workers }, 'jobs of a process that was killed are run again')
      }
    } catch (error) {
      log.debug({ err: error }, 'could not look for abandoned jobs')
    }
    await sleep(rescueIntervalMs, signal)
  }
}

const sleep = (ms: number, signal: AbortSignal): Promise<void> => pause(ms, undefined, { signal }).catch(() => undefined)

const failedJob = z.object({
  failure: z.literal(true),
  job: z.object({ id: z.coerce.string(), task_identifier: z.string(), attempts: z.number(), max_attempts: z.number() }),
  error: z.unknown(),
})

const levels = { error: 'error', warning: 'warn', info: 'debug', debug: 'debug' } as const

/** graphile-worker's lines in our log; of a job only its name and number, never its payload. */
function jobLogger(log: Logger): JobLogger {
  return new JobLogger(() => (level, message, meta) => {
    const failed = failedJob.safeParse(meta)
    if (failed.success) {
      const { job, error } = failed.data
      const isLast = job.attempts >= job.max_attempts
      const line = { err: error, task: job.task_identifier, job_id: job.id, attempt: job.attempts, max_attempts: job.max_attempts }
      log[isLast ? 'error' : 'warn'](line, isLast ? 'a job failed for the last time and is given up' : 'a job failed and is tried again')
    } else {
      log[levels[level]]({ err: meta['error'] }, message)
    }
  })
}
