/** What an app is registered with: the form of a new one and of one that is there. Each line of an address is judged by itself. */
import type { JSX } from 'preact'
import type { AdminPageProps } from '../../admin-props.ts'
import { appFields as fields } from '../../contract/admin.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { Panel } from '../../parts/account-panel.tsx'
import { AdminFrame } from '../../parts/admin-frame.tsx'
import { Action, Checkbox, Field, Form, Select, TextArea } from '../../parts/form.tsx'
import { appPath, type AppType } from './apps.tsx'

export type UriFlaw = 'machine' | 'not_exact' | 'loopback_https' | 'plain_http' | 'not_https' | 'not_own_scheme'

export interface LineFlaw {
  field: 'redirectUris' | 'postLogoutRedirectUris'
  /** From 1. */
  line: number
  uri: string
  flaw: UriFlaw
}

export type AppFailure = 'invalid_metadata' | 'client_id_taken' | 'unknown_tenant' | 'precondition_failed'

export interface AppFormProps extends AdminPageProps<never, AppFailure> {
  type: AppType
  /** Null for one that is to be made. */
  app: { id: string; name: string } | null
  values: {
    name: string; clientId: string; tenant: string; firstParty: boolean; redirectUris: string; postLogoutRedirectUris: string; backchannelLogoutUri: string; initiateLoginUri: string
    clientUri: string; logoUri: string; policyUri: string; tosUri: string; acr: string; apiScopes: readonly string[]
  }
  apis: readonly { identifier: string; name: string; scopes: readonly string[] }[]
  flaws: readonly LineFlaw[]
  /** Whatever else does not fit, in English as the API says it. */
  problems: readonly string[]
}

type Words = AppFormProps & { t: Translate }

export function AppFormPage(props: AppFormProps): JSX.Element {
  const { type, app, values, error, flaws, problems, ...page } = props
  const t = speak(page.frame.locale)
  const words = { ...props, t }
  return (
    <AdminFrame
      page={page}
      title={app === null ? t(`admin.apps.new_of.${type}`) : t('admin.apps.edit_of', { name: app.name })}
      parent={app === null ? undefined : { label: app.name, href: appPath(app.id) }}
      intro={t(`admin.apps.type_hint.${type}`)}
      failure={error === undefined ? undefined : { text: t(`admin.apps.error.${error}`), more: problems.length === 0 ? undefined : problems.join(' '), fieldId: flaws.some(({ field }) => field === 'redirectUris') ? fields.redirectUris.id : undefined }}
    >
      <Form form={page.form}>
        <Panel title={t('admin.apps.about')}>
          <Field field={fields.name} label={t('admin.apps.name')} hint={t('admin.apps.name_hint')} value={values.name} />
          {app === null ? <Field field={fields.clientId} label={t('admin.apps.client_id')} hint={t('admin.apps.client_id_hint')} value={values.clientId} /> : null}
          {type === 'machine' ? <Machine {...words} /> : <FirstParty {...words} />}
        </Panel>
        {type === 'machine' ? null : <Addresses {...words} />}
        <ApiScopes {...words} />
        <div class="panel-acts">
          <Action button={fields.save} look="main">
            {t(app === null ? 'admin.apps.create' : 'board.save')}
          </Action>
        </div>
      </Form>
    </AdminFrame>
  )
}

function Machine({ app, values, error, t }: Words): JSX.Element | null {
  if (app !== null) return null
  return <Field field={fields.tenant} label={t('admin.apps.machine_tenant')} hint={t('admin.apps.machine_tenant_hint')} value={values.tenant} error={error === 'unknown_tenant' ? t('admin.apps.error.unknown_tenant') : undefined} />
}

function FirstParty({ values, t }: Words): JSX.Element {
  return (
    <>
      <Checkbox field={fields.firstParty} label={t('admin.apps.first_party_label')} hint={t('admin.apps.first_party_hint')} checked={values.firstParty} />
      <Select field={fields.acr} label={t('admin.apps.acr')} options={(['none', 'aal2', 'phr'] as const).map((level) => ({ value: level === 'none' ? '' : level, name: t(`admin.apps.acr.${level}`) }))} value={values.acr} />
    </>
  )
}

function flawsIn(flaws: readonly LineFlaw[], field: LineFlaw['field'], t: Translate): string | undefined {
  const lines = flaws.filter((one) => one.field === field).map(({ line, uri, flaw }) => t('admin.apps.flaw', { line, uri, what: t(`admin.apps.flaw.${flaw}`) }))
  return lines.length === 0 ? undefined : lines.join('\n')
}

function Addresses({ type, values, flaws, t }: Words): JSX.Element {
  return (
    <Panel title={t('admin.apps.addresses')}>
      <TextArea field={fields.redirectUris} label={t('admin.apps.redirect_uris')} hint={t(`admin.apps.redirect_uris_hint.${type === 'native' ? 'native' : 'web'}`)} value={values.redirectUris} rows={4} error={flawsIn(flaws, 'redirectUris', t)} />
      <TextArea field={fields.postLogoutRedirectUris} label={t('admin.apps.post_logout')} hint={t('admin.apps.post_logout_hint')} value={values.postLogoutRedirectUris} rows={2} error={flawsIn(flaws, 'postLogoutRedirectUris', t)} />
      {type === 'web' ? <Field field={fields.backchannelLogoutUri} label={t('admin.apps.backchannel')} hint={t('admin.apps.backchannel_hint')} value={values.backchannelLogoutUri} /> : null}
      <Field field={fields.initiateLoginUri} label={t('admin.apps.initiate')} hint={t('admin.apps.initiate_hint')} value={values.initiateLoginUri} />
      <Field field={fields.clientUri} label={t('admin.apps.client_uri')} value={values.clientUri} />
      <Field field={fields.logoUri} label={t('admin.apps.logo_uri')} value={values.logoUri} />
      <Field field={fields.policyUri} label={t('admin.apps.policy_uri')} value={values.policyUri} />
      <Field field={fields.tosUri} label={t('admin.apps.tos_uri')} value={values.tosUri} />
    </Panel>
  )
}

function ApiScopes({ apis, values, t }: Words): JSX.Element | null {
  const withScopes = apis.filter(({ scopes }) => scopes.length > 0)
  if (withScopes.length === 0) return null
  return (
    <Panel title={t('admin.apps.api_scopes')} lead={t('admin.apps.api_scopes_lead')}>
      {withScopes.map(({ identifier, name, scopes }) => (
        <fieldset key={identifier} class="boxes spread">
          <legend>
            <bdi>{name}</bdi> <small>{identifier}</small>
          </legend>
          {scopes.map((scope) => (
            <Checkbox key={scope} field={fields.apiScope(identifier, scope)} label={scope} checked={values.apiScopes.includes(`${identifier} ${scope}`)} />
          ))}
        </fieldset>
      ))}
    </Panel>
  )
}
