/** The people of the platform: the list with its search. */
import type { JSX } from 'preact'
import { adminPath, type AdminPageProps } from '../../admin-props.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { Tag, type Tone } from '../../parts/account-panel.tsx'
import { AdminFrame } from '../../parts/admin-frame.tsx'
import { Filters } from '../../parts/filters.tsx'
import { DataTable, Pager, type Column } from '../../parts/table.tsx'
import { hrefTo } from '../../safe-url.ts'

export const accountStatuses = ['active', 'pending', 'locked', 'disabled'] as const
export type AccountStatus = (typeof accountStatuses)[number]

export const accountTones: Readonly<Record<AccountStatus, Tone>> = { active: 'good', pending: 'plain', locked: 'danger', disabled: 'danger' }

export interface AccountRow {
  id: string
  name: string
  email: string | null
  status: AccountStatus
  /** Kinds besides the password. */
  secondFactors: readonly ('totp' | 'passkey')[]
  tenants: readonly string[]
  isOperator: boolean
  createdOn: string
}

export interface AccountsProps extends AdminPageProps {
  accounts: readonly AccountRow[]
  search: string
  status: AccountStatus | null
  nextUrl: string | null
  newestUrl: string | null
  scriptUrls: readonly string[]
}

export function AccountsPage({ accounts, search, status, nextUrl, newestUrl, scriptUrls, ...page }: AccountsProps): JSX.Element {
  const t = speak(page.frame.locale)
  return (
    <AdminFrame page={page} intro={t('admin.accounts.intro')} scriptUrls={scriptUrls}>
      <Filters
        action={adminPath('accounts')}
        search={{ label: t('admin.accounts.search'), value: search }}
        choices={[{ name: 'status', label: t('admin.status'), all: t('admin.all_statuses'), options: accountStatuses.map((value) => ({ value, name: t(`admin.accounts.status.${value}`) })), value: status ?? '' }]}
        clearUrl={search === '' && status === null ? null : adminPath('accounts')}
        t={t}
      />
      <DataTable caption={t('admin.nav.accounts')} columns={columnsOf(t)} rows={accounts} keyOf={({ id }) => id} empty={t('admin.accounts.empty')} />
      <Pager previous={newestUrl} next={nextUrl} t={t} />
    </AdminFrame>
  )
}

function columnsOf(t: Translate): readonly Column<AccountRow>[] {
  return [
    {
      name: 'name', label: t('admin.accounts.name'),
      cell: ({ id, name, email, isOperator }) => (
        <>
          <a id={`account_${id}`} href={hrefTo(adminPath('accounts', `/${encodeURIComponent(id)}`))}>
            <bdi>{name}</bdi>
          </a>{' '}
          {isOperator ? <Tag tone="look">{t('admin.accounts.operator')}</Tag> : null}
          <small>
            <bdi>{email ?? t('admin.accounts.no_address')}</bdi>
          </small>
        </>
      ),
    },
    { name: 'tenants', label: t('admin.accounts.tenants'), cell: ({ tenants }) => (tenants.length === 0 ? <span class="quiet-text">{t('board.none')}</span> : <bdi>{tenants.join(t('account.comma'))}</bdi>) },
    { name: 'factors', label: t('admin.accounts.factors'), cell: ({ secondFactors }) => (secondFactors.length === 0 ? <span class="quiet-text">{t('board.none')}</span> : secondFactors.map((kind) => t(`admin.accounts.factor.${kind}`)).join(t('account.comma'))) },
    { name: 'status', label: t('admin.status'), cell: ({ status }) => <Tag tone={accountTones[status]}>{t(`admin.accounts.status.${status}`)}</Tag> },
    { name: 'created', label: t('admin.accounts.created'), cell: ({ createdOn }) => createdOn },
  ]
}
