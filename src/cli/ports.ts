/**
 * Owns the question whether the ports we are about to use are free, asked before anything else is begun.
 * The answer can be outdated a moment later: the listen itself has the last word.
 */
import { createServer } from 'node:net'
import { errorCode, StartError } from '../base/embedded-errors.ts'

export interface WantedPort {
  readonly port: number
  readonly neededBy: string
}

/** Refuses with one line for the first port that is taken or may not be used. */
export async function requireFreePorts(wanted: readonly WantedPort[]): Promise<void> {
  const base = wanted[0]?.port ?? 3000
  const other = base === 4000 ? 5000 : 4000
  for (const { port, neededBy } of wanted) {
    // Both: some systems let a program on 127.0.0.1 hide beside one that listens everywhere.
    const code = (await tryPort(port, '127.0.0.1')) ?? (await tryPort(port))
    if (code === null) continue
    const reason = code === 'EACCES' ? `Port ${port} needs special rights` : `Port ${port} is in use`
    const cure = code === 'EACCES' ? 'start' : 'stop that program, or start'
    throw new StartError(`${reason} (${neededBy} needs it): ${cure} with PORT=${other} npm start.`)
  }
}

function tryPort(port: number, host?: string): Promise<string | null> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', (error) => { resolve(errorCode(error) ?? 'EADDRINUSE') })
    probe.listen({ port, exclusive: true, ...(host === undefined ? {} : { host }) }, () => probe.close(() => { resolve(null) }))
  })
}
