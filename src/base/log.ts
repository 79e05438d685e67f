/**
 * Owns the shape of log lines: JSON on standard error, so that standard output stays free for answers of commands.
 * Invariant: no password, token, code or cookie is written, at the depths that objects of ours have.
 * The audit trail is not here: that is events/.
 */
import { pino } from 'pino'
import type { DestinationStream, Logger } from 'pino'

export type { Logger }

const secretKeys = [
  'authorization', 'cookie', 'set-cookie', 'password', 'client_secret', 'code', 'token', 'refresh_token',
  'access_token', 'id_token', 'client_assertion', 'code_verifier', 'secret',
]
const prefixes = ['', '*', '*.*', '*.*.*']
const secretPaths = prefixes.flatMap((prefix) => secretKeys.map((key) => `${prefix}["${key}"]`))

interface LogOptions {
  readonly level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent'
  /** Adds stack traces to errors. */
  readonly debug: boolean
}

/** A logger that writes JSON lines to standard error, or to `destination` where a test listens. */
export function createLogger({ level, debug }: LogOptions, destination: DestinationStream = pino.destination(2)): Logger {
  const describe = (error: unknown) => describeError(error, debug)
  return pino({
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: secretPaths, censor: '[redacted]' },
    serializers: { err: describe, error: describe },
  }, destination)
}

interface ErrorLine { name: string; message: string; error_code?: unknown; stack?: string | undefined; cause?: unknown }

function describeError(error: unknown, debug: boolean): unknown {
  if (!(error instanceof Error)) return error
  const line: ErrorLine = { name: error.name, message: error.message }
  // Under its own name `code` would be taken for an authorization code and redacted.
  if ('code' in error) line.error_code = error.code
  if (debug) line.stack = error.stack
  if (error.cause !== undefined) line.cause = describeError(error.cause, debug)
  return line
}
