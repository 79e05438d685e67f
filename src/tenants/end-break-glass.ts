/** Leads an operator out of a tenant before their time is over. One that is over already needs nobody's hand. */
import type { Databases } from '../base/db.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { updateBreakGlassEnded } from './break-glass-queries.ts'

export interface EndBreakGlassInput {
  readonly breakGlassId: string
  readonly actor: string | null
  readonly origin: Origin
}

export type BreakGlassEnd = { readonly ok: true } | { readonly ok: false; readonly reason: 'not_found' }

/** Once, of two that end it at once; not found also where it is over. */
export function endBreakGlass(deps: { readonly databases: Databases }, { breakGlassId, actor, origin }: EndBreakGlassInput): Promise<BreakGlassEnd> {
  return deps.databases.inEngine(async (trx): Promise<BreakGlassEnd> => {
    const ended = await updateBreakGlassEnded(trx, breakGlassId)
    if (ended === undefined) return { ok: false, reason: 'not_found' }
    await record(trx, { type: 'break_glass.ended', outcome: 'success', tenantId: ended.tenant_id, subject: breakGlassId, actor, origin, after: { operator: ended.account_id } })
    return { ok: true }
  })
}
