/**
 * Asks how far a sign-out reaches. The form belongs to oidc-provider: it carries its xsrf token instead of ours,
 * and the presence of `logout` is what ends the session (OpenID Connect RP-Initiated Logout §2 lets the OP ask).
 */
import type { JSX } from 'preact'
import { formContract } from '../form-contract.ts'
import { Frame } from '../frame.tsx'
import { t as speak } from '../messages.ts'
import { AppHeader } from '../parts/app-header.tsx'
import { Action, Hidden } from '../parts/form.tsx'
import { Person } from '../parts/person.tsx'
import type { AppProps, FrameProps, PersonProps } from '../props.ts'

export interface SignOutProps {
  frame: FrameProps
  formAction: string
  xsrf: string
  /** The app that asked; without it the choice to leave only that app is not offered. */
  app?: AppProps | undefined
  person?: PersonProps | undefined
  /** Names of the apps that were signed in to with this session. */
  apps: readonly string[]
}

const { xsrf, everywhere, here } = formContract.sign_out.elements

/** Asks whether to sign out everywhere or only of one app. */
export function SignOutPage({ frame, formAction, xsrf: token, app, person, apps }: SignOutProps): JSX.Element {
  const t = speak(frame.locale)
  return (
    <Frame frame={frame} title={t('sign_out.title')}>
      {app === undefined ? null : <AppHeader app={app} line={t('app.asks_sign_out')} />}
      <div>
        <h1>{t('sign_out.title')}</h1>
        {person === undefined ? null : <Person person={person} t={t} />}
      </div>
      {app === undefined ? null : <p>{t('sign_out.question')}</p>}
      {apps.length === 0 ? null : (
        <section class="scopes">
          <h2>{t('sign_out.apps')}</h2>
          <ul>
            {apps.map((name) => (
              <li key={name}>{name}</li>
            ))}
          </ul>
        </section>
      )}
      <form class="stack" method="post" action={formAction}>
        <Hidden field={xsrf} value={token} />
        <div class="actions">
          <Action button={everywhere} look="main">
            {t('sign_out.everywhere')}
          </Action>
          {app === undefined ? null : (
            <Action button={here} look="quiet">
              {t('sign_out.here')}
            </Action>
          )}
        </div>
      </form>
      {app === undefined ? null : <p class="aside">{t('sign_out.here_note')}</p>}
    </Frame>
  )
}
