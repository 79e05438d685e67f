/** The log of a tenant: narrowed by what it is about, who did it, to whom, when; each event as a sentence with its details. */
import type { JSX } from 'preact'
import type { ConsolePageProps } from '../../console-props.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { Pairs } from '../../parts/account-panel.tsx'
import { ConsoleFrame } from '../../parts/console-frame.tsx'
import { EventChanges, EventSentence, NarrowLink, type EventEntry } from '../../parts/event-row.tsx'
import { Filters } from '../../parts/filters.tsx'
import { DataTable, Pager, type Column } from '../../parts/table.tsx'
import { hrefTo } from '../../safe-url.ts'

export const auditGroups = ['sign_in', 'membership', 'invitation', 'role', 'unit', 'tenant', 'second_factor', 'factors', 'activation', 'client', 'consent', 'session', 'access'] as const

export type AuditGroup = (typeof auditGroups)[number]

export const auditOutcomes = ['success', 'failure', 'refused'] as const

export interface AuditEntry extends EventEntry {
  readonly type: string
  readonly ip: string | null
  readonly browser: string | null
  readonly requestId: string | null
  /** Narrow the log to whoever did it and whoever it befell; null where nobody is known. */
  readonly byActor: { readonly name: string; readonly href: string } | null
  readonly bySubject: { readonly name: string; readonly href: string } | null
}

export interface AuditProps extends ConsolePageProps {
  events: readonly AuditEntry[]
  values: { type: string; outcome: string; from: string; until: string; requestId: string; actor: string; subject: string }
  /** What narrows to one person or thing, in words, and the address without it. */
  narrowed: readonly { readonly kind: 'actor' | 'subject'; readonly name: string; readonly href: string }[]
  path: string
  isFiltered: boolean
  newestUrl: string | null
  nextUrl: string | null
  scriptUrls: readonly string[]
}

export function AuditPage({ events, narrowed, newestUrl, nextUrl, isFiltered, scriptUrls, ...page }: AuditProps): JSX.Element {
  const t = speak(page.frame.locale)
  return (
    <ConsoleFrame page={page} intro={t('console.audit.intro')} scriptUrls={scriptUrls}>
      <AuditFilters {...page} isFiltered={isFiltered} t={t} />
      {narrowed.length === 0 ? null : (
        <ul class="chips">
          {narrowed.map(({ kind, name, href }) => (
            <li key={kind}>
              <span>{kind === 'actor' ? t('console.audit.only_actor', { name }) : t('console.audit.only_subject', { name })}</span>
              <a href={hrefTo(href)}>{t('console.audit.narrow')}</a>
            </li>
          ))}
        </ul>
      )}
      <DataTable caption={t('console.nav.audit')} columns={columnsOf(t)} rows={events} keyOf={({ id }) => id} empty={t(isFiltered ? 'console.audit.empty' : 'console.audit.empty_all')} />
      <div class="board-foot">
        {newestUrl === null ? null : (
          <a id="newest" class="onward" href={hrefTo(newestUrl)}>
            {t('console.audit.newest')}
          </a>
        )}
        <Pager previous={null} next={nextUrl} t={t} />
      </div>
    </ConsoleFrame>
  )
}

function AuditFilters({ values, path, isFiltered, t }: Pick<AuditProps, 'values' | 'path' | 'isFiltered'> & { t: Translate }): JSX.Element {
  return (
    <Filters
      action={path}
      choices={[
        { name: 'type', label: t('console.audit.group'), all: t('console.audit.group.all'), value: values.type, options: auditGroups.map((group) => ({ value: group, name: t(`console.audit.group.${group}`) })) },
        { name: 'outcome', label: t('console.audit.outcome'), all: t('console.audit.outcome.all'), value: values.outcome, options: auditOutcomes.map((outcome) => ({ value: outcome, name: t(`console.audit.outcome.${outcome}`) })) },
      ]}
      kept={[['actor', values.actor], ['subject', values.subject]]}
      clearUrl={isFiltered ? path : null}
      t={t}
    >
      <label class="filter filter-named">
        <span>{t('console.audit.from')}</span>
        <input type="date" id="filter_from" name="from" value={values.from} />
      </label>
      <label class="filter filter-named">
        <span>{t('console.audit.until')}</span>
        <input type="date" id="filter_until" name="until" value={values.until} />
      </label>
      <label class="filter filter-named">
        <span>{t('console.audit.request_id')}</span>
        <input type="text" id="filter_request_id" name="request_id" value={values.requestId} autocomplete="off" maxLength={100} />
      </label>
    </Filters>
  )
}

function columnsOf(t: Translate): readonly Column<AuditEntry>[] {
  return [
    { name: 'when', label: t('console.audit.when'), cell: ({ when }) => <span class="when">{when}</span> },
    {
      name: 'what', label: t('console.audit.what'),
      cell: (event) => (
        <div class="event">
          <p class="event-words">
            <EventSentence event={event} t={t} />
          </p>
          <Details event={event} t={t} />
        </div>
      ),
    },
  ]
}

function Details({ event, t }: { event: AuditEntry; t: Translate }): JSX.Element {
  const { byActor, bySubject } = event
  return (
    <details class="event-details">
      <summary>{t('console.audit.details')}</summary>
      <div class="stack">
        <EventChanges changes={event.changes} t={t} />
        <Pairs
          pairs={[
            [t('console.audit.type'), <code key="type">{event.type}</code>],
            [t('console.audit.ip'), event.ip],
            [t('console.audit.browser'), event.browser],
            [t('console.audit.request_id'), event.requestId === null ? null : <code key="id">{event.requestId}</code>],
          ]}
        />
        <ul class="names">
          {byActor === null ? null : <NarrowLink href={byActor.href} words={t('console.audit.by_actor', { name: byActor.name })} />}
          {bySubject === null ? null : <NarrowLink href={bySubject.href} words={t('console.audit.by_subject', { name: bySubject.name })} />}
        </ul>
      </div>
    </details>
  )
}
