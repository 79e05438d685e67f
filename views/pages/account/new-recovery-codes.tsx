/** Shows new recovery codes, this once: after a first factor, or when the old ones were renewed. They stand in the answer to a POST and nowhere else. */
import type { JSX } from 'preact'
import { accountPaths, type NewRecoveryCodesProps } from '../../account-props.ts'
import { formContract } from '../../form-contract.ts'
import { t as speak } from '../../messages.ts'
import { AccountFrame } from '../../parts/account-frame.tsx'
import { Panel } from '../../parts/account-panel.tsx'
import { RecoveryCodes } from '../../parts/codes.tsx'
import { Notice } from '../../parts/notices.tsx'

const { done, ...tools } = formContract.account_recovery_codes.elements

/** Shows the codes and helps to keep them. */
export function NewRecoveryCodesPage(props: NewRecoveryCodesProps): JSX.Element {
  const { codes, fileText, notice } = props
  const t = speak(props.frame.locale)
  return (
    <AccountFrame
      page={props}
      title={t('recovery_codes.title')}
      intro={t('recovery_codes.intro')}
      done={notice === undefined ? undefined : t(`account.notice.${notice}`)}
      scriptUrls={props.scriptUrls}
    >
      <Panel>
        <Notice>{t('recovery_codes.once')}</Notice>
        {notice === undefined ? <p>{t('account.codes.void')}</p> : null}
        <RecoveryCodes codes={codes} fileText={fileText} elements={tools} t={t} />
        <p class="aside">{t('recovery_codes.place')}</p>
        <div class="panel-acts">
          <a class="button" id={done.id} href={accountPaths.factors}>
            {t('account.codes.done')}
          </a>
        </div>
      </Panel>
    </AccountFrame>
  )
}
