/** Which events have words for an attempt that was refused, and which fields of an event have a name; the words stand in messages/. */

export const triedEvents = [
  'membership.suspended', 'membership.resumed', 'membership.ended', 'membership.invited', 'membership.sessions_ended',
  'unit.heads_changed', 'membership.role_changed', 'membership.updated', 'factors.reset', 'activation.issued', 'invitation.resent',
  'invitation.link_shown', 'invitation.revoked', 'role.created', 'role.updated', 'role.deleted', 'unit.created', 'unit.updated',
  'unit.moved', 'unit.merged', 'unit.deleted', 'tenant.settings_changed', 'tenant.subdomain_changed', 'tenant.sign_in_rules_changed',
] as const

export type TriedEvent = (typeof triedEvents)[number]

export const eventFields = [
  'status', 'role', 'role_id', 'name', 'code', 'kind', 'parent_id', 'permissions', 'uses_seat', 'description', 'fields', 'units', 'heads',
  'employee_number', 'title', 'valid_from', 'valid_until', 'mfa_rule', 'mfa_level', 'mfa_enforced_from', 'trusted_device_days',
  'password_max_age_days', 'session_hours', 'password_sign_in', 'staff_number_sign_in', 'invitation_lifetime_days', 'contact',
  'accent_color', 'subdomain', 'limit', 'seat_limit', 'mailed', 'generation', 'how', 'access', 'count', 'expires_at', 'search', 'unit',
  'factor', 'source', 'seen', 'sessions', 'invited_by',
] as const

export type EventField = (typeof eventFields)[number]
