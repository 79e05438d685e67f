/** Who runs the platform: the list, adding somebody, another role, the end of it. */
import type { JSX } from 'preact'
import { adminPath, type AdminPageProps } from '../../admin-props.ts'
import { operatorFields as fields } from '../../contract/admin.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { RowButton } from '../../parts/account-acts.tsx'
import { Panel, Tag } from '../../parts/account-panel.tsx'
import { AdminFrame } from '../../parts/admin-frame.tsx'
import { Action, Field, Form, Select } from '../../parts/form.tsx'
import { DataTable, type Column } from '../../parts/table.tsx'
import { hrefTo } from '../../safe-url.ts'

export interface OperatorRow {
  accountId: string
  name: string
  email: string | null
  role: 'owner' | 'auditor'
  hasSecondFactor: boolean
  since: string
  isSelf: boolean
}

export interface OperatorsProps extends AdminPageProps<'appointed' | 'role_changed' | 'removed', 'not_found' | 'account_suspended' | 'last_owner'> {
  operators: readonly OperatorRow[]
  typedAddress: string
}

export function OperatorsPage({ operators, typedAddress, notice, error, ...page }: OperatorsProps): JSX.Element {
  const t = speak(page.frame.locale)
  const words = error === undefined ? undefined : t(`admin.operators.error.${error}`)
  return (
    <AdminFrame
      page={page}
      intro={t('admin.operators.intro')}
      done={notice === undefined ? undefined : t(`admin.operators.done.${notice}`)}
      failure={words === undefined ? undefined : { text: words, fieldId: error === 'last_owner' ? undefined : fields.address.id }}
    >
      <Form form={page.form}>
        <DataTable caption={t('admin.nav.operators')} columns={columnsOf(t, page.mayChange)} rows={operators} keyOf={({ accountId }) => accountId} empty={t('admin.operators.empty')} />
      </Form>
      {page.mayChange ? (
        <Panel title={t('admin.operators.add')} lead={t('admin.operators.add_lead')}>
          <Form form={page.form}>
            <Field field={fields.address} label={t('admin.operators.address')} value={typedAddress} error={error === 'last_owner' ? undefined : words} />
            <Select field={fields.role} label={t('admin.operators.role')} options={(['auditor', 'owner'] as const).map((value) => ({ value, name: t(`admin.role.${value}`) }))} />
            <div class="panel-acts">
              <Action button={fields.add} look="main">
                {t('board.add')}
              </Action>
            </div>
          </Form>
        </Panel>
      ) : null}
    </AdminFrame>
  )
}

function columnsOf(t: Translate, mayChange: boolean): readonly Column<OperatorRow>[] {
  return [
    {
      name: 'name', label: t('admin.operators.name'),
      cell: ({ accountId, name, email, isSelf }) => (
        <>
          <a href={hrefTo(adminPath('accounts', `/${encodeURIComponent(accountId)}`))}>
            <bdi>{name}</bdi>
          </a>{' '}
          {isSelf ? <Tag tone="plain">{t('admin.operators.you')}</Tag> : null}
          <small>
            <bdi>{email}</bdi>
          </small>
        </>
      ),
    },
    { name: 'role', label: t('admin.operators.role'), cell: ({ role }) => t(`admin.role.${role}`) },
    { name: 'factors', label: t('admin.operators.factors'), cell: ({ hasSecondFactor }) => <Tag tone={hasSecondFactor ? 'good' : 'look'}>{t(hasSecondFactor ? 'admin.operators.ready' : 'admin.operators.not_ready')}</Tag> },
    { name: 'since', label: t('admin.operators.since'), cell: ({ since }) => since },
    ...(mayChange ? [{ name: 'acts', label: t('admin.acts'), cell: (one: OperatorRow) => <Acts operator={one} t={t} /> }] : []),
  ]
}

function Acts({ operator: { accountId, name, role }, t }: { operator: OperatorRow; t: Translate }): JSX.Element {
  const isOwner = role === 'owner'
  return (
    <span class="row-acts">
      <RowButton button={isOwner ? fields.makeAuditor : fields.makeOwner} of={accountId} about={name} label={t(isOwner ? 'admin.operators.make_auditor' : 'admin.operators.make_owner')} t={t} />
      <RowButton button={fields.remove} of={accountId} about={name} label={t('admin.operators.remove')} danger t={t} />
    </span>
  )
}
