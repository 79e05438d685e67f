/**
 * Creates a passkey. The one page that needs JavaScript, because browsers offer WebAuthn to nothing else;
 * it says so, and the way to an authenticator app is always open.
 */
import type { JSX } from 'preact'
import { formContract } from '../form-contract.ts'
import { Frame } from '../frame.tsx'
import { t as speak } from '../messages.ts'
import { AppHeader } from '../parts/app-header.tsx'
import { Action, Field, Form } from '../parts/form.tsx'
import { ErrorSummary } from '../parts/notices.tsx'
import { PasskeyFields, PasskeyStatus, PasskeyUnsupported } from '../parts/passkey.tsx'
import type { AppProps, FormProps, FrameProps, PasskeyProps } from '../props.ts'

export type EnrolPasskeyError = 'passkey_failed' | 'passkey_known' | 'form_expired'

export interface EnrolPasskeyProps {
  frame: FrameProps
  form: FormProps
  app?: AppProps | undefined
  passkey: PasskeyProps
  /** What was typed as its name. */
  name?: string | undefined
  /** False where only what cannot be phished is enough. */
  totpWillDo?: boolean | undefined
  error?: EnrolPasskeyError | undefined
  /** The WebAuthn bundle, then passkey.js. */
  scriptUrls: readonly string[]
}

const { passkeyName, createPasskey, enrolTotp, cancel } = formContract.enrol_passkey.elements

/** Asks for a name and creates the passkey. */
export function EnrolPasskeyPage({ frame, form, app, passkey, name, totpWillDo, error, scriptUrls }: EnrolPasskeyProps): JSX.Element {
  const t = speak(frame.locale)
  const title = t('enrol_passkey.title')
  return (
    <Frame frame={frame} title={app === undefined ? title : `${title} · ${app.name}`} scriptUrls={scriptUrls}>
      {app === undefined ? null : <AppHeader app={app} line={t('app.sign_in')} />}
      <h1>{title}</h1>
      {error === undefined ? null : <ErrorSummary text={error === 'form_expired' ? t('form.expired') : t(`enrol_passkey.error.${error}`)} />}
      <div>
        <p>{t('enrol_passkey.intro')}</p>
        <p>{t('enrol_passkey.own_device')}</p>
      </div>
      <Form form={form} passkey={{ use: 'create', props: passkey }}>
        <PasskeyFields passkey={passkey} />
        <Field field={passkeyName} label={t('enrol_passkey.name')} hint={t('enrol_passkey.name_hint')} value={name} isName />
        <PasskeyUnsupported use="create" t={t} />
        <div class="actions">
          <Action button={createPasskey} look="main" hidden>
            {t('enrol_passkey.submit')}
          </Action>
          <PasskeyStatus use="create" t={t} />
          {totpWillDo === false ? null : (
            <Action button={enrolTotp} look="quiet" leaves>
              {t('enrol_passkey.use_totp')}
            </Action>
          )}
          {app === undefined ? null : (
            <Action button={cancel} look="quiet" leaves>
              {t('action.cancel')}
            </Action>
          )}
        </div>
      </Form>
    </Frame>
  )
}
