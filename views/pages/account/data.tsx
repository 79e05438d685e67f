/** A copy of all data, and the end of the account: asked for here, confirmed on a page of its own, and for days to be taken back here. */
import type { JSX } from 'preact'
import { accountPaths, type DataProps } from '../../account-props.ts'
import { formContract } from '../../form-contract.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { AccountFrame } from '../../parts/account-frame.tsx'
import { LastAdmin } from '../../parts/account-last-admin.tsx'
import { Panel, Warning } from '../../parts/account-panel.tsx'
import { Action, Form } from '../../parts/form.tsx'

const { download, deleteAccount, keepAccount } = formContract.account_data.elements

/** Offers the copy and the end. */
export function DataPage(props: DataProps): JSX.Element {
  const { notice, error, deleteAfter } = props
  const t = speak(props.frame.locale)
  const copy = <Copy key="copy" t={t} />
  const end = deleteAfter === null ? <Delete key="end" {...props} t={t} /> : <Pending key="end" {...props} deleteAfter={deleteAfter} t={t} />
  return (
    <AccountFrame
      page={props}
      done={notice === undefined ? undefined : t(`account.notice.${notice}`)}
      failure={error === undefined ? undefined : { text: error === 'form_expired' ? t('form.expired') : t('account.error.last_admin') }}
    >
      {deleteAfter === null ? [copy, end] : [end, copy]}
    </AccountFrame>
  )
}

function Copy({ t }: { t: Translate }): JSX.Element {
  return (
    <Panel title={t('account.data.download_title')} lead={t('account.data.download_text')}>
      <p class="aside">{t('account.data.apps_note')}</p>
      <div class="panel-acts">
        <a class="button quiet" id={download.id} href={accountPaths.download} download>
          {t('account.data.download')}
        </a>
      </div>
    </Panel>
  )
}

function Delete({ form, graceDays, lastAdminOf, t }: DataProps & { t: Translate }): JSX.Element {
  return (
    <Panel title={t('account.data.delete_title')} lead={t('account.data.delete_text', { days: graceDays })}>
      {lastAdminOf.length > 0 ? (
        <LastAdmin tenants={lastAdminOf} t={t} />
      ) : (
        <Form form={form}>
          <div class="panel-acts">
            <Action button={deleteAccount} look="danger">
              {t('account.data.delete')}
            </Action>
          </div>
        </Form>
      )}
    </Panel>
  )
}

function Pending({ form, deleteAfter, t }: DataProps & { deleteAfter: string; t: Translate }): JSX.Element {
  return (
    <Panel title={t('account.data.delete_title')}>
      <Warning>{t('account.data.pending', { date: deleteAfter })}</Warning>
      <p>{t('account.data.pending_text')}</p>
      <Form form={form}>
        <div class="panel-acts">
          <Action button={keepAccount} look="main">
            {t('account.data.keep')}
          </Action>
        </div>
      </Form>
    </Panel>
  )
}
