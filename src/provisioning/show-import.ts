/** How an import stands, as every door tells it: how many lines wait, were refused, invited or rolled back, its waves, and the seats it would need. */
import type { TenantTrx } from '../base/db.ts'
import { readingOf } from './import.ts'
import type { Defaults, Mapping } from './mapping.ts'
import { findImport, getSeats, type ImportRow } from './queries.ts'
import { correctionsShape, readLine, type Corrections, type Reading } from './line.ts'
import { countRows, findRow, listRows, type Count, type PersonRow, type RowPage } from './row-queries.ts'
import { listWaves, type WaveCounts, type WaveRow } from './wave-queries.ts'

export interface ShownWave extends WaveCounts {
  readonly number: number
  readonly status: string
  readonly reason: string | null
  readonly startedAt: Date | null
  readonly finishedAt: Date | null
}

export interface ShownImport {
  readonly row: ImportRow
  readonly mapping: Mapping
  readonly defaults: Defaults
  readonly counts: WaveCounts
  /** Why lines were refused, most frequent first. */
  readonly reasons: readonly { readonly reason: string; readonly rows: number }[]
  /** Seats: how many there are, are taken, are promised by open invitations, and would be taken by the lines that wait. */
  readonly seats: { readonly limit: number | null; readonly used: number; readonly invited: number; readonly wanted: number }
  readonly waves: readonly ShownWave[]
}

export async function showImport(trx: TenantTrx, importId: string): Promise<ShownImport | undefined> {
  const row = await findImport(trx, importId)
  if (row === undefined) return undefined
  const counts = await countRows(trx, importId)
  const waves = await listWaves(trx, importId)
  const { mapping, defaults } = readingOf(row)
  return {
    row, mapping, defaults, counts: countsOf(counts), reasons: reasonsOf(counts),
    seats: { ...(await getSeats(trx)), wanted: total(counts.filter(({ status }) => status === 'ready'), 'seats') },
    waves: waves.map((wave) => waveOf(wave, counts)),
  }
}

function waveOf({ number, status, reason, started_at: startedAt, finished_at: finishedAt }: WaveRow, counts: readonly Count[]): ShownWave {
  return { number, status, reason, startedAt, finishedAt, ...countsOf(counts.filter(({ wave }) => wave === number)) }
}

function countsOf(counts: readonly Count[]): WaveCounts {
  const of = (status: string): number => total(counts.filter((one) => one.status === status), 'rows')
  return { ready: of('ready'), invited: of('invited'), refused: of('refused'), rolled_back: of('rolled_back') }
}

function total(counts: readonly Count[], what: 'rows' | 'seats'): number {
  return counts.reduce((sum, count) => sum + count[what], 0)
}

function reasonsOf(counts: readonly Count[]): ShownImport['reasons'] {
  const refused = Map.groupBy(counts.filter(({ status }) => status === 'refused'), ({ reason }) => reason ?? '')
  return [...refused].map(([reason, some]) => ({ reason, rows: total(some, 'rows') })).toSorted((a, b) => b.rows - a.rows)
}

export interface ShownRow {
  readonly number: number
  readonly wave: number | null
  readonly fields: readonly string[]
  readonly corrections: Corrections
  readonly status: string
  readonly reason: string | null
  readonly membershipId: string | null
  /** The person as the line means them; null where it cannot be read. */
  readonly person: { readonly name: string; readonly email: string | null; readonly employeeNumber: string | null; readonly role: string; readonly units: readonly string[] } | null
}

/** A page of lines, with what is made of them; undefined where there is no such import. */
export async function showRows(trx: TenantTrx, importId: string, page: RowPage): Promise<readonly ShownRow[] | undefined> {
  const found = await findImport(trx, importId)
  if (found === undefined) return undefined
  const reading = readingOf(found)
  return (await listRows(trx, importId, page)).map((row) => rowOf(row, reading))
}

export async function showRow(trx: TenantTrx, importId: string, number: number): Promise<ShownRow | undefined> {
  const [found, row] = [await findImport(trx, importId), await findRow(trx, importId, number)]
  return found === undefined || row === undefined ? undefined : rowOf(row, readingOf(found))
}

function rowOf({ membership_id: membershipId, ...row }: PersonRow, reading: Reading): ShownRow {
  const corrections = correctionsShape.parse(row.corrections)
  const read = readLine({ fields: row.fields, corrections }, reading)
  return { ...row, corrections, membershipId, person: read.ok ? personOf(read.line) : null }
}

function personOf({ person, employeeNumber, role, units }: Extract<ReturnType<typeof readLine>, { readonly ok: true }>['line']): ShownRow['person'] {
  const name = [person.familyName, person.givenName].flatMap((part) => part ?? []).join(' ')
  return { name, email: person.email, employeeNumber, role, units }
}
