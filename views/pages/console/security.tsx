/** What a tenant asks of its members' sign-in, and whom a change would hit before it is made. */
import type { JSX } from 'preact'
import { securityFields } from '../../contract/console-settings.ts'
import { consolePath, type ConsolePageProps } from '../../console-props.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { Panel } from '../../parts/account-panel.tsx'
import { ConsoleFrame } from '../../parts/console-frame.tsx'
import { Figures } from '../../parts/figures.tsx'
import { Action, Checkbox, Field, Form, Select } from '../../parts/form.tsx'
import { DataTable } from '../../parts/table.tsx'
import { hrefTo } from '../../safe-url.ts'

export const mfaRuleNames = ['off', 'admins', 'everyone'] as const
export const mfaLevelNames = ['aal2', 'phr'] as const
export type RuleEffect = 'must_add_passkey' | 'must_set_up' | 'reminded' | 'none'

export type SecurityFailure =
  | 'trusted_device_days_invalid' | 'password_max_age_invalid' | 'session_hours_invalid' | 'unknown_role' | 'role_is_administrator' | 'locks_yourself_out'

/** As the form holds them. */
export interface SecurityValues {
  mfaRule: string
  mfaLevel: string
  mfaFrom: string
  trustedDays: string
  sessionHours: string
  passwordSignIn: boolean
  staffNumberSignIn: boolean
  passwordDays: string
  registrationRole: string
}

export interface RulePreviewProps {
  members: number
  counts: Readonly<Record<Exclude<RuleEffect, 'none'>, number>>
  first: readonly { membershipId: string; name: string; factors: readonly string[]; effect: RuleEffect }[]
}

export interface SecurityProps extends ConsolePageProps<'saved', SecurityFailure> {
  values: SecurityValues
  /** Roles without rights to administer. */
  registrationRoles: readonly string[]
  preview?: RulePreviewProps | undefined
}

export function SecurityPage({ values, registrationRoles, preview, notice, error, ...page }: SecurityProps): JSX.Element {
  const t = speak(page.frame.locale)
  const { subdomain } = page.nav.tenant
  return (
    <ConsoleFrame
      page={page}
      intro={t('security.intro')}
      done={notice === undefined ? undefined : t('board.saved')}
      failure={error === undefined ? undefined : { text: t(`security.error.${error}`), fieldId: fields[error] }}
    >
      <Form form={page.form}>
        {preview === undefined ? null : <Preview preview={preview} subdomain={subdomain} t={t} />}
        <Panel title={t('security.mfa')}>
          <SecondFactor values={values} error={error} t={t} />
        </Panel>
        <Panel title={t('security.ways')} lead={t('security.ways_text')}>
          <Checkbox field={securityFields.passwordSignIn} label={t('security.password_sign_in')} hint={t('security.password_sign_in_hint')} checked={values.passwordSignIn} />
          <Checkbox field={securityFields.staffNumberSignIn} label={t('security.staff_number_sign_in')} checked={values.staffNumberSignIn} />
        </Panel>
        <Panel title={t('security.session')}>
          <Field field={securityFields.sessionHours} label={t('security.session_hours')} hint={t('security.session_hours_hint')} value={values.sessionHours} error={at(t, error, 'session_hours_invalid')} />
          <Field field={securityFields.passwordDays} label={t('security.password_days')} hint={t('security.password_days_hint')} value={values.passwordDays} error={at(t, error, 'password_max_age_invalid')} />
        </Panel>
        <Panel title={t('security.registration')}>
          <Select
            field={securityFields.registrationRole} label={t('security.registration_role')} hint={t('security.registration_hint')} value={values.registrationRole}
            options={[{ value: '', name: t('security.registration_none') }, ...registrationRoles.map((name) => ({ value: name, name }))]}
          />
        </Panel>
        <div class="panel-acts">
          <Action button={securityFields.preview} look={preview === undefined ? 'main' : 'quiet'}>
            {t('security.preview')}
          </Action>
          <Action button={securityFields.save} look={preview === undefined ? 'quiet' : 'main'}>
            {t('board.save')}
          </Action>
        </div>
      </Form>
    </ConsoleFrame>
  )
}

const fields: Readonly<Partial<Record<SecurityFailure, string>>> = {
  trusted_device_days_invalid: securityFields.trustedDays.id, password_max_age_invalid: securityFields.passwordDays.id, session_hours_invalid: securityFields.sessionHours.id,
}

function at(t: Translate, error: SecurityFailure | undefined, own: SecurityFailure): string | undefined {
  return error === own ? t(`security.error.${own}`) : undefined
}

function SecondFactor({ values, error, t }: { values: SecurityValues; error: SecurityFailure | undefined; t: Translate }): JSX.Element {
  const { mfaRule, mfaLevel, mfaFrom, trustedDays } = securityFields
  return (
    <>
      <Select field={mfaRule} label={t('security.mfa_rule')} value={values.mfaRule} options={mfaRuleNames.map((name) => ({ value: name, name: t(`security.mfa_rule.${name}`) }))} />
      <Select field={mfaLevel} label={t('security.mfa_level')} value={values.mfaLevel} options={mfaLevelNames.map((name) => ({ value: name, name: t(`security.mfa_level.${name}`) }))} />
      <Field field={mfaFrom} label={t('security.mfa_from')} hint={t('security.mfa_from_hint')} value={values.mfaFrom} />
      <Field
        field={trustedDays} label={t('security.trusted_days')} hint={t('security.trusted_days_hint')} value={values.trustedDays} error={at(t, error, 'trusted_device_days_invalid')}
      />
    </>
  )
}

function Preview({ preview, subdomain, t }: { preview: RulePreviewProps; subdomain: string; t: Translate }): JSX.Element {
  const { members, counts, first } = preview
  return (
    <Panel title={t('security.preview_title')} lead={t(first.length === 0 ? 'security.preview_none' : 'security.preview_some', { members })}>
      {first.length === 0 ? null : (
        <>
          <Figures
            figures={[
              { name: t('security.preview_must_add_passkey'), value: String(counts.must_add_passkey), look: counts.must_add_passkey > 0 },
              { name: t('security.preview_must_set_up'), value: String(counts.must_set_up) },
              { name: t('security.preview_reminded'), value: String(counts.reminded) },
            ]}
          />
          <DataTable
            caption={t('security.preview_first', { count: first.length })}
            rows={first}
            keyOf={({ membershipId }) => membershipId}
            empty={t('board.none')}
            columns={[
              { name: 'name', label: t('console.nav.members'), cell: (one) => <a href={hrefTo(consolePath(subdomain, 'members', `/${one.membershipId}`))}><bdi>{one.name}</bdi></a> },
              { name: 'factors', label: t('security.factors'), cell: ({ factors }) => factorWords(t, factors) },
              { name: 'effect', label: t('security.effect'), cell: ({ effect }) => t(`security.effect.${effect}`) },
            ]}
          />
        </>
      )}
    </Panel>
  )
}

/** Kinds of second factors in words. */
export function factorWords(t: Translate, factors: readonly string[]): string {
  const known = (['passkey', 'totp'] as const).filter((name) => factors.includes(name))
  return known.length === 0 ? t('security.factor.none') : known.map((name) => t(`security.factor.${name}`)).join(t('account.comma'))
}
