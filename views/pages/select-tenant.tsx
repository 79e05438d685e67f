/**
 * The tenant picker: for which of their tenants does this person act in this app?
 * Every open membership is one submit button; nothing is preselected and nothing is remembered here.
 */
import type { JSX } from 'preact'
import { formContract } from '../form-contract.ts'
import { Frame } from '../frame.tsx'
import { t as speak } from '../messages.ts'
import { AppHeader } from '../parts/app-header.tsx'
import { Action, Form } from '../parts/form.tsx'
import { ClosedMembership, OpenMembership } from '../parts/membership.tsx'
import { PendingInvitations } from '../parts/pending-invitations.tsx'
import { ErrorSummary } from '../parts/notices.tsx'
import { Person } from '../parts/person.tsx'
import type { AppProps, FormProps, FrameProps, MembershipChoice, PendingInvitation, PersonProps, SelectTenantError } from '../props.ts'

export interface SelectTenantProps {
  frame: FrameProps
  form: FormProps
  app: AppProps
  person: PersonProps
  tenants: readonly MembershipChoice[]
  invitations: readonly PendingInvitation[]
  error?: SelectTenantError | undefined
}

const { switchAccount, cancel } = formContract.select_tenant.elements

/** Asks which tenant to act for. */
export function SelectTenantPage({ frame, form, app, person, tenants, invitations, error }: SelectTenantProps): JSX.Element {
  const t = speak(frame.locale)
  return (
    <Frame frame={frame} title={`${t('select_tenant.title')} · ${app.name}`}>
      <AppHeader app={app} line={t('app.sign_in')} />
      <div>
        <h1>{t('select_tenant.title')}</h1>
        <Person person={person} t={t} />
      </div>
      {error === undefined ? null : <ErrorSummary text={t(`select_tenant.error.${error}`)} />}
      <Form form={form}>
        <ul class="choices" aria-label={t('select_tenant.list')}>
          {tenants.map((choice) => (
            <li key={choice.membershipId}>
              {choice.disabledReason === undefined ? (
                <OpenMembership choice={choice} />
              ) : (
                <ClosedMembership choice={choice} reason={choice.disabledReason} t={t} />
              )}
            </li>
          ))}
        </ul>
        <div class="actions">
          <Action button={switchAccount} look="quiet">
            {t('action.switch_account')}
          </Action>
          <Action button={cancel} look="quiet">
            {t('action.cancel')}
          </Action>
        </div>
      </Form>
      <PendingInvitations invitations={invitations} t={t} />
    </Frame>
  )
}
