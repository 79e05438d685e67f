/** Days as forms say them, YYYY-MM-DD, in the time zone of whoever reads the page. Pure. */

const written = /^\d{4}-\d{2}-\d{2}$/

/** The moment at which the day begins there; null for text that is no day. */
export function startOfDay(day: string, zone: string): Date | null {
  const noon = new Date(`${day}T00:00:00Z`)
  if (!written.test(day) || Number.isNaN(noon.getTime()) || !noon.toISOString().startsWith(day)) return null
  const guess = new Date(noon.getTime() - offsetAt(noon, zone))
  // Once more with the offset of the guess: on the day of a change of clocks the two differ.
  return new Date(noon.getTime() - offsetAt(guess, zone))
}

/** The moment at which the day is over there; null for text that is no day. */
export function endOfDay(day: string, zone: string): Date | null {
  const start = startOfDay(day, zone)
  if (start === null) return null
  const next = new Date(`${day}T00:00:00Z`)
  next.setUTCDate(next.getUTCDate() + 1)
  return startOfDay(next.toISOString().slice(0, 10), zone)
}

/** The day of a moment there. */
export function dayOf(moment: Date, zone: string): string {
  return new Date(moment.getTime() + offsetAt(moment, zone)).toISOString().slice(0, 10)
}

/** How far the clocks there are ahead of UTC, in milliseconds. */
function offsetAt(moment: Date, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' }).formatToParts(moment)
  const [year, month, day, hour, minute, second] = (['year', 'month', 'day', 'hour', 'minute', 'second'] as const).map((type) => Number(parts.find((part) => part.type === type)?.value ?? 0))
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second) - Math.floor(moment.getTime() / 1000) * 1000
}
