/** The second step of a list: what was found about each line before anybody is invited, and one line corrected by hand. */
import type { JSX } from 'preact'
import { rowFields } from '../../contract/console-imports.ts'
import type { ConsolePageProps } from '../../console-props.ts'
import type { ImportCounts, ImportFieldName, PersonLine } from '../../import-props.ts'
import { inviteNo } from '../../invite-words.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { Panel, Tag, Warning } from '../../parts/account-panel.tsx'
import { ConsoleFrame } from '../../parts/console-frame.tsx'
import { Figures, type Figure } from '../../parts/figures.tsx'
import { Filters } from '../../parts/filters.tsx'
import { Action, Checkbox, Field, Form } from '../../parts/form.tsx'
import { importNo, importPath, ImportSteps } from '../../parts/import-steps.tsx'
import { DataTable, type Column } from '../../parts/table.tsx'
import { hrefTo } from '../../safe-url.ts'

export interface ImportSeats {
  readonly limit: number | null
  readonly used: number
  readonly invited: number
  readonly wanted: number
}

export interface ImportRowsProps extends ConsolePageProps<'checked' | 'saved', string> {
  list: { id: string; name: string; rows: number }
  counts: ImportCounts
  seats: ImportSeats
  reasons: readonly { readonly reason: string; readonly rows: number }[]
  rows: readonly PersonLine[]
  values: { status: string; reason: string }
  isFiltered: boolean
  firstUrl: string | null
  nextUrl: string | null
  /** Of the notice. */
  savedLine: number
  scriptUrls: readonly string[]
}

export function ImportRowsPage(props: ImportRowsProps): JSX.Element {
  const { list, rows, notice, error, savedLine, scriptUrls, nav, form } = props
  const t = speak(props.frame.locale)
  return (
    <ConsoleFrame
      page={props}
      title={list.name}
      intro={t('imports.rows_intro')}
      done={notice === undefined ? undefined : notice === 'checked' ? t('imports.rows.checked') : t('imports.rows.saved', { number: savedLine })}
      failure={error === undefined ? undefined : { text: importNo(t, error) }}
      scriptUrls={scriptUrls}
    >
      <ImportSteps subdomain={nav.tenant.subdomain} importId={list.id} current="rows" t={t} />
      <Figures figures={figuresOf(props, t)} />
      <RowFilters {...props} t={t} />
      <DataTable caption={t('imports.rows_caption')} columns={columnsOf(t)} rows={rows} keyOf={({ number }) => String(number)} empty={t('imports.rows.empty')} />
      <Foot {...props} t={t} />
      <Form form={form}>
        <div class="panel-acts">
          <a class="button" id="to_waves" href={hrefTo(importPath(nav.tenant.subdomain, list.id, 'waves'))}>
            {t('imports.rows.onward')}
          </a>
          <Action button={rowFields.checkAgain} look="quiet">
            {t('imports.rows.check_again')}
          </Action>
        </div>
      </Form>
    </ConsoleFrame>
  )
}

function figuresOf({ counts, seats }: ImportRowsProps, t: Translate): readonly Figure[] {
  return [
    { name: t('imports.figure.ready'), value: String(counts.ready) },
    { name: t('imports.figure.refused'), value: String(counts.refused), look: counts.refused > 0 },
    ...(counts.invited === 0 ? [] : [{ name: t('imports.figure.invited'), value: String(counts.invited) }]),
    seatsFigure(seats, t),
  ]
}

function seatsFigure({ limit, used, invited, wanted }: ImportSeats, t: Translate): Figure {
  const name = t('imports.figure.seats')
  if (limit === null) return { name, value: String(used), note: t('imports.seats_wanted', { wanted }) }
  const missing = used + invited + wanted - limit
  return { name, value: t('imports.seats_of', { used, limit }), note: missing > 0 ? t('imports.seats_short', { count: missing }) : t('imports.seats_wanted', { wanted }), look: missing > 0 }
}

type WithWords = ImportRowsProps & { t: Translate }

function RowFilters({ form, values, reasons, isFiltered, t }: WithWords): JSX.Element {
  return (
    <Filters
      action={form.action}
      choices={[
        {
          name: 'status', label: t('imports.rows.filter_status'), all: t('imports.rows.filter_status_all'), value: values.status,
          options: (['ready', 'refused', 'invited', 'rolled_back'] as const).map((status) => ({ value: status, name: t(`imports.row_status.${status}`) })),
        },
        {
          name: 'reason', label: t('imports.rows.filter_reason'), all: t('imports.rows.filter_reason_all'), value: values.reason,
          options: reasons.map(({ reason, rows }) => ({ value: reason, name: t('imports.rows.reason_count', { reason: inviteNo(t, reason), count: rows }) })),
        },
      ]}
      clearUrl={isFiltered ? form.action : null}
      t={t}
    />
  )
}

const tones = { ready: 'good', refused: 'danger', invited: 'good', rolled_back: 'plain' } as const

function columnsOf(t: Translate): readonly Column<PersonLine>[] {
  return [
    { name: 'number', label: t('imports.rows.number'), cell: ({ number }) => <span id={`row_${number}`}>{number}</span> },
    { name: 'person', label: t('imports.rows.person'), cell: ({ name, raw, memberUrl }) => (memberUrl === null ? <b class="address">{raw ?? name}</b> : <a href={hrefTo(memberUrl)}>{name}</a>) },
    {
      name: 'contact', label: t('imports.rows.contact'),
      cell: ({ email, employeeNumber }) => email === null && employeeNumber === null ? null : (
        <>
          <span class="address">{email}</span>
          {employeeNumber === null ? null : <small>{employeeNumber}</small>}
        </>
      ),
    },
    {
      name: 'place', label: t('imports.rows.place'),
      cell: ({ role, units }) => role === '' && units.length === 0 ? null : (
        <>
          <bdi>{role}</bdi>
          {units.length === 0 ? null : <small>{units.join(t('account.comma'))}</small>}
        </>
      ),
    },
    {
      name: 'status', label: t('imports.rows.status'),
      cell: ({ status, reason }) => (
        <>
          <Tag tone={tones[status]}>{t(`imports.row_status.${status}`)}</Tag>
          {reason === null || status === 'rolled_back' ? null : <small>{inviteNo(t, reason)}</small>}
        </>
      ),
    },
    {
      name: 'acts', label: t('imports.rows.acts'),
      cell: ({ number, editUrl }) =>
        editUrl === null ? null : (
          <a id={`edit_${number}`} href={hrefTo(editUrl)} aria-label={t('imports.rows.edit_of', { number })}>
            {t('imports.rows.edit')}
          </a>
        ),
    },
  ]
}

function Foot({ list, firstUrl, nextUrl, t }: WithWords): JSX.Element {
  return (
    <nav class="pager" aria-label={t('board.pages')}>
      <span>{t('imports.rows.total', { count: list.rows })}</span>
      <span class="pager-ways">
        {firstUrl === null ? null : (
          <a id="first_page" href={hrefTo(firstUrl)}>
            {t('imports.rows.first')}
          </a>
        )}
        {nextUrl === null ? null : (
          <a id="next_page" rel="next" href={hrefTo(nextUrl)}>
            {t('board.next')}
          </a>
        )}
      </span>
    </nav>
  )
}

export interface ImportRowProps extends ConsolePageProps<never, string> {
  list: { id: string; name: string }
  number: number
  reason: string | null
  fields: readonly { readonly name: ImportFieldName; readonly value: string; readonly read: string }[]
  /** Null where nobody has to be taken back. */
  reinvite: boolean | null
}

/** One line. */
export function ImportRowPage({ list, number, reason, fields, reinvite, error, ...page }: ImportRowProps): JSX.Element {
  const t = speak(page.frame.locale)
  return (
    <ConsoleFrame
      page={page}
      title={t('imports.row_title', { number })}
      parent={{ label: list.name, href: importPath(page.nav.tenant.subdomain, list.id, 'rows') }}
      intro={t('imports.row_lead')}
      failure={error === undefined ? undefined : { text: importNo(t, error) }}
    >
      <Panel>
        {reason === null ? null : <Warning>{inviteNo(t, reason)}</Warning>}
        <Form form={page.form}>
          {fields.map(({ name, value, read }) => (
            <Field key={name} field={rowFields.value(name)} label={t(`imports.field.${name}`)} hint={read === '' || read === value ? undefined : t('imports.row_read', { value: read })} value={value} />
          ))}
          {reinvite === null ? null : <Checkbox field={rowFields.reinvite} label={t('invite.reinvite')} hint={t('invite.reinvite_hint')} checked={reinvite} />}
          <div class="panel-acts">
            <Action button={rowFields.save} look="main">
              {t('board.save')}
            </Action>
          </div>
        </Form>
      </Panel>
    </ConsoleFrame>
  )
}
