/**
 * CPU time and memory of other processes, from /proc; null where the system has none, and then rates alone are shown.
 * Time is told in ticks of 10 ms per process, so a slice has to be long enough to count.
 */
import { readdirSync, readFileSync } from 'node:fs'

const millisecondsPerTick = 10

/** CPU milliseconds by process id, at one moment. */
export type CpuReading = ReadonlyMap<number, number>

interface ProcessStat {
  readonly pid: number
  readonly parent: number
  readonly milliseconds: number
}

/** What a process and all below it have used so far; `counts` leaves processes out by their title. */
export function readCpu(root: number, counts: (title: string) => boolean = () => true): CpuReading | null {
  const all = listProcesses()
  if (all === null) return null
  const family = new Set([root])
  // A child may stand before its parent in the list, so it is gone through until nobody joins.
  for (let size = 0; size < family.size;) {
    size = family.size
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid)
  }
  return new Map(all.filter(({ pid }) => family.has(pid) && counts(titleOf(pid))).map(({ pid, milliseconds }) => [pid, milliseconds]))
}

/** What was used between two readings; a process that ended in between is not counted. */
export function spent(before: CpuReading | null, after: CpuReading | null): number | null {
  if (before === null || after === null) return null
  let sum = 0
  for (const [pid, milliseconds] of after) sum += milliseconds - (before.get(pid) ?? 0)
  return sum
}

/** Counts the backends of one database and what all databases share, but no backend of another one. */
export function ofDatabase(name: string): (title: string) => boolean {
  return (title) => {
    const database = /^postgres: \S+ (\S+) \S+\(\d+\)/.exec(title)?.[1] ?? /^postgres: autovacuum worker (\S+)/.exec(title)?.[1]
    return database === undefined || database === name
  }
}

/** Resident memory of one process in MiB. */
export function residentMebibytes(pid: number): number | null {
  const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(readOrNull(`/proc/${pid}/status`) ?? '')?.[1]
  return kibibytes === undefined ? null : Number(kibibytes) / 1024
}

function listProcesses(): ProcessStat[] | null {
  if (process.platform !== 'linux') return null
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    // The second field is the program's name in brackets and may hold spaces and brackets.
    const stat = readOrNull(`/proc/${name}/stat`)
    const fields = stat?.slice(stat.lastIndexOf(') ') + 2).split(' ')
    const [parent, user, system] = [fields?.[1], fields?.[11], fields?.[12]].map(Number)
    return fields === undefined || parent === undefined ? [] : [{ pid: Number(name), parent, milliseconds: ((user ?? 0) + (system ?? 0)) * millisecondsPerTick }]
  })
}

function titleOf(pid: number): string {
  return readOrNull(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ').trim() ?? ''
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
