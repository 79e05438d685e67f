/**
 * Which level of assurance a request needs, and whether its session has reached it: the one place where the rules of the app, the
 * tenant and the person's own factors meet (design §5). Every path to a session or a token asks here.
 * Invariant: a trusted browser stands in for the second factor only towards tenant and person, never towards an app that named a
 * level, and it never raises `acr`.
 */
import type { IncomingMessage } from 'node:http'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { hasSecondFactor, isAcr, outlived, satisfiesAcr, type MembershipFacts, type SecurityFacts } from './facts.ts'
import { choiceOf, type Choice } from './membership-choice.ts'
import type { PersonRow, TokenRow } from './queries.ts'
import { currentUnit } from './unit-of-work.ts'

/** A demand is met by any of its levels; `by` says who asks, in the order in which a person is told. */
export interface Demand {
  readonly by: 'app' | 'tenant' | 'own'
  readonly anyOf: readonly string[]
  /** A browser that the person has trusted will do. */
  readonly trustable: boolean
}

/** What membership and factors ask for by themselves; the app's wishes come on top. */
export function standingDemands(membership: MembershipFacts | undefined, security: SecurityFacts, mayTrust: boolean): readonly Demand[] {
  const rules = membership?.rules
  const ofTenant: readonly Demand[] = rules === undefined || rules.required_acr === 'aal1' || !rules.enforced
    ? [] : [{ by: 'tenant', anyOf: [rules.required_acr], trustable: rules.trusted_device_days > 0 && rules.required_acr === 'aal2' }]
  // Whoever has set up a second factor is asked for it: a weaker way in would make it worthless.
  const own: readonly Demand[] = hasSecondFactor(security) ? [{ by: 'own', anyOf: ['aal2'], trustable: mayTrust }] : []
  return [...ofTenant, ...own]
}

/**
 * Levels that the app has named: `default_acr_values` of its registration is a floor (nobody takes it away in the browser), the
 * request may ask for more (`acr_values`, RFC 9470 §4; `claims`, OIDC Core §5.5.1.1). Unknown levels count only where essential.
 */
export function appDemands(floor: readonly string[] | undefined, requested: unknown): readonly Demand[] {
  const demand = (anyOf: readonly string[]): readonly Demand[] => (anyOf.length === 0 ? [] : [{ by: 'app', anyOf, trustable: false }])
  const { essential, values } = requestedAcr(requested)
  return [...demand((floor ?? []).filter(isAcr)), ...demand(essential ? values : values.filter(isAcr))]
}

function requestedAcr(requested: unknown): { essential: boolean; values: readonly string[] } {
  if (typeof requested !== 'object' || requested === null) return { essential: false, values: [] }
  const all: unknown = 'values' in requested ? requested.values : 'value' in requested ? [requested.value] : []
  const values: readonly unknown[] = Array.isArray(all) ? all : []
  return { essential: 'essential' in requested && requested.essential === true, values: values.filter((value) => typeof value === 'string') }
}

/** Whether a session of level `acr` meets the demand. */
export function meets(acr: string | undefined, { anyOf }: Demand): boolean {
  return anyOf.some((level) => satisfiesAcr(acr, level))
}

/** Asked only when it would make a difference: whether this browser is trusted for this account. */
export type TrustedDevice = (ctx: { readonly req: IncomingMessage }, accountId: string) => Promise<boolean>

/** The demands that the session of this request does not meet. */
export async function unmetDemands(ctx: KoaContextWithOIDC, trusted: TrustedDevice): Promise<readonly Demand[]> {
  const { session, client, claims } = ctx.oidc
  const accountId = session?.accountId
  const person = accountId === undefined ? undefined : await currentUnit().person(accountId)
  if (accountId === undefined || person === undefined) return []
  const membership = chosen(await choiceOf(ctx))
  const mayTrust = membership === undefined ? mayTrustSomewhere(person) : membership.rules.trusted_device_days > 0
  const all = [...appDemands(client?.defaultAcrValues, claims.id_token?.['acr']), ...standingDemands(membership, person.security, mayTrust)]
  const unmet = all.filter((demand) => !meets(session?.acr, demand))
  if (!unmet.some(({ trustable }) => trustable) || !(await trusted(ctx, accountId))) return unmet
  // Token families of this session are renewed on the strength of it, as long as the tenant allows that.
  if (session !== undefined && Reflect.get(session, 'trustedDevice') !== true) Reflect.set(session, 'trustedDevice', true)
  return unmet.filter(({ trustable }) => !trustable)
}

/** Without a tenant in play, any tenant of the person that allows trusted browsers will do. */
function mayTrustSomewhere({ memberships }: PersonRow): boolean {
  return memberships.some(({ in_force, rules }) => in_force && rules.trusted_device_days > 0)
}

/** Whether a session has shown what its person has set up, where neither app nor tenant asks: the password alone makes a session too. */
export async function meetsOwnDemands(person: PersonRow, acr: string, isTrusted: () => Promise<boolean>): Promise<boolean> {
  const unmet = standingDemands(undefined, person.security, mayTrustSomewhere(person)).filter((demand) => !meets(acr, demand))
  return unmet.length === 0 || (unmet.every(({ trustable }) => trustable) && isTrusted())
}

/** Whether a session would do for this tenant: what a page of the tenant asks, where no app does. */
export async function meetsTenantDemands(
  { membership, person, signed }: { readonly membership: MembershipFacts; readonly person: PersonRow; readonly signed: { readonly acr: string; readonly authTime: number } },
  isTrusted: () => Promise<boolean>,
): Promise<boolean> {
  if (membership.rules.password_expired || outlived(membership.rules.session_hours, signed.authTime)) return false
  const unmet = standingDemands(membership, person.security, membership.rules.trusted_device_days > 0).filter((demand) => !meets(signed.acr, demand))
  return unmet.length === 0 || (unmet.every(({ trustable }) => trustable) && isTrusted())
}

/** What the step that asks for a second factor has to know. */
export interface AssuranceDetails {
  readonly demands: readonly Demand[]
  /** Days for which this browser may be trusted afterwards; 0 where an app has named a level, or the tenant (without one: every tenant) forbids it. */
  readonly trust_days: number
  readonly tenant_name: string | null
  /** ISO 8601: the rule of a tenant that may be put off until then; null where it may not. */
  readonly advised_until: string | null
}

export async function assuranceDetails(ctx: KoaContextWithOIDC, trusted: TrustedDevice): Promise<AssuranceDetails> {
  const demands = await unmetDemands(ctx, trusted)
  const membership = chosen(await choiceOf(ctx))
  const accountId = ctx.oidc.session?.accountId
  const memberships = accountId === undefined ? [] : ((await currentUnit().person(accountId))?.memberships ?? [])
  return {
    demands,
    trust_days: demands.length > 0 && demands.every(({ trustable }) => trustable) ? daysOfTrust(memberships) : 0,
    tenant_name: membership?.tenant_name ?? null,
    advised_until: demands.length === 0 ? ((await adviceFor(ctx))?.enforced_from ?? null) : null,
  }
}

/** A browser is trusted towards all tenants of a person at once, so the strictest of those that allow it says for how long. */
function daysOfTrust(memberships: readonly MembershipFacts[]): number {
  const allowed = memberships.flatMap(({ in_force, rules }) => (in_force && rules.trusted_device_days > 0 ? rules.trusted_device_days : []))
  return allowed.length === 0 ? 0 : Math.min(...allowed)
}

/** Whether a token family may be renewed: what the tenant asks now, asked of how and when its person had signed in. */
export function mayRenew({ payload, session, required_acr, trusted_device_days, session_hours }: TokenRow): boolean {
  if (outlived(session_hours, payload.authTime)) return false
  if (satisfiesAcr(payload.acr ?? 'aal1', required_acr)) return true
  return required_acr === 'aal2' && trusted_device_days > 0 && session?.payload['trustedDevice'] === true
}

/** The rule of a tenant that is still in its grace, where it concerns this person; it may be put off. */
export async function adviceFor(ctx: KoaContextWithOIDC): Promise<MembershipFacts['rules'] | undefined> {
  const { session } = ctx.oidc
  const rules = chosen(await choiceOf(ctx))?.rules
  if (session?.accountId === undefined || rules === undefined || rules.enforced || rules.required_acr === 'aal1') return undefined
  return satisfiesAcr(session.acr, rules.required_acr) ? undefined : rules
}

export function chosen(choice: Choice): MembershipFacts | undefined {
  return choice.kind === 'chosen' ? choice.membership : undefined
}
