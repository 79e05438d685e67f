/**
 * Owns what an invitation is: its token, its path, its states. Pure.
 * Invariant: the token is derived from membership and generation under the master key, so neither the table nor a waiting mail
 * job holds one, and raising the generation kills the link before it.
 */
import { hmac, sha256, type MasterKey } from '../base/crypto.ts'

/** 43 characters of base64url; whoever has it holds the invitation. */
export function invitationToken(masterKey: MasterKey, membershipId: string, generation: number): string {
  return hmac(masterKey.derive('invitation token'), `${membershipId} ${generation}`)
}

/** What the table knows of a token. */
export function invitationHash(token: string): string {
  return sha256(token)
}

export function invitationPath(token: string): string {
  return `/invitations/${token}`
}

export const invitationStates = ['open', 'accepted', 'declined', 'revoked', 'expired', 'tenant_suspended', 'membership_ended'] as const
export type InvitationState = (typeof invitationStates)[number]

export interface InvitationFacts {
  readonly accepted_at: Date | null
  readonly declined_at: Date | null
  readonly revoked_at: Date | null
  /** By the database's clock. */
  readonly is_expired: boolean
  readonly membership_status: string
  readonly tenant_status: string
}

/** How it stands now. A membership that ended says so first unless that was the invitation's own end. */
export function stateOfInvitation(facts: InvitationFacts): InvitationState {
  if (facts.revoked_at !== null) return 'revoked'
  if (facts.declined_at !== null) return 'declined'
  if (facts.membership_status === 'ended') return 'membership_ended'
  if (facts.accepted_at !== null || facts.membership_status !== 'invited') return 'accepted'
  if (facts.tenant_status !== 'active') return 'tenant_suspended'
  return facts.is_expired ? 'expired' : 'open'
}
