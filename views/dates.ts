/**
 * Writes moments for people. The zone is always named or fixed by the caller, because the server's own means nothing to a reader.
 */
import type { Locale } from './locale.ts'

/** Writes an ISO 8601 moment as date, time and zone; text that is no moment comes back as it is. */
export function dateTime(locale: Locale, iso: string, timeZone = 'Asia/Tokyo'): string {
  const moment = new Date(iso)
  if (Number.isNaN(moment.getTime())) return iso
  return new Intl.DateTimeFormat(locale === 'ja' ? 'ja-JP' : 'en-GB', {
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone,
    timeZoneName: 'short',
  }).format(moment)
}
