/** Why something was refused, as people read it in lists: the reasons that have words; any other one stands as it is. */
import type { Translate } from './messages.ts'

const reasons = [
  'own_membership', 'higher_role', 'last_admin', 'role_above_own', 'not_active', 'not_suspended', 'already_suspended', 'already_active', 'already_ended',
  'not_invited', 'not_found', 'seats_taken', 'no_address', 'unknown_role', 'unknown_unit', 'tenant_suspended', 'unchanged', 'member_elsewhere',
  'has_address', 'account_suspended', 'address_unproved', 'reason_missing', 'invitation_expired', 'precondition_failed', 'seat_limit_reached',
  'invalid_period', 'invalid_dates', 'invalid_name', 'invalid_title', 'invalid_description', 'invalid_email', 'invalid_employee_number',
  'employee_number_taken', 'name_taken', 'code_taken', 'subdomain_taken', 'invalid_subdomain', 'reserved_subdomain', 'permission_missing',
  'role_in_use', 'registration_role', 'unit_in_use', 'has_units', 'unit_below_itself', 'unknown_member', 'unknown_app', 'already_member',
  'already_invited', 'was_removed', 'expired_asked_again', 'other_account', 'locks_yourself_out', 'contrast_too_low', 'too_many_attempts',
  'tenant_closing',
] as const

type Reason = (typeof reasons)[number]

function isReason(text: string): text is Reason {
  return reasons.some((reason) => reason === text)
}

/** In words; a reason that has none stands for itself, for it may be what a person wrote. */
export function reasonWords(t: Translate, reason: string): string {
  return isReason(reason) ? t(`refusal.${reason}`) : reason
}
