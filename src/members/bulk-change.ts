/**
 * Does the same to many members. Invariant: each through the very command that does it to one, one after the other, so nothing is
 * possible here that is not possible there, and what stands in the way of one does not stop the rest.
 */
import { isMembershipId, parseMembershipId, type TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import type { MembershipDeps } from './change-membership.ts'
import { changeRole } from './change-role.ts'
import { endMembership } from './end-membership.ts'
import type { InvitationDeps } from './invite-member.ts'
import type { Mover } from './membership.ts'
import { findMember } from './queries.ts'
import { resendInvitation } from './resend-invitation.ts'
import { resumeMembership } from './resume-membership.ts'
import { suspendMembership } from './suspend-membership.ts'
import { updateMember } from './update-member.ts'

export const mostAtOnce = 500

export type BulkAct =
  | { readonly act: 'suspend' | 'resume' | 'end' | 'resend_invitation' }
  /** By name. */
  | { readonly act: 'change_role'; readonly role: string }
  /** By code. */
  | { readonly act: 'add_unit' | 'remove_unit'; readonly unit: string }

export interface BulkInput {
  readonly tenantId: TenantId
  /** At most `mostAtOnce`. */
  readonly membershipIds: readonly string[]
  readonly change: BulkAct
  readonly mover: Mover
  readonly origin: Origin
}

export interface BulkOutcome {
  readonly membershipId: string
  /** Null where it was done. */
  readonly reason: string | null
}

type Deps = MembershipDeps & InvitationDeps

/** One outcome for each, in the order given; each once. */
export async function bulkChange(deps: Deps, { membershipIds, change, ...by }: BulkInput): Promise<readonly BulkOutcome[]> {
  const outcomes: BulkOutcome[] = []
  for (const membershipId of [...new Set(membershipIds)].slice(0, mostAtOnce)) {
    const result = isMembershipId(membershipId) ? await changeOne(deps, change, { ...by, membershipId: parseMembershipId(membershipId) }) : { ok: false as const, reason: 'not_found' }
    outcomes.push({ membershipId, reason: result.ok ? null : result.reason })
  }
  return outcomes
}

type One = Omit<BulkInput, 'membershipIds' | 'change'> & { readonly membershipId: ReturnType<typeof parseMembershipId> }
type Result = { readonly ok: true } | { readonly ok: false; readonly reason: string }

function changeOne(deps: Deps, change: BulkAct, one: One): Promise<Result> {
  switch (change.act) {
    case 'suspend': return suspendMembership(deps, one)
    case 'resume': return resumeMembership(deps, one)
    case 'end': return endMembership(deps, one)
    case 'resend_invitation': return resendInvitation(deps, one)
    case 'change_role': return changeRole(deps, { ...one, role: change.role })
    default: return changeUnits(deps, change, one)
  }
}

/** The other units stay; one that is added comes last, and is the primary one where there was none. */
async function changeUnits(deps: Deps, { act, unit }: Extract<BulkAct, { readonly unit: string }>, one: One): Promise<Result> {
  const member = await deps.databases.inTenant(one.tenantId, (trx) => findMember(trx, one.membershipId))
  if (member === undefined) return { ok: false, reason: 'not_found' }
  const others = member.units.filter((code) => code !== unit)
  return updateMember(deps, { ...one, units: act === 'remove_unit' ? others : member.units.includes(unit) ? member.units : [...others, unit] })
}
