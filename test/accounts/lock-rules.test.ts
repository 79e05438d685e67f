/** The arithmetic of growing locks: what a patient guesser gets in a day, and that an attempt can be taken back without a trace. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attemptLimits } from '../../src/accounts/attempts.ts'
import { counted, lockedUntil, uncounted, type Counter, type LockRule } from '../../src/accounts/lock-rules.ts'

const { accountAtNetwork, account, untilCleared } = attemptLimits
const fresh: Counter = { points: 0, expire: 0 }
const second = 1000
const start = 1_800_000_000_000

/** Guesses that are looked at when somebody tries every second for so long. */
function guessesIn(rule: LockRule, seconds: number): number {
  let counter = fresh
  let guesses = 0
  for (let now = start; now < start + seconds * second; now += second) {
    if (lockedUntil(rule, counter, now) !== null) continue
    counter = counted(rule, counter, now)
    guesses += 1
  }
  return guesses
}

describe('somebody who tries every second', () => {
  it.each([
    ['from one network, in an hour', accountAtNetwork, 3600, 15],
    ['from one network, in a day', accountAtNetwork, 24 * 3600, 38],
    ['from many networks, in a day', account, 24 * 3600, 58],
    ['however long', untilCleared, 300 * 24 * 3600, 100],
  ])('gets few guesses %s', (_where, rule, seconds, guesses) => {
    expect(guessesIn(rule, seconds)).toBe(guesses)
  }, 60_000)
})

describe('a counter', () => {
  const rule = fc.constantFrom(accountAtNetwork, account, untilCleared)
  const waits = fc.array(fc.integer({ min: 1, max: 3 * 24 * 3600 }), { maxLength: 150 })

  it('is as it was once an attempt has been taken back, lock and all', () => {
    fc.assert(fc.property(rule, waits, (one, steps) => {
      let [counter, now] = [fresh, start]
      for (const wait of steps) {
        now += wait * second
        if (lockedUntil(one, counter, now) !== null) continue
        const after = counted(one, counter, now)
        expect(uncounted(after, { before: counter, after })).toEqual(counter)
        counter = after
      }
    }))
  })

  it('never locks for longer than the longest lock, nor before the free failures are used up', () => {
    fc.assert(fc.property(fc.constantFrom(accountAtNetwork, account), waits, (one, steps) => {
      let [counter, now] = [fresh, start]
      for (const wait of steps) {
        now += wait * second
        const until = lockedUntil(one, counter, now)
        if (until === null) counter = counted(one, counter, now)
        else expect([until - now <= 3600 * second, counter.points >= one.free]).toEqual([true, true])
      }
    }))
  })
})
