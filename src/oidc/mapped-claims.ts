/**
 * What an app's own claim mapping adds to its ID tokens, userinfo, JWT access tokens and introspection answers. Facts are those of
 * this request's joined read; only a mapping that tells more of a member costs a further one.
 */
import { mapClaims, needsMember, type MappedFacts } from '../apps/claim-mapping.ts'
import type { ClientStore } from './client-store.ts'
import { currentUnit } from './unit-of-work.ts'

export interface MappedFor {
  readonly clientId: string | undefined
  readonly accountId: string | undefined
  readonly membershipId: string | undefined
  /** What the person has agreed to. */
  readonly scopes: readonly string[]
}

export async function mappedClaims(clients: ClientStore, { clientId, accountId, membershipId, scopes }: MappedFor): Promise<Record<string, unknown>> {
  const mapping = clientId === undefined ? undefined : (await clients.find(clientId))?.claim_mapping
  if (mapping === undefined || mapping.length === 0 || accountId === undefined) return {}
  const unit = currentUnit()
  const account = await unit.account(accountId)
  const tenant = membershipId === undefined ? undefined : await unit.tenant(membershipId)
  const member = membershipId !== undefined && tenant !== undefined && needsMember(mapping) ? await unit.memberFacts(membershipId) : undefined
  const person: MappedFacts = account === undefined ? {}
    : { sub: account.id, email: account.email, name: account.display_name, family_name: account.family_name, given_name: account.given_name, locale: account.locale }
  return mapClaims(mapping, { ...person, ...tenant, ...member }, new Set(scopes))
}

/** The scopes of a grant, as far as the token in the request still has them. */
export function agreedScopes(grant: unknown, token?: unknown): readonly string[] {
  const granted = hasScopes(grant) ? grant.getOIDCScope().split(' ') : []
  const narrowed = typeof token === 'object' && token !== null && 'scope' in token && typeof token.scope === 'string' ? token.scope.split(' ') : undefined
  return narrowed === undefined ? granted : granted.filter((scope) => narrowed.includes(scope))
}

function hasScopes(grant: unknown): grant is { getOIDCScope(): string } {
  return typeof grant === 'object' && grant !== null && 'getOIDCScope' in grant && typeof grant.getOIDCScope === 'function'
}
