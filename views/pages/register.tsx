/**
 * A new account in three questions: which address, which code came there, and who you are.
 * Every answer is worded alike for addresses with and without an account.
 */
import type { JSX } from 'preact'
import { formContract } from '../form-contract.ts'
import { Frame } from '../frame.tsx'
import type { Translate } from '../messages.ts'
import { t as speak } from '../messages.ts'
import { AppHeader, AppLinks } from '../parts/app-header.tsx'
import { Action, Field, Form, Hidden } from '../parts/form.tsx'
import { ErrorSummary, Notice, waitText } from '../parts/notices.tsx'
import { isPasswordRefusal, NewPasswordField, passwordErrorText } from '../parts/password.tsx'
import { ToSignIn } from '../parts/way-back.tsx'
import type { AppProps, FormProps, FrameProps, PasswordError } from '../props.ts'

interface RegisterProps {
  frame: FrameProps
  form: FormProps
  app?: AppProps | undefined
  retryAfterSeconds?: number | undefined
  signInUrl?: string | undefined
}

export type RegisterAddressError = 'invalid_email' | 'missing_email' | 'too_many_attempts' | 'form_expired'

export interface RegisterAddressProps extends RegisterProps {
  email: string
  error?: RegisterAddressError | undefined
}

export type RegisterCodeError = 'wrong_code' | 'missing_code' | 'link_invalid' | 'too_many_attempts' | 'form_expired'

export interface RegisterCodeProps extends RegisterProps {
  email: string
  registration: string
  /** True where one more mail has just been sent. */
  resent?: boolean | undefined
  error?: RegisterCodeError | undefined
}

export type RegisterDetailsError = PasswordError | 'name_missing' | 'name_too_long' | 'link_invalid' | 'address_taken' | 'busy' | 'form_expired'

export interface RegisterDetailsProps extends RegisterProps {
  email: string
  /** Absent where the link was followed: then the address of the form carries the token. */
  proof?: string | undefined
  familyName: string
  givenName: string
  familyNameKana: string
  givenNameKana: string
  error?: RegisterDetailsError | undefined
  /** reveal.js. */
  scriptUrls?: readonly string[] | undefined
}

const address = formContract.register_address.elements

/** Asks for the address. */
export function RegisterAddressPage(props: RegisterAddressProps): JSX.Element {
  const { frame, form, app, email, error } = props
  const t = speak(frame.locale)
  const fieldError = error === 'invalid_email' || error === 'missing_email' ? t(`register.error.${error}`) : undefined
  return (
    <Frame frame={frame} title={t('register.title')}>
      {app === undefined ? null : <AppHeader app={app} line={t('app.register')} />}
      <h1>{t('register.title')}</h1>
      {error === undefined ? null : (
        <ErrorSummary
          text={fieldError ?? t(error === 'too_many_attempts' ? 'form.too_many_mails' : 'form.expired')}
          more={waitText(t, props.retryAfterSeconds)}
          fieldId={fieldError === undefined ? undefined : address.email.id}
        />
      )}
      <p>{t('register.intro')}</p>
      <Form form={form}>
        <Field field={address.email} label={t('register.email')} value={email} error={fieldError} autofocus={error === undefined} />
        <div class="actions">
          <Action button={address.sendCode} look="main">
            {t('register.send')}
          </Action>
          <Cancel app={app} t={t} />
        </div>
      </Form>
      <ToSignIn url={props.signInUrl} t={t}>
        {t('register.sign_in')}
      </ToSignIn>
      {app === undefined ? null : <AppLinks app={app} t={t} />}
    </Frame>
  )
}

// Only inside a sign-in is there an app that waits for an answer; whoever followed the link of the mail has none.
function Cancel({ app, t }: { app: AppProps | undefined; t: Translate }): JSX.Element | null {
  if (app === undefined) return null
  return (
    <Action button={address.cancel} look="quiet" leaves>
      {t('action.cancel')}
    </Action>
  )
}

const mailed = formContract.register_code.elements

/** Asks for the code of the mail. */
export function RegisterCodePage(props: RegisterCodeProps): JSX.Element {
  const { frame, app, email, error } = props
  const t = speak(frame.locale)
  const isAboutCode = error === 'wrong_code' || error === 'missing_code'
  return (
    <Frame frame={frame} title={t('register_code.title')}>
      {app === undefined ? null : <AppHeader app={app} line={t('app.register')} />}
      <h1>{t('register_code.title')}</h1>
      {error === undefined ? null : (
        <ErrorSummary text={codeErrorText(t, error)} more={waitText(t, props.retryAfterSeconds)} fieldId={isAboutCode ? mailed.code.id : undefined} />
      )}
      {error === undefined && props.resent === true ? <Notice>{t('register_code.resent')}</Notice> : null}
      <p>{t('register_code.sent', { email })}</p>
      <Form form={props.form}>
        <Hidden field={mailed.registration} value={props.registration} />
        <Hidden field={mailed.email} value={email} />
        <Field
          field={mailed.code}
          label={t('register_code.code')}
          hint={t('register_code.code_hint')}
          error={isAboutCode ? t(`register_code.error.${error}`) : undefined}
          autofocus={error === undefined}
        />
        <div class="actions">
          <Action button={mailed.verifyCode} look="main">
            {t('register_code.submit')}
          </Action>
          <Cancel app={app} t={t} />
        </div>
        <div>
          <p class="aside">{t('register_code.none')}</p>
          <div class="ways">
            <Action button={mailed.resend} look="text" leaves>
              {t('register_code.resend')}
            </Action>
            <Action button={mailed.otherAddress} look="text" leaves>
              {t('register_code.other_address')}
            </Action>
          </div>
        </div>
      </Form>
      <ToSignIn url={props.signInUrl} t={t} />
    </Frame>
  )
}

function codeErrorText(t: Translate, error: RegisterCodeError): string {
  if (error === 'form_expired') return t('form.expired')
  return error === 'too_many_attempts' ? t('form.too_many_mails') : t(`register_code.error.${error}`)
}

const details = formContract.register_details.elements

// NIST SP 800-63B-4 §3.1.1.2: a password that stands alone.
const minimum = 15

/** Asks for names and a password. */
export function RegisterDetailsPage(props: RegisterDetailsProps): JSX.Element {
  const { frame, app, error } = props
  const t = speak(frame.locale)
  return (
    <Frame frame={frame} title={t('register_details.title')} scriptUrls={props.scriptUrls}>
      {app === undefined ? null : <AppHeader app={app} line={t('app.register')} />}
      <h1>{t('register_details.title')}</h1>
      {error === undefined ? null : (
        <ErrorSummary text={detailsErrorText(t, error)} more={waitText(t, props.retryAfterSeconds)} fieldId={detailsFieldOf(props)} />
      )}
      <Form form={props.form}>
        {props.proof === undefined ? null : <Hidden field={details.proof} value={props.proof} />}
        <Field field={details.email} label={t('register_details.email')} value={props.email} readOnly />
        <NameFields {...props} t={t} />
        <NewPasswordField field={details.password} label={t('register_details.password')} minimum={minimum} error={error} t={t} />
        <div class="actions">
          <Action button={details.register} look="main">
            {t('register_details.submit')}
          </Action>
          <Cancel app={app} t={t} />
        </div>
      </Form>
      <ToSignIn url={props.signInUrl} t={t} />
      {app === undefined ? null : <AppLinks app={app} t={t} />}
    </Frame>
  )
}

// Family name first in both languages: that is how these organisations write names.
function NameFields(props: RegisterDetailsProps & { t: Translate }): JSX.Element {
  const { t } = props
  const missing = (name: 'family_name' | 'given_name', value: string): string | undefined =>
    props.error === 'name_missing' && value.trim() === '' ? t(`register_details.field.${name}`) : undefined
  return (
    <div class="pairs" role="group" aria-label={t('register_details.names')}>
      <Field
        field={details.familyName}
        label={t('register_details.family_name')}
        value={props.familyName}
        error={missing('family_name', props.familyName)}
        autofocus={props.error === undefined}
        isName
      />
      <Field field={details.givenName} label={t('register_details.given_name')} value={props.givenName} error={missing('given_name', props.givenName)} isName />
      <Field field={details.familyNameKana} label={t('register_details.family_name_kana')} value={props.familyNameKana} isName />
      <Field field={details.givenNameKana} label={t('register_details.given_name_kana')} value={props.givenNameKana} isName />
    </div>
  )
}

function detailsErrorText(t: Translate, error: RegisterDetailsError): string {
  if (isPasswordRefusal(error)) return passwordErrorText(t, error, minimum)
  if (error === 'form_expired') return t('form.expired')
  return error === 'busy' ? t('form.busy') : t(`register_details.error.${error}`)
}

function detailsFieldOf({ error, familyName }: RegisterDetailsProps): string | undefined {
  if (isPasswordRefusal(error)) return details.password.id
  if (error !== 'name_missing') return undefined
  return familyName.trim() === '' ? details.familyName.id : details.givenName.id
}
