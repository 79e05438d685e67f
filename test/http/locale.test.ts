import { describe, expect, it } from 'vitest'
import { languageLinks, negotiateLocale } from '../../src/http/locale.ts'
import type { LocaleHints } from '../../src/http/locale.ts'
import { cookiesOf, secureIssuer, start } from './harness.ts'

const cases: readonly [string, LocaleHints, string][] = [
  ['nothing is known', {}, 'ja'],
  ['the browser prefers English', { acceptLanguage: 'en-US,en;q=0.9,ja;q=0.8' }, 'en'],
  ['the browser prefers Japanese', { acceptLanguage: 'en;q=0.5, ja' }, 'ja'],
  ['the browser knows neither of ours', { acceptLanguage: 'fr,de;q=0.9' }, 'ja'],
  ['the browser takes French first and English next', { acceptLanguage: 'fr,en;q=0.3' }, 'en'],
  ['the browser takes anything', { acceptLanguage: '*' }, 'ja'],
  ['the browser refuses English', { acceptLanguage: 'en;q=0' }, 'ja'],
  ['the header is nonsense', { acceptLanguage: ';;;q=,,,=en;q=9' }, 'ja'],
  ['the tag only starts like English', { acceptLanguage: 'eng' }, 'ja'],
  ['the app asks for English', { uiLocales: 'en-GB', acceptLanguage: 'ja' }, 'en'],
  ['the app asks for French, then English', { uiLocales: 'fr-CA en', cookie: 'ja' }, 'en'],
  ['the app asks for what we lack', { uiLocales: 'fr de', cookie: 'en' }, 'en'],
  ['the app asks in capitals', { uiLocales: 'EN-us' }, 'en'],
  ['a cookie stands against the browser', { cookie: 'en', acceptLanguage: 'ja' }, 'en'],
  ['a cookie holds nonsense', { cookie: '"><script>', acceptLanguage: 'en' }, 'en'],
  ['a fresh choice stands against the app', { chosen: 'en', uiLocales: 'ja', cookie: 'ja' }, 'en'],
]

describe('the language of a request', () => {
  it.each(cases)('is right where %s', (_what, hints, locale) => {
    expect(negotiateLocale(hints)).toBe(locale)
  })
})

const links: readonly [string, string, string][] = [
  ['a plain path', '/account', '/account?lang=en'],
  ['a path with a query', '/interaction/a?x=1&y=%26', '/interaction/a?x=1&y=%26&lang=en'],
  ['a path with a language', '/account?lang=ja&x=1', '/account?lang=en&x=1'],
  ['a path with two languages', '/account?lang=ja&lang=fr', '/account?lang=en'],
  ['a path that looks like a host', '//evil.example/x?y', '/?lang=en'],
  ['a path with a backslash', '/\\evil.example', '/?lang=en'],
  ['an absolute URL', 'http://evil.example/', '/?lang=en'],
  ['nothing', '', '/?lang=en'],
]

describe('the language links', () => {
  it.each(links)('stay on this server for %s', (_what, url, english) => {
    expect(languageLinks(url).en).toBe(english)
    expect(languageLinks(url).ja).toBe(english.replace('lang=en', 'lang=ja'))
  })
})

describe('the language of a visit', () => {
  const echo = (issuer?: string) => start({
    ...(issuer === undefined ? {} : { issuer }),
    more: (app) => app.use((ctx) => { ctx.body = ctx.state.locale }),
  })

  it('is kept for a year once chosen, and goes on with the page', async () => {
    const { send } = await echo()
    const chosen = await send('/?lang=en', { headers: { 'Accept-Language': 'ja' } })
    expect(chosen.body).toBe('en')
    expect(chosen.headers['set-cookie']).toEqual([
      'tegata_locale=en; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax',
      'tegata_locale_recent=en; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax',
    ])
    const later = await send('/?ui_locales=ja', { headers: { 'Accept-Language': 'ja', Cookie: cookiesOf(chosen) } })
    expect(later.body).toBe('en')
    const nextDay = await send('/', { headers: { 'Accept-Language': 'ja', Cookie: 'tegata_locale=en' } })
    expect(nextDay.body).toBe('en')
    const otherApp = await send('/?ui_locales=ja', { headers: { Cookie: 'tegata_locale=en' } })
    expect(otherApp.body).toBe('ja')
  })

  it('is kept in a cookie that no sibling host can plant where the issuer is https', async () => {
    const { send } = await echo(secureIssuer)
    const chosen = await send('/?lang=en')
    expect(chosen.headers['set-cookie']?.[0]).toBe('__Host-tegata_locale=en; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure')
    expect((await send('/', { headers: { Cookie: 'tegata_locale=en' } })).body).toBe('ja')
    expect((await send('/', { headers: { Cookie: cookiesOf(chosen) } })).body).toBe('en')
  })

  it.each([['POST', '/?lang=en'], ['GET', '/?lang=fr'], ['GET', '/?lang='], ['GET', '/api/v1/x?lang=en']])('is not changed by %s %s', async (method, path) => {
    const { send } = await echo()
    const answer = await send(path, { method })
    expect(answer.headers['set-cookie']).toBeUndefined()
    expect(answer.body).toBe('ja')
  })
})
