/** For what another process or a job does: asks again until the answer is right, for as long as a loaded machine may need. */
import { expect } from 'vitest'

export function eventually<T>(ask: () => T | Promise<T>) {
  return expect.poll(ask, { timeout: 20_000, interval: 20 })
}
