// Log lines: readable by machines, silent about secrets, brief about errors.
import { describe, expect, it } from 'vitest'
import { createLogger } from '../../src/base/log.ts'

function logged(debug: boolean, write: (log: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = []
  write(createLogger({ level: 'info', debug }, { write: (line) => { lines.push(line) } }))
  return lines.join('')
}

describe('a log line', () => {
  it.each(['authorization', 'cookie', 'set-cookie', 'password', 'client_secret', 'code', 'token', 'refresh_token'])('hides %s at every depth that we use', (key) => {
    const line = logged(false, (log) => log.info({
      [key]: 'hush', body: { [key]: 'hush' }, req: { headers: { [key]: 'hush' } }, outer: { req: { headers: { [key]: ['hush'] } } },
    }, 'sign-in'))
    expect(line).not.toContain('hush')
    expect(line).toContain('[redacted]')
  })

  it('hides secrets that a child logger carries', () => {
    expect(logged(false, (log) => log.child({ password: 'hush' }).info('sign-in'))).not.toContain('hush')
  })

  it('is one JSON object with level and time in words', () => {
    expect(JSON.parse(logged(false, (log) => log.info({ tenant_id: 't1' }, 'started')))).toMatchObject({
      level: 'info', msg: 'started', tenant_id: 't1', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    })
  })

  it.each([[false], [true]])('shows the stack of an error only when debugging (%s)', (debug) => {
    const fault = Object.assign(new Error('no route to database', { cause: new TypeError('low down') }), { code: 'ECONNREFUSED' })
    const line: unknown = JSON.parse(logged(debug, (log) => log.error({ err: fault }, 'stopped')))
    expect(line).toMatchObject({ err: { name: 'Error', message: 'no route to database', error_code: 'ECONNREFUSED', cause: { message: 'low down' } } })
    expect(JSON.stringify(line).includes('log.test.ts')).toBe(debug)
  })

  it('is not written below the level', () => expect(logged(false, (log) => log.debug('detail'))).toBe(''))
})
