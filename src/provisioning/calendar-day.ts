/**
 * Days as people in Japan write them in lists: 2026-12-01, 2026/12/1, 2026年12月1日, 20261201, R8.12.1, 令和8年12月1日, and the serial
 * number that Excel writes for a date. Invariant: a day that the calendar does not have, or an era did not, is refused. Pure.
 */
export interface CalendarDay {
  readonly year: number
  readonly month: number
  readonly day: number
}

interface Era {
  readonly names: readonly string[]
  /** The year before its first one. */
  readonly base: number
  /** As YYYYMMDD, both included. */
  readonly first: number
  readonly last: number
}

const eras: readonly Era[] = [
  { names: ['令和', 'R'], base: 2018, first: 20190501, last: 99991231 },
  { names: ['平成', 'H'], base: 1988, first: 19890108, last: 20190430 },
  { names: ['昭和', 'S'], base: 1925, first: 19261225, last: 19890107 },
]

const western = /^(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日?|(\d{2})(\d{2}))$/
const japanese = /^(令和|平成|昭和|[RHS])(元|\d{1,2})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日?)$/
/** What Excel adds where a cell holds a date with a time. */
const timeOfDay = /[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/
/** 1954 to 2119: a shorter or longer number is no date that anybody joins on. */
const serial = /^([2-7]\d{4})(?:\.\d+)?$/

/** The day that is written there, or null for what is none. */
export function readDay(written: string): CalendarDay | null {
  // NFKC also spells ㋿ out, the single sign for 令和.
  const text = written.normalize('NFKC').trim().replace(timeOfDay, '').replaceAll(/\s/g, '').toUpperCase()
  const number = serial.exec(text)?.[1]
  if (number !== undefined) return ofSerial(Number(number))
  const plain = western.exec(text)
  if (plain !== null) return inCalendar({ year: Number(plain[1]), month: Number(plain[2] ?? plain[4] ?? plain[6]), day: Number(plain[3] ?? plain[5] ?? plain[7]) })
  const era = japanese.exec(text)
  return era === null ? null : inEra(era)
}

/** Excel counts from 1900-01-01 and takes 1900 for a leap year, so from March 1900 on the count begins at 1899-12-30. */
function ofSerial(days: number): CalendarDay {
  const moment = new Date(Date.UTC(1899, 11, 30 + days))
  return { year: moment.getUTCFullYear(), month: moment.getUTCMonth() + 1, day: moment.getUTCDate() }
}

function inEra(match: RegExpExecArray): CalendarDay | null {
  const [, name = '', count = ''] = match
  const era = eras.find(({ names }) => names.includes(name))
  const [month, day] = [Number(match[3] ?? match[5]), Number(match[4] ?? match[6])]
  if (era === undefined) return null
  const date = inCalendar({ year: era.base + (count === '元' ? 1 : Number(count)), month, day })
  const place = date === null ? 0 : date.year * 10_000 + date.month * 100 + date.day
  return place >= era.first && place <= era.last ? date : null
}

function inCalendar({ year, month, day }: CalendarDay): CalendarDay | null {
  const moment = new Date(Date.UTC(year, month - 1, day))
  const exists = year >= 1900 && moment.getUTCFullYear() === year && moment.getUTCMonth() === month - 1 && moment.getUTCDate() === day
  return exists ? { year, month, day } : null
}

/** Asia/Tokyo, which has had no summer time since 1951. */
const tokyoHours = 9

/** The moment at which the day begins in Japan. */
export function beginningOf({ year, month, day }: CalendarDay): Date {
  return new Date(Date.UTC(year, month - 1, day, -tokyoHours))
}

/** The moment at which the day is over in Japan: who is a member until a day is one on that day too. */
export function endOf({ year, month, day }: CalendarDay): Date {
  return beginningOf({ year, month, day: day + 1 })
}
