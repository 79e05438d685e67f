/** Gives an invitation a new link and a new term; the link before it is dead from that moment on. A mail goes out where there is an address. */
import { record } from '../events/record.ts'
import { changeInvitation, type ChangeRefusal, type InvitationChange } from './change-invitation.ts'
import { invitationHash, invitationToken } from './invitation.ts'
import { findLifetime, updateRenewed } from './invitation-queries.ts'
import type { InvitationDeps } from './invite-member.ts'

export type Resending =
  | { readonly ok: true; readonly generation: number; readonly expiresAt: Date }
  | { readonly ok: false; readonly reason: ChangeRefusal | 'tenant_suspended' }

/** Expired ones are renewed; refused for one that was accepted, declined or revoked. */
export function resendInvitation(deps: InvitationDeps, change: InvitationChange): Promise<Resending> {
  return changeInvitation<Extract<Resending, { ok: true }>, 'tenant_suspended'>(deps, change, {
    type: 'invitation.resent',
    async act(trx, { tenant_id: tenantId, membership_id: membershipId, generation, email, account_id, tenant_status }, event) {
      if (tenant_status !== 'active') return { ok: false, reason: 'tenant_suspended' }
      const next = generation + 1
      const tokenHash = invitationHash(invitationToken(deps.masterKey, membershipId, next))
      const lifetimeDays = await findLifetime(trx, tenantId)
      const expiresAt = await updateRenewed(trx, { tenantId, membershipId, generation, tokenHash, lifetimeDays, isMailed: email !== null })
      if (expiresAt === undefined) throw new Error(`The invitation of ${membershipId} is over although its membership is invited.`)
      await record(trx, { ...event, after: { account_id, generation: next, mailed: email !== null } })
      return { ok: true, generation: next, expiresAt }
    },
  })
}
