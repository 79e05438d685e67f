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

/** A membership as the picker and the policy see it. `usable` is judged by the database: status, validity and tenant. */
export interface MembershipFacts {
  readonly id: string
  readonly tenant_id: string
  readonly tenant_name: string
  readonly subdomain: string
  readonly role: string
  readonly unit_name: string | null
  readonly required_acr: Acr
  readonly usable: boolean
  readonly not_usable_because: 'suspended' | 'expired' | 'not_started' | 'invited' | null
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

/** What a person can reach with the factors there are; discovery promises no more. */
export const reachableAcr: readonly Acr[] = ['aal1']

/** Whether a session of level `reached` satisfies a demand for `required`; an unknown demand is never satisfied. */
export function satisfiesAcr(reached: string | undefined, required: string): boolean {
  const have = acrLevels.findIndex((level) => level === reached)
  const want = acrLevels.findIndex((level) => level === required)
  return want !== -1 && have >= want
}
