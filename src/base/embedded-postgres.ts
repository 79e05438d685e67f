/**
 * Owns the life of the PostgreSQL server that comes with the packages, for the demo, development and the tests.
 * Invariant: it listens on 127.0.0.1 only, belongs to one process of ours, and is asked to stop whenever that process ends.
 * It is detached from our process group: Ctrl-C reaches us first, and the database goes last.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { findBinaries, serverEnvironment } from './embedded-binaries.ts'
import { chooseUser, databaseName, endWithUs, folderArgument, prepareCluster, type Cluster } from './embedded-cluster.ts'
import { explainFileError, explainOutput, StartError } from './embedded-errors.ts'
import { claim, sweepServer } from './embedded-owner.ts'

export interface EmbeddedPostgresOptions {
  /** Absolute path; made where it is missing. */
  readonly dataDir: string
  /** False gives up crash safety for speed: tests only. */
  readonly durable: boolean
  readonly onProgress?: (line: string) => void
  /** Called once when the server ends without having been asked to. */
  readonly onExit?: (lastLines: string) => void
}

export interface EmbeddedPostgres {
  /** Connects as the superuser `postgres` to the database `tegata`. */
  readonly url: string
  /** Stops the server ("fast"), at most 20 seconds; a second call waits for the first. */
  stop(): Promise<void>
}

/** Starts PostgreSQL on `<dataDir>/postgres`, making the cluster the first time; refuses with a StartError of one line. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir } = options
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    const release = await claim(dataDir)
    try {
      return await startClaimed(options, release)
    } catch (error) {
      release()
      throw error
    }
  } catch (error) {
    throw explainFileError(error, dataDir)
  }
}

async function startClaimed(options: EmbeddedPostgresOptions, release: () => void): Promise<EmbeddedPostgres> {
  const { dataDir, durable } = options
  const clusterDir = join(dataDir, 'postgres')
  await sweepServer(clusterDir)
  const user = chooseUser(clusterDir)
  const cluster: Cluster = { dataDir, durable, user, binaries: findBinaries(user) }
  options.onProgress?.('preparing PostgreSQL')
  const password = await prepareCluster(cluster)
  const { child, port, exited, lastLines } = await launch(cluster)

  let stopping: Promise<void> | null = null
  void exited.then(() => {
    release()
    if (stopping === null) options.onExit?.(lastLines())
  })
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/${databaseName}`,
    stop: () => (stopping ??= stopServer(child, exited)),
  }
}

interface Running {
  readonly child: ChildProcess
  readonly port: number
  readonly exited: Promise<void>
  readonly lastLines: () => string
}

/** Tries again where another program took the port meanwhile, or backends of a killed server have not left yet. */
async function launch(cluster: Cluster): Promise<Running> {
  let output = ''
  for (let attempt = 0; attempt < 8; attempt++) {
    const port = await freePort()
    const running = spawnServer(cluster, port)
    if (await running.ready) return running
    output = running.lastLines()
    if (!/Address already in use|pre-existing shared memory/.test(output)) break
    await pause(250)
  }
  throw explainOutput(output, cluster.dataDir)
}

function spawnServer(cluster: Cluster, port: number): Running & { readonly ready: Promise<boolean> } {
  const clusterDir = join(cluster.dataDir, 'postgres')
  const settings = [...steadySettings, `port=${port}`, ...(cluster.durable ? [] : fastSettings)]
  const child = spawn(
    cluster.binaries.postgres,
    ['-D', folderArgument(clusterDir), ...settings.flatMap((setting) => ['-c', setting])],
    { ...cluster.user, cwd: clusterDir, env: serverEnvironment, detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const lines: string[] = []
  endWithUs(child, 'SIGINT')
  const exited = new Promise<void>((resolve) => child.once('error', () => { resolve() }).once('close', () => { resolve() }))
  const ready = new Promise<boolean>((resolve) => {
    void exited.then(() => { resolve(false) })
    child.once('error', (error) => lines.push(`FATAL:  ${error.message}`))
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      lines.push(chunk)
      if (lines.length > 50) lines.shift()
      if (chunk.includes('ready to accept connections')) resolve(true)
    })
  })
  return { child, port, exited, ready, lastLines: () => lines.join('') }
}

const steadySettings = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=100',
  'password_encryption=scram-sha-256',
  'timezone=UTC',
  'log_timezone=UTC',
  'logging_collector=off',
  'log_destination=stderr',
  // "log" keeps the line that tells readiness and hides refused statements, which the caller reports itself.
  'log_min_messages=log',
  'log_checkpoints=off',
]
const fastSettings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']

async function stopServer(child: ChildProcess, exited: Promise<void>): Promise<void> {
  for (const [signal, seconds] of [['SIGINT', 10], ['SIGQUIT', 5], ['SIGKILL', 5]] as const) {
    child.kill(signal)
    const giveUp = new AbortController()
    const late = pause(seconds * 1000, 'late', { signal: giveUp.signal }).catch(() => 'ended')
    const outcome = await Promise.race([exited.then(() => 'ended'), late])
    giveUp.abort()
    if (outcome === 'ended') return
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port)
        else reject(new StartError('No free port on 127.0.0.1 for PostgreSQL: close some programs, then start again.'))
      })
    })
  })
}
