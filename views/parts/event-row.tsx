/** One event of the log as a line to read, with what changed behind a button: the sentence comes in words, the details as they are. */
import type { JSX } from 'preact'
import type { Translate } from '../messages.ts'
import { hrefTo } from '../safe-url.ts'
import { Tag } from './account-panel.tsx'

export interface EventChange {
  readonly label: string
  readonly before: string | null
  readonly after: string | null
}

export interface EventEntry {
  readonly id: string
  /** As it is written for the reader. */
  readonly when: string
  readonly outcome: 'success' | 'failure' | 'refused'
  readonly sentence: string
  /** In words, where there are some. */
  readonly reason: string | null
  readonly changes: readonly EventChange[]
}

/** What happened, and whether it did not go through. */
export function EventSentence({ event, t }: { event: Pick<EventEntry, 'outcome' | 'sentence' | 'reason'>; t: Translate }): JSX.Element {
  const { outcome, sentence, reason } = event
  return (
    <>
      {outcome === 'success' ? null : <Tag tone={outcome === 'refused' ? 'look' : 'danger'}>{t(`console.audit.outcome.${outcome}`)}</Tag>} <bdi>{sentence}</bdi>
      {reason === null ? null : (
        <small class="event-reason">
          {t('console.audit.reason')}: <bdi>{reason}</bdi>
        </small>
      )}
    </>
  )
}

/** Values before and after, side by side; nothing where nothing is known to have changed. */
export function EventChanges({ changes, t }: { changes: readonly EventChange[]; t: Translate }): JSX.Element | null {
  if (changes.length === 0) return null
  return (
    <table class="changes">
      <caption class="unseen">{t('console.audit.changes')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('console.audit.change.field')}</th>
          <th scope="col">{t('console.audit.change.before')}</th>
          <th scope="col">{t('console.audit.change.after')}</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ label, before, after }) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td>{before === null ? '–' : <bdi>{before}</bdi>}</td>
            <td>{after === null ? '–' : <bdi>{after}</bdi>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** A list of events, newest first, each with its changes behind a button. */
export function EventLog({ events, t }: { events: readonly EventEntry[]; t: Translate }): JSX.Element {
  return (
    <ol class="log">
      {events.map((event) => (
        <li key={event.id}>
          <span class="when">{event.when}</span>
          <span class="what">
            <EventSentence event={event} t={t} />
          </span>
          {event.changes.length === 0 ? null : (
            <details class="event-details">
              <summary>{t('console.audit.changes')}</summary>
              <EventChanges changes={event.changes} t={t} />
            </details>
          )}
        </li>
      ))}
    </ol>
  )
}

/** Narrows the log to one person or thing. */
export function NarrowLink({ href, words }: { href: string; words: string }): JSX.Element {
  return (
    <li>
      <a href={hrefTo(href)}>{words}</a>
    </li>
  )
}
