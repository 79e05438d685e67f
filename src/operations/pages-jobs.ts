/** The page of the background jobs. */
import { countJobs, jobStates, listJobs, type JobRow, type JobState } from '../events/job-queries.ts'
import { removeJob, retryJob } from '../events/mend-job.ts'
import { html, type PageDoor, type PageResult } from '../http/page.ts'
import { adminPath } from '../../views/admin-props.ts'
import { JobsPage, type JobsProps } from '../../views/pages/admin/jobs.tsx'
import type { AdminDeps } from './deps.ts'
import { adminPage, doneAt, listAt, noticeIn, statusOf, type OperatorVisit } from './operator-visit.ts'

const jobsPerPage = 50

export function jobPages(deps: AdminDeps): readonly PageDoor[] {
  return adminPage(deps, { path: '/jobs', place: 'jobs' }, { show: (visit) => show(deps, visit), take: (visit) => mend(deps, visit), freshness: { POST: 'any' } })
}

async function show({ databases: { engine }, scripts }: AdminDeps, visit: OperatorVisit, error?: JobsProps['error']): Promise<PageResult> {
  const { query } = visit.request
  const state = jobStates.find((one) => one === query.get('state')) ?? null
  const after = /^[1-9]\d{0,17}$/.test(query.get('cursor') ?? '') ? query.get('cursor') : null
  // One more than is shown tells whether there is another page.
  const [counts, rows] = await Promise.all([countJobs(engine), listJobs(engine, { state, after, limit: jobsPerPage + 1 })])
  const jobs = rows.slice(0, jobsPerPage)
  return html(JobsPage({
    ...visit.page, counts, state, error,
    jobs: jobs.map((row) => present(visit, row)),
    nextUrl: rows.length > jobsPerPage ? listAt('jobs', { state, cursor: jobs.at(-1)?.id ?? null }) : null,
    newestUrl: after === null ? null : listAt('jobs', { state }),
    notice: error === undefined ? noticeIn(visit, ['job_retried', 'job_removed']) : undefined,
    scriptUrls: scripts.filters,
  }), { status: statusOf(error), script: 'self' })
}

function present({ written }: OperatorVisit, row: JobRow): JobsProps['jobs'][number] {
  const { id, task, attempts, max_attempts: most, last_error: lastError } = row
  const state: JobState = row.state
  // The first line says what went wrong; what follows is where in the program it did.
  return { id, task, state, attempts: `${attempts}/${most}`, createdAt: written(row.created_at), runAt: written(row.run_at), lastError: lastError?.split('\n')[0]?.slice(0, 300) ?? null }
}

async function mend(deps: AdminDeps, visit: OperatorVisit): Promise<PageResult> {
  const { form } = visit.request
  const [retried, removed] = [form.get('retry'), form.get('remove')]
  const result = retried === null ? await removeJob(deps, { jobId: removed ?? '', ...visit.by }) : await retryJob(deps, { jobId: retried, ...visit.by })
  return result.ok ? doneAt(adminPath('jobs'), retried === null ? 'job_removed' : 'job_retried') : show(deps, visit, result.reason)
}
