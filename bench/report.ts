/**
 * Prints what was measured: medians over the rounds, ratios within one round, the hash and the signing algorithm in every
 * line. CPU comes first, because it says what a server costs; rates also show who shared the machine.
 */
import { median, type Slice } from './measure.ts'
import type { Flow } from './flows.ts'
import { serverNames, type Target } from './servers/world.ts'
import { shown, table } from './table.ts'
import { ratio, targetLines, type Results } from './targets.ts'

const peers = serverNames.filter((name) => name !== 'tegata')

const legend = [
  'CPU in milliseconds per request, of the server process with its children and of PostgreSQL; p50 and p99 at 1 in flight.',
  '"cpu:x" says how many times less server CPU than x, "rate:x" how many times more requests per second: above 1 is better.',
].join('\n')

export function report(results: Results, flows: readonly Flow[]): string {
  const measured = flows.filter(({ name }) => results.slices.some((slice) => slice.flow === name))
  return [legend, ...measured.map((flow) => flowTable(results, flow)), startTable(results), stormTable(results), targetTable(results)].filter((part) => part !== '').join('\n\n')
}

function flowTable({ slices, launched }: Results, flow: Flow): string {
  const mine = slices.filter((slice) => slice.flow === flow.name)
  const [first] = mine
  if (first === undefined) return ''
  const rounds = new Set(mine.map(({ round }) => round)).size
  const busy = Math.max(...mine.filter(({ concurrency }) => concurrency > 1).map(({ generatorBusy }) => generatorBusy))
  const rows = launched.map(({ target }) => flowRow(slices, flow.name, target))
  const note = busy > 0.85 ? [`The load generator was ${Math.round(busy * 100)} % busy: the rates are its limit, the CPU per request is not.`] : []
  return [
    `${flow.title}: ${rounds} ${rounds === 1 ? 'round' : 'rounds'} of ${first.requests} requests at ${first.concurrency} in flight, medians`,
    table(['', 'server', 'database', 'req/s', 'p50', 'p99', ...shortNames('cpu'), ...shortNames('rate')], rows),
    ...note,
  ].join('\n')
}

function shortNames(prefix: string): readonly string[] {
  return peers.map((peer) => `${prefix}:${peer.replace('raw-', '')}`)
}

function flowRow(slices: readonly Slice[], flow: string, target: Target): string[] {
  const of = (concurrency: (n: number) => boolean, figure: 'serverCpu' | 'databaseCpu' | 'perSecond' | 'p50' | 'p99') => {
    const values = slices.filter((slice) => slice.flow === flow && slice.server === target.name && concurrency(slice.concurrency)).flatMap((slice) => slice[figure] ?? [])
    return values.length === 0 ? null : median(values)
  }
  const full = (n: number) => n > 1
  const one = (n: number) => n === 1
  const against = (figure: 'serverCpu' | 'perSecond') => peers.map((peer) => {
    const value = ratio(slices, { flow, concurrency: 16, figure, ours: target.name, peer })
    return shown(value === null ? null : figure === 'perSecond' ? 1 / value : value, 2)
  })
  return [
    labelOf(target), shown(of(full, 'serverCpu'), 3), shown(of(full, 'databaseCpu'), 3), shown(of(full, 'perSecond'), 0),
    shown(of(one, 'p50'), 2), shown(of(one, 'p99'), 2), ...against('serverCpu'), ...against('perSecond'),
  ]
}

function startTable({ launched, slices }: Results): string {
  const rows = launched.map(({ target, startSeconds, memoryAfterStart }) => {
    const seen = slices.filter(({ server }) => server === target.name).flatMap(({ residentMebibytes }) => residentMebibytes ?? [])
    return [labelOf(target), shown(startSeconds, 2), shown(memoryAfterStart, 0), shown(seen.length === 0 ? null : Math.max(...seen), 0)]
  })
  return ['Start and memory (the server process without its hash child)', table(['', 'first answer, s', 'MiB after start', 'MiB under load'], rows)].join('\n')
}

function stormTable({ storms }: Results): string {
  if (storms.length === 0) return ''
  const rows = storms.map((storm) => [
    `${storm.server} (${storm.hash})`, shown(storm.signInMilliseconds, 1), shown(storm.perSecond, 1), shown(storm.hashMilliseconds, 1),
    shown(storm.p99Calm, 1), shown(storm.p99Storm, 1),
  ])
  return ['Password sign-in, 16 at once', table(['', 'CPU ms a sign-in', 'sign-ins/s', 'CPU ms of one hash alone', 'cc-opaque p99, ms', 'in the storm, ms'], rows)].join('\n')
}

function targetTable(results: Results): string {
  const rows = targetLines(results).map(({ what, wanted, reached, verdict }) => [what, wanted, reached, verdict])
  return ['Targets: tegata with ES256 and argon2id m=19456 t=2 p=1, everything on', table(['', 'wanted', 'this run', ''], rows)].join('\n')
}

function labelOf({ name, alg, hash, store }: Target): string {
  return `${name} (${alg}, ${hash}, ${store})`
}
