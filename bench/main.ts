/**
 * `npm run bench`: Tegata beside raw oidc-provider, interleaved in one run, on one machine. See README.md for how to read it.
 * Invariant: bounded in count and time, loopback only, and nothing it started outlives it.
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { residentMebibytes } from './cpu.ts'
import { flows, type Flow } from './flows.ts'
import { openHouse } from './consoles/house.ts'
import { reportWalk, walkConsoles } from './consoles/walk.ts'
import { importPeople, reportImport } from './imports.ts'
import { measureSlice, type Slice } from './measure.ts'
import { report } from './report.ts'
import { launchServers, prepareGround, type Ground, type Launched } from './servers/launch.ts'
import { serverNames, type ServerName } from './servers/world.ts'
import { measureStorm, type StormResult } from './storm.ts'
import type { Results } from './targets.ts'

const usage = `npm run bench -- [options]
  --flows a,b       of ${flows.map(({ name }) => name).join(', ')}
  --servers a,b     of ${serverNames.join(', ')}
  --rounds n        interleaved rounds (3)
  --requests n      requests per slice at 16 in flight, a quarter of it at 1 (each flow has its own number)
  --quick           one round of few requests: shows that it works, its figures say nothing
  --consoles        instead: every page of the consoles at 10,000 members (--requests each, 40)
  --imports         instead: a list of 10,000 people, taken in, judged and invited in waves
  --sign-in         password sign-ins and a storm of them as well
  --pin             servers on the first core, the rest on the others (Linux with taskset)
  --profile DIR     each server writes a CPU profile there
  --json FILE       writes every slice`

interface Options {
  readonly flows: readonly Flow[]
  readonly servers: readonly ServerName[]
  readonly rounds: number
  readonly requests: number | null
  readonly signIn: boolean
  readonly quick: boolean
  readonly consoles: boolean
  readonly imports: boolean
  readonly pin: boolean
  readonly profileDir: string | null
  readonly jsonFile: string | null
}

/** Null when help was asked for; throws one line on what it does not understand. */
function readOptions(): Options | null {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const { values } = parseArgs({
    options: { flows: text, servers: text, rounds: text, requests: text, quick: flag, consoles: flag, imports: flag, 'sign-in': flag, pin: flag, profile: text, json: text, help: flag },
  })
  if (values.help) return null
  const quick = values.quick
  return {
    flows: choose('--flows', flows.map(({ name }) => name), values.flows).flatMap((name) => flows.filter((flow) => flow.name === name)),
    servers: choose('--servers', serverNames, values.servers),
    rounds: count('--rounds', values.rounds) ?? (quick ? 1 : 3),
    requests: count('--requests', values.requests),
    consoles: values.consoles, imports: values.imports, signIn: values['sign-in'], quick, pin: values.pin, profileDir: values.profile ?? null, jsonFile: values.json ?? null,
  }
}

function choose<Name extends string>(option: string, known: readonly Name[], given: string | undefined): readonly Name[] {
  if (given === undefined) return known
  const wanted = given.split(',')
  const stranger = wanted.find((name) => !known.some((one) => one === name))
  if (stranger !== undefined) throw new Error(`${option} knows no ${stranger}: ${known.join(', ')}`)
  return known.filter((name) => wanted.includes(name))
}

function count(option: string, given: string | undefined): number | null {
  if (given === undefined) return null
  if (/^[1-9]\d{0,5}$/.test(given)) return Number(given)
  throw new Error(`${option} takes a whole number from 1 on.`)
}

async function run(options: Options, endings: AsyncDisposableStack): Promise<void> {
  say('Starting PostgreSQL and the servers.')
  const ground = await prepareGround(endings)
  const servers = await launchServers(ground, { names: options.servers, profileDir: options.profileDir }, endings)
  const launched = servers.map((server) => ({ ...server, memoryAfterStart: residentMebibytes(server.target.pid) }))
  if (options.pin) pin(ground, launched)
  const slices = await measureAll(options, ground, launched)
  const storms: StormResult[] = []
  if (options.signIn) {
    say('sign-in storm')
    const amount = options.quick ? { signIns: 32, tokens: 200 } : { signIns: 320, tokens: 2000 }
    for (const { target } of launched.filter((server) => server.target.name === 'tegata')) storms.push(await measureStorm(target, amount))
  }
  const results: Results = { slices, launched, storms }
  process.stdout.write(`\n${headline(options)}\n\n${report(results, options.flows)}\n`)
  if (options.jsonFile !== null) writeFileSync(options.jsonFile, `${JSON.stringify({ machine: headline(options), ...withoutSecrets(results) }, null, 1)}\n`)
}

/** The real server alone, at the size of the largest tenant. */
async function runLarge(options: Options, endings: AsyncDisposableStack): Promise<void> {
  say('Starting PostgreSQL and the server.')
  const house = await openHouse(await prepareGround(endings), options.profileDir, endings)
  const size = options.quick ? 500 : 10_000
  const pages = options.consoles ? await walkConsoles(house, { members: size, requests: options.requests ?? (options.quick ? 5 : 40), say }) : []
  const list = options.imports ? await importPeople(house, { people: size, say }) : null
  const parts = [headline(options), ...(options.consoles ? [reportWalk(pages)] : []), ...(list === null ? [] : [reportImport(list)])]
  process.stdout.write(`\n${parts.join('\n\n')}\n`)
  if (options.jsonFile !== null) writeFileSync(options.jsonFile, `${JSON.stringify({ machine: headline(options), pages, list }, null, 1)}\n`)
}

async function measureAll(options: Options, { postgresPid }: Ground, launched: readonly Launched[]): Promise<readonly Slice[]> {
  const slices: Slice[] = []
  for (const flow of options.flows) {
    say(`${flow.name}, warming up`)
    const full = { concurrency: 16, requests: options.requests ?? (options.quick ? 200 : flow.requests) }
    for (const { target } of launched) await measureSlice({ ...full, requests: Math.ceil(full.requests / 2), flow, target, round: 0, postgresPid })
    for (let round = 1; round <= options.rounds; round += 1) {
      say(`${flow.name}, round ${round} of ${options.rounds}`)
      for (const { target } of launched) slices.push(await measureSlice({ ...full, flow, target, round, postgresPid }))
      const single = { concurrency: 1, requests: Math.ceil(full.requests / 4) }
      for (const { target } of launched) slices.push(await measureSlice({ ...single, flow, target, round, postgresPid }))
    }
  }
  return slices
}

/** Throws where the system cannot do it. Servers on core 0; PostgreSQL and this process on the rest. */
function pin({ postgresPid }: Ground, launched: readonly Launched[]): void {
  const others = `1-${cpus().length - 1}`
  const all = [...launched.map(({ target }) => ({ pid: target.pid, cores: '0' })), ...[postgresPid, process.pid].map((pid) => ({ pid, cores: others }))]
  const failed = all.some(({ pid, cores }) => spawnSync('taskset', ['-a', '-c', '-p', cores, String(pid)]).status !== 0)
  if (failed) throw new Error('--pin needs Linux, taskset and two cores or more.')
}

function headline({ pin: isPinned, quick }: Options): string {
  const cores = cpus()
  return [
    `Node ${process.versions.node}, ${cores.length} cores (${cores[0]?.model.trim() ?? 'unknown'}), ${process.platform}, PostgreSQL with fsync on,`,
    isPinned ? 'servers pinned to one core.' : 'nothing pinned.', quick ? 'A quick run: its figures say nothing.' : 'Compare ratios within this run only.',
  ].join(' ')
}

function withoutSecrets({ slices, launched, storms }: Results) {
  const servers = launched.map(({ target, startSeconds, memoryAfterStart }) => {
    const { name, alg, hash, store } = target
    return { name, alg, hash, store, startSeconds, memoryAfterStart }
  })
  return { servers, slices, storms }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

const endings = new AsyncDisposableStack()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    say('\nStopping.')
    void endings.disposeAsync().finally(() => process.exit(130))
  })
}
try {
  const options = readOptions()
  if (options === null) process.stdout.write(`${usage}\n`)
  else await (options.consoles || options.imports ? runLarge : run)(options, endings)
} catch (error) {
  // A Ctrl-C breaks whatever was under way; that is no failure worth words.
  if (!endings.disposed) say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
if (!endings.disposed) await endings.disposeAsync()
