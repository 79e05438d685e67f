/**
 * Adds a passkey from the account. Browsers offer WebAuthn to scripts only; the page says so where none runs,
 * and the way to an authenticator app stands open.
 */
import type { JSX } from 'preact'
import { accountPaths, type AddPasskeyProps } from '../../account-props.ts'
import { formContract } from '../../form-contract.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { AccountFrame } from '../../parts/account-frame.tsx'
import { Panel } from '../../parts/account-panel.tsx'
import { Action, Field, Form } from '../../parts/form.tsx'
import { PasskeyFields, PasskeyStatus, PasskeyUnsupported } from '../../parts/passkey.tsx'

const { passkeyName, createPasskey, useTotp, back } = formContract.account_add_passkey.elements

/** Asks for a name and creates the passkey. */
export function AddPasskeyPage(props: AddPasskeyProps): JSX.Element {
  const { form, passkey, error } = props
  const t = speak(props.frame.locale)
  const text = error === undefined ? undefined : errorText(t, error)
  const nameError = error === 'name_too_long' ? text : undefined
  return (
    <AccountFrame
      page={props}
      title={t('enrol_passkey.title')}
      intro={t('enrol_passkey.intro')}
      failure={text === undefined ? undefined : { text, fieldId: nameError === undefined ? undefined : passkeyName.id }}
      scriptUrls={props.scriptUrls}
    >
      <Panel>
        <p>{t('enrol_passkey.own_device')}</p>
        <Form form={form} passkey={{ use: 'create', props: passkey }}>
          <PasskeyFields passkey={passkey} />
          <Field field={passkeyName} label={t('enrol_passkey.name')} hint={t('enrol_passkey.name_hint')} value={props.name} error={nameError} isName />
          <PasskeyUnsupported use="create" t={t} />
          <PasskeyStatus use="create" t={t} />
          <div class="panel-acts">
            <Action button={createPasskey} look="main" hidden>
              {t('enrol_passkey.submit')}
            </Action>
            <a class="button quiet" id={useTotp.id} href={accountPaths.addTotp}>
              {t('enrol_passkey.use_totp')}
            </a>
            <a class="button quiet" id={back.id} href={accountPaths.factors}>
              {t('account.cancel')}
            </a>
          </div>
        </Form>
      </Panel>
    </AccountFrame>
  )
}

function errorText(t: Translate, error: NonNullable<AddPasskeyProps['error']>): string {
  if (error === 'form_expired') return t('form.expired')
  if (error === 'name_too_long') return t('account.error.name_too_long')
  return error === 'passkey_known' ? t('passkey.known') : t(`account.passkey.error.${error}`)
}
