/**
 * Owns how often a password may be tried: per name that was typed and per place it comes from.
 * Invariants: an attempt is counted before its password is looked at (one atomic upsert each), so parallel guesses cannot
 * slip through; a name counts the same whether anybody has it or not; without the database nobody gets in (no fallback counter).
 */
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import { hmac, type MasterKey } from '../base/crypto.ts'
import type { Databases } from '../base/db.ts'
import { addressGroup } from '../http/client-address.ts'

export interface AttemptLimits {
  readonly perIdentifier: number
  readonly perAddress: number
  readonly windowSeconds: number
  readonly lockSeconds: number
}

/** Ten failures of one name in 15 minutes lock it for 15 minutes; one place has fifty. */
export const attemptLimits: AttemptLimits = { perIdentifier: 10, perAddress: 100, windowSeconds: 15 * 60, lockSeconds: 15 * 60 }

export interface Reservation {
  readonly ok: true
  /** The password was right: the name starts afresh and the place gets its point back. */
  succeeded(): Promise<void>
  /** The password was never judged: both points come back. */
  release(): Promise<void>
}

export interface Refused {
  readonly ok: false
  readonly retryAfterSeconds: number
  readonly scope: 'identifier' | 'address'
  /** True for exactly one attempt per lock: the one that tripped it. */
  readonly justLocked: boolean
}

export interface Attempts {
  /** Counts one attempt; `identifier` in its one spelling, `ip` null for a request from nowhere. */
  reserve(attempt: { identifier: string; ip: string | null }): Promise<Reservation | Refused>
}

interface AttemptsOptions {
  readonly databases: Databases
  readonly masterKey: MasterKey
  readonly limits?: AttemptLimits
}

/** Counters in the table `attempt`, shared by all processes. */
export function createAttempts({ databases, masterKey, limits = attemptLimits }: AttemptsOptions): Attempts {
  const key = masterKey.derive('attempt counters')
  const common = {
    storeClient: databases.enginePool, storeType: 'pool', tableName: 'attempt', tableCreated: true, duration: limits.windowSeconds,
    // What has expired is removed by the platform's own housekeeping.
    clearExpiredByTimeout: false,
  }
  const identifiers = new RateLimiterPostgres({ ...common, keyPrefix: 'identifier', points: limits.perIdentifier, blockDuration: limits.lockSeconds })
  const addresses = new RateLimiterPostgres({ ...common, keyPrefix: 'address', points: limits.perAddress })
  return {
    async reserve({ identifier, ip }) {
      const name = hmac(key, identifier)
      const place = hmac(key, ip === null ? 'nowhere' : addressGroup(ip))
      const atPlace = await consume(addresses, place)
      if (!atPlace.ok) return { ...atPlace, scope: 'address', justLocked: false }
      const ofName = await consume(identifiers, name)
      if (!ofName.ok) {
        // A locked name costs no hash and tells nothing: one person who keeps trying must not shut out the whole building.
        await addresses.reward(place)
        return { ...ofName, scope: 'identifier' }
      }
      return {
        ok: true,
        async succeeded() {
          await Promise.all([identifiers.delete(name), addresses.reward(place)])
        },
        async release() {
          await Promise.all([identifiers.reward(name), addresses.reward(place)])
        },
      }
    },
  }
}

type Consumed = { readonly ok: true } | { readonly ok: false; readonly retryAfterSeconds: number; readonly justLocked: boolean }

async function consume(limiter: RateLimiterPostgres, key: string): Promise<Consumed> {
  try {
    await limiter.consume(key)
    return { ok: true }
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error
    // The upsert gives every attempt its own number, so only one of them is the first above the limit.
    return { ok: false, retryAfterSeconds: Math.max(1, Math.ceil(error.msBeforeNext / 1000)), justLocked: error.consumedPoints === limiter.points + 1 }
  }
}
