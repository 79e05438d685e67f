/**
 * Says what an app is told instead of, or besides, our own claims. Counts from the next token on. An app with a `sub` of its own for
 * every person is not told the account's id by a way round.
 */
import type { Databases, EngineTrx } from '../base/db.ts'
import { record } from '../events/record.ts'
import { isUnexpected, type Expectation } from '../http/etag.ts'
import { claimMappingShape, type ClaimMapping } from './claim-mapping.ts'
import { lockClient, updateClient } from './queries.ts'
import type { Registrant } from './register-client.ts'
import { readMetadata } from './stored-client.ts'

export interface SetClaimMapping extends Registrant {
  readonly clientId: string
  /** As it was typed or sent. */
  readonly mapping: unknown
  readonly expect?: Expectation<EngineTrx> | undefined
}

export type ClaimMappingResult =
  | { readonly ok: true; readonly mapping: ClaimMapping }
  | { readonly ok: false; readonly reason: 'not_found' | 'built_in' | 'precondition_failed' | 'pairwise_subject' }
  | { readonly ok: false; readonly reason: 'invalid_mapping'; readonly problems: readonly string[] }

export function setClaimMapping(deps: { readonly databases: Databases }, { clientId, mapping, expect, actor, origin }: SetClaimMapping): Promise<ClaimMappingResult> {
  const read = claimMappingShape.safeParse(mapping)
  return deps.databases.inEngine(async (trx): Promise<ClaimMappingResult> => {
    const client = await lockClient(trx, clientId)
    if (client === undefined) return { ok: false, reason: 'not_found' }
    const event = { type: 'client.updated', subject: clientId, clientId, tenantId: client.tenant_id, actor, origin } as const
    const isPairwise = readMetadata(client.metadata).subject_type === 'pairwise' && read.data?.some((entry) => 'from' in entry && entry.from === 'sub') === true
    const no = client.built_in ? 'built_in' : await isUnexpected(trx, expect) ? 'precondition_failed' : isPairwise ? 'pairwise_subject' : null
    if (no !== null || !read.success) {
      await record(trx, { ...event, outcome: 'refused', reason: no ?? 'invalid_mapping' })
      return no === null ? { ok: false, reason: 'invalid_mapping', problems: (read.error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`) } : { ok: false, reason: no }
    }
    await updateClient(trx, clientId, { claim_mapping: read.data })
    await record(trx, { ...event, outcome: 'success', before: { claim_mapping: client.claim_mapping }, after: { claim_mapping: read.data } })
    return { ok: true, mapping: read.data }
  })
}
