/** Owns how a claim mapping reads as rows of a form, and back. Pure; whether it is one that may be is said by the apps room. */
import type { ClaimMapping } from '../apps/claim-mapping.ts'
import type { MappingRow } from '../../views/pages/admin/app-claims.tsx'

const fewestRows = 6
const spareRows = 3
export const mostRows = 30

export function rowsOf(mapping: ClaimMapping): readonly MappingRow[] {
  return withSpare(mapping.map((entry) => {
    if ('value' in entry) return { claim: entry.claim, from: '', value: typeof entry.value === 'string' ? entry.value : JSON.stringify(entry.value) }
    return { claim: entry.claim, from: entry.from, value: Object.entries(entry.map ?? {}).map(([role, name]) => `${role}=${name}`).join(', ') }
  }))
}

/** Empty ones to write into. */
export function withSpare(rows: readonly MappingRow[]): readonly MappingRow[] {
  const count = Math.min(mostRows, Math.max(fewestRows, rows.length + spareRows))
  return Array.from({ length: count }, (_one, place) => rows[place] ?? { claim: '', from: '', value: '' })
}

/** What the rows say, to be judged; rows without a name are left out. */
export function mappingIn(rows: readonly MappingRow[]): readonly unknown[] {
  return rows.filter(({ claim }) => claim !== '').map(({ claim, from, value }) => {
    if (from === '') return { claim, value: constantIn(value) }
    return { claim, from, ...(value === '' ? {} : { map: namesIn(value) }) }
  })
}

/** `["karte"]`, `true` and `3` are what they look like; everything else is text. */
function constantIn(written: string): unknown {
  try {
    return JSON.parse(written)
  } catch {
    return written
  }
}

/** `EXECUTIVE=director, STAFF=member`. */
function namesIn(written: string): Record<string, string> {
  return Object.fromEntries(written.split(',').map((pair) => {
    const [role = '', ...name] = pair.split('=')
    return [role.trim(), name.join('=').trim()]
  }))
}
