/**
 * Writes moments for people. The zone is always named or fixed by the caller, because the server's own means nothing to a reader.
 */
import type { Locale } from './locale.ts'

/** Writes the day of an ISO 8601 moment; text that is no moment comes back as it is. */
export function day(locale: Locale, iso: string, timeZone = 'Asia/Tokyo'): string {
  return write(locale, iso, { timeZone })
}

/** Writes an ISO 8601 moment as date, time and zone; text that is no moment comes back as it is. */
export function dateTime(locale: Locale, iso: string, timeZone = 'Asia/Tokyo'): string {
  return write(locale, iso, { hour: 'numeric', minute: '2-digit', timeZone, timeZoneName: 'short' })
}

/** Writes a day given as YYYY-MM-DD without its year, as short as it is understood. */
export function shortDay(locale: Locale, date: string): string {
  const moment = new Date(`${date}T00:00:00Z`)
  if (Number.isNaN(moment.getTime())) return date
  return new Intl.DateTimeFormat(locale === 'ja' ? 'ja-JP' : 'en-GB', { month: 'short', day: 'numeric', timeZone: 'UTC' }).format(moment)
}

function write(locale: Locale, iso: string, more: Intl.DateTimeFormatOptions): string {
  const moment = new Date(iso)
  if (Number.isNaN(moment.getTime())) return iso
  return new Intl.DateTimeFormat(locale === 'ja' ? 'ja-JP' : 'en-GB', { year: 'numeric', month: 'long', day: 'numeric', ...more }).format(moment)
}
