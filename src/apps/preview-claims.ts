/**
 * What a chosen member would be told of in an app: the claims that every app gets with the tenant, and on top what its mapping says.
 * Changes nothing and issues nothing; reads the member inside their own tenant only.
 */
import type { Databases } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import { claimMappingShape, mapClaims, type ClaimMapping } from './claim-mapping.ts'
import { findMemberFacts, findPersonFacts } from './member-fact-queries.ts'
import { findClientRecord } from './queries.ts'

export interface ClaimsPreviewInput {
  readonly clientId: string
  readonly tenantId: TenantId
  readonly membershipId: string
  /** A mapping that is not stored yet; the app's own where absent. */
  readonly mapping?: ClaimMapping | undefined
  /** As if these had been agreed to; all where absent. */
  readonly scopes?: readonly string[] | undefined
}

export type ClaimsPreview =
  | { readonly ok: true; readonly claims: Readonly<Record<string, unknown>>; readonly mapped: Readonly<Record<string, unknown>>; readonly refusal: string | null }
  | { readonly ok: false; readonly reason: 'not_found' | 'unknown_member' }

export async function previewClaims({ databases }: { readonly databases: Databases }, input: ClaimsPreviewInput): Promise<ClaimsPreview> {
  const { clientId, tenantId, membershipId, scopes = ['profile', 'email'] } = input
  const client = await findClientRecord(databases.engine, clientId)
  if (client === undefined) return { ok: false, reason: 'not_found' }
  const [person, member] = await databases.inTenant(tenantId, async (trx) => [await findPersonFacts(trx, membershipId, clientId), await findMemberFacts(trx, membershipId)] as const)
  if (person === undefined || member === undefined) return { ok: false, reason: 'unknown_member' }
  const { account_id: sub, refusal, ...told } = person
  const mapping = input.mapping ?? claimMappingShape.parse(client.claim_mapping)
  const mapped = mapClaims(mapping, { ...told, ...member, sub, tenant_id: tenantId, membership_id: membershipId }, new Set(scopes))
  const { tenant_name, role, groups } = told
  return { ok: true, claims: { sub, tenant_id: tenantId, tenant_name, membership_id: membershipId, role, groups, ...mapped }, mapped, refusal }
}
