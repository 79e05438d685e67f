/**
 * Owns the shape of a tenant's tree of units. Invariant: a unit's `code_path` is its parent's plus its own code, root first,
 * and codes are unique in a tenant; so tokens name units without walking the tree. Pure.
 */
export const unitKinds = ['facility', 'department', 'team'] as const
export type UnitKind = (typeof unitKinds)[number]

const codeShape = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}_.-]{0,63}$/u
const longestName = 100

/** A code as it is stored and as tokens say it, in its one Unicode spelling; null where it is none. */
export function normaliseUnitCode(text: string): string | null {
  const code = text.normalize('NFKC').trim()
  return codeShape.test(code) ? code : null
}

/** A name as it is stored; null where it is empty or longer than 100 characters. */
export function normaliseUnitName(text: string): string | null {
  const name = text.trim()
  return name === '' || name.length > longestName ? null : name
}

/** Whether the first is the second or stands below it. */
export function isWithin(unit: { readonly code_path: readonly string[] }, top: { readonly code: string }): boolean {
  return unit.code_path.includes(top.code)
}

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
