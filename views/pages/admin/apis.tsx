/** APIs that take access tokens: the list, and one with its scopes and tokens. */
import type { JSX } from 'preact'
import { adminPath, type AdminPageProps } from '../../admin-props.ts'
import { apiFields as fields } from '../../contract/admin.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { Panel } from '../../parts/account-panel.tsx'
import { AdminFrame } from '../../parts/admin-frame.tsx'
import { Action, Field, Form, Select, TextArea } from '../../parts/form.tsx'
import { DataTable, type Column } from '../../parts/table.tsx'
import { hrefTo } from '../../safe-url.ts'

export const apiFormats = ['jwt', 'opaque'] as const
export type ApiFormat = (typeof apiFormats)[number]

export interface ApiRowProps {
  identifier: string
  name: string
  scopes: readonly string[]
  format: ApiFormat
  ttlSeconds: number
  /** The platform's own, which nobody changes. */
  isOwn: boolean
  /** Null where it may not be changed. */
  editUrl: string | null
}

export interface ApisProps extends AdminPageProps<'created' | 'saved'> {
  apis: readonly ApiRowProps[]
}

export function ApisPage({ apis, notice, ...page }: ApisProps): JSX.Element {
  const t = speak(page.frame.locale)
  return (
    <AdminFrame
      page={page}
      intro={t('admin.apis.intro')}
      acts={page.mayChange ? (
        <a class="button" id="new_api" href={adminPath('apis', '/new')}>
          {t('admin.apis.new')}
        </a>
      ) : undefined}
      done={notice === undefined ? undefined : t(`admin.apis.done.${notice}`)}
    >
      <DataTable caption={t('admin.nav.apis')} columns={columnsOf(t)} rows={apis} keyOf={({ identifier }) => identifier} empty={t('admin.apis.empty')} />
    </AdminFrame>
  )
}

function columnsOf(t: Translate): readonly Column<ApiRowProps>[] {
  return [
    { name: 'name', label: t('admin.apis.name'), cell: (api) => <Name api={api} t={t} /> },
    { name: 'scopes', label: t('admin.apis.scopes'), cell: ({ scopes }) => (scopes.length === 0 ? <span class="quiet-text">{t('board.none')}</span> : <span class="id">{scopes.join(' ')}</span>) },
    { name: 'format', label: t('admin.apis.format'), cell: ({ format }) => t(`admin.apis.format.${format}`) },
    { name: 'ttl', label: t('admin.apis.ttl'), isFigure: true, cell: ({ ttlSeconds }) => t('admin.apis.seconds', { count: ttlSeconds }) },
  ]
}

function Name({ api: { identifier, name, editUrl, isOwn }, t }: { api: ApiRowProps; t: Translate }): JSX.Element {
  return (
    <>
      {editUrl === null ? (
        <b>
          <bdi>{name}</bdi>
        </b>
      ) : (
        <a href={hrefTo(editUrl)}>
          <bdi>{name}</bdi>
        </a>
      )}{' '}
      <small>{identifier}</small>
      {isOwn ? <small>{t('admin.apis.own')}</small> : null}
    </>
  )
}

export interface ApiFormProps extends AdminPageProps<never, 'invalid_api' | 'identifier_taken'> {
  /** Its identifier stays once it is there. */
  isNew: boolean
  values: { identifier: string; name: string; scopes: string; ttl: string; format: string }
  /** Whatever does not fit, in English as the API says it. */
  problems: readonly string[]
}

export function ApiFormPage({ isNew, values, problems, error, ...page }: ApiFormProps): JSX.Element {
  const t = speak(page.frame.locale)
  return (
    <AdminFrame
      page={page}
      title={isNew ? t('admin.apis.new') : values.name}
      intro={isNew ? undefined : <code>{values.identifier}</code>}
      failure={error === undefined ? undefined : { text: t(`admin.apis.error.${error}`), more: problems.length === 0 ? undefined : problems.join(' '), fieldId: error === 'identifier_taken' ? fields.identifier.id : undefined }}
    >
      <Panel>
        <Form form={page.form}>
          <Field field={fields.name} label={t('admin.apis.name')} hint={t('admin.apis.name_hint')} value={values.name} />
          {isNew ? <Field field={fields.identifier} label={t('admin.apis.identifier')} hint={t('admin.apis.identifier_hint')} value={values.identifier} error={error === 'identifier_taken' ? t('admin.apis.error.identifier_taken') : undefined} /> : null}
          <TextArea field={fields.scopes} label={t('admin.apis.scopes')} hint={t('admin.apis.scopes_hint')} value={values.scopes} rows={4} />
          <Field field={fields.ttl} label={t('admin.apis.ttl')} hint={t('admin.apis.ttl_hint')} value={values.ttl} />
          <Select field={fields.format} label={t('admin.apis.format')} options={apiFormats.map((value) => ({ value, name: t(`admin.apis.format.${value}`) }))} value={values.format} />
          <div class="panel-acts">
            <Action button={fields.save} look="main">
              {t(isNew ? 'admin.apps.create' : 'board.save')}
            </Action>
          </div>
        </Form>
      </Panel>
    </AdminFrame>
  )
}
