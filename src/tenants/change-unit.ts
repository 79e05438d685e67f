/**
 * The one way a unit of a tenant's tree is changed, for update-, move-, merge- and delete-unit.
 * Invariants: changes of one tree go one after the other, so no two of them can make a circle or leave a path behind,
 * and nobody is put into a unit meanwhile; a refusal is an event, but for a unit that this tenant does not have. The permission is asked by the door.
 */
import type { Databases, TenantTrx } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import type { EventType } from '../events/catalogue.ts'
import { record } from '../events/record.ts'
import { isUnexpected, type Expectation } from '../http/etag.ts'
import { lockUnits, type UnitRow } from './unit-queries.ts'

export interface UnitDeps {
  readonly databases: Databases
}

export interface UnitChange {
  readonly tenantId: TenantId
  readonly unitId: string
  readonly actor: string | null
  readonly expect?: Expectation | undefined
  readonly origin: Origin
}

/** Somebody who stands in the way of a removal. */
export interface Holder {
  readonly membershipId: string
  readonly name: string
}

export interface UnitRefusal<No extends string> {
  readonly ok: false
  readonly reason: No | 'not_found' | 'precondition_failed'
  readonly holders?: readonly Holder[]
}

export type UnitChangeResult<No extends string = never> = { readonly ok: true } | UnitRefusal<No>

export interface UnitPlace {
  readonly trx: TenantTrx
  readonly unit: UnitRow
  readonly tree: readonly UnitRow[]
}

type Facts = Readonly<Record<string, unknown>>

/** What a command has done or why it does not; `unchanged` is no event, for nothing happened. */
export type UnitOutcome<No extends string> =
  | { readonly done: { readonly before: Facts; readonly after: Facts } | 'unchanged' }
  | { readonly reason: No; readonly holders?: readonly Holder[] }

export function changeUnit<No extends string>(
  deps: UnitDeps,
  { type, change }: { readonly type: EventType; readonly change: UnitChange },
  act: (place: UnitPlace) => Promise<UnitOutcome<No>>,
): Promise<UnitChangeResult<No>> {
  return deps.databases.inTenant(change.tenantId, async (trx): Promise<UnitChangeResult<No>> => {
    const tree = await lockUnits(trx)
    const unit = tree.find(({ id }) => id === change.unitId)
    if (unit === undefined) return { ok: false, reason: 'not_found' }
    const event = { type, subject: unit.id, actor: change.actor, origin: change.origin } as const
    const outcome: UnitOutcome<No | 'precondition_failed'> = await isUnexpected(trx, change.expect) ? { reason: 'precondition_failed' } : await act({ trx, unit, tree })
    if ('reason' in outcome) {
      await record(trx, { ...event, outcome: 'refused', reason: outcome.reason })
      return { ok: false, ...outcome }
    }
    if (outcome.done !== 'unchanged') await record(trx, { ...event, outcome: 'success', ...outcome.done })
    return { ok: true }
  })
}
