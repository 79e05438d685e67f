/**
 * Changes the code, name or kind of a unit. Its id stays; a new code stands at once in its path, in those below it, and in the
 * `groups` of everybody there. What is absent stays as it is.
 */
import { changeUnit, type UnitChange, type UnitChangeResult, type UnitDeps, type UnitOutcome, type UnitPlace } from './change-unit.ts'
import { normaliseUnitCode, normaliseUnitName, type UnitKind } from './unit.ts'
import { updatePaths, updateUnit as updateRow } from './unit-queries.ts'

export interface UpdateUnitInput extends UnitChange {
  readonly code?: string | undefined
  readonly name?: string | undefined
  readonly kind?: UnitKind | undefined
}

type UpdateRefusal = 'invalid_code' | 'invalid_name' | 'code_taken'

export function updateUnit(deps: UnitDeps, input: UpdateUnitInput): Promise<UnitChangeResult<UpdateRefusal>> {
  return changeUnit(deps, { type: 'unit.updated', change: input }, (place) => update(place, input))
}

async function update({ trx, unit, tree }: UnitPlace, input: UpdateUnitInput): Promise<UnitOutcome<UpdateRefusal>> {
  const code = normaliseUnitCode(input.code ?? unit.code)
  if (code === null) return { reason: 'invalid_code' }
  const name = normaliseUnitName(input.name ?? unit.name)
  if (name === null) return { reason: 'invalid_name' }
  if (tree.some((other) => other.id !== unit.id && other.code === code)) return { reason: 'code_taken' }
  const kind = input.kind ?? unit.kind
  const fields = [...(code === unit.code ? [] : ['code']), ...(name === unit.name ? [] : ['name']), ...(kind === unit.kind ? [] : ['kind'])]
  if (fields.length === 0) return { done: 'unchanged' }
  await updateRow(trx, unit.id, { code, name, kind })
  if (code !== unit.code) await updatePaths(trx, { from: unit.code_path, to: [...unit.code_path.slice(0, -1), code] })
  return { done: { before: { code: unit.code, kind: unit.kind }, after: { code, kind, fields } } }
}
