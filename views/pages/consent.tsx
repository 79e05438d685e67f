/**
 * The consent page for third-party apps: who asks, for what, as whom, and where it leads back to.
 * Allow and Cancel carry the same weight. A scope we have no sentence for is shown by its name, never left out.
 */
import type { JSX } from 'preact'
import { formContract } from '../form-contract.ts'
import { Frame } from '../frame.tsx'
import type { MessageKey, Translate } from '../messages.ts'
import { t as speak } from '../messages.ts'
import { AppHeader, AppLinks } from '../parts/app-header.tsx'
import { Action, Form } from '../parts/form.tsx'
import { Notice } from '../parts/notices.tsx'
import { Person } from '../parts/person.tsx'
import type { AppProps, FormProps, FrameProps, PersonProps, TenantProps } from '../props.ts'

export interface ConsentProps {
  frame: FrameProps
  form: FormProps
  app: AppProps
  person: PersonProps
  tenant?: TenantProps | undefined
  /** Host (and port) of the redirect_uri in use. */
  redirectHost: string
  /** Scopes of the platform itself; `known` where the catalogue has a sentence. */
  scopes: readonly { name: string; known: boolean }[]
  /** Scopes of apis, by name. */
  resources: readonly { name: string; scopes: readonly string[] }[]
}

const { allow, cancel } = formContract.consent.elements

const groups = [
  { title: 'consent.group.identity', names: ['openid', 'profile', 'email', 'phone', 'address'] },
  { title: 'consent.group.work', names: ['tenant'] },
  { title: 'consent.group.access', names: ['offline_access'] },
] as const

/** Asks for permission to share what is listed. */
export function ConsentPage(props: ConsentProps): JSX.Element {
  const { frame, form, app, person, tenant } = props
  const t = speak(frame.locale)
  return (
    <Frame frame={frame} title={`${t('consent.title')} · ${app.name}`}>
      <AppHeader app={app} line={t('app.asks_access')} />
      <div>
        <h1>{t('consent.title')}</h1>
        <Person person={person} t={t} />
        {tenant === undefined ? null : <p class="quiet-text">{t('consent.for_tenant', { tenant: tenant.name })}</p>}
      </div>
      <p>{t('consent.intro', { app: app.name })}</p>
      <ScopeGroups {...props} t={t} />
      {app.firstParty ? null : <Notice>{t('consent.third_party', { app: app.name })}</Notice>}
      <Form form={form}>
        <div class="actions side-by-side equal">
          <Action button={allow} look="quiet">
            {t('consent.allow')}
          </Action>
          <Action button={cancel} look="quiet">
            {t('consent.cancel')}
          </Action>
        </div>
      </Form>
      <p class="aside">{t('consent.redirect', { host: props.redirectHost })}</p>
      <AppLinks app={app} t={t} />
    </Frame>
  )
}

function ScopeGroups({ scopes, resources, t }: ConsentProps & { t: Translate }): JSX.Element {
  const asked = new Set(scopes.filter((scope) => scope.known).map((scope) => scope.name))
  const spoken = new Set<string>(groups.flatMap((group) => group.names))
  const other = scopes.filter((scope) => !scope.known || !spoken.has(scope.name)).map((scope) => scope.name)
  return (
    <div class="scopes">
      {groups.map(({ title, names }) => (
        <Group key={title} title={t(title)} lines={names.filter((name) => asked.has(name)).map((name) => t(sentenceOf(name)))} />
      ))}
      {resources.map((api) => (
        <Group key={api.name} title={t('consent.group.api', { api: api.name })} lines={api.scopes} literal />
      ))}
      <Group title={t('consent.group.other')} lines={other} literal />
    </div>
  )
}

type SpokenScope = (typeof groups)[number]['names'][number]

function sentenceOf(name: SpokenScope): Extract<MessageKey, `consent.scope.${string}`> {
  return `consent.scope.${name}`
}

function Group(props: { title: string; lines: readonly string[]; literal?: boolean }): JSX.Element | null {
  if (props.lines.length === 0) return null
  return (
    <section>
      <h2>{props.title}</h2>
      <ul>
        {props.lines.map((line) => (
          <li key={line}>{props.literal === true ? <code>{line}</code> : line}</li>
        ))}
      </ul>
    </section>
  )
}
