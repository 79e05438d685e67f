/**
 * Hangs a unit, with everything below it, under another one or at the top of the tree. Ids and codes stay; only paths change.
 * Invariant: a unit never comes to stand below itself, also when two are moved at once.
 */
import { changeUnit, type UnitChange, type UnitChangeResult, type UnitDeps, type UnitOutcome, type UnitPlace } from './change-unit.ts'
import { isWithin } from './unit.ts'
import { updatePaths, updateUnit } from './unit-queries.ts'

export interface MoveUnitInput extends UnitChange {
  /** Null for the top. */
  readonly parentId: string | null
}

type MoveRefusal = 'unknown_parent' | 'unit_below_itself'

export function moveUnit(deps: UnitDeps, input: MoveUnitInput): Promise<UnitChangeResult<MoveRefusal>> {
  return changeUnit(deps, { type: 'unit.moved', change: input }, (place) => move(place, input.parentId))
}

async function move({ trx, unit, tree }: UnitPlace, parentId: string | null): Promise<UnitOutcome<MoveRefusal>> {
  const parent = tree.find(({ id }) => id === parentId)
  if (parentId !== null && parent === undefined) return { reason: 'unknown_parent' }
  if (parent !== undefined && isWithin(parent, unit)) return { reason: 'unit_below_itself' }
  if (parentId === unit.parent_id) return { done: 'unchanged' }
  await updateUnit(trx, unit.id, { parent_id: parentId })
  await updatePaths(trx, { from: unit.code_path, to: [...(parent?.code_path ?? []), unit.code] })
  return { done: { before: { parent_id: unit.parent_id }, after: { parent_id: parentId } } }
}
