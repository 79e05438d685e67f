/**
 * Turns rows into what mails are written with: who reads, in which language and zone, and where the event came from.
 * Invariants: an administrator's whereabouts are never told to whom they act upon; of a browser only known names are shown.
 */
import { isLocale, type Locale } from '../../views/locale.ts'
import type { Occasion, Reader } from '../../views/mails/reader.ts'
import { browserName } from '../self-service/browser-name.ts'
import type { MailedEvent, Recipient } from './queries.ts'

/** The owner of an account, in their own language; Japanese where none is known. */
export function readerOf({ display_name, locale, zoneinfo }: Pick<Recipient, 'display_name' | 'locale' | 'zoneinfo'>): Reader {
  return { locale: localeOf(locale), displayName: display_name, timeZone: isTimeZone(zoneinfo) ? zoneinfo : undefined }
}

/** Whoever reads the mails of an address that nobody has proved: no name, the language in which the mail was asked for. */
export function strangerWith(locale: string | null): Reader {
  return { locale: localeOf(locale), displayName: null }
}

function localeOf(locale: string | null): Locale {
  return locale !== null && isLocale(locale) ? locale : 'ja'
}

/** An imported account may carry a zone that no library knows; its mail shall leave all the same. */
function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

export function occasionOf({ occurred_at, actor, subject, ip, user_agent }: MailedEvent): Occasion {
  const bySomebodyElse = actor !== null && actor !== subject
  return { at: occurred_at.toISOString(), from: bySomebodyElse ? null : { ...browserName(user_agent), clientAddress: ip } }
}
