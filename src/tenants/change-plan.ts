/**
 * Says how the platform names a tenant, what it calls its contract and how many seats it has; all that is given or nothing. Fewer seats
 * than are taken is allowed: nobody loses theirs, and nobody new sits down until enough have left.
 */
import type { Databases, EngineTrx } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { isUnexpected, type Expectation } from '../http/etag.ts'
import { lockPlan, updatePlan } from './life-queries.ts'
import { normaliseTenantName } from './settings.ts'

/** Counts the seats that are taken; the members room does it. */
export interface SeatCount {
  countSeats(trx: EngineTrx, tenantId: string): Promise<number>
}

export interface ChangePlanInput {
  readonly tenantId: TenantId
  /** Absent: as it is. */
  readonly name?: string | undefined
  /** A label of at most 50 characters, null for none; absent: as it is. */
  readonly plan?: string | null | undefined
  /** Null for as many as there are; absent: as it is. */
  readonly seatLimit?: number | null | undefined
  readonly actor: string | null
  readonly origin: Origin
  readonly expect?: Expectation<EngineTrx> | undefined
}

export type PlanChange =
  | { readonly ok: true; readonly seats: { readonly used: number; readonly limit: number | null } }
  | { readonly ok: false; readonly reason: 'not_found' | 'precondition_failed' | 'invalid_name' | 'invalid_plan' | 'invalid_seat_limit' }

const longestPlan = 50
const mostSeats = 10_000_000

export function changePlan(deps: { readonly databases: Databases; readonly seats: SeatCount }, input: ChangePlanInput): Promise<PlanChange> {
  return deps.databases.inEngine((trx) => changePlanIn(trx, deps.seats, input))
}

/** The same inside a transaction that does more. */
export async function changePlanIn(trx: EngineTrx, seats: SeatCount, input: ChangePlanInput): Promise<PlanChange> {
  const { tenantId, actor, origin } = input
  const before = await lockPlan(trx, tenantId)
  if (before === undefined) return { ok: false, reason: 'not_found' }
  const by = { tenantId, subject: tenantId, actor, origin } as const
  const name = normaliseTenantName(input.name ?? before.name)
  const plan = input.plan === undefined ? before.plan : input.plan?.trim() || null
  const limit = input.seatLimit === undefined ? before.seat_limit : input.seatLimit
  const refuse = async (reason: Extract<PlanChange, { readonly ok: false }>['reason']): Promise<PlanChange> => {
    await record(trx, { ...by, type: 'tenant.plan_changed', outcome: 'refused', reason })
    return { ok: false, reason }
  }
  if (await isUnexpected(trx, input.expect)) return refuse('precondition_failed')
  if (name === null) return refuse('invalid_name')
  if ((plan?.length ?? 0) > longestPlan) return refuse('invalid_plan')
  if (!isSeatLimit(limit)) return refuse('invalid_seat_limit')
  const used = await seats.countSeats(trx, tenantId)
  await updatePlan(trx, tenantId, { name, plan, seat_limit: limit })
  if (before.name !== name) await record(trx, { ...by, type: 'tenant.settings_changed', outcome: 'success', before: { name: before.name }, after: { name } })
  if (before.plan !== plan || before.seat_limit !== limit) {
    const stood = { plan: before.plan, seat_limit: before.seat_limit }
    await record(trx, { ...by, type: 'tenant.plan_changed', outcome: 'success', before: stood, after: { plan, seat_limit: limit, seats_used: used } })
  }
  return { ok: true, seats: { used, limit } }
}

function isSeatLimit(limit: number | null): boolean {
  return limit === null || (Number.isInteger(limit) && limit >= 0 && limit <= mostSeats)
}
