/**
 * Owns what can be said of an invitee before anything is looked up, and what a membership that is there already means for
 * inviting again. Pure. Invariant: inviting one by one and judging a whole list before anybody is invited ask the same rules here.
 */
import { judgeNames, type NamesRefusal } from '../accounts/account.ts'
import { normaliseEmail, normaliseStaffNumber } from '../accounts/identifier.ts'
import { isMembershipStatus, nextStatus } from './membership.ts'

export interface Invitee {
  /** Null for staff without one; they need a number to sign in with. */
  readonly email: string | null
  readonly familyName: string | null
  readonly givenName: string | null
  readonly familyNameKana?: string | null
  readonly givenNameKana?: string | null
  readonly locale: 'ja' | 'en'
}

/** In the spelling that is kept. */
export interface PlainInvitee extends Invitee {
  readonly number: string | null
}

export interface InviteeInput {
  readonly person: Invitee
  readonly employeeNumber?: string | null
  readonly validFrom?: Date | null
  readonly validUntil?: Date | null
}

export type InviteeRefusal = 'invalid_email' | 'invalid_employee_number' | 'address_or_number_missing' | NamesRefusal | 'invalid_dates'

/** The person in the spelling that is kept, or why nobody can be invited like that. */
export function plainInvitee({ person, employeeNumber = null, validFrom = null, validUntil = null }: InviteeInput): PlainInvitee | { readonly reason: InviteeRefusal } {
  const email = person.email === null ? null : normaliseEmail(person.email)
  if (person.email !== null && email === null) return { reason: 'invalid_email' }
  const number = employeeNumber === null ? null : normaliseStaffNumber(employeeNumber)
  if (employeeNumber !== null && number === null) return { reason: 'invalid_employee_number' }
  if (email === null && number === null) return { reason: 'address_or_number_missing' }
  const names = namesOf(person, email)
  if ('reason' in names) return names
  const isBackwards = validFrom !== null && validUntil !== null && validUntil <= validFrom
  return isBackwards ? { reason: 'invalid_dates' } : { ...person, ...names, email, number }
}

/** An address does for a name until its person gives theirs. */
function namesOf(person: Invitee, email: string | null) {
  const judged = judgeNames({ familyName: person.familyName, givenName: person.givenName, familyNameKana: person.familyNameKana ?? null, givenNameKana: person.givenNameKana ?? null })
  if (judged.ok) return judged.names
  const nameless = { familyName: null, givenName: null, familyNameKana: null, givenNameKana: null }
  return email !== null && judged.reason === 'name_missing' ? nameless : { reason: judged.reason }
}

/** Why the person's own membership stands in the way, or null when it can be revived. */
export function standingRefusal(status: string, isWanted: boolean): 'already_member' | 'already_invited' | 'was_removed' | null {
  if (status === 'invited') return 'already_invited'
  if (!isMembershipStatus(status) || nextStatus(status, 'invite') === null) return 'already_member'
  return isWanted ? null : 'was_removed'
}
