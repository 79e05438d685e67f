/**
 * Divides the people who wait into waves: so many first, then so many, the rest in a last one; all in one where no sizes are named.
 * Invariant: whoever waits is in exactly one wave that has not begun; waves that have begun keep who was invited or refused in them.
 */
import { record } from '../events/record.ts'
import { no, type ImportChange, type ImportDeps, type Refused } from './import.ts'
import { lockImport } from './queries.ts'
import { listWaitingNumbers } from './row-queries.ts'
import { deleteWaitingWaves, insertWaves } from './wave-queries.ts'

export interface PlanWavesInput extends ImportChange {
  /** How many people each wave has, 1 or more each, at most 50 waves. */
  readonly sizes: readonly number[]
}

export type WavesPlan = { readonly ok: true; readonly waves: readonly number[] } | Refused<'not_found' | 'wave_under_way' | 'nobody_waits'>

/** Answers the numbers of the new waves. */
export function planWaves({ databases }: ImportDeps, { tenantId, importId, sizes, mover, origin }: PlanWavesInput): Promise<WavesPlan> {
  return databases.inTenant(tenantId, async (trx): Promise<WavesPlan> => {
    const found = await lockImport(trx, importId)
    if (found === undefined) return no('not_found')
    const waiting = await listWaitingNumbers(trx, importId)
    const reason = found.status === 'running' ? 'wave_under_way' : waiting.length === 0 ? 'nobody_waits' : null
    const event = { type: 'import.waves_planned', subject: importId, actor: mover.accountId, origin } as const
    if (reason !== null) {
      await record(trx, { ...event, outcome: 'refused', reason })
      return no(reason)
    }
    const first = (await deleteWaitingWaves(trx, importId)) + 1
    const ends = endsOf(sizes, waiting.length)
    await insertWaves(trx, importId, { first, lastRows: ends.map((end) => waiting[end - 1] ?? 0) })
    await record(trx, { ...event, outcome: 'success', after: { first, sizes: ends.map((end, place) => end - (ends[place - 1] ?? 0)) } })
    return { ok: true, waves: ends.map((_end, place) => first + place) }
  })
}

/** How many people are in the waves up to and including each: 10, 50 of 100 people is 10, 60, 100. */
export function endsOf(sizes: readonly number[], people: number): readonly number[] {
  const ends: number[] = []
  for (const size of sizes) {
    const last = ends.at(-1) ?? 0
    if (last < people) ends.push(Math.min(people, last + size))
  }
  return (ends.at(-1) ?? 0) < people ? [...ends, people] : ends
}
