/**
 * Time zones to choose from: those that people of a Japanese hospital are likely to need, under names of the reader's language.
 * Names come from the runtime (CLDR), so none has to be kept here.
 */
import type { Locale } from '../locale.ts'

const common = [
  'Asia/Tokyo', 'Asia/Seoul', 'Asia/Shanghai', 'Asia/Taipei', 'Asia/Hong_Kong', 'Asia/Manila', 'Asia/Singapore', 'Asia/Ho_Chi_Minh', 'Asia/Bangkok',
  'Asia/Jakarta', 'Asia/Yangon', 'Asia/Kathmandu', 'Asia/Kolkata', 'Australia/Sydney', 'Pacific/Auckland', 'Pacific/Honolulu', 'America/Los_Angeles',
  'America/Denver', 'America/Chicago', 'America/New_York', 'America/Sao_Paulo', 'Europe/London', 'Europe/Paris', 'Europe/Berlin', 'UTC',
]

/** The common zones, with the present one on top where it is none of them; a name the runtime does not know stands as it is. */
export function zoneOptions(locale: Locale, present: string): { value: string; name: string }[] {
  const zones = present === '' || common.includes(present) ? common : [present, ...common]
  return zones.map((value) => ({ value, name: nameOf(locale, value) }))
}

function nameOf(locale: Locale, timeZone: string): string {
  if (timeZone === 'UTC') return timeZone
  try {
    const parts = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'longGeneric' }).formatToParts(0)
    const name = parts.find(({ type }) => type === 'timeZoneName')?.value
    return name === undefined ? timeZone : `${name} (${timeZone})`
  } catch {
    return timeZone
  }
}
