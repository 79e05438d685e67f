/**
 * The one gate before every code that could be guessed: TOTP, recovery code, confirmation of an enrolment, behind all doors.
 * Invariants: the attempt is counted before the code is looked at; all codes of an account share one counter; a refusal and
 * the lock it begins are events. Passkeys do not pass here: there is nothing to guess.
 */
import type { LockBegun, Refused } from '../accounts/attempts.ts'
import { record, type NewEvent } from '../events/record.ts'
import type { FactorDeps, FactorUse, TooManyAttempts } from './factor.ts'

export interface Judged<T> {
  /** success clears the counter, failure stays counted, neither takes the point back and clears nothing. */
  readonly counts: 'success' | 'failure' | 'neither'
  readonly result: T
}

type Gate = Pick<FactorDeps, 'databases' | 'attempts' | 'clock'>

/** Lets `judge` look at the code, or refuses where too many have failed; a fault in `judge` does not count. */
export async function countAttempt<T>(deps: Gate, use: FactorUse, judge: () => Promise<Judged<T>>): Promise<T | TooManyAttempts> {
  const reservation = await deps.attempts.reserve({ kind: 'second_factor', subject: use.accountId, ip: use.origin.ip, knownDevice: null })
  if (!reservation.ok) return refuse(deps, use, reservation)
  let judged: Judged<T>
  try {
    judged = await judge()
  } catch (error) {
    await reservation.release()
    throw error
  }
  if (judged.counts === 'success') await reservation.succeeded()
  else if (judged.counts === 'neither') await reservation.release()
  else await tellOfLock(deps, use, await reservation.failed())
  return judged.result
}

async function refuse(deps: Gate, use: FactorUse, refused: Refused): Promise<TooManyAttempts> {
  const { retryAfterSeconds, scope } = refused
  await deps.databases.inEngine((trx) => record(trx, { ...eventOf(use), type: 'second_factor.refused', outcome: 'refused', reason: 'too_many_attempts', after: { scope } }))
  await tellOfLock(deps, use, refused.justLocked ? refused : null)
  return { ok: false, reason: 'too_many_attempts', retryAfterSeconds }
}

/** Once per lock; the account's owner gets a mail of it. */
async function tellOfLock({ databases, clock }: Gate, use: FactorUse, lock: LockBegun | null): Promise<void> {
  if (lock === null) return
  const until = new Date(clock.now().getTime() + lock.retryAfterSeconds * 1000).toISOString()
  await databases.inEngine((trx) => record(trx, { ...eventOf(use), type: 'second_factor.locked', outcome: 'refused', reason: 'too_many_attempts', after: { until } }))
}

/** What every event about the use of a factor says. */
export function eventOf(use: FactorUse): Pick<NewEvent, 'subject' | 'origin' | 'clientId'> {
  return { subject: use.accountId, origin: use.origin, clientId: use.clientId }
}
