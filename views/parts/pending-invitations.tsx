/** Invitations that wait for whoever is signing in, each a link to the page where they are answered; nothing where there are none. */
import type { JSX } from 'preact'
import { accountPaths } from '../account-props.ts'
import { formContract } from '../form-contract.ts'
import type { Translate } from '../messages.ts'
import type { PendingInvitation } from '../props.ts'
import { ChoiceLink } from './choice-link.tsx'

const { answerInvitation } = formContract.select_tenant.elements

export function PendingInvitations({ invitations, t }: { invitations: readonly PendingInvitation[]; t: Translate }): JSX.Element | null {
  if (invitations.length === 0) return null
  return (
    <section class="stack">
      <h2>{t('account.tenants.invitations')}</h2>
      <ul class="choices">
        {invitations.map(({ membershipId, tenantName, roleName, initial, colour }) => (
          <li key={membershipId}>
            <ChoiceLink
              id={answerInvitation.id.replace('{membership_id}', membershipId)} href={accountPaths.tenants}
              initial={initial} colour={colour} name={tenantName} line={t('select_tenant.answer_invitation', { role: roleName })}
            />
          </li>
        ))}
      </ul>
    </section>
  )
}
