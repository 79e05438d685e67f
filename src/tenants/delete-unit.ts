/**
 * Takes a unit out of the tree. Refused while units stand below it or members in it, whom the refusal names; whoever has left the
 * tenant holds nothing back. Nobody can be put there meanwhile.
 */
import type { TenantTrx } from '../base/db.ts'
import { changeUnit, type Holder, type UnitChange, type UnitChangeResult, type UnitDeps, type UnitOutcome, type UnitPlace } from './change-unit.ts'
import { deleteUnit as deleteRow } from './unit-queries.ts'

/** Who stands in a unit; the members room knows. */
export interface UnitOccupants {
  /** Those whose membership has not ended. */
  listOccupants(trx: TenantTrx, unitId: string): Promise<readonly Holder[]>
  /** Takes those out whose membership has ended. */
  removeFormerMembers(trx: TenantTrx, unitId: string): Promise<void>
}

type DeletionRefusal = 'has_units' | 'unit_in_use'

export function deleteUnit(deps: UnitDeps & { readonly members: UnitOccupants }, input: UnitChange): Promise<UnitChangeResult<DeletionRefusal>> {
  return changeUnit(deps, { type: 'unit.deleted', change: input }, (place) => remove(place, deps.members))
}

async function remove({ trx, unit, tree }: UnitPlace, members: UnitOccupants): Promise<UnitOutcome<DeletionRefusal>> {
  if (tree.some(({ parent_id }) => parent_id === unit.id)) return { reason: 'has_units' }
  const holders = await members.listOccupants(trx, unit.id)
  if (holders.length > 0) return { reason: 'unit_in_use', holders }
  await members.removeFormerMembers(trx, unit.id)
  await deleteRow(trx, unit.id)
  return { done: { before: { code: unit.code, kind: unit.kind, parent_id: unit.parent_id }, after: {} } }
}
