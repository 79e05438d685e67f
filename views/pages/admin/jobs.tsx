/** What the platform still has to do in the background: waiting, running, failing, given up. */
import type { JSX } from 'preact'
import { adminPath, type AdminPageProps } from '../../admin-props.ts'
import { jobFields } from '../../contract/admin.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { RowButton } from '../../parts/account-acts.tsx'
import { Tag, type Tone } from '../../parts/account-panel.tsx'
import { AdminFrame } from '../../parts/admin-frame.tsx'
import { Figures } from '../../parts/figures.tsx'
import { Filters } from '../../parts/filters.tsx'
import { Form } from '../../parts/form.tsx'
import { DataTable, Pager, type Column } from '../../parts/table.tsx'

export const jobStates = ['waiting', 'running', 'failing', 'given_up'] as const
type State = (typeof jobStates)[number]

export interface JobRow {
  id: string
  task: string
  state: State
  attempts: string
  createdAt: string
  runAt: string
  lastError: string | null
}

export interface JobsProps extends AdminPageProps<'job_retried' | 'job_removed', 'job_not_idle'> {
  counts: Readonly<Record<State, number>>
  state: State | null
  jobs: readonly JobRow[]
  nextUrl: string | null
  newestUrl: string | null
  scriptUrls: readonly string[]
}

export function JobsPage({ counts, state, jobs, nextUrl, newestUrl, scriptUrls, notice, error, ...page }: JobsProps): JSX.Element {
  const t = speak(page.frame.locale)
  return (
    <AdminFrame
      page={page}
      intro={t('admin.jobs.intro')}
      done={notice === undefined ? undefined : t(`admin.jobs.${notice}`)}
      failure={error === undefined ? undefined : { text: t(`admin.jobs.error.${error}`) }}
      scriptUrls={scriptUrls}
    >
      <Figures figures={jobStates.map((name) => ({ name: t(`admin.jobs.state.${name}`), value: String(counts[name]), look: counts[name] > 0 && (name === 'failing' || name === 'given_up') }))} />
      <Filters
        action={adminPath('jobs')}
        choices={[{ name: 'state', label: t('admin.jobs.state'), all: t('admin.jobs.all'), options: jobStates.map((value) => ({ value, name: t(`admin.jobs.state.${value}`) })), value: state ?? '' }]}
        clearUrl={state === null ? null : adminPath('jobs')}
        t={t}
      />
      <Form form={page.form}>
        <DataTable caption={t('admin.nav.jobs')} columns={columnsOf(t, page.mayChange)} rows={jobs} keyOf={({ id }) => id} empty={t('admin.jobs.empty')} />
      </Form>
      <Pager previous={newestUrl} next={nextUrl} t={t} />
    </AdminFrame>
  )
}

const tones: Readonly<Record<State, Tone>> = { waiting: 'plain', running: 'good', failing: 'look', given_up: 'danger' }

function columnsOf(t: Translate, mayChange: boolean): readonly Column<JobRow>[] {
  return [
    { name: 'task', label: t('admin.jobs.task'), cell: ({ id, task }) => <><b>{task}</b> <small>#{id}</small></> },
    {
      name: 'state', label: t('admin.jobs.state'),
      cell: ({ state, attempts, lastError }) => (
        <>
          <Tag tone={tones[state]}>{t(`admin.jobs.state.${state}`)}</Tag>
          <small>{t('admin.jobs.attempts', { attempts })}</small>
          {lastError === null ? null : <small class="fault">{lastError}</small>}
        </>
      ),
    },
    { name: 'run_at', label: t('admin.jobs.run_at'), cell: ({ runAt }) => runAt },
    { name: 'created_at', label: t('admin.jobs.created_at'), cell: ({ createdAt }) => createdAt },
    ...(mayChange ? [{ name: 'acts', label: t('admin.acts'), cell: (job: JobRow) => <Acts job={job} t={t} /> }] : []),
  ]
}

function Acts({ job: { id, task, state }, t }: { job: JobRow; t: Translate }): JSX.Element {
  if (state === 'running') return <span class="quiet-text">–</span>
  return (
    <span class="row-acts">
      <RowButton button={jobFields.retry} of={id} about={`${task} ${id}`} label={t('admin.jobs.retry')} t={t} />
      <RowButton button={jobFields.remove} of={id} about={`${task} ${id}`} label={t('admin.jobs.remove')} danger t={t} />
    </span>
  )
}
