import { describe, expect, it } from 'vitest'
import { browserLine, browserName } from '../../src/self-service/browser-name.ts'

const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36'

describe('the name of a browser', () => {
  it.each([
    [windows, 'Chrome, Windows'],
    [`${windows} Edg/131.0.0.0`, 'Microsoft Edge, Windows'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1', 'Safari, iOS'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', 'Firefox, Linux'],
  ])('is what the browser says: %s', (userAgent, line) => {
    expect(browserLine(userAgent)).toBe(line)
  })

  it.each([[null], [''], ['   '], ['curl/8.5.0'], ['x'], ['(((((']])('is unknown for %s', (userAgent) => {
    expect(browserName(userAgent)).toEqual({ browser: null, system: null })
    expect(browserLine(userAgent)).toBeNull()
  })

  it('is never a text of the client’s own', () => {
    expect(browserLine('Call 0120 000 000 now/9.9 xx')).toBeNull()
    expect(browserLine('<b>Alert</b>/1 (Windows NT 10.0)')).toBe('Windows')
  })
})
