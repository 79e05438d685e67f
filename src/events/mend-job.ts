/**
 * What an operator does about a job that will not end by itself: lets it run again from its first attempt, or takes it out.
 * Invariant: a job that runs at this moment is left alone; its worker would write over what was said here.
 */
import type { Databases } from '../base/db.ts'
import type { Origin } from '../base/origin.ts'
import { deleteJob, lockIdleJob, updateJobDue } from './job-queries.ts'
import { record } from './record.ts'

export interface JobChange {
  readonly jobId: string
  readonly actor: string | null
  readonly origin: Origin
}

export type JobMending = { readonly ok: true } | { readonly ok: false; readonly reason: 'job_not_idle' }

export function retryJob({ databases }: { readonly databases: Databases }, { jobId, actor, origin }: JobChange): Promise<JobMending> {
  return databases.inEngine(async (trx): Promise<JobMending> => {
    const job = isJobId(jobId) ? await lockIdleJob(trx, jobId) : undefined
    if (job === undefined) return { ok: false, reason: 'job_not_idle' }
    await updateJobDue(trx, jobId)
    await record(trx, { type: 'job.retried', outcome: 'success', subject: jobId, actor, origin, before: { attempts: job.attempts }, after: { task: job.task, attempts: 0 } })
    return { ok: true }
  })
}

export function removeJob({ databases }: { readonly databases: Databases }, { jobId, actor, origin }: JobChange): Promise<JobMending> {
  return databases.inEngine(async (trx): Promise<JobMending> => {
    const job = isJobId(jobId) ? await lockIdleJob(trx, jobId) : undefined
    if (job === undefined) return { ok: false, reason: 'job_not_idle' }
    await deleteJob(trx, jobId)
    await record(trx, { type: 'job.removed', outcome: 'success', subject: jobId, actor, origin, before: { task: job.task, attempts: job.attempts } })
    return { ok: true }
  })
}

function isJobId(text: string): boolean {
  return /^[1-9]\d{0,17}$/.test(text)
}
