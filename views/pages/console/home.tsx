/** The home of a tenant's console: how things stand, what needs a look, what was done lately, and the first steps while there are any. */
import type { JSX } from 'preact'
import type { ConsolePageProps } from '../../console-props.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { Panel, Tag } from '../../parts/account-panel.tsx'
import { ConsoleFrame } from '../../parts/console-frame.tsx'
import { EventLog, type EventEntry } from '../../parts/event-row.tsx'
import { DayChart, Figures, Progress, type Figure } from '../../parts/figures.tsx'
import { hrefTo } from '../../safe-url.ts'

export type AttentionWords =
  | { readonly kind: 'seats_full' | 'seats_nearly_full' | 'invitations_expired' | 'invitations_expiring' | 'members_without_second_factor' | 'memberships_ending_soon' | 'break_glass'; readonly count: number }
  | { readonly kind: 'only_one_administrator' }
  | { readonly kind: 'rule_coming'; readonly count: number; readonly date: string }
  | { readonly kind: 'closing'; readonly date: string }

export type AttentionItem = AttentionWords & { readonly href: string | null }

export const firstSteps = ['contact', 'logo', 'units', 'roles', 'invite', 'mfa'] as const

export interface FirstStep {
  readonly step: (typeof firstSteps)[number]
  readonly done: boolean
  /** Null where the person may not do it. */
  readonly href: string | null
}

export interface HomeProps extends ConsolePageProps {
  /** Null for whoever may not see members. */
  people: {
    readonly active: number
    readonly invited: number
    readonly suspended: number
    readonly seatsUsed: number
    readonly seatLimit: number | null
    readonly withSecondFactor: number
    readonly expired: number
    readonly hrefs: { readonly active: string; readonly suspended: string; readonly withoutFactor: string; readonly invitations: string }
    readonly days: readonly { readonly label: string; readonly value: number }[]
  } | null
  attention: readonly AttentionItem[]
  /** Null for whoever may not read the log. */
  acts: readonly EventEntry[] | null
  auditUrl: string
  /** Empty once all is done. */
  steps: readonly FirstStep[]
}

export function HomePage({ people, attention, acts, auditUrl, steps, ...page }: HomeProps): JSX.Element {
  const t = speak(page.frame.locale)
  return (
    <ConsoleFrame page={page}>
      {steps.length === 0 ? null : <FirstSteps steps={steps} t={t} />}
      {people === null ? null : <Figures figures={figuresOf(people, t)} />}
      {people === null ? null : <AttentionList attention={attention} t={t} />}
      {people === null ? null : <SignIns days={people.days} t={t} />}
      {acts === null ? null : (
        <Panel title={t('console.home.acts')}>
          {acts.length === 0 ? <p class="quiet-text">{t('console.home.acts.none')}</p> : <EventLog events={acts} t={t} />}
          <p>
            <a id="all_events" class="onward" href={hrefTo(auditUrl)}>
              {t('console.home.acts.all')}
            </a>
          </p>
        </Panel>
      )}
    </ConsoleFrame>
  )
}

function figuresOf(people: NonNullable<HomeProps['people']>, t: Translate): readonly Figure[] {
  const { active, seatsUsed: used, seatLimit: limit, withSecondFactor, expired, hrefs } = people
  const coverage = active === 0 ? 0 : Math.round((100 * withSecondFactor) / active)
  return [
    { name: t('console.home.figures.active'), value: String(active), href: hrefs.active },
    { name: t('console.home.figures.invited'), value: String(people.invited), href: hrefs.invitations, ...(expired === 0 ? {} : { note: t('console.home.figures.expired', { count: expired }), look: true }) },
    { name: t('console.home.figures.suspended'), value: String(people.suspended), href: hrefs.suspended },
    limit === null
      ? { name: t('console.home.figures.seats'), value: String(used), note: t('console.home.figures.seats_no_limit'), href: hrefs.active }
      : {
        name: t('console.home.figures.seats'), value: t('console.home.figures.seats_of', { used, limit }), note: t('console.home.figures.seats_free', { count: Math.max(0, limit - used) }), href: hrefs.active, look: used >= limit * 0.9,
      },
    { name: t('console.home.figures.factors'), value: `${coverage} %`, note: t('console.home.figures.factors_of', { count: withSecondFactor }), href: hrefs.withoutFactor },
  ]
}

function AttentionList({ attention, t }: { attention: readonly AttentionItem[]; t: Translate }): JSX.Element {
  if (attention.length === 0) return <p class="notice">{t('console.home.attention.none')}</p>
  return (
    <Panel title={t('console.home.attention')}>
      <ul class="attention">
        {attention.map((item) => (
          <li key={item.kind}>
            <span>{attentionWords(t, item)}</span>
            {item.href === null ? null : (
              <a class="button quiet compact" id={`attention_${item.kind}`} href={hrefTo(item.href)}>
                <span>
                  {t('console.home.attention.see')}
                  <span class="unseen">{t('account.about', { name: attentionWords(t, item) })}</span>
                </span>
              </a>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function attentionWords(t: Translate, item: AttentionItem): string {
  switch (item.kind) {
    case 'only_one_administrator':
      return t('console.home.attention.only_one_administrator')
    case 'rule_coming':
      return t('console.home.attention.rule_coming', { count: item.count, date: item.date })
    case 'closing':
      return t('console.home.attention.closing', { date: item.date })
    default:
      return t(`console.home.attention.${item.kind}`, { count: item.count })
  }
}

function SignIns({ days, t }: { days: NonNullable<HomeProps['people']>['days']; t: Translate }): JSX.Element {
  const total = days.reduce((sum, { value }) => sum + value, 0)
  const most = days.reduce((found, one) => (one.value > found.value ? one : found), { label: '', value: 0 })
  const summary = total === 0 ? t('console.home.chart.none') : t('console.home.chart.summary', { total, most: most.value, day: most.label })
  return (
    <Panel title={t('console.home.chart.title')} lead={summary}>
      {total === 0 ? null : <DayChart days={days} summary={summary} words={{ day: t('console.home.chart.day'), value: t('console.home.chart.value'), asTable: t('console.home.chart.table') }} />}
    </Panel>
  )
}

function FirstSteps({ steps, t }: { steps: readonly FirstStep[]; t: Translate }): JSX.Element {
  const done = steps.filter((step) => step.done).length
  const progress = t('console.home.first.progress', { of: steps.length, done })
  return (
    <Panel title={t('console.home.first.title')} lead={t('console.home.first.lead', { count: steps.length })}>
      <Progress label={t('console.home.first.title')} value={done} of={steps.length} words={progress} />
      <ol class="first-steps">
        {steps.map(({ step, done: isDone, href }) => (
          <li key={step} class={isDone ? 'done' : undefined}>
            <p>
              {href === null || isDone ? (
                <b>{t(`console.home.first.${step}`)}</b>
              ) : (
                <a id={`step_${step}`} href={hrefTo(href)}>
                  {t(`console.home.first.${step}`)}
                </a>
              )}{' '}
              {isDone ? <Tag tone="good">{t('console.home.first.done')}</Tag> : null}
            </p>
            {isDone ? null : <p class="quiet-text">{t(`console.home.first.${step}_text`)}</p>}
          </li>
        ))}
      </ol>
    </Panel>
  )
}
