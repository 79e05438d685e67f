/** Turns an invitation down: its link is dead and its membership ended, which is remembered. Whoever holds the link may do it. */
import type { EngineTrx } from '../base/db.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { recordRefusedInvitation } from './accept-invitation.ts'
import { invitationHash } from './invitation.ts'
import { findInvitationByHash, lockInvited, updateAnswered, updateInvited } from './invitation-queries.ts'
import type { InvitationDeps } from './invite-member.ts'

export type Declining = { readonly ok: true; readonly membershipId: string } | { readonly ok: false; readonly reason: 'invitation_invalid' }

export interface DeclineInput {
  readonly token: string
  readonly origin: Origin
}

export function declineInvitation(deps: Pick<InvitationDeps, 'databases'>, input: DeclineInput): Promise<Declining> {
  return deps.databases.inEngine((trx) => declineIn(trx, input))
}

async function declineIn(trx: EngineTrx, { token, origin }: DeclineInput): Promise<Declining> {
  const tokenHash = invitationHash(token)
  const invitation = await findInvitationByHash(trx.query, tokenHash)
  const key = { tenantId: invitation?.tenant_id ?? '', membershipId: invitation?.membership_id ?? '' }
  const membership = invitation === undefined ? undefined : await lockInvited(trx, key)
  if (invitation === undefined || membership?.status !== 'invited' || !(await updateAnswered(trx, { tenantId: key.tenantId, tokenHash }, 'declined_at'))) {
    await recordRefusedInvitation(trx, { invitation, reason: invitation === undefined ? 'unknown' : 'not_open', actor: null, origin })
    return { ok: false, reason: 'invitation_invalid' }
  }
  await updateInvited(trx, key, 'ended')
  const { account_id, client_id: clientId, invited_by, generation } = invitation
  await record(trx, {
    type: 'invitation.declined', outcome: 'success', tenantId: key.tenantId, subject: key.membershipId, clientId, origin,
    before: { status: 'invited' }, after: { account_id, status: 'ended', invited_by, generation },
  })
  return { ok: true, membershipId: key.membershipId }
}
