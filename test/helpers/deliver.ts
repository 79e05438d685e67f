/**
 * Runs a relay until it has delivered what a test expects. One pass may not be enough: the horizon is one for the whole server,
 * so a transaction that another test file has open in its own database holds events back for a moment.
 */
import { expect } from 'vitest'
import type { Relay } from '../../src/events/relay.ts'
import { eventually } from './eventually.ts'

export async function deliver(relay: Relay, count: number): Promise<void> {
  let delivered = 0
  await eventually(async () => (delivered += await relay.runOnce())).toBeGreaterThanOrEqual(count)
  expect(delivered).toBe(count)
}
