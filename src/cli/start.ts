/**
 * `npm start`: the database, the platform and, in the demo, the example products, all in one terminal.
 * Invariant: what it began ends with it, in the reverse order, so the database goes last.
 * Progress and logs go to stderr, the banner to stdout.
 */
import { relative } from 'node:path'
import { startServer, type RunningServer } from '../app.ts'
import { readConfig, type Config } from '../base/config.ts'
import { explainQueryError, StartError } from '../base/embedded-errors.ts'
import { refuseLivingOwner } from '../base/embedded-owner.ts'
import { startEmbeddedPostgres } from '../base/embedded-postgres.ts'
import { demoApps } from '../operations/demo.ts'
import { banner } from './banner.ts'
import { startExample } from './examples.ts'
import { UsageError } from './fail.ts'
import { live, type Lifetime } from './lifetime.ts'
import { requireFreePorts } from './ports.ts'

/** Runs until it is stopped; the exit code is 0 after Ctrl-C. */
export async function run(args: string[]): Promise<number> {
  if (args.length > 0) throw new UsageError('`tegata start` takes no options: it is set by the environment (docs/configuration.md).')
  const config = readConfig()
  if (config.databaseUrl === null) {
    if (config.mode === 'production') throw new StartError('Production needs a database of its own: set DATABASE_URL.')
    refuseLivingOwner(config.dataDir)
  }
  await requireFreePorts([
    { port: config.port, neededBy: 'the platform' },
    ...(config.demo ? [{ port: config.port + 1, neededBy: 'Karte' }, { port: config.port + 2, neededBy: 'Koe' }] : []),
  ])
  return live((lifetime) => begin(config, lifetime))
}

async function begin(config: Config, lifetime: Lifetime): Promise<void> {
  const databaseUrl = config.databaseUrl ?? (await beginDatabase(config, lifetime))
  if (lifetime.isStopping()) return
  const server = await startServer(config, { databaseUrl, demo: config.demo, onProgress: progress }).catch((error: unknown) => {
    throw config.databaseUrl === null ? explainQueryError(error, config.dataDir) : error
  })
  lifetime.add(() => server.stop())
  if (lifetime.isStopping()) return
  const examples = config.demo ? await beginExamples(config, lifetime) : []
  if (lifetime.isStopping()) return
  showBanner(config, server, examples)
}

async function beginDatabase(config: Config, lifetime: Lifetime): Promise<string> {
  const postgres = await startEmbeddedPostgres({
    dataDir: config.dataDir,
    durable: true,
    onProgress: progress,
    onExit: () => {
      progress('PostgreSQL ended by itself: everything is stopped now, start again.')
      lifetime.stop(1)
    },
  })
  lifetime.add(() => postgres.stop())
  return postgres.url
}

async function beginExamples(config: Config, lifetime: Lifetime): Promise<{ name: string; port: number; ready: boolean }[]> {
  const running = demoApps(config).map((app) => {
    const example = startExample(app, progress)
    lifetime.add(() => example.stop())
    return { app, example }
  })
  return Promise.all(
    running.map(async ({ app, example }) => ({ name: app.name, port: app.port, ready: await example.ready })),
  )
}

function showBanner(config: Config, server: RunningServer, examples: { name: string; port: number; ready: boolean }[]): void {
  const dataDir = relative(process.cwd(), config.dataDir)
  process.stdout.write(
    banner({
      issuer: server.issuer,
      examples,
      demo: config.demo,
      dataDir: config.databaseUrl === null ? (dataDir.startsWith('..') ? config.dataDir : dataDir) : null,
      seconds: performance.now() / 1000,
    }),
  )
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`)
}
