/** Asks for another name for a passkey: only a name tells one from the other. */
import type { JSX } from 'preact'
import { accountPaths, type RenamePasskeyProps } from '../../account-props.ts'
import { formContract } from '../../form-contract.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { AccountFrame } from '../../parts/account-frame.tsx'
import { Panel } from '../../parts/account-panel.tsx'
import { Action, Field, Form } from '../../parts/form.tsx'

const { passkeyName, rename } = formContract.account_rename_passkey.elements

/** Asks for a name. */
export function RenamePasskeyPage(props: RenamePasskeyProps): JSX.Element {
  const { form, error } = props
  const t = speak(props.frame.locale)
  const text = error === undefined ? undefined : errorText(t, error)
  const isAboutName = error !== undefined && error !== 'form_expired'
  return (
    <AccountFrame page={props} title={t('account.rename.title')} failure={text === undefined ? undefined : { text, fieldId: isAboutName ? passkeyName.id : undefined }}>
      <Panel>
        <Form form={form}>
          <Field field={passkeyName} label={t('account.rename.label')} hint={t('account.rename.hint')} value={props.name} error={isAboutName ? text : undefined} isName />
          <div class="panel-acts">
            <Action button={rename} look="main">
              {t('account.rename.submit')}
            </Action>
            <a class="button quiet" href={accountPaths.factors}>
              {t('account.cancel')}
            </a>
          </div>
        </Form>
      </Panel>
    </AccountFrame>
  )
}

function errorText(t: Translate, error: NonNullable<RenamePasskeyProps['error']>): string {
  if (error === 'form_expired') return t('form.expired')
  return error === 'name_missing' ? t('account.rename.error.name_missing') : t('account.error.name_too_long')
}
