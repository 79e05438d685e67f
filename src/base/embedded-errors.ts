/**
 * Owns the sentences that people read when the embedded PostgreSQL cannot start.
 * Invariant: a StartError is one line and says what to do; everything else is a fault.
 * Printing it and choosing the exit code is cli/fail.ts's.
 */
import { statfsSync } from 'node:fs'

/** A start that cannot go on, in one line that says what to do. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

/** The `code` of a Node or PostgreSQL error, null where it carries none. */
export function errorCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null
  return typeof error.code === 'string' ? error.code : null
}

/** Turns a file system error met in the data folder into a StartError; anything else comes back unchanged. */
export function explainFileError(error: unknown, dataDir: string): unknown {
  switch (errorCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(dataDir, error)
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new StartError(
        `${dataDir} cannot be written by this user: give yourself the folder, or set TEGATA_DATA_DIR to another one.`,
        { cause: error },
      )
    case 'EEXIST':
    case 'ENOTDIR':
      return new StartError(`${dataDir} must be a folder, but a file is in its way: move it, or set TEGATA_DATA_DIR.`, {
        cause: error,
      })
    default:
      return error
  }
}

const lastComplaint = /(?:FATAL|PANIC|ERROR|error|fatal):\s+(.*)/

/** Explains why initdb or postgres gave up, from what it wrote to stderr; the last complaint is quoted. */
export function explainOutput(output: string, dataDir: string): StartError {
  if (/No space left on device|Disk quota exceeded|Check free disk space/.test(output) || isDiskFull(dataDir)) return diskFull(dataDir)
  if (/could not (create|map|resize) .*shared memory/.test(output)) {
    return new StartError(
      'PostgreSQL got no shared memory from this machine: free some memory (in a container raise --shm-size), or set DATABASE_URL.',
    )
  }
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  const complaint = lines.map((line) => lastComplaint.exec(line)?.[1]).findLast((found) => found !== undefined)
  return unusable(dataDir, complaint ?? lines.at(-1) ?? 'it ended without a word', output)
}

/** Turns what a query on the embedded database failed with into a StartError, where the data folder is the cause. */
export function explainQueryError(error: unknown, dataDir: string): unknown {
  switch (errorCode(error)) {
    case '53100':
      return diskFull(dataDir, error)
    case '28P01':
      return new StartError(`The database refuses ${dataDir}/postgres.password: delete that file and start again, it is made anew.`, {
        cause: error,
      })
    case '3D000':
    case '58030':
    case '58P01':
    case 'XX001':
    case 'XX002':
      return unusable(dataDir, error instanceof Error ? error.message : '', error)
    default:
      return error
  }
}

function unusable(dataDir: string, reason: string, cause: unknown): StartError {
  return new StartError(
    `PostgreSQL cannot use ${dataDir}/postgres (${reason}): ` +
      `put a copy back, or delete ${dataDir} and start again (the demo is made anew).`,
    { cause },
  )
}

/** PostgreSQL's last words on a full disk are often about something else; it needs 16 MB for its next log segment. */
function isDiskFull(dataDir: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dataDir)
    return bavail * bsize < 16 * 1024 * 1024
  } catch {
    return false
  }
}

function diskFull(dataDir: string, cause?: unknown): StartError {
  return new StartError(`The disk of ${dataDir} is full: free some space (about 200 MB), then start again.`, { cause })
}
