/** The log of the whole platform: who did what to whom, with before and after, by any of its sides. */
import type { JSX } from 'preact'
import { adminPath, type AdminPageProps } from '../../admin-props.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { Tag, type Tone } from '../../parts/account-panel.tsx'
import { AdminFrame } from '../../parts/admin-frame.tsx'
import { Filters } from '../../parts/filters.tsx'
import { DataTable, Pager, type Column } from '../../parts/table.tsx'
import { hrefTo } from '../../safe-url.ts'

export const eventOutcomes = ['success', 'failure', 'refused'] as const

export interface AdminEventRow {
  id: string
  at: string
  type: string
  /** What happened, in words. */
  sentence: string
  outcome: (typeof eventOutcomes)[number]
  tenant: { id: string; name: string } | null
  actor: { id: string; name: string | null } | null
  subject: string | null
  reason: string | null
  /** As they were written, line by line. */
  before: string | null
  after: string | null
  /** Address, browser, request. */
  from: readonly string[]
}

export interface EventsProps extends AdminPageProps {
  events: readonly AdminEventRow[]
  types: readonly string[]
  /** As the address says; what it does not name is empty. */
  filters: { type: string; outcome: string; tenant: string; actor: string; subject: string; request: string; from: string; until: string }
  isFiltered: boolean
  nextUrl: string | null
  newestUrl: string | null
  scriptUrls: readonly string[]
}

const places = ['tenant', 'actor', 'subject', 'request'] as const

export function EventsPage({ events, types, filters, isFiltered, nextUrl, newestUrl, scriptUrls, ...page }: EventsProps): JSX.Element {
  const t = speak(page.frame.locale)
  return (
    <AdminFrame page={page} intro={t('admin.events.intro')} scriptUrls={scriptUrls}>
      <Filters
        action={adminPath('events')}
        choices={[
          { name: 'type', label: t('admin.events.type'), all: t('admin.events.all_types'), options: types.map((value) => ({ value, name: value })), value: filters.type },
          { name: 'outcome', label: t('admin.events.outcome'), all: t('admin.events.all_outcomes'), options: eventOutcomes.map((value) => ({ value, name: t(`admin.events.outcome.${value}`) })), value: filters.outcome },
        ]}
        clearUrl={isFiltered ? adminPath('events') : null}
        t={t}
      >
        {places.map((name) => (
          <div key={name} class="filter">
            <label class="unseen" for={`filter_${name}`}>
              {t(`admin.events.${name}`)}
            </label>
            <input type="search" id={`filter_${name}`} name={name} value={filters[name]} placeholder={t(`admin.events.${name}`)} autocomplete="off" maxLength={255} />
          </div>
        ))}
        {(['from', 'until'] as const).map((name) => (
          <div key={name} class="filter filter-day">
            <label for={`filter_${name}`}>{t(`admin.events.${name}`)}</label>
            <input type="date" id={`filter_${name}`} name={name} value={filters[name]} />
          </div>
        ))}
      </Filters>
      <DataTable caption={t('admin.nav.events')} columns={columnsOf(t)} rows={events} keyOf={({ id }) => id} empty={t('admin.events.empty')} />
      <Pager previous={newestUrl} next={nextUrl} t={t} />
    </AdminFrame>
  )
}

const tones: Readonly<Record<AdminEventRow['outcome'], Tone>> = { success: 'good', failure: 'look', refused: 'danger' }

function columnsOf(t: Translate): readonly Column<AdminEventRow>[] {
  const filteredBy = (name: string, value: string) => hrefTo(adminPath('events', `?${new URLSearchParams({ [name]: value }).toString()}`))
  return [
    { name: 'at', label: t('admin.events.at'), cell: ({ at }) => at },
    {
      name: 'what', label: t('admin.events.what'),
      cell: ({ type, sentence, outcome, reason, before, after, from }) => (
        <>
          <bdi>{sentence}</bdi>{' '}
          {outcome === 'success' ? null : <Tag tone={tones[outcome]}>{t(`admin.events.outcome.${outcome}`)}</Tag>}
          <small>
            <a href={filteredBy('type', type)}>{type}</a> {reason}
          </small>
          <Change before={before} after={after} from={from} t={t} />
        </>
      ),
    },
    {
      name: 'actor', label: t('admin.events.actor_name'),
      cell: ({ actor }) => (actor === null ? <span class="quiet-text">–</span> : (
        <a href={filteredBy('actor', actor.id)}>
          <bdi>{actor.name ?? actor.id}</bdi>
        </a>
      )),
    },
    { name: 'subject', label: t('admin.events.subject_name'), cell: ({ subject }) => (subject === null ? <span class="quiet-text">–</span> : <a class="id" href={filteredBy('subject', subject)}>{subject}</a>) },
    {
      name: 'tenant', label: t('admin.events.tenant_name'),
      cell: ({ tenant }) => (tenant === null ? <span class="quiet-text">–</span> : (
        <a href={filteredBy('tenant', tenant.id)}>
          <bdi>{tenant.name}</bdi>
        </a>
      )),
    },
  ]
}

function Change({ before, after, from, t }: Pick<AdminEventRow, 'before' | 'after' | 'from'> & { t: Translate }): JSX.Element | null {
  if (before === null && after === null && from.length === 0) return null
  return (
    <details class="change">
      <summary>{t('admin.events.details')}</summary>
      {([['before', before], ['after', after]] as const).map(([name, text]) => (text === null ? null : (
        <div key={name}>
          <span>{t(`admin.events.${name}`)}</span>
          <pre>{text}</pre>
        </div>
      )))}
      {from.map((line) => (
        <small key={line}>{line}</small>
      ))}
    </details>
  )
}
