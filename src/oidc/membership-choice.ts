/**
 * Which tenant an authorization request acts for. One function serves the policy, the grant and the pages, so they cannot differ.
 * Invariant: only a membership in force can be chosen, whatever a parameter or a form says.
 */
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { MembershipFacts } from './facts.ts'
import { currentUnit } from './unit-of-work.ts'

export type Choice =
  | { readonly kind: 'not_wanted' }
  | { readonly kind: 'chosen'; readonly membership: MembershipFacts }
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'none' }

/** Names the tenant by id or subdomain; absent when the request does not. */
export function requestedTenant(params: Readonly<Record<string, unknown>>): string | undefined {
  const tenant = params['tenant']
  return typeof tenant === 'string' && tenant !== '' ? tenant : undefined
}

/** What the person picked in an earlier step of this interaction. */
export function pickedMembership(result: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const step = result?.['select_tenant']
  if (typeof step !== 'object' || step === null || !('membershipId' in step)) return undefined
  return typeof step.membershipId === 'string' ? step.membershipId : undefined
}

/** Whether a request that names `tenant`, by id, subdomain or a former one, or none at all, may mean this membership. */
export function isMeant({ tenant_id, subdomain, former_subdomains }: MembershipFacts, tenant: string | undefined): boolean {
  return tenant === undefined || tenant_id === tenant || subdomain === tenant || former_subdomains.includes(tenant)
}

/** Those of `memberships` that may use the app and, where a tenant is named, are of that tenant. */
export function fittingMemberships(memberships: readonly MembershipFacts[], tenant: string | undefined): readonly MembershipFacts[] {
  return memberships.filter((membership) => membership.usable && isMeant(membership, tenant))
}

/** Pure rule: `mustAsk` is a pending prompt=select_tenant, which shows the picker even where one membership fits. */
export function chooseMembership(input: {
  readonly memberships: readonly MembershipFacts[]
  readonly tenant: string | undefined
  readonly picked: string | undefined
  readonly mustAsk: boolean
}): Choice {
  const fitting = fittingMemberships(input.memberships, input.tenant)
  if (fitting.length === 0) return { kind: 'none' }
  const picked = fitting.find((membership) => membership.id === input.picked)
  if (picked !== undefined) return { kind: 'chosen', membership: picked }
  const [only, ...others] = fitting
  if (only !== undefined && others.length === 0 && !input.mustAsk) return { kind: 'chosen', membership: only }
  return { kind: 'ambiguous' }
}

/** The choice for a running authorization request, of the account its session has at this moment. */
export async function choiceOf(ctx: KoaContextWithOIDC): Promise<Choice> {
  const { oidc } = ctx
  const params = oidc.params ?? {}
  if (!oidc.requestParamScopes.has('tenant')) return { kind: 'not_wanted' }
  const accountId = oidc.session?.accountId
  if (accountId === undefined) return { kind: 'ambiguous' }
  return chooseMembership({
    memberships: await currentUnit().memberships(accountId, oidc.client?.clientId ?? null),
    tenant: requestedTenant(params),
    picked: pickedMembership(oidc.result),
    mustAsk: oidc.prompts.has('select_tenant') && oidc.promptPending('select_tenant'),
  })
}
