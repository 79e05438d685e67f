/**
 * Writes down that a membership has run out. Its end acts by itself (whoever reads a membership asks for its dates), so nothing is
 * changed here but the log. Invariant: once for each end, decided by one conditional update, however many processes ask.
 */
import type { Databases } from '../base/db.ts'
import { noOrigin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { updateExpiryTold } from './expiry-queries.ts'

/** At most `limit` of them; says how many. */
export function tellExpired(deps: { readonly databases: Databases }, limit: number): Promise<number> {
  return deps.databases.inEngine(async (trx) => {
    const expired = await updateExpiryTold(trx, limit)
    for (const { tenant_id: tenantId, id, account_id, valid_until, status } of expired) {
      if (status === 'ended') continue
      await record(trx, { type: 'membership.expired', outcome: 'success', tenantId, subject: id, origin: noOrigin, after: { account_id, status, valid_until: valid_until?.toISOString() ?? null } })
    }
    return expired.length
  })
}
