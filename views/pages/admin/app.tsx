/** One app: what it is, who may use it, its secret, and its end; and the page that shows a new secret, once. */
import type { JSX } from 'preact'
import { adminPath, type AdminPageProps } from '../../admin-props.ts'
import { appFields as fields } from '../../contract/admin.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { Pairs, Panel, Tag } from '../../parts/account-panel.tsx'
import { AdminFrame } from '../../parts/admin-frame.tsx'
import { CopyStatus } from '../../parts/codes.tsx'
import { Action, Form, ToolButton } from '../../parts/form.tsx'
import { hrefTo } from '../../safe-url.ts'
import { appPath, type AppRowProps } from './apps.tsx'

export interface AppProps extends AdminPageProps<'saved' | 'app_suspended' | 'app_resumed', 'already_suspended' | 'not_suspended'> {
  app: AppRowProps & {
    redirectUris: readonly string[]
    postLogoutRedirectUris: readonly string[]
    backchannelLogoutUri: string | null
    apiScopes: readonly string[]
    hasSecret: boolean
    createdAt: string
    updatedAt: string
  }
}

type Words = AppProps & { t: Translate }

export function AppPage(props: AppProps): JSX.Element {
  const { app, notice, error, ...page } = props
  const t = speak(page.frame.locale)
  const words = { ...props, t }
  const isMachine = app.type === 'machine'
  return (
    <AdminFrame
      page={page}
      title={app.name}
      intro={<><code>{app.id}</code> <Tag tone={app.isActive ? 'good' : 'danger'}>{t(app.isActive ? 'admin.apps.active' : 'admin.apps.suspended')}</Tag></>}
      acts={isMachine || !page.mayChange ? undefined : (
        <a class="button" id="test_app" href={hrefTo(appPath(app.id, '/test'))}>
          {t('admin.apps.test')}
        </a>
      )}
      done={notice === undefined ? undefined : notice === 'saved' ? t('board.saved') : t(`admin.apps.${notice}`)}
      failure={error === undefined ? undefined : { text: t(`admin.apps.error.${error}`) }}
    >
      <div class="columns">
        <Facts {...words} />
        {page.mayChange ? <Status {...words} /> : null}
      </div>
    </AdminFrame>
  )
}

function Facts({ app, t }: Words): JSX.Element {
  const lines = (values: readonly string[]) => (values.length === 0 ? null : <ul class="effects plain">{values.map((value) => <li key={value} class="id">{value}</li>)}</ul>)
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

export interface NewSecretProps extends AdminPageProps {
  app: { id: string; name: string }
  /** Null for an app that keeps none. */
  secret: string | null
  /** Until when the former one works too. */
  formerUntil: string | null
  scriptUrls: readonly string[]
}

/** The one time that anybody sees the secret. */
export function NewSecretPage({ app, secret, formerUntil, scriptUrls, ...page }: NewSecretProps): JSX.Element {
  const t = speak(page.frame.locale)
  return (
    <AdminFrame page={page} title={app.name} parent={{ label: t('admin.nav.apps'), href: adminPath('apps') }} done={t(formerUntil === null ? 'admin.apps.created_done' : 'admin.apps.rotated')} scriptUrls={scriptUrls}>
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
