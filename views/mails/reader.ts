/**
 * Owns what every mail says in the same way: the greeting, when and from where something happened, and the advice to whoever
 * knows nothing of it. What happened is each mail's own business.
 */
import { dateTime } from '../dates.ts'
import type { Locale } from '../locale.ts'
import { t as speak, type Translate } from '../messages.ts'
import type { Fact } from './layout.tsx'

/** The person a mail is written to. */
export interface Reader {
  locale: Locale
  /** Null where nobody has proved yet whose address it is: then the mail greets nobody. */
  displayName: string | null
  /** IANA name; the account's zone where it has one. */
  timeZone?: string | undefined
  productName?: string | undefined
}

/** Where and when something was done. */
export interface Occasion {
  /** ISO 8601. */
  at: string
  /** Null where an administrator did it: their whereabouts are not the reader's to know. */
  from: { browser: string | null; system: string | null; clientAddress: string | null } | null
}

/** What the text of a mail is made with. */
export interface Voice {
  t: Translate
  product: string
  greeting: string | undefined
  moment: (iso: string) => string
}

/** The voice in which one reader is spoken to. */
export function voiceFor({ locale, displayName, timeZone, productName }: Reader): Voice {
  const t = speak(locale)
  return {
    t,
    product: productName ?? 'Tegata',
    greeting: displayName === null || displayName.trim() === '' ? undefined : t('any_mail.greeting', { name: displayName }),
    moment: (iso) => dateTime(locale, iso, timeZone),
  }
}

/** The lines that tell the reader whether this was they themselves. */
export function occasionFacts({ t, moment }: Voice, { at, from }: Occasion): Fact[] {
  const when = { label: t('any_mail.when'), value: moment(at) }
  if (from === null) return [when, { label: t('any_mail.by'), value: t('any_mail.by_administrator') }]
  // Done without a browser and from nowhere: by the system itself.
  if (from.browser === null && from.system === null && from.clientAddress === null) return [when]
  return [
    when,
    { label: t('any_mail.browser'), value: browserWords(t, from) },
    ...(from.clientAddress === null ? [] : [{ label: t('any_mail.client_address'), value: from.clientAddress }]),
  ]
}

function browserWords(t: Translate, { browser, system }: NonNullable<Occasion['from']>): string {
  if (browser !== null && system !== null) return t('any_mail.browser_on', { browser, system })
  return browser ?? system ?? t('any_mail.browser_unknown')
}
