/**
 * What the token path knows of a person and of the tenants they act for: read once per request together with the token or
 * the session, then handed to claims, policy and pages. Pure types and rules; no I/O.
 */

export interface AccountFacts {
  readonly id: string
  readonly email: string | null
  readonly email_verified: boolean
  readonly display_name: string
  readonly family_name: string | null
  readonly given_name: string | null
  readonly locale: string | null
  readonly zoneinfo: string
  /** Seconds since the epoch, as OIDC Core §5.1 wants `updated_at`. */
  readonly updated_at: number
}

/** A membership as the picker and the policy see it, for the app of the request; judged by the database. */
export interface MembershipFacts {
  readonly id: string
  readonly tenant_id: string
  readonly tenant_name: string
  readonly subdomain: string
  /** Labels that the tenant once had; links and bookmarks still hold them. */
  readonly former_subdomains: readonly string[]
  readonly role: string
  readonly unit_name: string | null
  readonly rules: SignInRules
  /** To whom somebody turns who is not let in, as the tenant wrote it. */
  readonly contact: string | null
  /** Status, validity and tenant allow it. */
  readonly in_force: boolean
  /** In force, and the tenant lets this member use the app. */
  readonly usable: boolean
  readonly not_usable_because: 'suspended' | 'expired' | 'not_started' | 'invited' | AppRefusal | null
  readonly seen_today: boolean
}

/** The tenant does not use the app, or this member is not among those who may. */
export type AppRefusal = 'app_not_used' | 'app_not_assigned'

/** What a tenant asks of this member's sign-in. */
export interface SignInRules {
  readonly required_acr: Acr
  /** False during the grace: people without a second factor are reminded and may put it off. */
  readonly enforced: boolean
  /** ISO 8601; when the grace ends, where there is one. */
  readonly enforced_from: string | null
  /** Days for which a browser may stand in for the second factor; 0 for never. */
  readonly trusted_device_days: number
  /** For how long a sign-in counts for this tenant; null for as long as its session lives. */
  readonly session_hours: number | null
  /** The tenant lets passwords grow old, and this one has. */
  readonly password_expired: boolean
}

/** Whether a sign-in (seconds since the epoch) counts no longer for a tenant that sets it a term. */
export function outlived(hours: number | null, authTime: number | undefined): boolean {
  return hours !== null && Date.now() / 1000 - (authTime ?? 0) > hours * 3600
}

/** What a person has to prove themselves with, and since when their proofs count. */
export interface SecurityFacts {
  readonly totp: boolean
  readonly passkeys: number
  readonly recovery_codes: number
  /** Milliseconds since the epoch: what was proved before is worth nothing (a reset, an undone change, a suspension). */
  readonly not_before_ms: number
}

/** Whether a password alone would be a weaker way in than the one this person has set up. */
export function hasSecondFactor({ totp, passkeys }: SecurityFacts): boolean {
  return totp || passkeys > 0
}

/** The tenant context that a grant carries into every token. */
export interface TenantFacts {
  readonly tenant_id: string
  readonly tenant_name: string
  readonly membership_id: string
  readonly role: string
  readonly groups: readonly string[]
}

export interface ConsentFacts {
  readonly membership_id: string | null
  readonly scopes: readonly string[]
  readonly claims: readonly string[]
  readonly resource_scopes: Readonly<Record<string, readonly string[]>>
}

/** Levels of assurance, weakest first (design §4). */
export const acrLevels = ['aal1', 'aal2', 'phr'] as const
export type Acr = (typeof acrLevels)[number]

/** Whether the text names a level of ours. */
export function isAcr(text: string): text is Acr {
  return acrLevels.some((level) => level === text)
}

/** The stronger of two levels; a text that names none counts as the weakest. */
export function strongerAcr(a: string, b: string): string {
  return acrLevels.findIndex((level) => level === a) > acrLevels.findIndex((level) => level === b) ? a : b
}

/** Whether a session of level `reached` satisfies a demand for `required`; an unknown demand is never satisfied. */
export function satisfiesAcr(reached: string | undefined, required: string): boolean {
  const have = acrLevels.findIndex((level) => level === reached)
  const want = acrLevels.findIndex((level) => level === required)
  return want !== -1 && have >= want
}
