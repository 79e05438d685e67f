/** One tenant as operators see it: figures, what was agreed with it, its end, and the way in for an emergency. */
import type { JSX } from 'preact'
import { adminPath, type AdminPageProps } from '../../admin-props.ts'
import { consolePath } from '../../console-props.ts'
import { tenantFields as fields } from '../../contract/admin.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { Panel, Tag, Warning } from '../../parts/account-panel.tsx'
import { AdminFrame } from '../../parts/admin-frame.tsx'
import { Figures } from '../../parts/figures.tsx'
import { Action, Field, Form, TextArea } from '../../parts/form.tsx'
import { DataTable } from '../../parts/table.tsx'
import { hrefTo } from '../../safe-url.ts'
import { tenantTones, type TenantStatus } from './tenants.tsx'

export type TenantNotice = 'created' | 'plan_saved' | 'suspended' | 'resumed' | 'closing' | 'reopened' | 'break_glass_ended'
export type TenantFailure =
  | 'already_suspended' | 'not_suspended' | 'tenant_closing' | 'invalid_plan' | 'invalid_seat_limit' | 'name_mismatch' | 'invalid_grace' | 'not_closing'
  | 'invalid_reason' | 'invalid_minutes' | 'already_inside' | 'operator_required' | 'precondition_failed' | 'invalid_name'

export interface BreakGlassProps {
  id: string
  operatorName: string
  reason: string
  startedAt: string
  endsAt: string
  isRunning: boolean
}

export interface TenantProps extends AdminPageProps<TenantNotice, TenantFailure> {
  tenant: { id: string; name: string; subdomain: string; status: TenantStatus; seatLimit: number | null; closesAt: string | null }
  figures: { active: number; invited: number; suspended: number; seatsUsed: number; administrators: number; withSecondFactor: number }
  /** What was typed, when the form comes back. */
  typed: { plan: string; seatLimit: string; closeName: string; graceDays: string; reason: string; minutes: string }
  breakGlass: readonly BreakGlassProps[]
  /** The operator who looks is inside right now. */
  isInside: boolean
}

type Words = TenantProps & { t: Translate }

export function TenantPage(props: TenantProps): JSX.Element {
  const { tenant, figures, notice, error, ...page } = props
  const t = speak(page.frame.locale)
  const words = { ...props, t }
  return (
    <AdminFrame
      page={page}
      title={tenant.name}
      intro={<><code>{tenant.subdomain}</code> <code>{tenant.id}</code> <Tag tone={tenantTones[tenant.status]}>{t(`admin.tenants.status.${tenant.status}`)}</Tag></>}
      acts={
        <a class="button quiet compact" href={hrefTo(adminPath('events', `?tenant=${tenant.id}`))}>
          {t('admin.tenants.events')}
        </a>
      }
      done={notice === undefined ? undefined : t(`admin.tenants.done.${notice}`)}
      failure={error === undefined ? undefined : { text: t(`admin.tenants.error.${error}`), fieldId: fieldOf[error] }}
    >
      <Figures
        figures={[
          { name: t('admin.tenants.active'), value: String(figures.active), note: t('admin.tenants.active_note', { invited: figures.invited, suspended: figures.suspended }) },
          { name: t('admin.tenants.seats'), value: tenant.seatLimit === null ? String(figures.seatsUsed) : `${figures.seatsUsed} / ${tenant.seatLimit}`, look: tenant.seatLimit !== null && figures.seatsUsed * 10 >= tenant.seatLimit * 9 },
          { name: t('admin.tenants.administrators'), value: String(figures.administrators), look: figures.administrators === 0 },
          { name: t('admin.tenants.second_factor'), value: figures.active === 0 ? '–' : `${Math.round((figures.withSecondFactor / figures.active) * 100)}%` },
        ]}
      />
      {tenant.closesAt === null ? null : <Warning>{t('admin.tenants.closes_at', { at: tenant.closesAt })}</Warning>}
      {page.mayChange ? <Changes {...words} /> : null}
      <Visits {...words} />
    </AdminFrame>
  )
}

const fieldOf: Readonly<Partial<Record<TenantFailure, string>>> = {
  invalid_plan: fields.plan.id, invalid_seat_limit: fields.seatLimit.id, name_mismatch: fields.closeName.id, invalid_grace: fields.graceDays.id, invalid_reason: fields.reason.id, invalid_minutes: fields.minutes.id,
}

function Changes(words: Words): JSX.Element {
  return (
    <div class="columns">
      <Plan {...words} />
      <Status {...words} />
      <Enter {...words} />
      <Closing {...words} />
    </div>
  )
}

function Plan({ typed, form, error, t }: Words): JSX.Element {
  return (
    <Panel title={t('admin.tenants.agreed')} lead={t('admin.tenants.agreed_lead')}>
      <Form form={form}>
        <Field field={fields.plan} label={t('admin.tenants.plan')} hint={t('admin.tenants.plan_hint')} value={typed.plan} error={error === 'invalid_plan' ? t('admin.tenants.error.invalid_plan') : undefined} />
        <Field field={fields.seatLimit} label={t('admin.tenants.seat_limit')} hint={t('admin.tenants.seat_limit_hint')} value={typed.seatLimit} error={error === 'invalid_seat_limit' ? t('admin.tenants.error.invalid_seat_limit') : undefined} />
        <div class="panel-acts">
          <Action button={fields.savePlan} look="main">
            {t('board.save')}
          </Action>
        </div>
      </Form>
    </Panel>
  )
}

function Status({ tenant: { status }, form, t }: Words): JSX.Element | null {
  if (status === 'closing') return null
  const isSuspended = status === 'suspended'
  return (
    <Panel title={t(isSuspended ? 'admin.tenants.resume' : 'admin.tenants.suspend')} lead={t(isSuspended ? 'admin.tenants.resume_lead' : 'admin.tenants.suspend_lead')}>
      <Form form={form}>
        <div class="panel-acts">
          {isSuspended ? (
            <Action button={fields.resume} look="main">
              {t('admin.tenants.resume')}
            </Action>
          ) : (
            <Action button={fields.suspend} look="danger">
              {t('admin.tenants.suspend')}
            </Action>
          )}
        </div>
      </Form>
    </Panel>
  )
}

function Enter({ tenant, typed, isInside, form, error, t }: Words): JSX.Element {
  return (
    <Panel title={t('admin.tenants.enter')} lead={t('admin.tenants.enter_lead')}>
      {isInside ? (
        <Form form={form}>
          <div class="panel-acts">
            <a class="button" id="enter_tenant" href={hrefTo(consolePath(tenant.subdomain, 'home'))}>
              {t('admin.tenants.enter_go')}
            </a>
            <Action button={fields.endBreakGlass} look="quiet">
              {t('admin.tenants.enter_end')}
            </Action>
          </div>
        </Form>
      ) : (
        <Form form={form}>
          <TextArea field={fields.reason} label={t('admin.reason')} hint={t('admin.tenants.reason_hint')} value={typed.reason} rows={2} error={error === 'invalid_reason' ? t('admin.tenants.error.invalid_reason') : undefined} />
          <Field field={fields.minutes} label={t('admin.tenants.minutes')} hint={t('admin.tenants.minutes_hint')} value={typed.minutes} error={error === 'invalid_minutes' ? t('admin.tenants.error.invalid_minutes') : undefined} />
          <div class="panel-acts">
            <Action button={fields.startBreakGlass} look="danger">
              {t('admin.tenants.enter_start')}
            </Action>
          </div>
        </Form>
      )}
    </Panel>
  )
}

function Closing({ tenant, typed, form, error, t }: Words): JSX.Element {
  if (tenant.status === 'closing') {
    return (
      <Panel title={t('admin.tenants.reopen')} lead={t('admin.tenants.reopen_lead')}>
        <Form form={form}>
          <div class="panel-acts">
            <Action button={fields.reopen} look="main">
              {t('admin.tenants.reopen')}
            </Action>
          </div>
        </Form>
      </Panel>
    )
  }
  return (
    <Panel title={t('admin.tenants.close')} lead={t('admin.tenants.close_lead')}>
      <Form form={form}>
        <Field field={fields.closeName} label={t('admin.tenants.close_name', { name: tenant.name })} value={typed.closeName} error={error === 'name_mismatch' ? t('admin.tenants.error.name_mismatch') : undefined} />
        <Field field={fields.graceDays} label={t('admin.tenants.grace_days')} hint={t('admin.tenants.grace_hint')} value={typed.graceDays} error={error === 'invalid_grace' ? t('admin.tenants.error.invalid_grace') : undefined} />
        <div class="panel-acts">
          <Action button={fields.close} look="danger">
            {t('admin.tenants.close_do')}
          </Action>
        </div>
      </Form>
    </Panel>
  )
}

function Visits({ breakGlass, t }: Words): JSX.Element {
  return (
    <section class="panel">
      <h2>{t('admin.tenants.visits')}</h2>
      <DataTable
        caption={t('admin.tenants.visits')}
        columns={[
          { name: 'who', label: t('admin.tenants.visit_who'), cell: ({ operatorName, isRunning }) => <><bdi>{operatorName}</bdi> {isRunning ? <Tag tone="look">{t('admin.tenants.visit_now')}</Tag> : null}</> },
          { name: 'reason', label: t('admin.reason'), cell: ({ reason }) => <bdi>{reason}</bdi> },
          { name: 'from', label: t('admin.tenants.visit_from'), cell: ({ startedAt }) => startedAt },
          { name: 'until', label: t('admin.tenants.visit_until'), cell: ({ endsAt }) => endsAt },
        ]}
        rows={breakGlass}
        keyOf={({ id }) => id}
        empty={t('admin.tenants.visits_none')}
      />
    </section>
  )
}
