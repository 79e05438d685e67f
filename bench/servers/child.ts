/**
 * How a server's process ends: with its parent, however that one goes, and never by a Ctrl-C of its own.
 */

/** Calls `stop` when the parent lets go or dies, then leaves; profiles are written on the way out. */
export function serveUntilParentGoes(stop: () => Promise<void>): void {
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => {})
  process.once('disconnect', () => {
    stop().then(() => process.exit(0), () => process.exit(1))
  })
}
