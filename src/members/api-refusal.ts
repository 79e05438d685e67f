/**
 * Says with which status the JSON doors to members, invitations, roles and units tell a command's "no". Invariant: what is not
 * this tenant's is answered like what is not there, in a body as in a path.
 */
import { refusal, type EndpointRefusal } from '../http/endpoint.ts'

const statuses: Readonly<Record<string, number>> = {
  not_found: 404, unknown_role: 404, unknown_unit: 404, unknown_app: 404, unknown_parent: 404, unknown_member: 404,
  role_above_own: 403, higher_role: 403, own_membership: 403, member_elsewhere: 403, precondition_failed: 412,
  invalid_name: 400, unknown_permission: 400, invalid_employee_number: 400, invalid_title: 400, invalid_period: 400, invalid_code: 400, same_unit: 400,
  invalid_email: 400, name_missing: 400, name_too_long: 400, address_or_number_missing: 400, invalid_dates: 400, invalid_description: 400, reason_missing: 400, not_in_unit: 400,
}

/** 400 for what does not fit, 403 for what the caller may not, 404 for what is not there, 409 for what stands in the way. */
export function refuse(reason: string, detail?: string): EndpointRefusal {
  return refusal(statuses[reason] ?? 409, reason, detail)
}
