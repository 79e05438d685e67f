/** The lists of people that were taken in, and the form that takes in another one. */
import type { JSX } from 'preact'
import { importFields } from '../../contract/console-imports.ts'
import { consolePath, type ConsolePageProps } from '../../console-props.ts'
import type { ImportLine } from '../../import-props.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { Panel, Tag } from '../../parts/account-panel.tsx'
import { ConsoleFrame } from '../../parts/console-frame.tsx'
import { Progress } from '../../parts/figures.tsx'
import { Action, Field, TextArea, UploadForm } from '../../parts/form.tsx'
import { importNo } from '../../parts/import-steps.tsx'
import { DataTable, Pager, type Column } from '../../parts/table.tsx'
import { hrefTo } from '../../safe-url.ts'

export interface ImportsProps extends ConsolePageProps<'deleted'> {
  rows: readonly ImportLine[]
  firstUrl: string | null
  nextUrl: string | null
}

export function ImportsPage({ rows, firstUrl, nextUrl, notice, ...page }: ImportsProps): JSX.Element {
  const t = speak(page.frame.locale)
  return (
    <ConsoleFrame
      page={page}
      intro={t('imports.intro')}
      acts={
        <a class="button" id="new_import" href={consolePath(page.nav.tenant.subdomain, 'imports', '/new')}>
          {t('imports.new')}
        </a>
      }
      done={notice === undefined ? undefined : t('imports.deleted')}
    >
      <DataTable caption={t('imports.caption')} columns={columnsOf(t)} rows={rows} keyOf={({ id }) => id} empty={<Nothing subdomain={page.nav.tenant.subdomain} t={t} />} />
      <Pager previous={firstUrl} next={nextUrl} t={t} />
    </ConsoleFrame>
  )
}

function Nothing({ subdomain, t }: { subdomain: string; t: Translate }): JSX.Element {
  return (
    <>
      <p>{t('imports.empty')}</p>
      <Templates subdomain={subdomain} t={t} />
    </>
  )
}

function Templates({ subdomain, t }: { subdomain: string; t: Translate }): JSX.Element {
  return (
    <p class="ways">
      {(['ja', 'en'] as const).map((language) => (
        <a key={language} id={`template_${language}`} href={`${consolePath(subdomain, 'imports', '/template.csv')}?language=${language}`} download>
          {t(`imports.template_${language}`)}
        </a>
      ))}
    </p>
  )
}

const tones = { checked: 'look', running: 'look', done: 'good' } as const

function columnsOf(t: Translate): readonly Column<ImportLine>[] {
  return [
    {
      name: 'name', label: t('imports.column.name'),
      cell: ({ id, name, href }) => (
        <a id={`import_${id}`} href={hrefTo(href)}>
          <bdi>{name}</bdi>
        </a>
      ),
    },
    { name: 'status', label: t('imports.column.status'), cell: ({ status }) => <Tag tone={tones[status]}>{t(`imports.status.${status}`)}</Tag> },
    {
      name: 'progress', label: t('imports.column.progress'),
      cell: ({ name, counts, rows }) => (counts === null ? <span class="quiet-text">{t('imports.forgotten')}</span> : <Progress label={name} value={counts.invited} of={rows} words={t('imports.progress_of', { invited: counts.invited, rows })} />),
    },
    { name: 'refused', label: t('imports.column.refused'), isFigure: true, cell: ({ counts }) => counts?.refused ?? '–' },
    { name: 'created', label: t('imports.column.created'), cell: ({ created }) => <span class="when">{created}</span> },
  ]
}

export interface NewImportProps extends ConsolePageProps<never, string> {
  values: { name: string; text: string }
}

/** A file or a pasted table. */
export function NewImportPage({ values, error, ...page }: NewImportProps): JSX.Element {
  const t = speak(page.frame.locale)
  const failure = error === undefined ? undefined : importNo(t, error)
  const field = error === 'invalid_name' ? importFields.name : values.text === '' ? importFields.file : importFields.text
  return (
    <ConsoleFrame page={page} title={t('imports.new_title')} intro={t('imports.new_intro')} failure={failure === undefined ? undefined : { text: failure, fieldId: field.id }}>
      <Panel>
        <Templates subdomain={page.nav.tenant.subdomain} t={t} />
        <UploadForm form={page.form}>
          <Field field={importFields.file} label={t('imports.file')} hint={t('imports.file_hint')} error={field === importFields.file ? failure : undefined} />
          <TextArea field={importFields.text} label={t('imports.text')} hint={t('imports.text_hint')} value={values.text} rows={6} error={field === importFields.text ? failure : undefined} />
          <Field field={importFields.name} label={t('imports.name')} hint={t('imports.name_hint')} value={values.name} error={field === importFields.name ? failure : undefined} />
          <div class="panel-acts">
            <Action button={importFields.upload} look="main">
              {t('imports.upload')}
            </Action>
          </div>
        </UploadForm>
      </Panel>
    </ConsoleFrame>
  )
}
