/**
 * Counts attempts in counters that lock, several at once: all of them or, where one is locked, none.
 * Invariants: every decision is made while the rows are locked, by the database's clock; a lock is told about once.
 * How long a lock is belongs to lock-rules.ts, which counters an attempt has to attempts.ts.
 */
import type { EngineTrx } from '../base/db.ts'
import { insertTold, lockAttempts, updateAttempts, type AttemptRow } from './attempt-queries.ts'
import { counted, isSame, lockedUntil, uncounted, type Counter, type LockRule } from './lock-rules.ts'

/** One counter with its rule; `Scope` is what a lock of it is about. */
export interface Guard<Scope> {
  readonly key: string
  readonly rule: LockRule
  readonly scope: Scope
}

export interface Lock<Scope> {
  readonly key: string
  readonly scope: Scope
  readonly until: number
  readonly retryAfterSeconds: number
}

/** What an attempt has changed in one counter. */
export interface Count<Scope> {
  readonly guard: Guard<Scope>
  readonly before: Counter
  readonly after: Counter
}

export type CountResult<Scope> =
  | { readonly ok: true; readonly counts: readonly Count<Scope>[] }
  /** The lock that lasts longest; `isNews` is true once for each lock. */
  | { readonly ok: false; readonly lock: Lock<Scope>; readonly isNews: boolean }

export async function countTogether<Scope>(trx: EngineTrx, guards: readonly Guard<Scope>[]): Promise<CountResult<Scope>> {
  const held = await hold(trx, guards)
  const locks = held.flatMap(({ guard, row }) => lockOf(guard, row, row.now) ?? [])
  const longest = longestOf(locks)
  if (longest !== null) return { ok: false, lock: longest, isNews: await insertTold(trx, locks) }
  const counts = held.map(({ guard, row }) => ({ guard, before: row, after: counted(guard.rule, row, row.now) }))
  if (counts.length > 0) await updateAttempts(trx, counts.map(({ guard: { key }, after }) => ({ key, ...after })))
  return { ok: true, counts }
}

/** Takes an attempt back, with the lock that it began. */
export async function uncount<Scope>(trx: EngineTrx, counts: readonly Count<Scope>[]): Promise<void> {
  if (counts.length === 0) return
  const rows = new Map((await hold(trx, counts.map(({ guard }) => guard))).map(({ row }) => [row.key, row]))
  await updateAttempts(trx, counts.map((count) => ({ key: count.guard.key, ...uncounted(rows.get(count.guard.key) ?? count.after, count) })))
}

/** Whether the attempt, if it is a failure, has begun a lock. */
export function beginsLock(counts: readonly Count<unknown>[]): boolean {
  return counts.some(isLast)
}

function isLast({ guard, after }: Count<unknown>): boolean {
  return after.points >= guard.rule.free
}

/** The lock that this attempt, a failure, has begun: null where it began none, or others were told of it, or it was lifted meanwhile. */
export async function tellOnce<Scope>(trx: EngineTrx, counts: readonly Count<Scope>[]): Promise<Lock<Scope> | null> {
  const after = new Map(counts.map((count) => [count.guard.key, count.after]))
  const held = await hold(trx, counts.filter(isLast).map(({ guard }) => guard))
  const locks = held.flatMap(({ guard, row }) => {
    const mine = after.get(row.key)
    return mine !== undefined && isSame(mine, row) ? (lockOf(guard, row, row.now) ?? []) : []
  })
  return locks.length > 0 && (await insertTold(trx, locks)) ? longestOf(locks) : null
}

async function hold<Scope>(trx: EngineTrx, guards: readonly Guard<Scope>[]): Promise<readonly { readonly guard: Guard<Scope>; readonly row: AttemptRow }[]> {
  if (guards.length === 0) return []
  const rows = new Map((await lockAttempts(trx, guards.map(({ key }) => key))).map((row) => [row.key, row]))
  return guards.flatMap((guard) => {
    const row = rows.get(guard.key)
    return row === undefined ? [] : { guard, row }
  })
}

function lockOf<Scope>({ key, scope, rule }: Guard<Scope>, row: Counter, now: number): Lock<Scope> | null {
  const until = lockedUntil(rule, row, now)
  return until === null ? null : { key, scope, until, retryAfterSeconds: Math.max(1, Math.ceil((until - now) / 1000)) }
}

function longestOf<Scope>(locks: readonly Lock<Scope>[]): Lock<Scope> | null {
  return locks.reduce<Lock<Scope> | null>((longest, lock) => (longest === null || lock.until > longest.until ? lock : longest), null)
}
