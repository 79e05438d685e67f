import { h } from 'preact'
import { describe, expect, it } from 'vitest'
import { contentSecurityPolicy, formActionOf } from '../../src/http/headers.ts'
import { html, page } from '../../src/http/page.ts'
import { issuer, secureIssuer, start } from './harness.ts'

const strict = "default-src 'none'; style-src 'self'; img-src 'self' https: data:; font-src 'self'; script-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

describe('the headers of every answer', () => {
  const doors = [page({ method: 'GET', path: '/x', access: 'public', handle: () => html(h('p', null, 'x')) })]

  it.each([['a page', '/x'], ['a refusal', '/nowhere'], ['a malformed URL', '/%zz'], ['a problem', '/api/v1/nothing']])('are on %s', async (_what, path) => {
    const { send } = await start({ doors })
    const { headers } = await send(path)
    expect(headers).toMatchObject({
      'content-security-policy': strict,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    })
    expect(headers['permissions-policy']).toContain('camera=()')
    expect(headers).not.toHaveProperty('x-powered-by')
    expect(headers).not.toHaveProperty('server')
  })

  it.each([[issuer, undefined], [secureIssuer, 'max-age=63072000']])('promise https only where the issuer is https: %s', async (at, expected) => {
    const { send } = await start({ issuer: at, doors })
    expect((await send('/x')).headers['strict-transport-security']).toBe(expected)
  })
})

describe('the content security policy', () => {
  it('adds what a page needs and nothing else', () => {
    expect(contentSecurityPolicy()).toBe(strict)
    expect(contentSecurityPolicy({ formAction: ['https://app.example', 'com.example.app:'] })).toContain("form-action 'self' https://app.example com.example.app:;")
    expect(contentSecurityPolicy({ script: 'self' })).toContain("script-src 'self'")
    expect(contentSecurityPolicy({ formAction: 'any' })).not.toContain('form-action')
  })

  it.each(['*', '', 'https://a; script-src *', "'unsafe-inline'", 'https://*.example', 'https://app.example/path', 'javascript:', 'data:', 'https://a\nb'])('refuses to name %j', (source) => {
    expect(() => contentSecurityPolicy({ formAction: [source] })).toThrow('form-action')
  })

  const redirects: readonly [string, string | null][] = [
    ['https://app.example/cb?x=1', 'https://app.example'],
    ['http://localhost:3001/cb', 'http://localhost:3001'],
    ['http://127.0.0.1:51234/', 'http://127.0.0.1:51234'],
    ['http://[::1]:51234/', 'http:'],
    ['com.example.app:/cb', 'com.example.app:'],
    ['https://日本.example/', 'https://xn--wgv71a.example'],
    ['not a url', null],
  ]
  it.each(redirects)('names of %s only %s', (uri, source) => {
    expect(formActionOf(uri)).toBe(source)
    if (source !== null) expect(contentSecurityPolicy({ formAction: [source] })).toContain(source)
  })
})
