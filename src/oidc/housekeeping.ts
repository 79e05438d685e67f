/**
 * Removes what has expired, in small batches so that no request waits behind it, and keys that retired long ago.
 * Several processes may do it at once: rows another one is removing are skipped.
 */
import { deleteExpiredAttempts } from '../accounts/queries.ts'
import type { Databases } from '../base/db.ts'
import type { Logger } from '../base/log.ts'
import { removeOldKeys } from './keyring.ts'
import { deleteExpired } from './ending-queries.ts'

const intervalMilliseconds = 60_000
const batchRows = 500
const batchesPerRound = 20

export interface Housekeeping {
  /** Removes at most `batchRows × batchesPerRound` rows of a kind; returns how many rows went. */
  runOnce(): Promise<number>
  stop(): Promise<void>
}

export interface HousekeepingDeps {
  readonly databases: Databases
  readonly log: Logger
  /** What other rooms keep for a while only; each removes at most `limit` rows and says how many went. */
  readonly more: readonly ((limit: number) => Promise<number>)[]
}

export function startHousekeeping(deps: HousekeepingDeps): Housekeeping {
  const runOnce = async (): Promise<number> => {
    let total = 0
    for (let batch = 0; batch < batchesPerRound; batch += 1) {
      const removed = await deleteExpired(deps.databases.enginePool, batchRows)
      total += removed
      if (removed < batchRows) break
    }
    total += await deleteExpiredAttempts(deps.databases.engine, batchRows)
    for (const remove of deps.more) total += await remove(batchRows)
    await removeOldKeys(deps.databases)
    return total
  }
  let running: Promise<unknown> = Promise.resolve()
  const timer = setInterval(() => {
    running = runOnce().catch((error: unknown) => deps.log.warn({ err: error }, 'housekeeping failed'))
  }, intervalMilliseconds)
  timer.unref()
  return {
    runOnce,
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}
