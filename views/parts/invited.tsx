/** What somebody is invited to, and by whom; every page of an open invitation shows it before it asks. */
import type { JSX } from 'preact'
import { dateTime } from '../dates.ts'
import type { Locale } from '../locale.ts'
import { t as speak } from '../messages.ts'

export interface InvitationFacts {
  tenantName: string
  /** Null where an operator invited, or somebody who is gone. */
  inviterName: string | null
  roleName: string
  units: readonly string[]
  /** ISO 8601. */
  until: string
  /** The address that was invited; the name where there is none. */
  invitee: string
}

/** The sentence that says who invites, and the facts. */
export function Invited({ invitation, locale }: { invitation: InvitationFacts; locale: Locale }): JSX.Element {
  const { inviterName, units } = invitation
  const t = speak(locale)
  return (
    <>
      <p>{inviterName === null ? t('invitation.from_administrator') : t('invitation.from', { inviter: inviterName })}</p>
      <dl class="facts">
        <dt>{t('invitation.tenant')}</dt>
        <dd>{invitation.tenantName}</dd>
        <dt>{t('invitation.role')}</dt>
        <dd>{invitation.roleName}</dd>
        {units.length === 0 ? null : (
          <>
            <dt>{t('invitation.units')}</dt>
            {units.map((unit) => (
              <dd key={unit}>{unit}</dd>
            ))}
          </>
        )}
        <dt>{t('invitation.invitee')}</dt>
        <dd>
          <bdi class="identifier">{invitation.invitee}</bdi>
        </dd>
        <dt>{t('invitation.until')}</dt>
        <dd>{dateTime(locale, invitation.until)}</dd>
      </dl>
    </>
  )
}
