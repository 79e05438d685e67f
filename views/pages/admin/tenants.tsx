/** The tenants of the platform: the list, and making one with its first administrator. */
import type { JSX } from 'preact'
import { adminPath, type AdminPageProps } from '../../admin-props.ts'
import { tenantFields as fields } from '../../contract/admin.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { Panel, Tag, type Tone } from '../../parts/account-panel.tsx'
import { AdminFrame } from '../../parts/admin-frame.tsx'
import { Filters } from '../../parts/filters.tsx'
import { Action, Field, Form, Select } from '../../parts/form.tsx'
import { DataTable, Pager, type Column } from '../../parts/table.tsx'
import { hrefTo } from '../../safe-url.ts'

export const tenantStatuses = ['active', 'suspended', 'closing'] as const
export type TenantStatus = (typeof tenantStatuses)[number]
export const tenantTones: Readonly<Record<TenantStatus, Tone>> = { active: 'good', suspended: 'danger', closing: 'look' }

export interface TenantRowProps {
  id: string
  name: string
  subdomain: string
  status: TenantStatus
  plan: string | null
  seatsUsed: number
  /** Null for as many as there come. */
  seatLimit: number | null
  createdOn: string
}

export interface TenantsProps extends AdminPageProps {
  tenants: readonly TenantRowProps[]
  search: string
  status: TenantStatus | null
  nextUrl: string | null
  newestUrl: string | null
  scriptUrls: readonly string[]
}

export function TenantsPage({ tenants, search, status, nextUrl, newestUrl, scriptUrls, ...page }: TenantsProps): JSX.Element {
  const t = speak(page.frame.locale)
  return (
    <AdminFrame
      page={page}
      intro={t('admin.tenants.intro')}
      acts={page.mayChange ? (
        <a class="button" id="new_tenant" href={adminPath('tenants', '/new')}>
          {t('admin.tenants.new')}
        </a>
      ) : undefined}
      scriptUrls={scriptUrls}
    >
      <Filters
        action={adminPath('tenants')}
        search={{ label: t('admin.tenants.search'), value: search }}
        choices={[{ name: 'status', label: t('admin.status'), all: t('admin.all_statuses'), options: tenantStatuses.map((value) => ({ value, name: t(`admin.tenants.status.${value}`) })), value: status ?? '' }]}
        clearUrl={search === '' && status === null ? null : adminPath('tenants')}
        t={t}
      />
      <DataTable caption={t('admin.nav.tenants')} columns={columnsOf(t)} rows={tenants} keyOf={({ id }) => id} empty={t('admin.tenants.empty')} />
      <Pager previous={newestUrl} next={nextUrl} t={t} />
    </AdminFrame>
  )
}

function columnsOf(t: Translate): readonly Column<TenantRowProps>[] {
  return [
    {
      name: 'name', label: t('admin.tenants.name'),
      cell: ({ id, name, subdomain }) => (
        <>
          <a id={`tenant_${subdomain}`} href={hrefTo(adminPath('tenants', `/${id}`))}>
            <bdi>{name}</bdi>
          </a>
          <small>{subdomain}</small>
        </>
      ),
    },
    { name: 'status', label: t('admin.status'), cell: ({ status }) => <Tag tone={tenantTones[status]}>{t(`admin.tenants.status.${status}`)}</Tag> },
    { name: 'plan', label: t('admin.tenants.plan'), cell: ({ plan }) => <bdi>{plan ?? '–'}</bdi> },
    { name: 'seats', label: t('admin.tenants.seats'), isFigure: true, cell: ({ seatsUsed, seatLimit }) => (seatLimit === null ? seatsUsed : `${seatsUsed} / ${seatLimit}`) },
    { name: 'created', label: t('admin.tenants.created'), cell: ({ createdOn }) => createdOn },
  ]
}

export const tenantKinds = ['hospital_group', 'clinic', 'company'] as const

export type NewTenantFailure =
  | 'invalid_name' | 'invalid_subdomain' | 'reserved_subdomain' | 'subdomain_taken' | 'invalid_plan' | 'invalid_seat_limit' | 'invalid_email' | 'seat_limit_reached'

export interface NewTenantProps extends AdminPageProps<never, NewTenantFailure> {
  values: { name: string; subdomain: string; kind: string; plan: string; seatLimit: string; adminEmail: string }
  /** Where the tenant's pages will be, up to its subdomain. */
  addressStart: string
}

export function NewTenantPage({ values, addressStart, error, ...page }: NewTenantProps): JSX.Element {
  const t = speak(page.frame.locale)
  const words = error === undefined ? undefined : t(`admin.tenants.error.${error}`)
  const at = (...own: readonly NewTenantFailure[]) => (error !== undefined && own.includes(error) ? words : undefined)
  return (
    <AdminFrame page={page} title={t('admin.tenants.new')} intro={t('admin.tenants.new_intro')} failure={words === undefined ? undefined : { text: words }}>
      <Panel>
        <Form form={page.form}>
          <Field field={fields.name} label={t('admin.tenants.name')} value={values.name} error={at('invalid_name')} />
          <Field field={fields.subdomain} label={t('admin.tenants.subdomain')} hint={t('admin.tenants.subdomain_hint', { start: addressStart })} value={values.subdomain} error={at('invalid_subdomain', 'reserved_subdomain', 'subdomain_taken')} />
          <Select field={fields.kind} label={t('admin.tenants.kind')} hint={t('admin.tenants.kind_hint')} options={tenantKinds.map((value) => ({ value, name: t(`admin.tenants.kind.${value}`) }))} value={values.kind} />
          <Field field={fields.plan} label={t('admin.tenants.plan')} hint={t('admin.tenants.plan_hint')} value={values.plan} error={at('invalid_plan')} />
          <Field field={fields.seatLimit} label={t('admin.tenants.seat_limit')} hint={t('admin.tenants.seat_limit_hint')} value={values.seatLimit} error={at('invalid_seat_limit', 'seat_limit_reached')} />
          <Field field={fields.adminEmail} label={t('admin.tenants.admin_email')} hint={t('admin.tenants.admin_email_hint')} value={values.adminEmail} error={at('invalid_email')} />
          <div class="panel-acts">
            <Action button={fields.create} look="main">
              {t('admin.tenants.create')}
            </Action>
          </div>
        </Form>
      </Panel>
    </AdminFrame>
  )
}
