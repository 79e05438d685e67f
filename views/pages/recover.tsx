/**
 * The way back for a forgotten password. Both pages say the same for known and unknown accounts,
 * and both say what staff without a mail address do.
 */
import type { JSX } from 'preact'
import { formContract } from '../form-contract.ts'
import { Frame } from '../frame.tsx'
import { t as speak } from '../messages.ts'
import { AppHeader } from '../parts/app-header.tsx'
import { Action, Field, Form } from '../parts/form.tsx'
import { ButtonLink } from '../parts/link.tsx'
import { ErrorSummary, waitText } from '../parts/notices.tsx'
import { ToSignIn } from '../parts/way-back.tsx'
import type { AppProps, FormProps, FrameProps } from '../props.ts'

export type RecoverError = 'missing_identifier' | 'too_many_attempts' | 'form_expired'

export interface RecoverProps {
  frame: FrameProps
  form: FormProps
  app?: AppProps | undefined
  identifier: string
  error?: RecoverError | undefined
  retryAfterSeconds?: number | undefined
  signInUrl?: string | undefined
}

export interface RecoverSentProps {
  frame: FrameProps
  identifier: string
  signInUrl?: string | undefined
}

const { identifier, sendLink } = formContract.recover.elements

/** Asks whose password is forgotten. */
export function RecoverPage(props: RecoverProps): JSX.Element {
  const { frame, app, error } = props
  const t = speak(frame.locale)
  const missing = error === 'missing_identifier' ? t(`recover.error.${error}`) : undefined
  return (
    <Frame frame={frame} title={t('recover.title')}>
      {app === undefined ? null : <AppHeader app={app} line={t('app.sign_in')} />}
      <h1>{t('recover.title')}</h1>
      {error === undefined ? null : (
        <ErrorSummary
          text={missing ?? t(error === 'too_many_attempts' ? 'form.too_many_mails' : 'form.expired')}
          more={waitText(t, props.retryAfterSeconds)}
          fieldId={missing === undefined ? undefined : identifier.id}
        />
      )}
      <p>{t('recover.intro')}</p>
      <Form form={props.form}>
        <Field field={identifier} label={t('recover.identifier')} value={props.identifier} error={missing} autofocus={error === undefined} />
        <div class="actions">
          <Action button={sendLink} look="main">
            {t('recover.submit')}
          </Action>
        </div>
      </Form>
      <p class="aside">{t('recover.no_mail')}</p>
      <ToSignIn url={props.signInUrl} t={t} />
    </Frame>
  )
}

/** Says that a mail is on its way, if there is such an account. */
export function RecoverSentPage({ frame, identifier: whose, signInUrl }: RecoverSentProps): JSX.Element {
  const t = speak(frame.locale)
  return (
    <Frame frame={frame} title={t('recover_sent.title')}>
      <h1>{t('recover_sent.title')}</h1>
      <p>{t('recover_sent.text', { identifier: whose })}</p>
      <section class="scopes">
        <h2>{t('recover_sent.none')}</h2>
        <ul>
          <li>{t('recover_sent.advice.wait')}</li>
          <li>{t('recover_sent.advice.other')}</li>
          <li>{t('recover_sent.advice.admin')}</li>
        </ul>
      </section>
      {signInUrl === undefined ? null : (
        <div class="actions">
          <ButtonLink url={signInUrl} id={formContract.recover_sent.elements.toSignIn.id} quiet>
            {t('form.to_sign_in')}
          </ButtonLink>
        </div>
      )}
    </Frame>
  )
}
