/**
 * Owns how the program ends when something went wrong: one line that says what to do, and an exit code.
 * Invariant: no stack trace unless TEGATA_DEBUG=1, and no secret in the line.
 */
import { ConfigError } from '../base/config.ts'
import { errorCode, StartError } from '../base/embedded-errors.ts'

/** Exit codes: 2 for a wrong call or setting that the reader must change, 1 for everything else. */
export interface Failure {
  readonly lines: readonly string[]
  readonly exitCode: 1 | 2
}

/** A wrong call of the program, told in one line. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

const byCode: Readonly<Record<string, string>> = {
  // The network and the file system (Node).
  ENOSPC: 'The disk is full: free some space, then start again.',
  EDQUOT: 'Your disk quota is used up: free some space, then start again.',
  ENOTFOUND: 'The host in DATABASE_URL is not known: check its spelling and the network.',
  EAI_AGAIN: 'The host in DATABASE_URL cannot be looked up now: check the network.',
  ETIMEDOUT: 'The database does not answer: check the host and port in DATABASE_URL, and firewalls between.',
  EMFILE: 'Too many open files: raise the limit (ulimit -n 4096), then start again.',
  // PostgreSQL, https://www.postgresql.org/docs/current/errcodes-appendix.html
  '28P01': 'The database refuses this password: check the name and password in DATABASE_URL.',
  '28000': 'The database refuses this login: check the role in DATABASE_URL and pg_hba.conf on the server.',
  '3D000': 'The database named in DATABASE_URL does not exist: create it, or correct the name.',
  '42501': 'The database role lacks a right it needs: sign in with the owner of the database in DATABASE_URL.',
  '53100': 'The disk of the database is full: free some space, then start again.',
  '53300': 'The database has no free connection: raise max_connections there, or lower DATABASE_POOL_SIZE.',
  '57P01': 'The database was shut down while we were using it: start it, then start again.',
  '57P03': 'The database is still starting: wait a moment, then start again.',
}
const damaged = new Set(['XX001', 'XX002', '58P01', '58030'])

/** What to print and with which code to end, for any thrown value. */
export function explain(error: unknown): Failure {
  if (error instanceof ConfigError) return { lines: error.problems, exitCode: 2 }
  if (error instanceof UsageError) return { lines: [error.message], exitCode: 2 }
  if (error instanceof StartError) return { lines: [error.message], exitCode: 1 }
  return { lines: [explainFault(error)], exitCode: 1 }
}

function explainFault(error: unknown): string {
  const inner = error instanceof AggregateError && error.errors.length > 0 ? firstOf(error.errors) : error
  const code = errorCode(inner)
  if (code === 'ECONNREFUSED') {
    return `Nothing answers at ${addressOf(inner)}: start the database, or correct DATABASE_URL.`
  }
  if (code === 'EADDRINUSE') return `Port ${portOf(inner)} is in use: stop that program, or set PORT to another one.`
  if (code === 'EACCES' || code === 'EPERM') return `${describe(inner)}: give this user the right to it, then start again.`
  if (code !== null && damaged.has(code)) {
    return `The database is damaged (${describe(inner)}): put a backup back; for the demo delete .data and start again.`
  }
  const known = code === null ? undefined : byCode[code]
  if (known !== undefined) return known
  const cause = inner instanceof Error && inner.cause !== undefined && errorCode(inner.cause) !== null ? inner.cause : null
  if (cause !== null) return explainFault(cause)
  return `Tegata stopped: ${describe(inner)}${placeOf(inner)}. This is a fault of ours; TEGATA_DEBUG=1 shows where.`
}

function firstOf(errors: readonly unknown[]): unknown {
  return errors[0]
}

/** Prints why the program ends to stderr, with the stack where `debug` asks for it, and returns the exit code. */
export function fail(error: unknown, debug: boolean): number {
  const { lines, exitCode } = explain(error)
  for (const line of lines) process.stderr.write(`${line}\n`)
  if (debug && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`)
  return exitCode
}

function describe(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return (message.split('\n')[0] ?? '').replace(/\.$/, '') || 'an error without a message'
}

function placeOf(error: unknown): string {
  const frame = error instanceof Error ? /\(?([^()\s]+:\d+):\d+\)?$/m.exec(error.stack ?? '')?.[1] : undefined
  return frame === undefined ? '' : ` (${frame.split('/').slice(-2).join('/')})`
}

function addressOf(error: unknown): string {
  const address = error instanceof Error && 'address' in error ? String(error.address) : 'the address of the database'
  const port = portOf(error)
  return port === '' ? address : `${address}:${port}`
}

function portOf(error: unknown): string {
  return error instanceof Error && 'port' in error ? String(error.port) : ''
}
