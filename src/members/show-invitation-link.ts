/**
 * Shows the link of an invitation to whoever invited, to hand it over to a person without mail.
 * Invariant: never where there is an address: the mailed link proves that the address is the person's, so nobody else may see it.
 */
import { record } from '../events/record.ts'
import { changeInvitation, type ChangeRefusal, type InvitationChange } from './change-invitation.ts'
import { invitationPath, invitationToken } from './invitation.ts'
import type { InvitationDeps } from './invite-member.ts'

export type ShownLink =
  | { readonly ok: true; readonly token: string; readonly path: string; readonly expiresAt: Date }
  | { readonly ok: false; readonly reason: ChangeRefusal | 'has_address' | 'invitation_expired' }

/** The same link as often as it is asked for, until it is sent again. */
export function showInvitationLink(deps: InvitationDeps, change: InvitationChange): Promise<ShownLink> {
  return changeInvitation<Extract<ShownLink, { ok: true }>, 'has_address' | 'invitation_expired'>(deps, change, {
    type: 'invitation.link_shown',
    async act(trx, { membership_id: membershipId, email, generation, is_expired: isExpired, expires_at: expiresAt }, event) {
      if (email !== null) return { ok: false, reason: 'has_address' }
      if (isExpired) return { ok: false, reason: 'invitation_expired' }
      await record(trx, { ...event, after: { generation } })
      const token = invitationToken(deps.masterKey, membershipId, generation)
      return { ok: true, token, path: invitationPath(token), expiresAt }
    },
  })
}
