/**
 * Owns which language a request gets, and the links that change it.
 * Order: what the person chose a moment ago, what the app asks for (ui_locales), what the person chose once,
 * what the browser prefers, Japanese. The words themselves live in views/.
 */
import type { IncomingMessage } from 'node:http'
import { isLocale } from '../../views/locale.ts'
import type { Locale } from '../../views/locale.ts'
import type { CookieJar } from './cookies.ts'
import type { AppMiddleware } from './context.ts'

export interface LocaleHints {
  /** The choice made within the last hour: it beats the app's wish, or the language link would do nothing in a sign-in. */
  readonly chosen?: string | null | undefined
  /** Space-separated language tags, best first (OpenID Connect Core §3.1.2.1). */
  readonly uiLocales?: string | null | undefined
  readonly cookie?: string | null | undefined
  readonly acceptLanguage?: string | null | undefined
}

const choiceCookie = 'tegata_locale'
const recentChoiceCookie = 'tegata_locale_recent'
const yearSeconds = 365 * 24 * 3600
const hourSeconds = 3600

/** The language that fits the hints best; Japanese where none does. */
export function negotiateLocale({ chosen, uiLocales, cookie, acceptLanguage }: LocaleHints): Locale {
  return ours(chosen) ?? firstOurs(uiLocales?.split(' ')) ?? ours(cookie) ?? firstOurs(byPreference(acceptLanguage)) ?? 'ja'
}

/** The language of a request: its cookies and headers, with the app's ui_locales where they are known. */
export function localeFor(req: IncomingMessage, cookies: CookieJar, uiLocales?: string | null): Locale {
  return negotiateLocale({
    // The link's own request brings the choice in its query; its cookie comes back with the next one only.
    chosen: chosenIn(req) ?? cookies.read(req, recentChoiceCookie),
    uiLocales,
    cookie: cookies.read(req, choiceCookie),
    acceptLanguage: req.headers['accept-language'],
  })
}

/** What the language link of this very request says; only a page that is read can be asked for in another language. */
function chosenIn({ method, url = '' }: IncomingMessage): string | null {
  const at = url.indexOf('?')
  if (at < 0 || (method !== 'GET' && method !== 'HEAD') || url.startsWith('/api/')) return null
  return new URLSearchParams(url.slice(at)).get('lang')
}

/** Keeps the choice of `?lang=ja|en` on a page, and hears `ui_locales` in the query; then goes on. */
export function localeMiddleware(cookies: CookieJar): AppMiddleware {
  return (ctx, next) => {
    const reads = ctx.method === 'GET' || ctx.method === 'HEAD'
    if (!reads || ctx.querystring === '' || ctx.path.startsWith('/api/')) return next()
    const query = new URLSearchParams(ctx.querystring)
    const chosen = query.get('lang')
    const uiLocales = query.get('ui_locales')
    if (chosen !== null && isLocale(chosen)) {
      cookies.write(ctx.res, { name: choiceCookie, value: chosen, maxAgeSeconds: yearSeconds })
      cookies.write(ctx.res, { name: recentChoiceCookie, value: chosen, maxAgeSeconds: hourSeconds })
      ctx.state.locale = chosen
    } else if (uiLocales !== null) ctx.state.locale = localeFor(ctx.req, cookies, uiLocales)
    return next()
  }
}

/** The same path and query in each language; a target that is not a plain path of ours becomes the front page. */
export function languageLinks(url: string): Record<Locale, string> {
  const [path = '/'] = url.split('?', 1)
  const known = /^\/(?![/\\])/.test(path) ? path : '/'
  const query = new URLSearchParams(known === path ? url.slice(path.length) : '')
  const link = (locale: Locale) => {
    query.set('lang', locale)
    return `${known}?${query.toString()}`
  }
  return { ja: link('ja'), en: link('en') }
}

function ours(tag: string | null | undefined): Locale | undefined {
  const [language = ''] = tag?.trim().toLowerCase().split('-', 1) ?? []
  return isLocale(language) ? language : undefined
}

function firstOurs(tags: readonly string[] = []): Locale | undefined {
  return tags.map(ours).find((locale) => locale !== undefined)
}

/** Tags of an Accept-Language header, best first; q=0 means "not this one" (RFC 9110 §12.4.2). */
function byPreference(header: string | null | undefined): string[] {
  return (header?.split(',') ?? [])
    .map((entry) => {
      const [tag = '', ...parameters] = entry.split(';')
      const weight = parameters.map((parameter) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/i.exec(parameter)?.[1]).find((q) => q !== undefined)
      return { tag, weight: Number(weight ?? '1') }
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag)
}
