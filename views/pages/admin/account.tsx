/** One person as operators see them: where they belong, where they are signed in, what they prove themselves with, and how to help or stop them. */
import type { JSX } from 'preact'
import { adminPath, type AdminPageProps } from '../../admin-props.ts'
import { adminAccountFields as fields } from '../../contract/admin.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { Pairs, Panel, Tag } from '../../parts/account-panel.tsx'
import { AdminFrame } from '../../parts/admin-frame.tsx'
import { Action, Form, TextArea } from '../../parts/form.tsx'
import { DataTable } from '../../parts/table.tsx'
import { hrefTo } from '../../safe-url.ts'
import { accountTones, type AccountStatus } from './accounts.tsx'

export interface AdminMembership {
  id: string
  tenantId: string
  tenantName: string
  role: string
  employeeNumber: string | null
  status: 'invited' | 'active' | 'suspended' | 'ended'
  joinedOn: string | null
}

export interface AdminSession {
  uid: string
  browser: string | null
  ip: string | null
  acr: string
  signedInAt: string
  lastSeenAt: string
}

export type AccountNotice = 'sessions_ended' | 'unlocked' | 'locked_down' | 'resumed' | 'factors_reset'
export type AccountFailure = 'reason_missing' | 'already_suspended' | 'not_suspended' | 'account_disabled' | 'account_suspended' | 'address_unproved' | 'own_account'

export interface AccountProps extends AdminPageProps<AccountNotice, AccountFailure> {
  account: {
    id: string
    name: string
    email: string | null
    emailVerified: boolean
    status: AccountStatus
    createdAt: string
    passwordChangedAt: string | null
    deleteAfter: string | null
    operatorRole: 'owner' | 'auditor' | null
  }
  memberships: readonly AdminMembership[]
  sessions: readonly AdminSession[]
  factors: { totpSince: string | null; passkeys: readonly string[]; recoveryCodesLeft: number }
  locks: { password: { failures: number; lockedUntil: string | null }; secondFactor: { failures: number; lockedUntil: string | null } }
  /** Shown once, to hand over. */
  activation?: { link: string; expiresAt: string } | undefined
  scriptUrls: readonly string[]
}

type Words = AccountProps & { t: Translate }

export function AccountPage(props: AccountProps): JSX.Element {
  const { account, activation, notice, error, scriptUrls, ...page } = props
  const t = speak(page.frame.locale)
  const words = { ...props, t }
  return (
    <AdminFrame
      page={page}
      title={account.name}
      intro={<><code>{account.id}</code> <Tag tone={accountTones[account.status]}>{t(`admin.accounts.status.${account.status}`)}</Tag></>}
      acts={
        <a class="button quiet compact" href={hrefTo(adminPath('events', `?subject=${encodeURIComponent(account.id)}`))}>
          {t('admin.accounts.events')}
        </a>
      }
      done={notice === undefined ? undefined : t(`admin.accounts.done.${notice}`)}
      failure={error === undefined ? undefined : { text: t(`admin.accounts.error.${error}`), fieldId: error === 'reason_missing' ? fields.reason.id : undefined }}
      scriptUrls={scriptUrls}
    >
      {activation === undefined ? null : <Activation activation={activation} t={t} />}
      <div class="columns">
        <Facts {...words} />
        <Factors {...words} />
      </div>
      <Memberships {...words} />
      <Sessions {...words} />
      {page.mayChange ? <Help {...words} /> : null}
    </AdminFrame>
  )
}

function Activation({ activation: { link, expiresAt }, t }: { activation: NonNullable<AccountProps['activation']>; t: Translate }): JSX.Element {
  return (
    <Panel title={t('admin.accounts.activation')} lead={t('admin.accounts.activation_lead', { until: expiresAt })}>
      <p>
        <code id="activation_link">{link}</code>
      </p>
    </Panel>
  )
}

function Facts({ account, t }: Words): JSX.Element {
  const { email, emailVerified, operatorRole, deleteAfter } = account
  return (
    <Panel title={t('admin.accounts.facts')}>
      <Pairs
        pairs={[
          [t('admin.accounts.address'), email === null ? t('admin.accounts.no_address') : <><bdi>{email}</bdi> <Tag tone={emailVerified ? 'good' : 'look'}>{t(emailVerified ? 'admin.accounts.proved' : 'admin.accounts.not_proved')}</Tag></>],
          [t('admin.accounts.created'), account.createdAt],
          [t('admin.accounts.password'), account.passwordChangedAt ?? t('board.none')],
          [t('admin.accounts.delete_after'), deleteAfter],
          [t('admin.accounts.operator'), operatorRole === null ? null : t(`admin.role.${operatorRole}`)],
        ]}
      />
    </Panel>
  )
}

function Factors({ factors: { totpSince, passkeys, recoveryCodesLeft }, locks, t }: Words): JSX.Element {
  const lock = ({ failures, lockedUntil }: { failures: number; lockedUntil: string | null }) => (
    lockedUntil === null ? t('admin.accounts.failures', { count: failures }) : <Tag tone="danger">{t('admin.accounts.locked_until', { until: lockedUntil })}</Tag>
  )
  return (
    <Panel title={t('admin.accounts.factors')}>
      <Pairs
        pairs={[
          [t('admin.accounts.factor.totp'), totpSince ?? t('board.none')],
          [t('admin.accounts.factor.passkey'), passkeys.length === 0 ? t('board.none') : passkeys.join(t('account.comma'))],
          [t('admin.accounts.recovery_codes'), String(recoveryCodesLeft)],
          [t('admin.accounts.lock_password'), lock(locks.password)],
          [t('admin.accounts.lock_second_factor'), lock(locks.secondFactor)],
        ]}
      />
    </Panel>
  )
}

function Memberships({ memberships, t }: Words): JSX.Element {
  return (
    <section class="panel">
      <h2>{t('admin.accounts.memberships')}</h2>
      <DataTable
        caption={t('admin.accounts.memberships')}
        columns={[
          {
            name: 'tenant', label: t('admin.accounts.tenant'),
            cell: ({ tenantId, tenantName, id }) => (
              <>
                <a href={hrefTo(adminPath('tenants', `/${tenantId}`))}>
                  <bdi>{tenantName}</bdi>
                </a>
                <small>{id}</small>
              </>
            ),
          },
          { name: 'role', label: t('admin.accounts.role'), cell: ({ role }) => <bdi>{role}</bdi> },
          { name: 'number', label: t('admin.accounts.number'), cell: ({ employeeNumber }) => employeeNumber ?? '–' },
          { name: 'status', label: t('admin.status'), cell: ({ status }) => <Tag tone={status === 'active' ? 'good' : 'plain'}>{t(`admin.accounts.membership.${status}`)}</Tag> },
          { name: 'joined', label: t('admin.accounts.joined'), cell: ({ joinedOn }) => joinedOn ?? '–' },
        ]}
        rows={memberships}
        keyOf={({ id }) => id}
        empty={t('admin.accounts.no_memberships')}
      />
    </section>
  )
}

function Sessions({ sessions, mayChange, form, t }: Words): JSX.Element {
  return (
    <section class="panel">
      <h2>{t('admin.accounts.sessions')}</h2>
      <DataTable
        caption={t('admin.accounts.sessions')}
        columns={[
          { name: 'browser', label: t('admin.accounts.browser'), cell: ({ browser, ip }) => <><b>{browser ?? t('admin.accounts.browser_unknown')}</b> <small>{ip}</small></> },
          { name: 'acr', label: t('admin.accounts.level'), cell: ({ acr }) => <code>{acr}</code> },
          { name: 'signed_in', label: t('admin.accounts.signed_in'), cell: ({ signedInAt }) => signedInAt },
          { name: 'last_seen', label: t('admin.accounts.last_seen'), cell: ({ lastSeenAt }) => lastSeenAt },
        ]}
        rows={sessions}
        keyOf={({ uid }) => uid}
        empty={t('admin.accounts.no_sessions')}
      />
      {mayChange && sessions.length > 0 ? (
        <Form form={form}>
          <div class="panel-acts">
            <Action button={fields.endSessions} look="quiet">
              {t('admin.accounts.end_sessions')}
            </Action>
          </div>
        </Form>
      ) : null}
    </section>
  )
}

function Help({ account, form, t }: Words): JSX.Element {
  const isLocked = account.status === 'locked'
  return (
    <div class="columns">
      <Panel title={t('admin.accounts.help')} lead={t('admin.accounts.help_lead')}>
        <Form form={form}>
          <div class="panel-acts">
            <Action button={fields.activate} look="quiet">
              {t('admin.accounts.activate')}
            </Action>
            <Action button={fields.unlock} look="quiet">
              {t('admin.accounts.unlock')}
            </Action>
          </div>
        </Form>
      </Panel>
      <Panel title={t('admin.accounts.reset')} lead={t('admin.accounts.reset_lead')}>
        <Form form={form}>
          <TextArea field={fields.reason} label={t('admin.reason')} hint={t('admin.accounts.reason_hint')} rows={2} />
          <div class="panel-acts">
            <Action button={fields.resetFactors} look="danger">
              {t('admin.accounts.reset_do')}
            </Action>
          </div>
        </Form>
      </Panel>
      {account.status === 'disabled' ? null : (
        <Panel title={t(isLocked ? 'admin.accounts.resume' : 'admin.accounts.lock_down')} lead={t(isLocked ? 'admin.accounts.resume_lead' : 'admin.accounts.lock_down_lead')}>
          <Form form={form}>
            <div class="panel-acts">
              {isLocked ? (
                <Action button={fields.resume} look="main">
                  {t('admin.accounts.resume_do')}
                </Action>
              ) : (
                <Action button={fields.lockDown} look="danger">
                  {t('admin.accounts.lock_down_do')}
                </Action>
              )}
            </div>
          </Form>
        </Panel>
      )}
    </div>
  )
}
