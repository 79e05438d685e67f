/**
 * Owns what a tenant may ask of its members' sign-in, and in which bounds. Pure.
 * What each rule does to a sign-in is the token path's; how many it hits, preview-sign-in-rules.ts says.
 */
export const mfaRules = ['off', 'admins', 'everyone'] as const
export const mfaLevels = ['aal2', 'phr'] as const
export const mostTrustedDays = 90
export const longestPasswordDays = 1095
export const longestSessionHours = 720

export interface SignInRules {
  /** Nobody, members whose role holds a permission of the platform, everybody. */
  readonly mfaRule: (typeof mfaRules)[number]
  /** Any second factor, or one that cannot be phished. */
  readonly mfaLevel: (typeof mfaLevels)[number]
  /** Until then members without a factor may put it off; null for at once. */
  readonly mfaEnforcedFrom: Date | null
  /** 0 for never; at most 90. */
  readonly trustedDeviceDays: number
  /** Null for never, which NIST SP 800-63B-4 §3.1.1.2 advises; at most 1095. */
  readonly passwordMaxAgeDays: number | null
  /** For how long a sign-in counts for this tenant; null for as long as a session lives; at most 720. */
  readonly sessionHours: number | null
  /** Whether a password will do; without it only a passkey does. */
  readonly passwordSignIn: boolean
  /** Whether staff may be named by their number. */
  readonly staffNumberSignIn: boolean
  /** The role of people who register by themselves; null where nobody may. */
  readonly registrationRole: string | null
}

/** What is absent stays as it is. */
export type RuleChanges = { readonly [Rule in keyof SignInRules]?: SignInRules[Rule] | undefined }

export interface SignInRuleColumns {
  readonly mfa_rule: string
  readonly mfa_level: string
  readonly mfa_enforced_from: Date | null
  readonly trusted_device_days: number
  readonly password_max_age_days: number | null
  readonly session_hours: number | null
  readonly password_sign_in: boolean
  readonly staff_number_sign_in: boolean
  readonly registration_role_id: string | null
}

export type RuleRefusal = 'trusted_device_days_invalid' | 'password_max_age_invalid' | 'session_hours_invalid'

/** The rules as they would be; the role of registration, which needs a look at the roles, is left as it is. */
export function changedRules(before: SignInRuleColumns, changes: RuleChanges): SignInRuleColumns {
  return {
    mfa_rule: changes.mfaRule ?? before.mfa_rule,
    mfa_level: changes.mfaLevel ?? before.mfa_level,
    mfa_enforced_from: changes.mfaEnforcedFrom === undefined ? before.mfa_enforced_from : changes.mfaEnforcedFrom,
    trusted_device_days: changes.trustedDeviceDays ?? before.trusted_device_days,
    password_max_age_days: changes.passwordMaxAgeDays === undefined ? before.password_max_age_days : changes.passwordMaxAgeDays,
    session_hours: changes.sessionHours === undefined ? before.session_hours : changes.sessionHours,
    password_sign_in: changes.passwordSignIn ?? before.password_sign_in,
    staff_number_sign_in: changes.staffNumberSignIn ?? before.staff_number_sign_in,
    registration_role_id: before.registration_role_id,
  }
}

/** Why no tenant can have these rules, or null. */
export function ruleRefusal(rules: SignInRuleColumns): RuleRefusal | null {
  if (!isWithin(rules.trusted_device_days, 0, mostTrustedDays)) return 'trusted_device_days_invalid'
  if (rules.password_max_age_days !== null && !isWithin(rules.password_max_age_days, 1, longestPasswordDays)) return 'password_max_age_invalid'
  return rules.session_hours !== null && !isWithin(rules.session_hours, 1, longestSessionHours) ? 'session_hours_invalid' : null
}

function isWithin(count: number, least: number, most: number): boolean {
  return Number.isInteger(count) && count >= least && count <= most
}

/**
 * What rules mean for a member with the factors they have now. must_add_passkey: at the next sign-in, before anything else, because
 * nothing but a passkey counts. must_set_up: the same, by an authenticator app or a passkey. reminded: may put that off until the rule is enforced.
 */
export const effects = ['must_add_passkey', 'must_set_up', 'reminded', 'none'] as const
export type Effect = (typeof effects)[number]

/** Whether a member cannot go on as they are. */
export function stopsSignIn(effect: Effect): boolean {
  return effect === 'must_add_passkey' || effect === 'must_set_up'
}
