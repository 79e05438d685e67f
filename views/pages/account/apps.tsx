/** The apps that may see something of the person, in the words in which they asked for it. A scope without words is named, never left out. */
import type { JSX } from 'preact'
import type { AppsProps, ConnectedApp } from '../../account-props.ts'
import { formContract } from '../../form-contract.ts'
import { t as speak, type MessageKey, type Translate } from '../../messages.ts'
import { RowButton } from '../../parts/account-acts.tsx'
import { AccountFrame } from '../../parts/account-frame.tsx'
import { Entries, Entry, Pairs, Panel } from '../../parts/account-panel.tsx'
import { Chip, colourOf, initialOf } from '../../parts/chip.tsx'
import { Form } from '../../parts/form.tsx'
import { OutsideLink } from '../../parts/link.tsx'

const { revoke } = formContract.account_apps.elements

type ScopeKey = Extract<MessageKey, `consent.scope.${string}`>

const sentences: Readonly<Record<string, ScopeKey>> = {
  openid: 'consent.scope.openid',
  profile: 'consent.scope.profile',
  email: 'consent.scope.email',
  phone: 'consent.scope.phone',
  address: 'consent.scope.address',
  tenant: 'consent.scope.tenant',
  offline_access: 'consent.scope.offline_access',
}

/** Lists the connected apps. */
export function AppsPage(props: AppsProps): JSX.Element {
  const { form, apps, notice, error } = props
  const t = speak(props.frame.locale)
  return (
    <AccountFrame
      page={props}
      intro={t('account.apps.intro')}
      done={notice === undefined ? undefined : t(`account.notice.${notice}`)}
      failure={error === undefined ? undefined : { text: error === 'form_expired' ? t('form.expired') : t('account.error.not_found') }}
    >
      <Panel>
        {apps.length === 0 ? (
          <p>{t('account.apps.none')}</p>
        ) : (
          <Form form={form}>
            <Entries>
              {apps.map((app) => (
                <App key={app.id} app={app} t={t} />
              ))}
            </Entries>
          </Form>
        )}
      </Panel>
    </AccountFrame>
  )
}

function App({ app, t }: { app: ConnectedApp; t: Translate }): JSX.Element {
  const { id, name, homeUrl } = app
  return (
    <Entry
      title={name}
      alone
      mark={<Chip initial={initialOf(name)} colour={colourOf(name)} />}
      acts={<RowButton button={revoke} of={id} label={t('account.apps.revoke')} about={app.tenantName === null ? name : `${name}, ${app.tenantName}`} danger t={t} />}
    >
      <Pairs
        pairs={[
          [t('account.apps.may'), <Scopes app={app} t={t} />],
          [t('account.apps.tenant'), app.tenantName === null ? t('account.apps.no_tenant') : <bdi>{app.tenantName}</bdi>],
          [t('account.apps.since'), app.since],
          [t('account.apps.home'), homeUrl === undefined ? null : <OutsideLink url={homeUrl} t={t}>{homeUrl}</OutsideLink>],
        ]}
      />
    </Entry>
  )
}

function Scopes({ app, t }: { app: ConnectedApp; t: Translate }): JSX.Element {
  const lines = [
    ...app.scopes.map((scope) => sentenceOf(t, scope)),
    ...app.apis.flatMap((api) => api.scopes.map((scope) => t('account.apps.api', { api: api.name, scope }))),
  ]
  return (
    <ul class="effects">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  )
}

function sentenceOf(t: Translate, scope: string): string {
  const key = Object.hasOwn(sentences, scope) ? sentences[scope] : undefined
  return key === undefined ? t('account.apps.other', { scope }) : t(key)
}
