/**
 * What X-Tenant-ID makes of a caller. Invariants: a token with a tenant never leaves it; a person enters only a tenant where they
 * are a member in force, through an app that may act there, with the sign-in that the tenant asks for; an operator only while a
 * break-glass of theirs runs there. Everybody else hears 404, whether the tenant exists or not.
 */
import type { Pool } from 'pg'
import { isTenantId } from '../base/ids.ts'
import type { Caller, EnterTenant, Refusal } from '../http/endpoint.ts'
import { stepUp } from '../http/freshness.ts'
import { allPermissions } from '../members/permission.ts'
import { meetsTenantDemands } from './assurance.ts'
import type { ClientStore } from './client-store.ts'
import type { MembershipFacts } from './facts.ts'
import { fittingMemberships } from './membership-choice.ts'
import { findNamedTenant, isAppOpenTo } from './named-tenant-queries.ts'
import { findCallerFacts, findPerson, type PersonRow } from './queries.ts'

export interface EnterTenantDeps {
  readonly pool: Pool
  readonly clients: ClientStore
  /** The audience of tokens for our own API. */
  readonly api: string
}

const notFound: Refusal = { status: 404, reason: 'not_found' }

export function createEnterTenant(deps: EnterTenantDeps): EnterTenant {
  return async (caller, named) => {
    const tenant = await findNamedTenant(deps.pool, { id: isTenantId(named) ? named : null, subdomain: named, accountId: caller.accountId })
    if (tenant === undefined) return notFound
    if (caller.tenantId !== null) return caller.tenantId === tenant.id ? caller : notFound
    if (caller.accountId === null) return notFound
    const person = await findPerson(deps.pool, caller.accountId, caller.clientId)
    const [membership] = fittingMemberships(person?.memberships ?? [], tenant.id)
    if (person !== undefined && membership !== undefined) return asMember(deps, { caller, person, membership })
    return tenant.break_glass_id === null ? notFound : asOperator(caller, { id: tenant.id, breakGlassId: tenant.break_glass_id })
  }
}

interface Entering {
  readonly caller: Caller
  readonly person: PersonRow
  readonly membership: MembershipFacts
}

async function asMember(deps: EnterTenantDeps, entering: Entering): Promise<Caller | Refusal> {
  const { caller, person, membership } = entering
  const { authentication, accountId, clientId } = caller
  const scopes = await agreedScopes(deps, entering)
  if (authentication === null || scopes === null || !(await isAppOpenTo(deps.pool, { clientId, membershipId: membership.id }))) return notFound
  if (!(await meetsTenantDemands({ membership, person, signed: authentication }, () => Promise.resolve(false)))) {
    const { required_acr: required } = membership.rules
    return stepUp('the tenant asks for another sign-in', `acr_values="${required === 'aal1' ? authentication.strongestAcr : required}"`)
  }
  const { permissions } = await findCallerFacts(deps.pool, { accountId, membershipId: membership.id, clientId: null })
  return { ...caller, tenantId: membership.tenant_id, membershipId: membership.id, permissions, scopes }
}

/** What the person let the app do in this very tenant; null where they were never asked. Our own apps ask nobody. */
async function agreedScopes({ clients, api }: EnterTenantDeps, { caller, person, membership }: Entering): Promise<readonly string[] | null> {
  const client = await clients.find(caller.clientId)
  if (client?.first_party === true) return caller.scopes
  const agreed = person.consents.find((consent) => consent.membership_id === membership.id)?.resource_scopes[api]
  return agreed === undefined ? null : caller.scopes.filter((scope) => agreed.includes(scope))
}

/** An auditor sees everything there and changes nothing. */
function asOperator(caller: Caller, tenant: { readonly id: string; readonly breakGlassId: string }): Caller | Refusal {
  if (caller.mustStepUp === true) return stepUp('operators act with a second factor only', 'acr_values="aal2"')
  if (caller.platform === null) return notFound
  const permissions = caller.platform === 'owner' ? allPermissions : allPermissions.filter((permission) => permission.endsWith(':read'))
  return { ...caller, tenantId: tenant.id, breakGlassId: tenant.breakGlassId, permissions }
}
