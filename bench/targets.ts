/**
 * The targets of the design beside what this run has reached. Each line says what was compared; what a run did not measure is
 * said to be not measured, never passed over. Nothing here fails a run: a time is no test.
 */
import { median, type Slice } from './measure.ts'
import type { Launched } from './servers/launch.ts'
import type { StormResult } from './storm.ts'

export interface Results {
  readonly slices: readonly Slice[]
  readonly launched: readonly (Launched & { readonly memoryAfterStart: number | null })[]
  readonly storms: readonly StormResult[]
}

export interface TargetLine {
  readonly what: string
  /** What is good, in words. */
  readonly wanted: string
  readonly reached: string
  readonly verdict: 'reached' | 'not reached' | 'not measured'
}

export type Figure = 'serverCpu' | 'databaseCpu' | 'perSecond' | 'p50'

interface Compared {
  readonly flow: string
  readonly concurrency: number
  readonly figure: Figure
  readonly ours: string
  readonly peer: string
}

/** Median over the rounds of peer / ours within one round; null when one of them was not measured. */
export function ratio(slices: readonly Slice[], { flow, concurrency, figure, ours, peer }: Compared): number | null {
  const of = (server: string) => slices.filter((slice) => slice.flow === flow && slice.concurrency === concurrency && slice.server === server)
  const peers = of(peer)
  const ratios = of(ours).flatMap((mine) => {
    const [a, b] = [peers.find(({ round }) => round === mine.round)?.[figure], mine[figure]]
    return a === undefined || a === null || b === null || b === 0 ? [] : [a / b]
  })
  return ratios.length === 0 ? null : median(ratios)
}

export function targetLines(results: Results): readonly TargetLine[] {
  const server = (flow: string, peer: string, least: number): TargetLine =>
    atLeast(`${flow}, server CPU, ${peer} / tegata`, least, ratio(results.slices, { flow, concurrency: 16, figure: 'serverCpu', ours: 'tegata', peer }))
  const database = (flow: string): TargetLine =>
    atLeast(`${flow}, database CPU, raw-pg / tegata`, 2, ratio(results.slices, { flow, concurrency: 16, figure: 'databaseCpu', ours: 'tegata', peer: 'raw-pg' }))
  const latency = (flow: string, most: number): TargetLine =>
    atMost(`${flow}, p50 at 1 in flight, tegata / raw-pg`, { most, unit: '×' }, ratio(results.slices, { flow, concurrency: 1, figure: 'p50', ours: 'raw-pg', peer: 'tegata' }))
  return [
    server('cc-jwt', 'raw-rs256', 2), server('cc-jwt', 'raw-es256', 1), server('cc-opaque', 'raw-es256', 0.9),
    server('sso', 'raw-es256', 0.95), database('sso'), server('refresh', 'raw-es256', 0.95), database('refresh'),
    server('userinfo', 'raw-es256', 1), server('introspection', 'raw-es256', 0.9),
    server('discovery', 'raw-es256', 3), server('jwks', 'raw-es256', 3),
    latency('cc-opaque', 0.7), latency('userinfo', 0.6), latency('refresh', 0.45), latency('sso', 0.6),
    ...startLines(results), ...stormLines(results),
    notMeasured('server + database CPU against Logto', '5 × less on every flow, 10 × on the median one'),
    notMeasured('N processes on N free cores', '0.9 N until PostgreSQL is full'),
  ]
}

function startLines({ launched, slices }: Results): readonly TargetLine[] {
  const tegata = launched.find(({ target }) => target.name === 'tegata')
  const loaded = slices.filter(({ server }) => server === 'tegata').flatMap(({ residentMebibytes }) => residentMebibytes ?? [])
  return [
    atMost('tegata, start to first answer, migrated before', { most: 0.7, unit: 's' }, tegata?.startSeconds ?? null),
    atMost('tegata, memory after start', { most: 120, unit: 'MiB' }, tegata?.memoryAfterStart ?? null),
    atMost('tegata, memory under load, most seen', { most: 300, unit: 'MiB' }, loaded.length === 0 ? null : Math.max(...loaded)),
  ]
}

function stormLines({ storms }: Results): readonly TargetLine[] {
  const storm = storms.find(({ server }) => server === 'tegata')
  const share = storm === undefined || storm.signInMilliseconds === null ? null : storm.hashMilliseconds / storm.signInMilliseconds
  return [
    atLeast('password sign-in, CPU of the hash / CPU of all', 0.75, share),
    atMost('cc-opaque, p99 in a sign-in storm / without', { most: 2, unit: '×' }, storm === undefined ? null : storm.p99Storm / storm.p99Calm),
  ]
}

function atLeast(what: string, least: number, value: number | null): TargetLine {
  if (value === null) return notMeasured(what, `at least ${least} ×`)
  return { what, wanted: `at least ${least} ×`, reached: `${value.toFixed(2)} ×`, verdict: value >= least ? 'reached' : 'not reached' }
}

function atMost(what: string, { most, unit }: { most: number; unit: string }, value: number | null): TargetLine {
  if (value === null) return notMeasured(what, `at most ${most} ${unit}`)
  return { what, wanted: `at most ${most} ${unit}`, reached: `${value.toFixed(value < 10 ? 2 : 0)} ${unit}`, verdict: value <= most ? 'reached' : 'not reached' }
}

function notMeasured(what: string, wanted: string): TargetLine {
  return { what, wanted, reached: '–', verdict: 'not measured' }
}
