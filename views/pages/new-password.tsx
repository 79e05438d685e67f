/**
 * Asks for a new password: after a forgotten one, for a first sign-in, or because the old one has run out.
 * The rule is said before it is broken.
 */
import type { JSX } from 'preact'
import { formContract } from '../form-contract.ts'
import { Frame } from '../frame.tsx'
import type { Translate } from '../messages.ts'
import { t as speak } from '../messages.ts'
import { AppHeader } from '../parts/app-header.tsx'
import { Action, Field, Form } from '../parts/form.tsx'
import { ErrorSummary } from '../parts/notices.tsx'
import { isPasswordRefusal, NewPasswordField, passwordErrorText } from '../parts/password.tsx'
import type { AppProps, FormProps, FrameProps, PasswordError, PersonProps } from '../props.ts'

export type NewPasswordError = PasswordError | 'same_password' | 'account_suspended' | 'busy' | 'form_expired'

export interface NewPasswordProps {
  frame: FrameProps
  form: FormProps
  app?: AppProps | undefined
  person?: PersonProps | undefined
  purpose: 'password_reset' | 'activation' | 'expired'
  error?: NewPasswordError | undefined
  /** Characters that the rule asks for. */
  minimum: number
  /** reveal.js. */
  scriptUrls?: readonly string[] | undefined
}

const { username, password, setPassword, cancel } = formContract.new_password.elements

/** Asks for a new password. */
export function NewPasswordPage(props: NewPasswordProps): JSX.Element {
  const { frame, app, person, purpose, error, minimum } = props
  const t = speak(frame.locale)
  const title = t(`new_password.title.${purpose}`)
  return (
    <Frame frame={frame} title={app === undefined ? title : `${title} · ${app.name}`} scriptUrls={props.scriptUrls}>
      {app === undefined ? null : <AppHeader app={app} line={t('app.sign_in')} />}
      <h1>{title}</h1>
      {error === undefined ? null : <ErrorSummary text={errorText(t, error, minimum)} fieldId={isPasswordRefusal(error) ? password.id : undefined} />}
      <p>{t(`new_password.intro.${purpose}`)}</p>
      <Form form={props.form}>
        {person === undefined ? null : <Account person={person} t={t} />}
        <NewPasswordField field={password} label={t('password.new')} minimum={minimum} error={error} autofocus={error === undefined} t={t} />
        <div class="actions">
          <Action button={setPassword} look="main">
            {t('new_password.submit')}
          </Action>
          {/* Only inside a sign-in is there an app that waits for an answer. */}
          {app === undefined || purpose !== 'expired' ? null : (
            <Action button={cancel} look="quiet" leaves>
              {t('action.cancel')}
            </Action>
          )}
        </div>
      </Form>
    </Frame>
  )
}

// Somebody without an address is named; a name in the field would be kept by password managers as what to sign in with.
function Account({ person, t }: { person: PersonProps; t: Translate }): JSX.Element | null {
  if (person.identifier !== '') return <Field field={username} label={t('new_password.account')} value={person.identifier} readOnly />
  if (person.displayName === '') return null
  return (
    <dl class="facts">
      <dt>{t('new_password.account')}</dt>
      <dd>
        <bdi>{person.displayName}</bdi>
      </dd>
    </dl>
  )
}

function errorText(t: Translate, error: NewPasswordError, minimum: number): string {
  if (isPasswordRefusal(error)) return passwordErrorText(t, error, minimum)
  if (error === 'form_expired') return t('form.expired')
  return error === 'busy' ? t('form.busy') : t(`new_password.error.${error}`)
}
