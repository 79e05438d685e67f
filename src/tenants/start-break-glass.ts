/**
 * Lets an operator into a tenant for a while, for a reason that the tenant's administrators read in their log and by mail.
 * Invariants: only an owner of the platform gets in, by a time that ends by itself; one at a time for each operator and tenant.
 */
import { findOperator } from '../accounts/operator-queries.ts'
import type { Databases, EngineTrx } from '../base/db.ts'
import { newId, type TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { insertBreakGlass } from './break-glass-queries.ts'
import { listAdministratorAccounts } from './life-queries.ts'
import { lockTenant } from './queries.ts'

export const usualMinutes = 30
export const fewestMinutes = 5
export const mostMinutes = 240
export const shortestReason = 10
export const longestReason = 500

export interface StartBreakGlassInput {
  readonly tenantId: TenantId
  /** The operator who enters. */
  readonly accountId: string
  /** 10 to 500 characters. */
  readonly reason: string
  /** 5 to 240; 30 unless told. */
  readonly minutes?: number | undefined
  readonly origin: Origin
}

export type BreakGlassStart =
  | { readonly ok: true; readonly breakGlassId: string; readonly expiresAt: Date }
  | { readonly ok: false; readonly reason: 'not_found' | 'operator_required' | 'invalid_reason' | 'invalid_minutes' | 'already_inside' }

export function startBreakGlass(deps: { readonly databases: Databases }, input: StartBreakGlassInput): Promise<BreakGlassStart> {
  return deps.databases.inEngine(async (trx): Promise<BreakGlassStart> => {
    const { tenantId, accountId, minutes = usualMinutes, origin } = input
    const why = input.reason.trim()
    if ((await lockTenant(trx, tenantId)) === undefined) return { ok: false, reason: 'not_found' }
    const event = { type: 'break_glass.started', tenantId, actor: accountId, origin } as const
    const id = newId()
    const refusal = await refusalOf(trx, { accountId, why, minutes })
    const expiresAt = refusal === null ? await insertBreakGlass(trx, { id, tenant_id: tenantId, account_id: accountId, reason: why, minutes }) : undefined
    if (expiresAt === undefined) {
      const reason = refusal ?? 'already_inside'
      await record(trx, { ...event, outcome: 'refused', reason })
      return { ok: false, reason }
    }
    const told = await listAdministratorAccounts(trx, tenantId)
    await record(trx, { ...event, outcome: 'success', subject: id, reason: why, after: { expires_at: expiresAt.toISOString(), told } })
    return { ok: true, breakGlassId: id, expiresAt }
  })
}

async function refusalOf(trx: EngineTrx, { accountId, why, minutes }: { readonly accountId: string; readonly why: string; readonly minutes: number }) {
  if ((await findOperator(trx.query, accountId)) !== 'owner') return 'operator_required'
  if (why.length < shortestReason || why.length > longestReason) return 'invalid_reason'
  return Number.isInteger(minutes) && minutes >= fewestMinutes && minutes <= mostMinutes ? null : 'invalid_minutes'
}
