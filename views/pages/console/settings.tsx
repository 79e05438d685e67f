/** What a tenant says of itself, under which address it stands, what it has agreed with the platform, and how it is closed. */
import type { JSX } from 'preact'
import { closingFields, settingsFields } from '../../contract/console-settings.ts'
import type { ConsolePageProps } from '../../console-props.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { Panel, Pairs, Warning } from '../../parts/account-panel.tsx'
import { ConsoleFrame } from '../../parts/console-frame.tsx'
import { Action, Field, Form, TextArea } from '../../parts/form.tsx'
import { DataTable } from '../../parts/table.tsx'

export type SettingsFailure =
  | 'invalid_name' | 'invalid_contact' | 'invalid_invitation_lifetime' | 'invalid_subdomain' | 'reserved_subdomain' | 'subdomain_taken' | 'name_mismatch' | 'invalid_grace' | 'tenant_closing' | 'precondition_failed'

export interface OperatorVisitRow {
  id: string
  reason: string
  startedAt: string
  /** Null while it runs, until `expiresAt`. */
  endedAt: string | null
  expiresAt: string
}

export interface SettingsProps extends ConsolePageProps<'saved' | 'subdomain_changed', SettingsFailure> {
  tenantId: string
  /** What was typed, when the form comes back; otherwise what is stored. */
  values: { name: string; contact: string; invitationDays: string; subdomain: string }
  plan: string | null
  seats: { used: number; limit: number | null }
  visits: readonly OperatorVisitRow[]
  /** Whether the person may close the tenant. */
  mayClose: boolean
  graceDays: string
}

export function SettingsPage({ notice, error, ...page }: SettingsProps): JSX.Element {
  const t = speak(page.frame.locale)
  return (
    <ConsoleFrame
      page={page}
      intro={t('settings.intro')}
      done={notice === undefined ? undefined : t(`settings.${notice}`)}
      failure={error === undefined ? undefined : { text: t(`settings.error.${error}`), fieldId: fieldOf(error) }}
    >
      <Basics {...page} error={error} t={t} />
      <Address {...page} error={error} t={t} />
      <Contract {...page} t={t} />
      <Visits {...page} t={t} />
      {page.mayClose ? <Closing {...page} error={error} t={t} /> : null}
    </ConsoleFrame>
  )
}

type Part = Omit<SettingsProps, 'notice' | 'error'> & { error?: SettingsFailure | undefined; t: Translate }

const fields: Readonly<Partial<Record<SettingsFailure, string>>> = {
  invalid_name: settingsFields.name.id, invalid_contact: settingsFields.contact.id, invalid_invitation_lifetime: settingsFields.invitationDays.id, invalid_subdomain: settingsFields.subdomain.id,
  reserved_subdomain: settingsFields.subdomain.id, subdomain_taken: settingsFields.subdomain.id, name_mismatch: closingFields.typedName.id, invalid_grace: closingFields.graceDays.id,
}

function fieldOf(error: SettingsFailure): string | undefined {
  return fields[error]
}

/** The words of an error at the field that it speaks of. */
function errorAt(t: Translate, id: string, error: SettingsFailure | undefined): string | undefined {
  return error !== undefined && fieldOf(error) === id ? t(`settings.error.${error}`) : undefined
}

function Basics({ form, values, error, t }: Part): JSX.Element {
  const { name, contact, invitationDays, save } = settingsFields
  return (
    <Panel title={t('settings.basics')}>
      <Form form={form}>
        <Field field={name} label={t('settings.name')} hint={t('settings.name_hint')} value={values.name} error={errorAt(t, name.id, error)} />
        <TextArea field={contact} label={t('settings.contact')} hint={t('settings.contact_hint')} value={values.contact} rows={2} error={errorAt(t, contact.id, error)} />
        <Field field={invitationDays} label={t('settings.invitation_days')} hint={t('settings.invitation_days_hint')} value={values.invitationDays} error={errorAt(t, invitationDays.id, error)} />
        <div class="panel-acts">
          <Action button={save} look="main">
            {t('board.save')}
          </Action>
        </div>
      </Form>
    </Panel>
  )
}

function Address({ form, values, error, nav, t }: Part): JSX.Element {
  const { subdomain, changeSubdomain } = settingsFields
  return (
    <Panel title={t('settings.address')} lead={t('settings.subdomain_text')}>
      <Form form={form}>
        <Field
          field={subdomain} label={t('settings.subdomain')} hint={t('settings.subdomain_hint', { subdomain: nav.tenant.subdomain })}
          value={values.subdomain} error={errorAt(t, subdomain.id, error)}
        />
        <div class="panel-acts">
          <Action button={changeSubdomain} look="quiet">
            {t('settings.subdomain_change')}
          </Action>
        </div>
      </Form>
    </Panel>
  )
}

function Contract({ tenantId, plan, seats, t }: Part): JSX.Element {
  const { used, limit } = seats
  return (
    <Panel title={t('settings.plan')} lead={t('settings.plan_text')}>
      <Pairs
        pairs={[
          [t('settings.plan_label'), plan],
          [t('settings.seats'), limit === null ? t('settings.seats_free', { used }) : t('settings.seats_of', { used, limit })],
          [t('settings.tenant_id'), <code key="id">{tenantId}</code>],
        ]}
      />
    </Panel>
  )
}

function Visits({ visits, t }: Part): JSX.Element {
  return (
    <Panel title={t('settings.visits')} lead={t('settings.visits_text')}>
      <DataTable
        caption={t('settings.visits')}
        rows={visits}
        keyOf={({ id }) => id}
        empty={t('settings.visits_none')}
        columns={[
          { name: 'why', label: t('settings.visit_why'), cell: ({ reason }) => <bdi>{reason}</bdi> },
          { name: 'from', label: t('settings.visit_from'), cell: ({ startedAt }) => startedAt },
          { name: 'until', label: t('settings.visit_until'), cell: ({ endedAt, expiresAt }) => endedAt ?? t('settings.visit_open', { until: expiresAt }) },
        ]}
      />
    </Panel>
  )
}

function Closing({ form, nav, graceDays, error, t }: Part): JSX.Element {
  const { typedName, graceDays: days, close } = closingFields
  return (
    <Panel title={t('settings.close')}>
      <Warning>{t('settings.close_text')}</Warning>
      <Form form={form}>
        <Field field={typedName} label={t('settings.close_name', { name: nav.tenant.name })} error={errorAt(t, typedName.id, error)} />
        <Field field={days} label={t('settings.close_days')} value={graceDays} error={errorAt(t, days.id, error)} />
        <div class="panel-acts">
          <Action button={close} look="danger">
            {t('settings.close_button')}
          </Action>
        </div>
      </Form>
    </Panel>
  )
}
