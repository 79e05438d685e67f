/**
 * Owns the counters of fixed windows: so many sign-ins from one network, so many mails to one address.
 * Invariant: each attempt gets a number of its own from one atomic statement, so only so many pass. They live in the table `attempt`.
 */
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import type { Databases } from '../base/db.ts'

/** At most so many in each window of time, which begins with the first. */
export interface Window {
  readonly points: number
  readonly seconds: number
}

/** One counter that an attempt is counted in. */
export interface Tally {
  readonly limiter: RateLimiterPostgres
  readonly key: string
}

export interface TallyFull {
  readonly retryAfterSeconds: number
  /** True for exactly one attempt per window: the first above the limit. */
  readonly isFirst: boolean
}

/** A counter for many keys; each is stored as `<prefix>:<key>`. */
export function createLimiter({ enginePool }: Databases, prefix: string, { points, seconds }: Window): RateLimiterPostgres {
  return new RateLimiterPostgres({
    storeClient: enginePool, storeType: 'pool', tableName: 'attempt', tableCreated: true, keyPrefix: prefix, points, duration: seconds,
    // What has expired is removed by the platform's own housekeeping.
    clearExpiredByTimeout: false,
  })
}

/** Counts one attempt in each, in this order; where one is full it returns that one and has counted in no earlier one. */
export async function countInAll<T extends Tally>(tallies: readonly T[]): Promise<{ readonly full: T; readonly why: TallyFull } | null> {
  for (const [index, tally] of tallies.entries()) {
    const why = await consume(tally)
    if (why === null) continue
    await rewardAll(tallies.slice(0, index))
    return { full: tally, why }
  }
  return null
}

/** Gives one attempt back to each. */
export async function rewardAll(tallies: readonly Tally[]): Promise<void> {
  await Promise.all(tallies.map(({ limiter, key }) => limiter.reward(key)))
}

async function consume({ limiter, key }: Tally): Promise<TallyFull | null> {
  try {
    await limiter.consume(key)
    return null
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error
    return { retryAfterSeconds: Math.max(1, Math.ceil(error.msBeforeNext / 1000)), isFirst: error.consumedPoints === limiter.points + 1 }
  }
}
