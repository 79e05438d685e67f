/**
 * Owns the arithmetic of locks that grow: how many failures are free, how long the next lock is, when all is forgotten.
 * Invariant: a counter says everything by its two numbers. Below `free` it has no lock; from there on its last failure was
 * `quietSeconds` before `expire`, and the lock began with it. Pure; times are milliseconds of the database's clock.
 */
export interface LockRule {
  /** Failures in a row that are looked at before the first lock. */
  readonly free: number
  /** How long free failures are remembered, counted from the first or from the latest of them. */
  readonly windowSeconds: number
  readonly windowFrom: 'first' | 'latest'
  /** Lengths of the locks, one after each further failure; the last one repeats. Infinity: until it is cleared. */
  readonly lockSeconds: readonly number[]
  /** After so long without a failure that counts, everything is forgotten. */
  readonly quietSeconds: number
}

export interface Counter {
  readonly points: number
  readonly expire: number
}

/** When the counter's lock ends; null where there is none. */
export function lockedUntil(rule: LockRule, { points, expire }: Counter, now: number): number | null {
  if (points < rule.free || expire <= now) return null
  const seconds = rule.lockSeconds[Math.min(points - rule.free, rule.lockSeconds.length - 1)] ?? 0
  const until = Math.min(expire, expire - rule.quietSeconds * 1000 + seconds * 1000)
  return until > now ? until : null
}

/** The counter after one more attempt, which counts as a failure until it is known to be none. */
export function counted(rule: LockRule, counter: Counter, now: number): Counter {
  const points = counter.expire <= now ? 1 : counter.points + 1
  if (points >= rule.free) return { points, expire: now + rule.quietSeconds * 1000 }
  return { points, expire: rule.windowFrom === 'first' && points > 1 ? counter.expire : now + rule.windowSeconds * 1000 }
}

/** The counter without an attempt that made it `after`: as it was, or one less where others have counted since. */
export function uncounted(now: Counter, { before, after }: { readonly before: Counter; readonly after: Counter }): Counter {
  return isSame(now, after) ? before : { points: Math.max(0, now.points - 1), expire: now.expire }
}

export function isSame(a: Counter, b: Counter): boolean {
  return a.points === b.points && a.expire === b.expire
}
