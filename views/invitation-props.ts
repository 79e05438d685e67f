/** Owns the prop types of the console's pages about invitations, and the states that their list is narrowed by. */
import type { Option } from './member-props.ts'

/** Those that a list is narrowed by, in the order in which they come about. */
export const invitationFilterStates = ['open', 'expired', 'accepted', 'declined', 'revoked'] as const

export type InvitationState = (typeof invitationFilterStates)[number] | 'tenant_suspended' | 'membership_ended'

export interface InvitationRow {
  readonly membershipId: string
  readonly state: InvitationState
  readonly name: string
  readonly email: string | null
  readonly employeeNumber: string | null
  readonly role: string
  readonly units: readonly string[]
  readonly inviter: string | null
  readonly sentCount: number
  /** Days, as they are written for the reader. */
  readonly expires: string
  readonly accepted: string | null
}

export interface FunnelLine {
  readonly inviter: string | null
  readonly invited: number
  readonly open: number
  readonly accepted: number
  readonly declined: number
  readonly expired: number
  readonly revoked: number
  readonly medianSeconds: number | null
  /** The list of theirs; null where it cannot be narrowed to them. */
  readonly href: string | null
}

/** What can be chosen where somebody is placed. */
export interface PlaceOptions {
  readonly roles: readonly Option[]
  /** Values are codes. */
  readonly units: readonly Option[]
  readonly apps: readonly Option[]
}

export interface PlaceValues {
  readonly role: string
  readonly unit: string
  readonly furtherUnits: readonly string[]
  readonly app: string
  readonly locale: 'ja' | 'en'
  readonly reinvite: boolean
}
