/** The SQL of what graphile-worker keeps in the schema `job`, as operators see and mend it. */
import { sql, type Kysely } from 'kysely'
import type { EngineTrx } from '../base/db.ts'
import type { DB } from '../base/schema.ts'

type Engine = Kysely<DB>

/** waiting: due now or later. running: somebody is at it. failing: has failed and is tried again. given_up: nobody tries any more. */
export const jobStates = ['waiting', 'running', 'failing', 'given_up'] as const
export type JobState = (typeof jobStates)[number]

export interface JobRow {
  readonly id: string
  readonly task: string
  readonly state: JobState
  readonly attempts: number
  readonly max_attempts: number
  readonly created_at: Date
  readonly run_at: Date
  readonly last_error: string | null
}

const stateOfJob = sql<JobState>`case when j.locked_at is not null then 'running' when j.attempts >= j.max_attempts then 'given_up'
  when j.attempts > 0 then 'failing' else 'waiting' end`

export async function countJobs(db: Engine): Promise<Readonly<Record<JobState, number>>> {
  const found = await sql<{ state: JobState; count: number }>`select ${stateOfJob} as state, count(*)::int as count from job._private_jobs j group by 1`.execute(db)
  const counts = new Map(found.rows.map(({ state, count }) => [state, count]))
  const of = (state: JobState) => counts.get(state) ?? 0
  return { waiting: of('waiting'), running: of('running'), failing: of('failing'), given_up: of('given_up') }
}

export interface JobWindow {
  readonly state: JobState | null
  /** The last id of the page before. */
  readonly after: string | null
  readonly limit: number
}

/** Newest first, never the payload: it may hold what only its reader should see. */
export async function listJobs(db: Engine, { state, after, limit }: JobWindow): Promise<readonly JobRow[]> {
  const found = await sql<JobRow>`select j.id::text as id, t.identifier as task, ${stateOfJob} as state, j.attempts, j.max_attempts, j.created_at, j.run_at, j.last_error
    from job._private_jobs j join job._private_tasks t on t.id = j.task_id
    where (${after}::bigint is null or j.id < ${after}::bigint) and (${state}::text is null or ${stateOfJob} = ${state}::text)
    order by j.id desc limit ${limit}::int`.execute(db)
  return found.rows
}

/** The task of a job that nobody runs now, kept until the transaction ends; undefined where there is none. */
export async function lockIdleJob(trx: EngineTrx, jobId: string): Promise<{ readonly task: string; readonly attempts: number } | undefined> {
  const found = await sql<{ task: string; attempts: number }>`select t.identifier as task, j.attempts from job._private_jobs j join job._private_tasks t on t.id = j.task_id
    where j.id = ${jobId}::bigint and j.locked_at is null for update of j skip locked`.execute(trx.query)
  return found.rows[0]
}

/** Makes the job due now, with all its attempts before it again. */
export async function updateJobDue(trx: EngineTrx, jobId: string): Promise<void> {
  await sql`select job.reschedule_jobs(array[${jobId}::bigint], run_at := now(), attempts := 0)`.execute(trx.query)
}

export async function deleteJob(trx: EngineTrx, jobId: string): Promise<void> {
  await sql`select job.complete_jobs(array[${jobId}::bigint])`.execute(trx.query)
}
