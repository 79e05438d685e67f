/**
 * Says what the platform calls a tenant's contract and how many seats it has. Fewer seats than are taken is allowed: nobody loses theirs,
 * and nobody new sits down until enough have left.
 */
import type { Databases, EngineTrx } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { lockPlan, updatePlan } from './life-queries.ts'

/** Counts the seats that are taken; the members room does it. */
export interface SeatCount {
  countSeats(trx: EngineTrx, tenantId: string): Promise<number>
}

export interface ChangePlanInput {
  readonly tenantId: TenantId
  /** A label of at most 50 characters, null for none; absent: as it is. */
  readonly plan?: string | null | undefined
  /** Null for as many as there are; absent: as it is. */
  readonly seatLimit?: number | null | undefined
  readonly actor: string | null
  readonly origin: Origin
}

export type PlanChange =
  | { readonly ok: true; readonly seats: { readonly used: number; readonly limit: number | null } }
  | { readonly ok: false; readonly reason: 'not_found' | 'invalid_plan' | 'invalid_seat_limit' }

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
  const event = { type: 'tenant.plan_changed', tenantId, subject: tenantId, actor, origin } as const
  const plan = input.plan === undefined ? before.plan : input.plan?.trim() || null
  const limit = input.seatLimit === undefined ? before.seat_limit : input.seatLimit
  const reason = (plan?.length ?? 0) > longestPlan ? 'invalid_plan' : isSeatLimit(limit) ? null : 'invalid_seat_limit'
  if (reason !== null) {
    await record(trx, { ...event, outcome: 'refused', reason })
    return { ok: false, reason }
  }
  const after = { plan, seat_limit: limit }
  const used = await seats.countSeats(trx, tenantId)
  if (before.plan !== plan || before.seat_limit !== limit) {
    await updatePlan(trx, tenantId, after)
    await record(trx, { ...event, outcome: 'success', before: { ...before }, after: { ...after, seats_used: used } })
  }
  return { ok: true, seats: { used, limit } }
}

function isSeatLimit(limit: number | null): boolean {
  return limit === null || (Number.isInteger(limit) && limit >= 0 && limit <= mostSeats)
}
