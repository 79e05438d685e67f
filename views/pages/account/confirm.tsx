/**
 * Asks once more before something that cannot easily be taken back, and says what it brings about.
 * Where it would leave a tenant without an administrator there is no button, but the way out in words.
 */
import type { JSX } from 'preact'
import type { ConfirmedAct, ConfirmProps } from '../../account-props.ts'
import { formContract } from '../../form-contract.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { AccountFrame } from '../../parts/account-frame.tsx'
import { LastAdmin } from '../../parts/account-last-admin.tsx'
import { Panel } from '../../parts/account-panel.tsx'
import { Action, Form, Hidden } from '../../parts/form.tsx'
import { ButtonLink } from '../../parts/link.tsx'

const { target, confirm, cancel } = formContract.account_confirm.elements

/** Asks whether to go on. */
export function ConfirmPage(props: ConfirmProps): JSX.Element {
  const { form, act, error, lastAdminOf = [] } = props
  const t = speak(props.frame.locale)
  return (
    <AccountFrame
      page={props}
      title={titleOf(act, t)}
      failure={error === undefined ? undefined : { text: error === 'form_expired' ? t('form.expired') : t('account.error.last_admin') }}
    >
      <Panel>
        {lastAdminOf.length > 0 ? <LastAdmin tenants={lastAdminOf} t={t} /> : <Effects act={act} t={t} />}
        <Form form={form}>
          {props.target === undefined ? null : <Hidden field={target} value={props.target} />}
          <div class="panel-acts">
            {lastAdminOf.length > 0 ? null : (
              <Action button={confirm} look="danger">
                {t(`account.confirm.${act.kind}.submit`)}
              </Action>
            )}
            <ButtonLink url={props.cancelUrl} id={cancel.id} quiet>
              {t('account.cancel')}
            </ButtonLink>
          </div>
        </Form>
      </Panel>
    </AccountFrame>
  )
}

function Effects({ act, t }: { act: ConfirmedAct; t: Translate }): JSX.Element {
  return (
    <div>
      <h2>{t('account.confirm.effects')}</h2>
      <ul class="effects">
        {effectsOf(act, t).map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </div>
  )
}

function titleOf(act: ConfirmedAct, t: Translate): string {
  switch (act.kind) {
    case 'remove_passkey':
    case 'leave_tenant':
    case 'revoke_app':
      return t(`account.confirm.${act.kind}.title`, { name: act.name })
    default:
      return t(`account.confirm.${act.kind}.title`)
  }
}

function effectsOf(act: ConfirmedAct, t: Translate): readonly string[] {
  switch (act.kind) {
    case 'remove_totp':
    case 'remove_passkey':
      return [t(`account.confirm.${act.kind}.effect`), ...(act.lastFactor ? [t('account.confirm.last_factor')] : []), t(`account.confirm.${act.kind}.app`)]
    case 'renew_recovery_codes':
      return [t('account.confirm.renew_recovery_codes.old'), t('account.confirm.renew_recovery_codes.new')]
    case 'leave_tenant':
      return [t('account.confirm.leave_tenant.apps'), t('account.confirm.leave_tenant.return'), t('account.confirm.leave_tenant.trace')]
    case 'revoke_app':
      return [t('account.confirm.revoke_app.access'), t('account.confirm.revoke_app.kept'), t('account.confirm.revoke_app.again')]
    case 'delete_account':
      return [
        t('account.confirm.delete_account.grace', { days: act.graceDays }),
        t('account.confirm.delete_account.gone', { days: act.graceDays }),
        t('account.confirm.delete_account.tenants'),
        t('account.confirm.delete_account.trace'),
      ]
  }
}
