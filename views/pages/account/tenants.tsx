/** The person's memberships, and before them the invitations that wait for an answer. Leaving asks once more on a page of its own; where it is not possible the reason stands in the button's place. */
import type { JSX } from 'preact'
import type { MembershipRow, TenantsProps, WaitingInvitation } from '../../account-props.ts'
import { formContract } from '../../form-contract.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { RowButton } from '../../parts/account-acts.tsx'
import { AccountFrame } from '../../parts/account-frame.tsx'
import { Entries, Entry, Pairs, Panel, Tag, type Tone } from '../../parts/account-panel.tsx'
import { Chip } from '../../parts/chip.tsx'
import { Form } from '../../parts/form.tsx'
import { hrefTo } from '../../safe-url.ts'

const { accept, decline, leave, manage } = formContract.account_tenants.elements

const tones = { active: 'good', not_started: 'plain', expired: 'plain', suspended: 'danger', tenant_suspended: 'danger' } as const satisfies Record<MembershipRow['status'], Tone>

/** Lists the memberships. */
export function TenantsPage(props: TenantsProps): JSX.Element {
  const { form, invitations, memberships, notice, error } = props
  const isEmpty = memberships.length === 0 && invitations.length === 0
  const t = speak(props.frame.locale)
  return (
    <AccountFrame
      page={props}
      intro={memberships.length === 0 ? undefined : t('account.tenants.intro')}
      done={notice === undefined ? undefined : t(`account.notice.${notice}`)}
      failure={error === undefined ? undefined : { text: error === 'form_expired' ? t('form.expired') : t(`account.error.${error}`) }}
    >
      <Panel>
        {isEmpty ? (
          <p>{t('account.tenants.none')}</p>
        ) : (
          <Form form={form}>
            {invitations.length === 0 ? null : <h2>{t('account.tenants.invitations')}</h2>}
            <Entries>
              {invitations.map((invitation) => (
                <Invitation key={invitation.membershipId} invitation={invitation} t={t} />
              ))}
              {memberships.map((membership) => (
                <Membership key={membership.membershipId} membership={membership} t={t} />
              ))}
            </Entries>
          </Form>
        )}
      </Panel>
    </AccountFrame>
  )
}

function Invitation({ invitation, t }: { invitation: WaitingInvitation; t: Translate }): JSX.Element {
  const { membershipId, tenantName, roleName, inviterName, until } = invitation
  return (
    <Entry
      title={tenantName}
      alone
      mark={<Chip initial={invitation.initial} colour={invitation.colour} />}
      tags={<Tag tone="plain">{t('account.tenants.invited')}</Tag>}
      acts={
        <>
          <RowButton button={accept} of={membershipId} label={t('account.tenants.accept')} about={tenantName} t={t} />
          <RowButton button={decline} of={membershipId} label={t('account.tenants.decline')} about={tenantName} danger t={t} />
        </>
      }
    >
      <Pairs
        pairs={[
          [t('account.tenants.role'), <bdi>{roleName}</bdi>],
          [t('account.tenants.invited_by'), inviterName === null ? null : <bdi>{inviterName}</bdi>],
          [t('account.tenants.answer_until'), until],
        ]}
      />
    </Entry>
  )
}

function Membership({ membership, t }: { membership: MembershipRow; t: Translate }): JSX.Element {
  const { membershipId, tenantName, units, status, consoleUrl, staysBecause } = membership
  return (
    <Entry
      title={tenantName}
      alone
      mark={<Chip initial={membership.initial} colour={membership.colour} />}
      tags={<Tag tone={tones[status]}>{t(`account.tenants.status.${status}`)}</Tag>}
      acts={
        <>
          {consoleUrl === null ? null : (
            <a class="button quiet compact" id={manage.id.replace('{membership_id}', membershipId)} href={hrefTo(consoleUrl)}>
              {t('account.tenants.manage')}
            </a>
          )}
          {staysBecause === null ? <RowButton button={leave} of={membershipId} label={t('account.tenants.leave')} about={tenantName} danger t={t} /> : null}
        </>
      }
    >
      <Pairs
        pairs={[
          [t('account.tenants.role'), <bdi>{membership.roleName}</bdi>],
          [t('account.tenants.units'), units.length === 0 ? null : <bdi>{units.join(t('account.comma'))}</bdi>],
          [t('account.tenants.since'), membership.since],
          [t('account.tenants.until'), membership.until],
        ]}
      />
      {staysBecause === null ? null : <p class="hint">{t(`account.tenants.stays.${staysBecause}`)}</p>}
    </Entry>
  )
}
