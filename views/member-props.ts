/** Owns the prop types of the console's pages about members, and the lists that their filters and acts are chosen from. */

export const memberStatuses = ['active', 'invited', 'suspended', 'ended'] as const
export type MemberStatus = (typeof memberStatuses)[number]

export const memberFactorFilters = ['none', 'any', 'passkey', 'totp'] as const
export const memberSourceFilters = ['manual', 'csv', 'scim', 'jit'] as const
export const memberSeenFilters = ['never', '30d', '90d'] as const

export const bulkActs = ['suspend', 'resume', 'end', 'change_role', 'add_unit', 'remove_unit', 'resend_invitation'] as const
export type BulkAct = (typeof bulkActs)[number]

/** What is done about one member, each on a page of its own that says what follows. */
export const memberActs = ['suspend', 'resume', 'end', 'reset_factors', 'activation_link', 'end_sessions'] as const
export type MemberAct = (typeof memberActs)[number]

export interface MemberListRow {
  readonly id: string
  readonly name: string
  readonly employeeNumber: string | null
  readonly email: string | null
  readonly role: string
  /** Names, the primary one first. */
  readonly units: readonly string[]
  readonly status: MemberStatus
  /** Of the others than the password. */
  readonly factors: readonly string[]
  readonly hasJoined: boolean
  readonly seen: string | null
}

/** A choice of a list: its value and its words. */
export interface Option {
  readonly value: string
  readonly name: string
}

export type MemberEffect =
  | 'suspend.sign_in' | 'suspend.kept' | 'suspend.seat' | 'resume.sign_in' | 'resume.seat' | 'end.sign_in' | 'end.kept' | 'end.imports' | 'change_role.next' | 'unit.next'
  | 'resend_invitation.mail' | 'reset_factors.all' | 'reset_factors.out' | 'reset_factors.mail' | 'reset_factors.identity' | 'activation_link.what' | 'activation_link.hand' | 'end_sessions.all'

/** What follows from each act, in the order in which it is said. */
export const effectsOf: Readonly<Record<BulkAct | MemberAct, readonly MemberEffect[]>> = {
  suspend: ['suspend.sign_in', 'suspend.kept', 'suspend.seat'],
  resume: ['resume.sign_in', 'resume.seat'],
  end: ['end.sign_in', 'end.kept', 'end.imports'],
  change_role: ['change_role.next'],
  add_unit: ['unit.next'],
  remove_unit: ['unit.next'],
  resend_invitation: ['resend_invitation.mail'],
  reset_factors: ['reset_factors.identity', 'reset_factors.all', 'reset_factors.out', 'reset_factors.mail'],
  activation_link: ['activation_link.what', 'activation_link.hand'],
  end_sessions: ['end_sessions.all'],
}
