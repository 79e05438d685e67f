/**
 * Owns the process's idea of "now", so that a test can move it.
 * Expiry and single use of stored rows are judged by the database's own now(), never by this clock.
 */
export interface Clock {
  now(): Date
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() }
