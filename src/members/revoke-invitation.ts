/** Takes an invitation back: its link is dead and its membership ended, which is remembered, so that no import invites again by itself. */
import { record } from '../events/record.ts'
import { changeInvitation, type ChangeRefusal, type InvitationChange } from './change-invitation.ts'
import { updateInvited, updateRevoked } from './invitation-queries.ts'
import type { InvitationDeps } from './invite-member.ts'

export type Revocation = { readonly ok: true } | { readonly ok: false; readonly reason: ChangeRefusal }

export function revokeInvitation(deps: Pick<InvitationDeps, 'databases'>, { reason = null, ...change }: InvitationChange & { readonly reason?: string | null }): Promise<Revocation> {
  return changeInvitation<{ readonly ok: true }, ChangeRefusal>(deps, change, {
    type: 'invitation.revoked',
    async act(trx, { tenant_id: tenantId, membership_id: membershipId, account_id }, event) {
      if (!(await updateRevoked(trx, { tenantId, membershipId }))) return { ok: false, reason: 'not_invited' }
      await updateInvited(trx, { tenantId, membershipId }, 'ended')
      await record(trx, { ...event, reason, before: { status: 'invited' }, after: { account_id, status: 'ended' } })
      return { ok: true }
    },
  })
}
