/**
 * Merges one unit into another, which takes over its members, the units below it with their ids, and the apps it was given; then it is gone.
 * Invariants: nobody loses their place or stands twice in one unit, also when somebody is put there meanwhile; whose first unit
 * it was has the other one first.
 */
import type { TenantTrx } from '../base/db.ts'
import { changeUnit, type UnitChange, type UnitChangeResult, type UnitDeps, type UnitOutcome, type UnitPlace } from './change-unit.ts'
import { isWithin } from './unit.ts'
import { deleteUnit, lockMembersWithin, updatePaths, updateUnit } from './unit-queries.ts'

/** Puts the members of one unit into another; the members room does it. */
export interface MemberMoving {
  moveMembers(trx: TenantTrx, units: { readonly from: string; readonly to: string }): Promise<void>
}

/** Gives the apps that one unit was assigned to another; the apps room does it. Says whose. */
export interface AssignmentMoving {
  moveUnitAssignments(trx: TenantTrx, units: { readonly from: string; readonly to: string }): Promise<readonly string[]>
}

export interface MergeDeps extends UnitDeps {
  readonly members: MemberMoving
  readonly apps: AssignmentMoving
}

/** `unitId` names the unit that stays. */
export interface MergeUnitsInput extends UnitChange {
  /** The unit that goes. */
  readonly mergedId: string
}

type MergeRefusal = 'unknown_unit' | 'same_unit' | 'unit_below_itself'

export function mergeUnits(deps: MergeDeps, input: MergeUnitsInput): Promise<UnitChangeResult<MergeRefusal>> {
  return changeUnit(deps, { type: 'unit.merged', change: input }, (place) => merge(place, deps, input.mergedId))
}

async function merge({ trx, unit, tree }: UnitPlace, { members, apps }: MergeDeps, mergedId: string): Promise<UnitOutcome<MergeRefusal>> {
  const merged = tree.find(({ id }) => id === mergedId)
  if (merged === undefined) return { reason: 'unknown_unit' }
  if (merged.id === unit.id) return { reason: 'same_unit' }
  if (isWithin(unit, merged)) return { reason: 'unit_below_itself' }
  await lockMembersWithin(trx, merged.code_path)
  await members.moveMembers(trx, { from: merged.id, to: unit.id })
  const moved = await apps.moveUnitAssignments(trx, { from: merged.id, to: unit.id })
  for (const child of tree.filter(({ parent_id }) => parent_id === merged.id)) {
    await updateUnit(trx, child.id, { parent_id: unit.id })
    await updatePaths(trx, { from: child.code_path, to: [...unit.code_path, child.code] })
  }
  await deleteUnit(trx, merged.id)
  return { done: { before: { merged_code: merged.code, merged_parent_id: merged.parent_id }, after: { merged_unit_id: merged.id, apps: moved } } }
}
