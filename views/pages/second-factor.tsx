/**
 * Asks for one more proof after the password: a code of an authenticator app, a recovery code, or a passkey.
 * One method at a time, the others one button away; which ones there are has been decided before.
 */
import type { JSX } from 'preact'
import { formContract } from '../form-contract.ts'
import { Frame } from '../frame.tsx'
import type { Translate } from '../messages.ts'
import { t as speak } from '../messages.ts'
import { AppHeader } from '../parts/app-header.tsx'
import { Action, Checkbox, Field, Form } from '../parts/form.tsx'
import { ErrorSummary, Notice, waitText } from '../parts/notices.tsx'
import { PasskeyFields, PasskeyStatus, PasskeyUnsupported } from '../parts/passkey.tsx'
import { Person } from '../parts/person.tsx'
import type { AppProps, FormProps, FrameProps, PasskeyProps, PersonProps, SecondFactorMethod, SecondFactorReason } from '../props.ts'

export type SecondFactorError = 'wrong_code' | 'missing_code' | 'too_many_attempts' | 'passkey_failed' | 'form_expired'

export interface SecondFactorProps {
  frame: FrameProps
  form: FormProps
  app?: AppProps | undefined
  person: PersonProps
  method: SecondFactorMethod
  others: readonly SecondFactorMethod[]
  /** Needed where `method` is passkey. */
  passkey?: PasskeyProps | undefined
  /** Days for which this device may be trusted; the question is not asked without. */
  trustDays?: number | undefined
  error?: SecondFactorError | undefined
  retryAfterSeconds?: number | undefined
  reason?: SecondFactorReason | undefined
  /** The passkey scripts: the WebAuthn bundle, then passkey.js. */
  scriptUrls?: readonly string[] | undefined
  canCancel: boolean
}

const { code, recoveryCode, verify, signInWithPasskey, trustDevice, useTotp, useRecoveryCode, usePasskey, switchAccount, cancel } =
  formContract.second_factor.elements

const switches = { totp: useTotp, recovery_code: useRecoveryCode, passkey: usePasskey } as const

type Spoken = SecondFactorProps & { t: Translate }

/** Asks for the second factor. */
export function SecondFactorPage(props: SecondFactorProps): JSX.Element {
  const { app, method, error } = props
  const t = speak(props.frame.locale)
  const title = t(`second_factor.title.${method}`)
  return (
    <Frame frame={props.frame} title={app === undefined ? title : `${title} · ${app.name}`} scriptUrls={props.scriptUrls}>
      {app === undefined ? null : <AppHeader app={app} line={t('app.sign_in')} />}
      <div>
        <h1>{title}</h1>
        <Person person={props.person} t={t} />
      </div>
      {error === undefined ? null : (
        <ErrorSummary text={errorText(t, error, method)} more={waitText(t, props.retryAfterSeconds)} fieldId={fieldOf(error, method)?.id} />
      )}
      {error !== undefined || props.reason === undefined ? null : <Notice>{t(`second_factor.reason.${props.reason}`)}</Notice>}
      <p>{t(`second_factor.intro.${method}`)}</p>
      <FactorForm {...props} t={t} />
      <p class="aside">{t('second_factor.lost')}</p>
    </Frame>
  )
}

function FactorForm(props: Spoken): JSX.Element {
  const { t, method, passkey, trustDays } = props
  const asksPasskey = method === 'passkey' && passkey !== undefined
  return (
    <Form form={props.form} passkey={asksPasskey ? { use: 'get', props: passkey } : undefined}>
      {method === 'passkey' ? null : <CodeField {...props} method={method} />}
      {trustDays === undefined ? null : (
        <Checkbox field={trustDevice} label={t('second_factor.trust', { days: trustDays })} hint={t('second_factor.trust_hint')} />
      )}
      {asksPasskey ? <PasskeyFields passkey={passkey} /> : null}
      {method === 'passkey' ? <PasskeyUnsupported use="get" t={t} /> : null}
      <div class="actions">
        {method === 'passkey' ? (
          <>
            <Action button={signInWithPasskey} look="main" leaves hidden>
              {t('passkey.use')}
            </Action>
            <PasskeyStatus use="get" t={t} />
          </>
        ) : (
          <Action button={verify} look="main">
            {t('second_factor.submit')}
          </Action>
        )}
        {props.canCancel ? (
          <Action button={cancel} look="quiet" leaves>
            {t(props.app === undefined ? 'action.stop' : 'action.cancel')}
          </Action>
        ) : null}
      </div>
      <OtherWays {...props} />
    </Form>
  )
}

function CodeField({ t, method, error }: Spoken & { method: 'totp' | 'recovery_code' }): JSX.Element {
  const autofocus = error === undefined
  if (method === 'totp') {
    return <Field field={code} label={t('second_factor.code')} error={fieldError(t, error, method)} autofocus={autofocus} />
  }
  return (
    <Field
      field={recoveryCode}
      label={t('second_factor.recovery_code')}
      hint={t('second_factor.recovery_code_hint')}
      error={fieldError(t, error, method)}
      autofocus={autofocus}
    />
  )
}

function OtherWays({ t, method, others }: Spoken): JSX.Element {
  return (
    <div class="ways" role="group" aria-label={t('second_factor.others')}>
      {others
        .filter((other) => other !== method)
        .map((other) => (
          <Action key={other} button={switches[other]} look="text" leaves>
            {t(`second_factor.use_${other}`)}
          </Action>
        ))}
      <Action button={switchAccount} look="text" leaves>
        {t('action.switch_account')}
      </Action>
    </div>
  )
}

function errorText(t: Translate, error: SecondFactorError, method: SecondFactorMethod): string {
  if (error === 'form_expired') return t('form.expired')
  if (error === 'too_many_attempts') return t('form.too_many_attempts')
  if (error === 'passkey_failed' || method === 'passkey') return t('second_factor.error.passkey_failed')
  return t(`second_factor.error.${error}.${method}`)
}

function fieldOf(error: SecondFactorError, method: SecondFactorMethod): { readonly id: string } | undefined {
  if (method === 'passkey' || (error !== 'wrong_code' && error !== 'missing_code')) return undefined
  return method === 'totp' ? code : recoveryCode
}

function fieldError(t: Translate, error: SecondFactorError | undefined, method: 'totp' | 'recovery_code'): string | undefined {
  if (error === 'wrong_code') return t(`second_factor.field.wrong_code.${method}`)
  return error === 'missing_code' ? t(`second_factor.error.missing_code.${method}`) : undefined
}
