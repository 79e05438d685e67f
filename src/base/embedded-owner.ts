/**
 * Owns who may use a data folder: one living process of ours at a time, and no server that a killed one left behind.
 * Invariant: a process is only signalled after it is seen to be a PostgreSQL of this very folder.
 * A pid alone proves nothing (pids are reused), so the owner's file carries the time its process began.
 */
import { spawnSync } from 'node:child_process'
import { linkSync, readFileSync, readlinkSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { errorCode, explainFileError, StartError } from './embedded-errors.ts'

const ownerFile = 'owner.pid'

/** Claims the folder for this process and gives back how to let go of it; refuses while another living process has it. */
export async function claim(dataDir: string): Promise<() => void> {
  const file = join(dataDir, ownerFile)
  const me = `${process.pid} ${processStart(process.pid) ?? ''}\n`
  for (let attempt = 0; attempt < 50; attempt++) {
    refuseLivingOwner(dataDir)
    const seen = readOrNull(file)
    if (seen !== null) setAside(file, seen)
    if (putInPlace(file, me)) {
      return () => {
        if (readOrNull(file) === me) rmSync(file, { force: true })
      }
    }
    await pause(20)
  }
  throw new StartError(`${file} cannot be taken over: delete it, then start again.`)
}

/** Throws the one line about the other `npm start` when a living process uses this data folder. */
export function refuseLivingOwner(dataDir: string): void {
  const owner = look(dataDir)
  if (owner === null) return
  throw new StartError(
    `Another \`npm start\` (pid ${owner}) is already using ${basename(dataDir)}: stop it first, or set TEGATA_DATA_DIR and PORT for a second one.`,
  )
}

function look(dataDir: string): number | null {
  try {
    return livingOwner(dataDir)
  } catch (error) {
    throw explainFileError(error, dataDir)
  }
}

/** The pid of the living process that uses this data folder, null when there is none. */
export function livingOwner(dataDir: string): number | null {
  const [pid, ...start] = (readOrNull(join(dataDir, ownerFile)) ?? '').trim().split(' ')
  if (pid === undefined || !/^\d+$/.test(pid)) return null
  return processStart(Number(pid)) === start.join(' ') ? Number(pid) : null
}

/** Stops a PostgreSQL that outlived its parent (killed by -9), at most 20 seconds, and clears a pid file that only looks alive. */
export async function sweepServer(clusterDir: string): Promise<void> {
  const pidFile = join(clusterDir, 'postmaster.pid')
  const found = readOrNull(pidFile)
  if (found === null) return
  const pid = Number(found.split('\n')[0])
  const isPid = Number.isInteger(pid) && pid > 1
  // Of a dead server PostgreSQL itself clears the file, with a look at what else it may have left.
  if (isPid && processStart(pid) === null) return
  // Half written in a crash, or the pid went to a stranger: PostgreSQL would refuse to start because of it.
  if (!isPid || !isServerOf(pid, clusterDir)) {
    rmSync(pidFile, { force: true })
    return
  }
  for (const [signal, seconds] of [['SIGINT', 10], ['SIGQUIT', 5], ['SIGKILL', 5]] as const) {
    process.kill(pid, signal)
    for (let waited = 0; waited < seconds * 50; waited++) {
      if (!isServerOf(pid, clusterDir)) return
      await pause(20)
    }
  }
}

/** When the process began, in whatever unit the system gives, null when no such process lives (a zombie does not). */
export function processStart(pid: number): string | null {
  if (process.platform === 'linux') {
    // The second field is the program's name in brackets and may hold spaces.
    const fields = readOrNull(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ')
    return fields === undefined || fields[0] === 'Z' ? null : (fields[19] ?? null)
  }
  const answer = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
  return answer.status === 0 ? answer.stdout.trim() : null
}

function isServerOf(pid: number, clusterDir: string): boolean {
  if (process.platform === 'linux') {
    try {
      const folder = readlinkSync(`/proc/${pid}/cwd`)
      return folder === realpathSync(clusterDir) && /postgres/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
    } catch {
      return false
    }
  }
  const answer = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
  return answer.stdout.includes(clusterDir)
}

/** A link shows the whole file or none of it, so nobody reads an owner that is only half written. */
function putInPlace(file: string, text: string): boolean {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, text, { mode: 0o600 })
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Of two starts that find the same dead owner only one may go on: who moved a newcomer's file puts it back. */
function setAside(file: string, dead: string): void {
  const aside = `${file}.${process.pid}`
  try {
    renameSync(file, aside)
    if (readOrNull(aside) !== dead) linkSync(aside, file)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'EEXIST') throw error
  } finally {
    rmSync(aside, { force: true })
  }
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ESRCH') return null
    throw error
  }
}
