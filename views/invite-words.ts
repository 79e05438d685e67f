/** Why somebody was not invited, in words; the reasons are those of inviting one person and of judging a list (members, provisioning). */
import type { MessageKey, Translate } from './messages.ts'

type Beginning = 'invite.no.'
export type InviteNo = MessageKey extends infer Key ? (Key extends `${Beginning}${infer Reason}` ? Reason : never) : never

const words: Readonly<Record<InviteNo, true>> = {
  invalid_email: true, invalid_employee_number: true, address_or_number_missing: true, name_missing: true, name_too_long: true, invalid_dates: true, unknown_app: true,
  already_member: true, already_invited: true, was_removed: true, employee_number_taken: true, seat_limit_reached: true, has_address: true, invitation_expired: true,
  role_above_own: true, unknown_role: true, unknown_unit: true, tenant_suspended: true, not_found: true, not_invited: true,
  field_count: true, role_missing: true, invalid_date: true, invalid_locale: true, invalid_title: true, ambiguous_unit: true, duplicate_in_list: true, permission_missing: true, rolled_back: true,
}

function hasWords(reason: string): reason is InviteNo {
  return Object.hasOwn(words, reason)
}

/** A reason without words stands for itself. */
export function inviteNo(t: Translate, reason: string): string {
  return hasWords(reason) ? t(`invite.no.${reason}`) : reason
}
