/**
 * Owns the life of a membership, invited → active → suspended → ended, and who may move another's. Pure.
 * Invariants: its id stays the same through all of it; nobody below an administrator moves an administrator; nobody moves
 * themselves, so an administrator cannot lock the door behind them by a slip. That one administrator remains is asked of
 * the database (change-membership.ts), because two at once could both go.
 */
import type { Permission } from './permission.ts'

export const membershipStatuses = ['invited', 'active', 'suspended', 'ended'] as const
export type MembershipStatus = (typeof membershipStatuses)[number]
const names: readonly string[] = membershipStatuses

export function isMembershipStatus(text: string): text is MembershipStatus {
  return names.includes(text)
}

/** invite also revives an ended membership and renews an open invitation. */
export type MembershipMove = 'invite' | 'accept' | 'suspend' | 'resume' | 'end'

const moves: Readonly<Record<MembershipStatus, Partial<Record<MembershipMove, MembershipStatus>>>> = {
  invited: { invite: 'invited', accept: 'active', end: 'ended' },
  active: { suspend: 'suspended', end: 'ended' },
  suspended: { resume: 'active', end: 'ended' },
  ended: { invite: 'invited' },
}

/** The state after the move, or null where there is no such way. */
export function nextStatus(now: MembershipStatus, move: MembershipMove): MembershipStatus | null {
  return moves[now][move] ?? null
}

export type MoveRefusal = 'not_active' | 'not_suspended' | 'already_suspended' | 'already_active' | 'already_ended'

/** Says why there is no such way. */
export function moveRefusal(now: MembershipStatus, move: 'suspend' | 'resume' | 'end'): MoveRefusal {
  if (now === 'ended') return 'already_ended'
  if (move === 'suspend') return now === 'suspended' ? 'already_suspended' : 'not_active'
  return now === 'active' ? 'already_active' : 'not_suspended'
}

/** Who moves somebody's membership: a member of the same tenant, or an operator from outside it. */
export type Mover =
  | { readonly kind: 'member'; readonly accountId: string | null; readonly membershipId: string; readonly permissions: readonly string[] }
  | { readonly kind: 'operator'; readonly accountId: string | null }

export interface Target {
  readonly membershipId: string
  readonly rolePermissions: readonly string[]
}

const administers: Permission = 'tenant:admin'

export function isAdministrator(rolePermissions: readonly string[]): boolean {
  return rolePermissions.includes(administers)
}

/** Why this mover may not touch this membership, or null; the permission for the door itself was asked before. */
export function moverRefusal(mover: Mover, target: Target): 'own_membership' | 'higher_role' | null {
  if (mover.kind === 'operator') return null
  if (mover.membershipId === target.membershipId) return 'own_membership'
  return isAdministrator(target.rolePermissions) && !isAdministrator(mover.permissions) ? 'higher_role' : null
}

/** Nobody hands out more than they hold: 'role_above_own' where the role has a permission that the mover lacks, or null. */
export function grantRefusal(mover: Mover, rolePermissions: readonly string[]): 'role_above_own' | null {
  if (mover.kind === 'operator') return null
  return rolePermissions.every((permission) => mover.permissions.includes(permission)) ? null : 'role_above_own'
}

/** Somebody who can administer the tenant at this moment. */
export interface Administrator {
  readonly id: string
  readonly role_id: string
  /** False where a date is set on which the membership, or the account, stops by itself. */
  readonly lasts: boolean
}

/** Whether the tenant would lack an administrator, or one who goes on without an end where it has one, were these gone. */
export function losesAdministrator(now: readonly Administrator[], isGone: (one: Administrator) => boolean): boolean {
  const gone = now.filter(isGone)
  const rest = now.filter((one) => !isGone(one))
  if (gone.length === 0) return false
  return rest.length === 0 || (gone.some(({ lasts }) => lasts) && !rest.some(({ lasts }) => lasts))
}
