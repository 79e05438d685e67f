/**
 * Takes up or turns down an invitation without its link, for whoever is signed in as the invited person. Invariants: only where the
 * account's address is proved, which is what the link would have proved; all else is asked by the commands of the link itself, of
 * which this finds the newest one.
 */
import type { Origin } from '../base/origin.ts'
import { acceptInvitation, type Acceptance } from './accept-invitation.ts'
import { declineInvitation } from './decline-invitation.ts'
import { invitationToken } from './invitation.ts'
import type { InvitationDeps } from './invite-member.ts'
import { findOwnInvitation } from './own-memberships-queries.ts'

export interface OwnAnswerInput {
  /** Who is signed in. */
  readonly accountId: string
  readonly membershipId: string
  readonly origin: Origin
}

export type OwnAnswer = { readonly ok: true } | { readonly ok: false; readonly reason: Extract<Acceptance, { readonly ok: false }>['reason'] | 'not_found' }

export async function acceptOwnInvitation(deps: InvitationDeps, { accountId, membershipId, origin }: OwnAnswerInput): Promise<OwnAnswer> {
  const token = await findToken(deps, { accountId, membershipId })
  if (token === null) return { ok: false, reason: 'not_found' }
  const accepted = await acceptInvitation(deps, { token, accountId, origin })
  return accepted.ok ? { ok: true } : accepted
}

export async function declineOwnInvitation(deps: InvitationDeps, { accountId, membershipId, origin }: OwnAnswerInput): Promise<OwnAnswer> {
  const token = await findToken(deps, { accountId, membershipId })
  if (token === null) return { ok: false, reason: 'not_found' }
  const declined = await declineInvitation(deps, { token, origin })
  return declined.ok ? { ok: true } : declined
}

async function findToken({ databases, masterKey }: InvitationDeps, own: { readonly accountId: string; readonly membershipId: string }): Promise<string | null> {
  const found = await findOwnInvitation(databases.engine, own)
  return found === undefined ? null : invitationToken(masterKey, found.membership_id, found.generation)
}
