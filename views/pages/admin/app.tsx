/** One app: what it is, who may use it, its secret, and its end; and the page that shows a new secret, once. */
import type { JSX } from 'preact'
import { adminPath, type AdminPageProps } from '../../admin-props.ts'
import { appFields as fields } from '../../contract/admin.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { RowButton } from '../../parts/account-acts.tsx'
import { Pairs, Panel, Tag } from '../../parts/account-panel.tsx'
import { AdminFrame } from '../../parts/admin-frame.tsx'
import { CopyStatus } from '../../parts/codes.tsx'
import { Action, Field, Form, Select, ToolButton } from '../../parts/form.tsx'
import { DataTable } from '../../parts/table.tsx'
import { hrefTo } from '../../safe-url.ts'
import { appPath, type AppRowProps } from './apps.tsx'

export type AppActFailure =
  | 'already_suspended' | 'not_suspended' | 'no_secret' | 'built_in' | 'invalid_overlap' | 'confirm_mismatch' | 'unknown_tenant' | 'not_for_tenants' | 'already_offered' | 'not_offered'
  | 'invalid_metadata' | 'precondition_failed' | 'role_above_own'

export interface AppProps extends AdminPageProps<'saved' | 'app_suspended' | 'app_resumed' | 'offered' | 'withdrawn', AppActFailure> {
  /** What its developer copies, the most common first. */
  snippets: readonly { id: string; title: string; code: string }[]
  app: AppRowProps & {
    redirectUris: readonly string[]
    postLogoutRedirectUris: readonly string[]
    backchannelLogoutUri: string | null
    apiScopes: readonly string[]
    hasSecret: boolean
    /** When the secret before the last rotation stops working. */
    formerSecretUntil: string | null
    /** Tenants that have a say of their own about it. */
    tenants: readonly { id: string; name: string; subdomain: string; access: string }[]
    createdAt: string
    updatedAt: string
  }
}

type Words = AppProps & { t: Translate }

export function AppPage(props: AppProps): JSX.Element {
  const { app, notice, error, ...page } = props
  const t = speak(page.frame.locale)
  const words = { ...props, t }
  return (
    <AdminFrame
      page={page}
      title={app.name}
      intro={<><code>{app.id}</code> <Tag tone={app.isActive ? 'good' : 'danger'}>{t(app.isActive ? 'admin.apps.active' : 'admin.apps.suspended')}</Tag></>}
      acts={<Ways {...words} />}
      done={notice === undefined ? undefined : doneWords(t, notice)}
      failure={error === undefined ? undefined : { text: t(`admin.apps.error.${error}`) }}
    >
      <div class="columns">
        <Facts {...words} />
        {page.mayChange && app.hasSecret ? <Secret {...words} /> : null}
      </div>
      {app.tenantName === null ? <Access {...words} /> : null}
      <Snippets {...words} />
      {page.mayChange ? (
        <div class="columns">
          <Status {...words} />
          <Removal {...words} />
        </div>
      ) : null}
    </AdminFrame>
  )
}

function Snippets({ snippets, t }: Words): JSX.Element {
  return (
    <Panel title={t('admin.apps.snippets')} lead={t('admin.apps.snippets_text')}>
      {snippets.map(({ id, title, code }, place) => (
        <details key={id} id={`snippet_${id}`} open={place === 0}>
          <summary>{title}</summary>
          <pre tabIndex={0}>{code}</pre>
        </details>
      ))}
    </Panel>
  )
}

function doneWords(t: Translate, notice: NonNullable<AppProps['notice']>): string {
  if (notice === 'saved') return t('board.saved')
  return t(notice === 'offered' || notice === 'withdrawn' ? `admin.apps.${notice}_done` : `admin.apps.${notice}`)
}

function Ways({ app, mayChange, t }: Words): JSX.Element {
  const isMachine = app.type === 'machine'
  return (
    <>
      {mayChange ? (
        <a class="button quiet compact" id="edit_app" href={hrefTo(appPath(app.id, '/edit'))}>
          {t('admin.apps.edit')}
        </a>
      ) : null}
      {isMachine ? null : (
        <a class="button quiet compact" id="app_claims" href={hrefTo(appPath(app.id, '/claims'))}>
          {t('admin.claims.title')}
        </a>
      )}
      {isMachine || !mayChange ? null : (
        <a class="button compact" id="test_app" href={hrefTo(appPath(app.id, '/test'))}>
          {t('admin.apps.test')}
        </a>
      )}
    </>
  )
}

function Facts({ app, t }: Words): JSX.Element {
  const lines = (values: readonly string[]) => (values.length === 0 ? null : <ul class="plain">{values.map((value) => <li key={value} class="id">{value}</li>)}</ul>)
  return (
    <Panel title={t('admin.apps.facts')}>
      <Pairs
        pairs={[
          [t('admin.apps.type'), t(`admin.apps.type.${app.type}`)],
          [t('admin.apps.machine_tenant'), app.tenantName],
          [t('admin.apps.party'), t(app.firstParty ? 'admin.apps.first_party' : 'admin.apps.third_party')],
          [t('admin.apps.redirect_uris'), lines(app.redirectUris)],
          [t('admin.apps.post_logout'), lines(app.postLogoutRedirectUris)],
          [t('admin.apps.backchannel'), app.backchannelLogoutUri],
          [t('admin.apps.api_scopes'), lines(app.apiScopes)],
          [t('admin.apps.created'), app.createdAt],
          [t('admin.apps.updated'), app.updatedAt],
        ]}
      />
    </Panel>
  )
}

function Status({ app, form, t }: Words): JSX.Element {
  return (
    <Panel title={t(app.isActive ? 'admin.apps.suspend' : 'admin.apps.resume')} lead={t(app.isActive ? 'admin.apps.suspend_lead' : 'admin.apps.resume_lead')}>
      <Form form={form}>
        <div class="panel-acts">
          {app.isActive ? (
            <Action button={fields.suspend} look="danger">
              {t('admin.apps.suspend')}
            </Action>
          ) : (
            <Action button={fields.resume} look="main">
              {t('admin.apps.resume')}
            </Action>
          )}
        </div>
      </Form>
    </Panel>
  )
}

function Secret({ app, form, t }: Words): JSX.Element {
  return (
    <Panel title={t('admin.apps.rotate')} lead={t('admin.apps.rotate_lead')}>
      {app.formerSecretUntil === null ? null : <p>{t('admin.apps.former_works', { until: app.formerSecretUntil })}</p>}
      <Form form={form}>
        <Field field={fields.overlapHours} label={t('admin.apps.overlap')} hint={t('admin.apps.overlap_hint')} value="24" />
        <div class="panel-acts">
          <Action button={fields.rotate} look="quiet">
            {t('admin.apps.rotate_do')}
          </Action>
        </div>
      </Form>
    </Panel>
  )
}

function Access({ app, mayChange, form, t }: Words): JSX.Element {
  const options = (['every_tenant', 'listed_tenants'] as const).map((value) => ({ value, name: t(`admin.apps.open_to.${value}`) }))
  return (
    <Panel title={t('admin.apps.open_to')} lead={t('admin.apps.open_to_lead')}>
      {mayChange ? (
        <Form form={form}>
          <Select field={fields.openTo} label={t('admin.apps.open_to_label')} options={options} value={app.openTo} />
          <div class="panel-acts">
            <Action button={fields.saveAccess} look="quiet">
              {t('board.save')}
            </Action>
          </div>
        </Form>
      ) : null}
      <Form form={form}>
        <DataTable
          caption={t('admin.apps.offered')}
          columns={[
            { name: 'tenant', label: t('admin.tenants.name'), cell: ({ id, name, subdomain }) => <><a href={hrefTo(adminPath('tenants', `/${id}`))}><bdi>{name}</bdi></a> <small>{subdomain}</small></> },
            { name: 'access', label: t('admin.apps.access'), cell: ({ access }) => (access === 'assigned' || access === 'nobody' ? t(`admin.apps.access.${access}`) : t('admin.apps.access.everyone')) },
            ...(mayChange ? [{ name: 'acts', label: t('admin.acts'), cell: ({ id, name }: AppProps['app']['tenants'][number]) => <RowButton button={fields.withdraw} of={id} about={name} label={t('admin.apps.withdraw')} danger t={t} /> }] : []),
          ]}
          rows={app.tenants}
          keyOf={({ id }) => id}
          empty={t('admin.apps.offered_none')}
        />
      </Form>
      {mayChange ? (
        <Form form={form}>
          <Field field={fields.offerTo} label={t('admin.apps.offer_to')} hint={t('admin.apps.offer_to_hint')} />
          <div class="panel-acts">
            <Action button={fields.offer} look="quiet">
              {t('board.add')}
            </Action>
          </div>
        </Form>
      ) : null}
    </Panel>
  )
}

function Removal({ app, form, error, t }: Words): JSX.Element {
  return (
    <Panel title={t('admin.apps.remove')} lead={t('admin.apps.remove_lead')}>
      <Form form={form}>
        <Field field={fields.confirmDelete} label={t('admin.apps.remove_confirm', { id: app.id })} error={error === 'confirm_mismatch' ? t('admin.apps.error.confirm_mismatch') : undefined} />
        <div class="panel-acts">
          <Action button={fields.remove} look="danger">
            {t('board.delete')}
          </Action>
        </div>
      </Form>
    </Panel>
  )
}

export interface NewSecretProps extends AdminPageProps {
  app: { id: string; name: string }
  /** Null for an app that keeps none. */
  secret: string | null
  /** The app is, and not only its secret. */
  isNew: boolean
  /** Until when the former one works too. */
  formerUntil: string | null
  scriptUrls: readonly string[]
}

/** The one time that anybody sees the secret. */
export function NewSecretPage({ app, secret, isNew, formerUntil, scriptUrls, ...page }: NewSecretProps): JSX.Element {
  const t = speak(page.frame.locale)
  return (
    <AdminFrame page={page} title={app.name} parent={{ label: t('admin.nav.apps'), href: adminPath('apps') }} done={t(isNew ? 'admin.apps.created_done' : 'admin.apps.rotated')} scriptUrls={scriptUrls}>
      <Panel title={t('admin.apps.credentials')} lead={secret === null ? t('admin.apps.no_secret') : t('admin.apps.secret_once')}>
        <Pairs pairs={[[t('admin.apps.client_id'), <code id="new_client_id">{app.id}</code>], [t('admin.apps.secret'), secret === null ? null : <code id="new_secret">{secret}</code>], [t('admin.apps.former_secret'), formerUntil === null ? null : t('admin.apps.former_until', { until: formerUntil })]]} />
        {secret === null ? null : (
          <p>
            <ToolButton button={fields.copySecret} data={{ 'data-copy': secret, 'data-copied': t('admin.apps.copied') }}>
              {t('admin.apps.copy_secret')}
            </ToolButton>
          </p>
        )}
        <CopyStatus />
        <div class="panel-acts">
          <a class="button" id="to_app" href={hrefTo(appPath(app.id))}>
            {t('admin.apps.to_app')}
          </a>
        </div>
      </Panel>
    </AdminFrame>
  )
}
