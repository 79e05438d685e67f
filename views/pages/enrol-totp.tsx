/**
 * Sets up an authenticator app (RFC 6238): a QR code, the same key as text, and one code as the proof that it works.
 * The key is shown as long as the enrolment lives, so that a typing error costs nothing.
 */
import type { JSX } from 'preact'
import { formContract } from '../form-contract.ts'
import { Frame } from '../frame.tsx'
import type { Translate } from '../messages.ts'
import { t as speak } from '../messages.ts'
import { AppHeader } from '../parts/app-header.tsx'
import { Action, Field, Form, Hidden } from '../parts/form.tsx'
import { ErrorSummary, waitText } from '../parts/notices.tsx'
import { TotpKey } from '../parts/totp-key.tsx'
import type { AppProps, FormProps, FrameProps } from '../props.ts'
import { pathOrSafeUrl } from '../safe-url.ts'

export type EnrolTotpError = 'wrong_code' | 'missing_code' | 'enrolment_expired' | 'too_many_attempts' | 'form_expired'

export interface EnrolTotpProps {
  frame: FrameProps
  form: FormProps
  app?: AppProps | undefined
  /** `data:image/svg+xml;base64,…`; anything else is not shown. */
  qr: string
  /** Base32; shown in groups of four. */
  secret: string
  /** `otpauth://totp/…`, for a phone that cannot read its own screen. */
  uri?: string | undefined
  enrolment: string
  error?: EnrolTotpError | undefined
  retryAfterSeconds?: number | undefined
  backUrl?: string | undefined
  /** copy.js. */
  scriptUrls?: readonly string[] | undefined
}

const { enrolment, code, confirmTotp, back, cancel } = formContract.enrol_totp.elements

/** Shows the key and asks for a first code. */
export function EnrolTotpPage(props: EnrolTotpProps): JSX.Element {
  const { app, error } = props
  const t = speak(props.frame.locale)
  const title = t('enrol_totp.title')
  return (
    <Frame frame={props.frame} title={app === undefined ? title : `${title} · ${app.name}`} scriptUrls={props.scriptUrls}>
      {app === undefined ? null : <AppHeader app={app} line={t('app.sign_in')} />}
      <h1>{title}</h1>
      {error === undefined ? null : (
        <ErrorSummary text={errorText(t, error)} more={waitText(t, props.retryAfterSeconds)} fieldId={isAboutCode(error) ? code.id : undefined} />
      )}
      <Form form={props.form}>
        <Hidden field={enrolment} value={props.enrolment} />
        <ol class="steps">
          <li>
            <p>{t('enrol_totp.step.app')}</p>
            <p class="quiet-text">{t('enrol_totp.step.app_hint')}</p>
          </li>
          <li>
            <p>{t('enrol_totp.step.scan')}</p>
            <TotpKey {...props} t={t} />
          </li>
          <li>
            <p>{t('enrol_totp.step.code')}</p>
            <Field field={code} label={t('enrol_totp.code')} error={isAboutCode(error) ? t(`enrol_totp.error.${error}`) : undefined} />
          </li>
        </ol>
        <Buttons {...props} t={t} />
      </Form>
    </Frame>
  )
}

function Buttons({ app, backUrl, t }: EnrolTotpProps & { t: Translate }): JSX.Element {
  const backTo = pathOrSafeUrl(backUrl)
  return (
    <div class="actions">
      <Action button={confirmTotp} look="main">
        {t('enrol_totp.submit')}
      </Action>
      {backTo === undefined ? null : (
        <a class="button quiet" id={back.id} href={backTo}>
          {t('enrol_totp.back')}
        </a>
      )}
      {app === undefined ? null : (
        <Action button={cancel} look="quiet" leaves>
          {t('action.cancel')}
        </Action>
      )}
    </div>
  )
}

function isAboutCode(error: EnrolTotpError | undefined): error is 'wrong_code' | 'missing_code' {
  return error === 'wrong_code' || error === 'missing_code'
}

function errorText(t: Translate, error: EnrolTotpError): string {
  if (error === 'form_expired') return t('form.expired')
  return error === 'too_many_attempts' ? t('form.too_many_attempts') : t(`enrol_totp.error.${error}`)
}
