/**
 * Shown when a person has proved who they are but may act for no tenant in this app.
 * It names the account, because the usual cause is the wrong one, and says whom to ask.
 */
import { Fragment, type JSX } from 'preact'
import { formContract } from '../form-contract.ts'
import { Frame } from '../frame.tsx'
import type { Locale } from '../locale.ts'
import type { Translate } from '../messages.ts'
import { t as speak } from '../messages.ts'
import { AppHeader } from '../parts/app-header.tsx'
import { Action, Form } from '../parts/form.tsx'
import { ClosedMembership } from '../parts/membership.tsx'
import { PendingInvitations } from '../parts/pending-invitations.tsx'
import type { AppProps, FormProps, FrameProps, MembershipChoice, PendingInvitation, PersonProps } from '../props.ts'

export interface NoTenantProps {
  frame: FrameProps
  form: FormProps
  app: AppProps
  person: PersonProps
  /** The tenant that the app asked for, as the person may know it. */
  requestedTenant?: string | undefined
  /** Memberships that exist but may not be used; one without a reason is left out. */
  memberships: readonly MembershipChoice[]
  /** Who can open the app to the person, by tenant. */
  turnTo: readonly TurnTo[]
  invitations: readonly PendingInvitation[]
}

export interface TurnTo {
  tenantName: string
  /** As the tenant wrote it; without it the names of those who administer it. */
  contact: string | null
  administrators: readonly string[]
}

const { switchAccount, cancel } = formContract.no_tenant.elements

/** Explains that there is nothing to choose and offers another account. */
export function NoTenantPage(props: NoTenantProps): JSX.Element {
  const { frame, form, app, person, memberships, turnTo, invitations } = props
  const t = speak(frame.locale)
  const title = t(isAppClosed(props) ? 'no_tenant.app_title' : 'no_tenant.title')
  return (
    <Frame frame={frame} title={`${title} · ${app.name}`}>
      <AppHeader app={app} line={t('app.sign_in')} />
      <h1>{title}</h1>
      <p>{cause(t, props)}</p>
      <ul class="choices">
        {memberships.map((choice) =>
          choice.disabledReason === undefined ? null : (
            <li key={choice.membershipId}>
              <ClosedMembership choice={choice} reason={choice.disabledReason} t={t} />
            </li>
          ),
        )}
      </ul>
      <PendingInvitations invitations={invitations} t={t} />
      <dl class="facts">
        <dt>{t('no_tenant.account')}</dt>
        <dd>
          <bdi>{person.displayName}</bdi>
          <br />
          <bdi class="identifier">{person.identifier}</bdi>
        </dd>
      </dl>
      {turnTo.length === 0 ? <p>{t('no_tenant.advice')}</p> : <p>{t('no_tenant.app_advice')}</p>}
      {turnTo.length === 0 ? null : (
        <dl class="facts">
          {turnTo.map((one) => (
            <Fragment key={one.tenantName}>
              <dt>{t('no_tenant.turn_to', { tenant: one.tenantName })}</dt>
              <dd>{whom(one, t, frame.locale)}</dd>
            </Fragment>
          ))}
        </dl>
      )}
      <Form form={form}>
        <div class="actions">
          <Action button={switchAccount} look="main">
            {t('action.switch_account')}
          </Action>
          <Action button={cancel} look="quiet">
            {t('action.cancel')}
          </Action>
        </div>
      </Form>
    </Frame>
  )
}

/** The person belongs somewhere, and only the app is closed to them. */
function isAppClosed({ requestedTenant, memberships, turnTo }: NoTenantProps): boolean {
  const onlyApps = memberships.every(({ disabledReason: reason }) => reason === undefined || reason === 'app_not_used' || reason === 'app_not_assigned')
  return requestedTenant === undefined && turnTo.length > 0 && onlyApps
}

function whom({ contact, administrators }: TurnTo, t: Translate, locale: Locale): JSX.Element {
  if (contact !== null) return <bdi>{contact}</bdi>
  return administrators.length === 0 ? <>{t('no_tenant.turn_to_administrator')}</> : <bdi>{listed(administrators, locale)}</bdi>
}

function listed(names: readonly string[], locale: Locale): string {
  return new Intl.ListFormat(locale, { type: 'unit' }).format(names)
}

function cause(t: Translate, props: NoTenantProps): string {
  const { requestedTenant, memberships, turnTo, app } = props
  if (isAppClosed(props)) return t('no_tenant.app_closed', { tenant: listed(turnTo.map((one) => one.tenantName), props.frame.locale), app: app.name })
  if (requestedTenant !== undefined) return t('no_tenant.requested', { tenant: requestedTenant, app: app.name })
  return t(memberships.length === 0 ? 'no_tenant.none' : 'no_tenant.disabled')
}
