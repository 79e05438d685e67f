/** The first step of a list: which column is what, and what counts where a line says nothing. */
import type { JSX } from 'preact'
import { columnFields } from '../../contract/console-imports.ts'
import { placeFields } from '../../contract/console-invitations.ts'
import type { ConsolePageProps } from '../../console-props.ts'
import { importFieldNames, type ColumnLine } from '../../import-props.ts'
import type { PlaceOptions, PlaceValues } from '../../invitation-props.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { Panel } from '../../parts/account-panel.tsx'
import { ConsoleFrame } from '../../parts/console-frame.tsx'
import { Action, Form } from '../../parts/form.tsx'
import { importNo, ImportSteps } from '../../parts/import-steps.tsx'
import { AppField, LanguageField, PlaceFields, ReinviteField } from '../../parts/place-fields.tsx'
import { DataTable, type Column } from '../../parts/table.tsx'

export interface ImportColumnsProps extends ConsolePageProps<never, string> {
  list: { id: string; name: string; rows: number }
  columns: readonly ColumnLine[]
  place: PlaceValues
  options: PlaceOptions
}

export function ImportColumnsPage({ list, columns, place, options, error, ...page }: ImportColumnsProps): JSX.Element {
  const t = speak(page.frame.locale)
  return (
    <ConsoleFrame
      page={page}
      title={list.name}
      intro={t('imports.columns_intro', { rows: list.rows })}
      failure={error === undefined ? undefined : { text: importNo(t, error), fieldId: error === 'no_role' ? placeFields.role.id : undefined }}
    >
      <ImportSteps subdomain={page.nav.tenant.subdomain} importId={list.id} current="columns" t={t} />
      <Form form={page.form}>
        <DataTable caption={t('imports.columns_caption')} columns={columnsOf(t)} rows={columns} keyOf={({ number }) => String(number)} empty={t('board.none')} />
        <Panel title={t('imports.defaults')} lead={t('imports.defaults_lead')}>
          <PlaceFields options={options} values={place} roleNone={t('imports.role_from_list')} t={t} />
          <AppField options={options} values={place} t={t} />
          <LanguageField values={place} t={t} />
          <ReinviteField values={place} t={t} />
        </Panel>
        <div class="panel-acts">
          <Action button={columnFields.save} look="main">
            {t('imports.columns_save')}
          </Action>
        </div>
      </Form>
    </ConsoleFrame>
  )
}

function columnsOf(t: Translate): readonly Column<ColumnLine>[] {
  return [
    { name: 'heading', label: t('imports.columns.heading'), cell: ({ heading, number }) => <b>{headingOf(t, { heading, number })}</b> },
    { name: 'examples', label: t('imports.columns.examples'), cell: ({ examples }) => <span class="address">{examples.filter((one) => one !== '').join(t('account.comma'))}</span> },
    { name: 'field', label: t('imports.columns.field'), cell: (column) => <FieldChoice column={column} t={t} /> },
  ]
}

function headingOf(t: Translate, { heading, number }: Pick<ColumnLine, 'heading' | 'number'>): string {
  return heading === '' ? t('imports.columns.unnamed', { number: number + 1 }) : heading
}

function FieldChoice({ column, t }: { column: ColumnLine; t: Translate }): JSX.Element {
  const { name, id } = columnFields.column(column.number)
  return (
    <select name={name} id={id} aria-label={t('imports.columns.field_of', { heading: headingOf(t, column) })}>
      <option value="">{t('imports.columns.none')}</option>
      {importFieldNames.map((field) => (
        <option key={field} value={field} selected={field === column.field}>
          {t(`imports.field.${field}`)}
        </option>
      ))}
    </select>
  )
}
