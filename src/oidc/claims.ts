/**
 * What tokens say (design §4): one row per claim of a person, the tenant context of the grant, and where each goes.
 * Invariant: claims are facts of this moment, taken from the joined read of the request; nothing is asked twice.
 */
import type { AccessToken, Account, ClientCredentials, KoaContextWithOIDC } from 'oidc-provider'
import type { ClientStore } from './client-store.ts'
import type { AccountFacts, TenantFacts } from './facts.ts'
import { agreedScopes, mappedClaims } from './mapped-claims.ts'
import { currentUnit } from './unit-of-work.ts'

/** Claims by scope, as OIDC Core §5.4 lists them, plus our own scope `tenant`. */
export const claimsByScope: Readonly<Record<string, readonly string[]>> = {
  openid: ['sub', 'auth_time', 'acr', 'amr', 'sid'],
  profile: ['name', 'family_name', 'given_name', 'locale', 'zoneinfo', 'updated_at'],
  email: ['email', 'email_verified'],
  tenant: ['tenant_id', 'tenant_name', 'membership_id', 'role', 'groups'],
}

const personalClaims: Readonly<Record<string, (account: AccountFacts) => unknown>> = {
  name: (account) => account.display_name,
  family_name: (account) => account.family_name ?? undefined,
  given_name: (account) => account.given_name ?? undefined,
  locale: (account) => account.locale ?? undefined,
  zoneinfo: (account) => account.zoneinfo,
  updated_at: (account) => account.updated_at,
  email: (account) => account.email ?? undefined,
  email_verified: (account) => (account.email === null ? undefined : account.email_verified),
}

/** The account as oidc-provider wants it; undefined when it may not act at this moment. */
export async function findAccount(_ctx: unknown, accountId: string): Promise<Account | undefined> {
  const account = await currentUnit().account(accountId)
  if (account === undefined) return undefined
  return {
    accountId: account.id,
    claims: () => ({ sub: account.id, ...Object.fromEntries(Object.entries(personalClaims).map(([name, read]) => [name, read(account)])) }),
  }
}

/** The tenant context of the grant behind a claims object; empty for a grant without one. */
export async function tenantClaims(claims: object): Promise<Partial<TenantFacts>> {
  const membershipId = membershipOf(entityIn(claims, 'Grant'))
  return membershipId === undefined ? {} : ((await currentUnit().tenant(membershipId)) ?? {})
}

/** What the app's mapping adds to a claims object: an ID token's or userinfo's. */
export function mappedOf(claims: object, clients: ClientStore): Promise<Record<string, unknown>> {
  const grant = entityIn(claims, 'Grant')
  const accountId = typeof grant === 'object' && grant !== null && 'accountId' in grant && typeof grant.accountId === 'string' ? grant.accountId : undefined
  const clientId = typeof grant === 'object' && grant !== null && 'clientId' in grant && typeof grant.clientId === 'string' ? grant.clientId : undefined
  const scopes = agreedScopes(grant, entityIn(claims, 'AccessToken'))
  return mappedClaims(clients, { clientId, accountId, membershipId: membershipOf(grant), scopes })
}

/** Extra claims of JWT access tokens (RFC 9068 §2.2); opaque ones are told at introspection, as of that moment. */
export async function extraTokenClaims(
  ctx: KoaContextWithOIDC,
  token: AccessToken | ClientCredentials,
  clients: ClientStore,
): Promise<Record<string, unknown> | undefined> {
  if (token.kind === 'ClientCredentials') return machineClaims(token.clientId, clients)
  const source = ctx.oidc.entities.AuthorizationCode ?? ctx.oidc.entities.RefreshToken ?? ctx.oidc.entities.RotatedRefreshToken
  const membershipId = membershipOf(ctx.oidc.entities.Grant)
  const tenant = membershipId === undefined ? undefined : await currentUnit().tenant(membershipId)
  const mapped = await mappedClaims(clients, { clientId: token.clientId, accountId: token.accountId, membershipId, scopes: agreedScopes(ctx.oidc.entities.Grant) })
  return { ...tenant, ...mapped, ...definedOnly({ auth_time: source?.authTime, acr: source?.acr, amr: source?.amr, sid: token.sid }) }
}

/** A machine of a tenant carries that tenant and no membership. */
export async function machineClaims(clientId: string | undefined, clients: ClientStore): Promise<Record<string, unknown> | undefined> {
  const client = clientId === undefined ? undefined : await clients.find(clientId)
  return client === undefined || client.tenant_id === null ? undefined : { tenant_id: client.tenant_id, tenant_name: client.tenant_name }
}

/** The membership that a grant was given for; undefined when it carries none. */
export function membershipOf(grant: unknown): string | undefined {
  if (typeof grant !== 'object' || grant === null || !('membershipId' in grant)) return undefined
  return typeof grant.membershipId === 'string' ? grant.membershipId : undefined
}

function entityIn(claims: object, name: 'Grant' | 'AccessToken'): unknown {
  const ctx: unknown = 'ctx' in claims ? claims.ctx : undefined
  if (typeof ctx !== 'object' || ctx === null || !('oidc' in ctx)) return undefined
  const { oidc } = ctx
  if (typeof oidc !== 'object' || oidc === null || !('entities' in oidc)) return undefined
  return typeof oidc.entities === 'object' && oidc.entities !== null ? Reflect.get(oidc.entities, name) : undefined
}

function definedOnly(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))
}
