/**
 * Owns the files of the embedded PostgreSQL: the cluster in <dataDir>/postgres and its superuser's password.
 * Invariant: <dataDir>/postgres appears by one rename when it is complete, so a kill during initdb leaves nothing half made.
 * Running the server on it is embedded-postgres.ts's.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, existsSync, lchownSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { serverEnvironment, type Binaries, type ServerUser } from './embedded-binaries.ts'
import { explainOutput, StartError } from './embedded-errors.ts'

export const databaseName = 'tegata'
const unfinished = 'postgres.new-'

export interface Cluster {
  readonly dataDir: string
  readonly binaries: Binaries
  readonly user: ServerUser
  readonly durable: boolean
}

/**
 * The data folder as a server process must name it. A process that runs as nobody cannot walk to a folder below root's 0700 home,
 * but it may stand in it: on Linux it is started there and calls it by /proc/self/cwd.
 */
export function folderArgument(folder: string): string {
  return process.platform === 'linux' ? '/proc/self/cwd' : folder
}

/** The user for this cluster: ourselves, or for root the cluster's owner, and nobody (65534) where that is root itself. */
export function chooseUser(clusterDir: string): ServerUser {
  if (process.getuid?.() !== 0) return {}
  const nobody = { uid: 65_534, gid: 65_534 }
  if (!existsSync(clusterDir)) return nobody
  const { uid, gid } = statSync(clusterDir)
  return uid === 0 ? nobody : { uid, gid }
}

/** Makes the cluster where there is none, checks it where there is one, and returns the superuser's password. */
export async function prepareCluster(cluster: Cluster): Promise<string> {
  const { dataDir } = cluster
  const clusterDir = join(dataDir, 'postgres')
  for (const name of readdirSync(dataDir).filter((found) => found.startsWith(unfinished))) {
    rmSync(join(dataDir, name), { recursive: true, force: true, maxRetries: 5 })
  }
  const kept = readPassword(dataDir)
  const password = kept ?? newPassword(dataDir)
  if (!existsSync(clusterDir)) await createCluster(cluster, password)
  else {
    checkCluster(cluster, clusterDir)
    mendRights(clusterDir, cluster.user)
    if (kept === null) await runSingle(cluster, clusterDir, `alter role postgres password '${password}'`)
  }
  return password
}

function checkCluster(cluster: Cluster, clusterDir: string): void {
  const owner = statSync(clusterDir).uid
  const me = process.getuid?.() ?? owner
  if (me !== 0 && owner !== me) {
    throw new StartError(
      `${clusterDir} belongs to another user (uid ${owner}): start as that user, or set TEGATA_DATA_DIR to a folder of your own.`,
    )
  }
  const version = existsSync(join(clusterDir, 'PG_VERSION')) ? readFileSync(join(clusterDir, 'PG_VERSION'), 'utf8').trim() : ''
  if (version === '') {
    throw new StartError(
      `${clusterDir} is damaged (no PG_VERSION): put a copy back, or delete ${cluster.dataDir} and start again (the demo is made anew).`,
    )
  }
  if (version !== cluster.binaries.major) {
    throw new StartError(
      `${clusterDir} was made by PostgreSQL ${version}, this is ${cluster.binaries.major}: ` +
        `move ${cluster.dataDir} away, or set DATABASE_URL to a server of version ${version}.`,
    )
  }
}

async function createCluster(cluster: Cluster, password: string): Promise<void> {
  const room = join(cluster.dataDir, `${unfinished}${process.pid}`)
  const fresh = join(room, 'data')
  const passwordFile = join(room, 'password')
  mkdirSync(fresh, { recursive: true, mode: 0o700 })
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
  for (const path of [room, fresh, passwordFile]) give(path, cluster.user)
  try {
    const where = folderArgument(fresh)
    await run(cluster, fresh, {
      program: cluster.binaries.initdb,
      args: ['-D', where, '-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${where}/../password`, '--encoding=UTF8',
        // The builtin provider sorts alike on every system and needs no locale from it.
        '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--no-instructions',
        ...(cluster.durable ? [] : ['--no-sync'])],
    })
    await runSingle(cluster, fresh, `create database ${databaseName}`)
    renameSync(fresh, join(cluster.dataDir, 'postgres'))
  } finally {
    rmSync(room, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** One statement in PostgreSQL's single-user mode: needs no port and no password, only the folder. */
function runSingle(cluster: Cluster, folder: string, statement: string): Promise<void> {
  return run(cluster, folder, {
    program: cluster.binaries.postgres,
    args: ['--single', '-D', folderArgument(folder), 'postgres'],
    input: `${statement};\n`,
  })
}

async function run(cluster: Cluster, cwd: string, task: { program: string; args: string[]; input?: string }): Promise<void> {
  const child = spawn(task.program, task.args, { ...cluster.user, cwd, env: serverEnvironment, stdio: ['pipe', 'ignore', 'pipe'] })
  endWithUs(child, 'SIGKILL')
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  // A program that ends early closes its input; its stderr tells the reason.
  child.stdin.on('error', () => undefined)
  child.stdin.end(task.input ?? '')
  const [status, output] = await Promise.all([ended, text(child.stderr)])
  if (status !== 0 || /\b(?:ERROR|FATAL|PANIC):/.test(output)) throw explainOutput(output, cluster.dataDir)
}

/** Whatever ends this process, process.exit() included, ends the child: only kill -9 can leave it to the next start's sweep. */
export function endWithUs(child: ChildProcess, signal: NodeJS.Signals): void {
  const end = (): boolean => child.kill(signal)
  process.once('exit', end)
  child.once('close', () => process.off('exit', end))
}

function give(path: string, user: ServerUser): void {
  if (user.uid !== undefined && user.gid !== undefined) lchownSync(path, user.uid, user.gid)
}

/** A copy that was put back is often open to others, which PostgreSQL refuses, or belongs to root, who may not run it. */
function mendRights(clusterDir: string, user: ServerUser): void {
  const { mode, uid } = statSync(clusterDir)
  if ((mode & 0o027) !== 0) chmodSync(clusterDir, 0o700)
  if (uid === 0) giveAll(clusterDir, user)
}

/** The folder itself comes last, as the mark that all of it was given. */
function giveAll(folder: string, user: ServerUser): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) giveAll(path, user)
    else give(path, user)
  }
  give(folder, user)
}

function readPassword(dataDir: string): string | null {
  const file = join(dataDir, 'postgres.password')
  if (!existsSync(file)) return null
  const found = readFileSync(file, 'utf8').trim()
  return /^[\w-]{20,}$/.test(found) ? found : null
}

function newPassword(dataDir: string): string {
  const file = join(dataDir, 'postgres.password')
  const password = randomBytes(24).toString('base64url')
  writeFileSync(file, `${password}\n`, { mode: 0o600 })
  chmodSync(file, 0o600)
  return password
}
