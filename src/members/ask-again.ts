/**
 * Passes on, by the log, that somebody wants a new link for an invitation that has expired. Invariant: nothing changes but the log, so
 * a link that is dead stays dead; how often whoever invited is written to is the mail's own question.
 */
import type { Databases } from '../base/db.ts'
import type { Origin } from '../base/origin.ts'
import { recordRefusedInvitation } from './accept-invitation.ts'
import { invitationHash, stateOfInvitation } from './invitation.ts'
import { findInvitationByHash } from './invitation-queries.ts'

export type AskingAgain = { readonly ok: true } | { readonly ok: false; readonly reason: 'invitation_invalid' }

/** Refused for every link but an expired one that a member of the tenant has sent. */
export function askForInvitation(deps: { readonly databases: Databases }, { token, origin }: { readonly token: string; readonly origin: Origin }): Promise<AskingAgain> {
  return deps.databases.inEngine(async (trx): Promise<AskingAgain> => {
    const invitation = await findInvitationByHash(trx.query, invitationHash(token))
    const isAskable = invitation !== undefined && invitation.invited_by !== null && stateOfInvitation(invitation) === 'expired'
    await recordRefusedInvitation(trx, { invitation, reason: isAskable ? 'expired_asked_again' : 'not_expired', actor: null, origin })
    return isAskable ? { ok: true } : { ok: false, reason: 'invitation_invalid' }
  })
}
