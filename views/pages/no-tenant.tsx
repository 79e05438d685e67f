/**
 * Shown when a person has proved who they are but may act for no tenant in this app.
 * It names the account, because the usual cause is the wrong one, and says whom to ask.
 */
import type { JSX } from 'preact'
import { formContract } from '../form-contract.ts'
import { Frame } from '../frame.tsx'
import type { Translate } from '../messages.ts'
import { t as speak } from '../messages.ts'
import { AppHeader } from '../parts/app-header.tsx'
import { Action, Form } from '../parts/form.tsx'
import { ClosedMembership } from '../parts/membership.tsx'
import type { AppProps, FormProps, FrameProps, MembershipChoice, PersonProps } from '../props.ts'

export interface NoTenantProps {
  frame: FrameProps
  form: FormProps
  app: AppProps
  person: PersonProps
  /** The tenant that the app asked for, as the person may know it. */
  requestedTenant?: string | undefined
  /** Memberships that exist but may not be used; one without a reason is left out. */
  memberships: readonly MembershipChoice[]
}

const { switchAccount, cancel } = formContract.no_tenant.elements

/** Explains that there is nothing to choose and offers another account. */
export function NoTenantPage(props: NoTenantProps): JSX.Element {
  const { frame, form, app, person, memberships } = props
  const t = speak(frame.locale)
  return (
    <Frame frame={frame} title={`${t('no_tenant.title')} · ${app.name}`}>
      <AppHeader app={app} line={t('app.sign_in')} />
      <h1>{t('no_tenant.title')}</h1>
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
      <dl class="facts">
        <dt>{t('no_tenant.account')}</dt>
        <dd>
          <bdi>{person.displayName}</bdi>
          <br />
          <bdi class="identifier">{person.identifier}</bdi>
        </dd>
      </dl>
      <p>{t('no_tenant.advice')}</p>
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

function cause(t: Translate, { requestedTenant, memberships, app }: NoTenantProps): string {
  if (requestedTenant !== undefined) return t('no_tenant.requested', { tenant: requestedTenant, app: app.name })
  return t(memberships.length === 0 ? 'no_tenant.none' : 'no_tenant.disabled')
}
