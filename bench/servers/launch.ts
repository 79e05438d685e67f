/**
 * The parent's side of the servers: the database they share, their processes, and the proof that each answers.
 * Invariant: whatever was started is handed to `endings` at once, so an error or a Ctrl-C leaves nothing behind.
 */
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { exportJWK, generateKeyPair } from 'jose'
import pg from 'pg'
import { startEmbeddedPostgres } from '../../src/base/embedded-postgres.ts'
import { hashName, seedTegata } from './seed.ts'
import type { Algorithm, Apps, ServerName, Target } from './world.ts'

export interface Ground {
  readonly dataDir: string
  readonly adminUrl: string
  /** The postmaster; its children are the rest. */
  readonly postgresPid: number
}

export interface LaunchOptions {
  readonly names: readonly ServerName[]
  /** Where each server writes a CPU profile when it ends; null for none. */
  readonly profileDir: string | null
}

export interface Launched {
  readonly target: Target
  readonly startSeconds: number
}

const rawDatabase = 'bench_raw'

/** A PostgreSQL of this run alone, in a temporary folder, with fsync on. */
export async function prepareGround(endings: AsyncDisposableStack): Promise<Ground> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tegata-bench-'))
  endings.defer(() => rmSync(dataDir, { recursive: true, force: true }))
  // The server may run as another user, who must be able to walk in.
  chmodSync(dataDir, 0o711)
  const postgres = await startEmbeddedPostgres({ dataDir, durable: true })
  endings.defer(() => postgres.stop())
  const [pid] = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')
  return { dataDir, adminUrl: postgres.url, postgresPid: Number(pid) }
}

/** Starts the servers one after the other, each with its time from nothing to the first answer. */
export async function launchServers(ground: Ground, options: LaunchOptions, endings: AsyncDisposableStack): Promise<readonly Launched[]> {
  const launched: Launched[] = []
  for (const name of options.names) {
    launched.push(name === 'tegata' ? await launchTegata(ground, options, endings) : await launchRaw(ground, { ...options, name }, endings))
  }
  return launched
}

async function launchTegata(ground: Ground, { profileDir }: LaunchOptions, endings: AsyncDisposableStack): Promise<Launched> {
  const { apps, databaseUrl, masterKey } = await seedTegata(ground.adminUrl, ground.dataDir)
  const started = await launch({ file: 'tegata', input: { databaseUrl, masterKey, dataDir: ground.dataDir }, profileDir }, endings)
  const { pid, origin, startSeconds } = started
  const database = new URL(ground.adminUrl).pathname.slice(1)
  return { startSeconds, target: { name: 'tegata', origin, pid, alg: 'ES256', hash: hashName, store: 'PostgreSQL', database, apps, scope: 'openid profile email tenant' } }
}

async function launchRaw(ground: Ground, { name, profileDir }: LaunchOptions & { name: ServerName }, endings: AsyncDisposableStack): Promise<Launched> {
  const alg: Algorithm = name === 'raw-rs256' ? 'RS256' : 'ES256'
  const database = name === 'raw-pg' ? rawDatabase : null
  const databaseUrl = database === null ? null : await createDatabase(ground.adminUrl, database)
  const { privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 })
  const apps = makeApps()
  const { pid, origin, startSeconds } = await launch({ file: 'raw', input: { alg, jwk: await exportJWK(privateKey), databaseUrl, apps }, profileDir }, endings)
  const store = database === null ? 'memory' : 'PostgreSQL'
  return { startSeconds, target: { name, origin, pid, alg, hash: 'no hash', store, database, apps, scope: 'openid profile email' } }
}

interface Launch {
  readonly file: 'raw' | 'tegata'
  readonly input: object
  readonly profileDir: string | null
}

/** Starts one server in a process of its own and waits for its first answer. */
export async function launch({ file, input, profileDir }: Launch, endings: AsyncDisposableStack) {
  const port = await freePort()
  const started = performance.now()
  const child = fork(new URL(`./${file}${extname(import.meta.url)}`, import.meta.url), [JSON.stringify({ ...input, port })], {
    execArgv: profileDir === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`],
    env: { NODE_ENV: 'production', PATH: process.env['PATH'] },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const gone = once(child, 'exit')
  endings.defer(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    if (child.connected) child.disconnect()
    const lastResort = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await gone
    clearTimeout(lastResort)
  })
  let complaint = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => { complaint = (complaint + chunk).slice(-4000) })
  const origin = `http://127.0.0.1:${port}`
  while (!(await answers(origin))) {
    if (child.exitCode !== null || performance.now() - started > 30_000) throw new Error(`${file} does not start:\n${complaint}`)
    await pause(5)
  }
  return { pid: child.pid ?? 0, origin, startSeconds: (performance.now() - started) / 1000 }
}

async function answers(origin: string): Promise<boolean> {
  try {
    return (await fetch(`${origin}/.well-known/openid-configuration`)).ok
  } catch {
    return false
  }
}

function makeApps(): Apps {
  const app = (clientId: string) => ({ clientId, clientSecret: randomBytes(32).toString('base64url') })
  return { machine: app('machine'), sso: app('sso'), web: app('web') }
}

async function createDatabase(adminUrl: string, name: string): Promise<string> {
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  await admin.query(`create database ${name}`)
  await admin.end()
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return url.href
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0))
    })
  })
}
