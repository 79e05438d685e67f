/**
 * Owns the shape of a tenant's tree of units. Invariant: a unit's `code_path` is its parent's plus its own code, root first,
 * and codes are unique in a tenant; so tokens name units without walking the tree. Pure.
 */
export type UnitKind = 'facility' | 'department' | 'team'

/** A part of the tree as a person writes it down. */
export interface UnitTree {
  readonly code: string
  readonly name: string
  readonly kind: UnitKind
  readonly units?: readonly UnitTree[]
}

export interface PlacedUnit {
  readonly code: string
  readonly name: string
  readonly kind: UnitKind
  readonly parentCode: string | null
  readonly codePath: readonly string[]
}

/** The tree as a list, parents before their children. */
export function placeUnits(trees: readonly UnitTree[], parent: { code: string; codePath: readonly string[] } | null = null): readonly PlacedUnit[] {
  return trees.flatMap(({ code, name, kind, units = [] }) => {
    const codePath = [...(parent?.codePath ?? []), code]
    return [{ code, name, kind, parentCode: parent?.code ?? null, codePath }, ...placeUnits(units, { code, codePath })]
  })
}
