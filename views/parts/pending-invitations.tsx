/** Invitations that wait for whoever is signing in, each a link to the page where they are answered; nothing where there are none. */
import type { JSX } from 'preact'
import { accountPaths } from '../account-props.ts'
import { formContract } from '../form-contract.ts'
import type { Translate } from '../messages.ts'
import type { PendingInvitation } from '../props.ts'
import { Chip } from './chip.tsx'

const { answerInvitation } = formContract.select_tenant.elements

export function PendingInvitations({ invitations, t }: { invitations: readonly PendingInvitation[]; t: Translate }): JSX.Element | null {
  if (invitations.length === 0) return null
  return (
    <section class="stack">
      <h2>{t('account.tenants.invitations')}</h2>
      <ul class="choices">
        {invitations.map(({ membershipId, tenantName, roleName, initial, colour }) => (
          <li key={membershipId}>
            <a class="choice" id={answerInvitation.id.replace('{membership_id}', membershipId)} href={accountPaths.tenants}>
              <Chip initial={initial} colour={colour} />
              <span class="words">
                <b>{tenantName}</b>
                <span class="quiet-text">{t('select_tenant.answer_invitation', { role: roleName })}</span>
              </span>
              <span class="arrow" aria-hidden="true" />
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}
