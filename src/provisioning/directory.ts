/**
 * What a list may name in a tenant, and how its lines name it: roles by name, units by code or by a name that only one has. Pure.
 * Invariant: a name that could mean two is never taken for either.
 */
import { normaliseUnitCode } from '../tenants/unit.ts'

export interface NamedRole {
  readonly name: string
  readonly permissions: readonly string[]
  readonly uses_seat: boolean
}

export interface NamedUnit {
  readonly code: string
  readonly name: string
}

export interface Directory {
  roleNamed(text: string): NamedRole | null
  /** Codes in the order of the texts, each once. */
  unitsNamed(texts: readonly string[]): { readonly ok: true; readonly codes: readonly string[] } | { readonly ok: false; readonly reason: 'unknown_unit' | 'ambiguous_unit' }
}

export function directoryOf({ roles, units }: { readonly roles: readonly NamedRole[]; readonly units: readonly NamedUnit[] }): Directory {
  const byName = new Map(roles.map((role) => [role.name, role]))
  const byLooseName = Map.groupBy(roles, ({ name }) => loose(name))
  const codes = new Set(units.map(({ code }) => code))
  const byUnitName = Map.groupBy(units, ({ name }) => loose(name))
  const codesOf = (text: string): readonly string[] => {
    const code = normaliseUnitCode(text)
    return code !== null && codes.has(code) ? [code] : (byUnitName.get(loose(text)) ?? []).map((unit) => unit.code)
  }
  return {
    roleNamed(text) {
      const alike = byLooseName.get(loose(text)) ?? []
      return byName.get(text) ?? (alike.length === 1 ? (alike[0] ?? null) : null)
    },
    unitsNamed(texts) {
      const found = texts.map(codesOf)
      if (found.some((some) => some.length > 1)) return { ok: false, reason: 'ambiguous_unit' }
      return found.some((some) => some.length === 0) ? { ok: false, reason: 'unknown_unit' } : { ok: true, codes: [...new Set(found.flat())] }
    },
  }
}

/** Width, case and spaces do not tell names apart. */
function loose(name: string): string {
  return name.normalize('NFKC').toLowerCase().replaceAll(/\s/g, '')
}
