/**
 * Connects an authenticator app (RFC 6238) from the account, with the same steps as at sign-in.
 * Nothing is kept before one of its codes has fitted.
 */
import type { JSX } from 'preact'
import { accountPaths, type AddTotpProps } from '../../account-props.ts'
import { formContract } from '../../form-contract.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { AccountFrame } from '../../parts/account-frame.tsx'
import { Panel } from '../../parts/account-panel.tsx'
import { Action, Field, Form, Hidden } from '../../parts/form.tsx'
import { Notice, waitText } from '../../parts/notices.tsx'
import { TotpKey } from '../../parts/totp-key.tsx'

const { enrolment, code, confirmTotp, back } = formContract.account_add_totp.elements

/** Shows the key and asks for a first code. */
export function AddTotpPage(props: AddTotpProps): JSX.Element {
  const { error } = props
  const t = speak(props.frame.locale)
  const text = error === undefined ? undefined : errorText(t, error)
  const isAboutCode = error === 'missing_code' || error === 'wrong_code'
  return (
    <AccountFrame
      page={props}
      title={t('enrol_totp.title')}
      failure={text === undefined ? undefined : { text, more: waitText(t, props.retryAfterSeconds), fieldId: isAboutCode ? code.id : undefined }}
      scriptUrls={props.scriptUrls}
    >
      {props.replaces ? <Notice>{t('account.totp.replaces')}</Notice> : null}
      <Panel>
        <Form form={props.form}>
          <Hidden field={enrolment} value={props.enrolment} />
          <Steps {...props} codeError={isAboutCode ? text : undefined} t={t} />
          <div class="panel-acts">
            <Action button={confirmTotp} look="main">
              {t('enrol_totp.submit')}
            </Action>
            <a class="button quiet" id={back.id} href={accountPaths.factors}>
              {t('account.cancel')}
            </a>
          </div>
        </Form>
      </Panel>
    </AccountFrame>
  )
}

function Steps(props: AddTotpProps & { codeError: string | undefined; t: Translate }): JSX.Element {
  const { codeError, t } = props
  return (
    <ol class="steps">
      <li>
        <p>{t('enrol_totp.step.app')}</p>
        <p class="quiet-text">{t('enrol_totp.step.app_hint')}</p>
      </li>
      <li>
        <p>{t('enrol_totp.step.scan')}</p>
        <TotpKey qr={props.qr} secret={props.secret} uri={props.uri} t={t} />
      </li>
      <li>
        <p>{t('enrol_totp.step.code')}</p>
        <Field field={code} label={t('enrol_totp.code')} error={codeError} />
      </li>
    </ol>
  )
}

function errorText(t: Translate, error: NonNullable<AddTotpProps['error']>): string {
  if (error === 'form_expired') return t('form.expired')
  return error === 'too_many_attempts' ? t('form.too_many_attempts') : t(`enrol_totp.error.${error}`)
}
