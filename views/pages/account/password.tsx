/** Asks for a new password. Who opens this page has just proved who they are, so the old one is not asked for once more. */
import type { JSX } from 'preact'
import type { PasswordProps } from '../../account-props.ts'
import { formContract } from '../../form-contract.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { AccountFrame } from '../../parts/account-frame.tsx'
import { Panel } from '../../parts/account-panel.tsx'
import { Action, Field, Form } from '../../parts/form.tsx'
import { isPasswordRefusal, NewPasswordField, passwordErrorText } from '../../parts/password.tsx'

const { username, password, changePassword } = formContract.account_password.elements

/** Asks for a new password and says what setting it does. */
export function PasswordPage(props: PasswordProps): JSX.Element {
  const { form, notice, error, minimum } = props
  const t = speak(props.frame.locale)
  return (
    <AccountFrame
      page={props}
      done={notice === undefined ? undefined : t(`account.notice.${notice}`)}
      failure={error === undefined ? undefined : { text: errorText(t, error, minimum), fieldId: isPasswordRefusal(error) ? password.id : undefined }}
      scriptUrls={props.scriptUrls}
    >
      <Panel>
        <Form form={form}>
          <Field field={username} label={t('new_password.account')} value={props.username} readOnly />
          <NewPasswordField field={password} label={t('password.new')} minimum={minimum} error={error} t={t} />
          <p class="aside">{t('account.password.after')}</p>
          <div class="panel-acts">
            <Action button={changePassword} look="main">
              {t('account.password.submit')}
            </Action>
          </div>
        </Form>
      </Panel>
    </AccountFrame>
  )
}

function errorText(t: Translate, error: NonNullable<PasswordProps['error']>, minimum: number): string {
  if (isPasswordRefusal(error)) return passwordErrorText(t, error, minimum)
  return error === 'busy' ? t('form.busy') : t('form.expired')
}
