/** Invitations that wait for whoever is signing in, with the way to the page where they are answered; nothing where there are none. */
import type { JSX } from 'preact'
import { accountPaths } from '../account-props.ts'
import { formContract } from '../form-contract.ts'
import type { Translate } from '../messages.ts'
import type { PendingInvitation } from '../props.ts'
import { Chip } from './chip.tsx'

const { answerInvitations } = formContract.select_tenant.elements

export function PendingInvitations({ invitations, t }: { invitations: readonly PendingInvitation[]; t: Translate }): JSX.Element | null {
  if (invitations.length === 0) return null
  return (
    <section class="stack">
      <h2>{t('account.tenants.invitations')}</h2>
      <ul class="choices">
        {invitations.map(({ membershipId, tenantName, roleName, initial, colour }) => (
          <li key={membershipId} class="choice closed">
            <Chip initial={initial} colour={colour} />
            <span class="words">
              <b>{tenantName}</b>
              <span class="quiet-text">{roleName}</span>
            </span>
            <span class="tag">{t('account.tenants.invited')}</span>
          </li>
        ))}
      </ul>
      <p>
        <a id={answerInvitations.id} href={accountPaths.tenants}>
          {t('select_tenant.answer_invitations')}
        </a>
      </p>
    </section>
  )
}
