/** What people read when a start fails: one line that says what to do. */
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/base/config.ts'
import { StartError } from '../../src/base/embedded-errors.ts'
import { explain, UsageError } from '../../src/cli/fail.ts'

function coded(code: string, more: object = {}): Error {
  return Object.assign(new Error(`something about ${code}`), { code, ...more })
}

describe('one line per failure', () => {
  it.each([
    [coded('EADDRINUSE', { port: 3000 }), /Port 3000 is in use.*PORT/],
    [coded('ENOSPC'), /disk is full/],
    [coded('ECONNREFUSED', { address: '10.0.0.5', port: 5432 }), /Nothing answers at 10.0.0.5:5432.*DATABASE_URL/],
    [new AggregateError([coded('ECONNREFUSED', { address: '::1', port: 5432 })]), /Nothing answers at ::1:5432/],
    [coded('28P01'), /refuses this password.*DATABASE_URL/],
    [coded('3D000'), /does not exist.*create it/],
    [coded('53300'), /no free connection/],
    [coded('XX001'), /damaged.*backup/],
    [new Error('outer', { cause: coded('57P03') }), /still starting/],
  ])('%s', (error, line) => {
    const { lines, exitCode } = explain(error)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(line)
    expect(exitCode).toBe(1)
  })

  it('keeps the sentence of a StartError and of a wrong call', () => {
    expect(explain(new StartError('Do this.'))).toEqual({ lines: ['Do this.'], exitCode: 1 })
    expect(explain(new UsageError('Call it so.'))).toEqual({ lines: ['Call it so.'], exitCode: 2 })
  })

  it('prints every problem of the configuration, one line each', () => {
    expect(explain(new ConfigError(['PORT is wrong.', 'ISSUER is wrong.']))).toEqual({
      lines: ['PORT is wrong.', 'ISSUER is wrong.'],
      exitCode: 2,
    })
  })

  it('names the place of a fault of ours without its stack', () => {
    const [line, ...more] = explain(new TypeError('x is not a function\nand more')).lines
    expect(line).toMatch(/Tegata stopped: x is not a function \(.*fail\.test\.ts:\d+\)/)
    expect(more).toEqual([])
  })

  it.each([undefined, null, 'a string', new Error('')])('survives a thrown %j', (thrown) => {
    expect(explain(thrown).lines[0]).toMatch(/^Tegata stopped: ./)
  })
})
