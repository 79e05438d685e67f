/**
 * A row of a list read as the person it means: mapped fields, what somebody corrected by hand, and the defaults for what is left
 * open. Pure. Invariant: checking and inviting read a row through here and nowhere else, so what was judged is what is done.
 */
import { addressParser } from 'postal-mime'
import { z } from 'zod'
import { plainName } from '../accounts/account.ts'
import type { Invitee } from '../members/invitee.ts'
import { beginningOf, endOf, readDay } from './calendar-day.ts'
import { fields, type Defaults, type Field, type Mapping } from './mapping.ts'

const corrected = z.string().trim().max(1000)

/** What was corrected by hand, by the name of our field; `reinvite` speaks of this person alone, null for what the list says. */
export const correctionsShape = z.strictObject({
  values: z.partialRecord(z.enum(fields), corrected).default({}),
  reinvite: z.boolean().nullable().default(null),
})
export type Corrections = z.output<typeof correctionsShape>

export interface StoredRow {
  readonly fields: readonly string[]
  readonly corrections: Corrections
}

export interface Reading {
  /** How many columns the list has. */
  readonly columns: number
  readonly mapping: Mapping
  readonly defaults: Defaults
}

export interface Line {
  readonly person: Invitee
  /** As written: a name. */
  readonly role: string
  /** As written: codes or names. */
  readonly units: readonly string[]
  readonly employeeNumber: string | null
  readonly title: string | null
  readonly validFrom: Date | null
  readonly validUntil: Date | null
  readonly clientId: string | null
  readonly reinvite: boolean
}

export type LineRefusal = 'field_count' | 'role_missing' | 'invalid_date' | 'invalid_locale' | 'invalid_title'
export type LineRead = { readonly ok: true; readonly line: Line } | { readonly ok: false; readonly reason: LineRefusal }

const longestTitle = 100

export function readLine(row: StoredRow, reading: Reading): LineRead {
  const values = valuesOf(row, reading)
  if (values === null) return no('field_count')
  const of = (field: Field): string => values.get(field)?.at(-1) ?? ''
  const role = of('role') || (reading.defaults.role ?? '')
  if (role === '') return no('role_missing')
  const locale = of('locale') === '' ? reading.defaults.locale : localeOf(of('locale'))
  if (locale === null) return no('invalid_locale')
  const validFrom = readDay(of('valid_from'))
  const validUntil = readDay(of('valid_until'))
  if ((of('valid_from') !== '' && validFrom === null) || (of('valid_until') !== '' && validUntil === null)) return no('invalid_date')
  if (of('title').length > longestTitle) return no('invalid_title')
  const units = (values.get('units') ?? []).flatMap(severalOf)
  const email = addressOf(of('email'))
  return {
    ok: true,
    line: {
      person: { email, ...namesOf(of), locale },
      role, units: units.length > 0 ? units : reading.defaults.units, employeeNumber: of('employee_number') || null, title: of('title') || null,
      validFrom: validFrom === null ? null : beginningOf(validFrom), validUntil: validUntil === null ? null : endOf(validUntil),
      clientId: reading.defaults.client_id, reinvite: row.corrections.reinvite ?? reading.defaults.reinvite,
    },
  }
}

function no(reason: LineRefusal): LineRead {
  return { ok: false, reason }
}

/** What was written for each field, column by column. Where fields are missing or too many nobody knows which is which: only what was corrected counts. */
function valuesOf({ fields: given, corrections }: StoredRow, { columns, mapping }: Reading): ReadonlyMap<Field, readonly string[]> | null {
  const byHand = fields.flatMap((field): (readonly [Field, readonly string[]])[] => {
    const value = corrections.values[field]
    return value === undefined ? [] : [[field, [value]]]
  })
  const isRagged = given.length !== columns
  if (isRagged && byHand.length === 0) return null
  const values = new Map<Field, readonly string[]>()
  for (const [column, field] of isRagged ? [] : Object.entries(mapping)) {
    const value = given[Number(column)] ?? ''
    if (value !== '') values.set(field, [...(values.get(field) ?? []), value])
  }
  return new Map([...values, ...byHand])
}

/** Several units stand in one field with marks between them. */
function severalOf(text: string): readonly string[] {
  return text.split(/[;；、,，\n]/).map((part) => part.trim()).filter((part) => part !== '')
}

/** The bare address, also of `花 <hana@example.com>`; what is none is left as it is, and refused as such. */
function addressOf(text: string): string | null {
  if (text === '') return null
  return text.includes('<') ? (addressParser(text, { flatten: true })[0]?.address ?? text) : text
}

const locales: Readonly<Record<string, 'ja' | 'en'>> = { ja: 'ja', jp: 'ja', japanese: 'ja', 日本語: 'ja', 和文: 'ja', en: 'en', english: 'en', 英語: 'en', 英文: 'en' }

function localeOf(text: string): 'ja' | 'en' | null {
  return locales[text.normalize('NFKC').trim().toLowerCase().split(/[-_]/)[0] ?? ''] ?? null
}

function namesOf(of: (field: Field) => string): Pick<Invitee, 'familyName' | 'givenName' | 'familyNameKana' | 'givenNameKana'> {
  const [family, given] = splitName(of('full_name'))
  const [familyKana, givenKana] = splitName(of('full_name_kana'))
  const [familyName, givenName] = [of('family_name') || family, of('given_name') || given]
  return {
    familyName: familyName || null, givenName: givenName || null,
    familyNameKana: of('family_name_kana') || familyKana || null, givenNameKana: of('given_name_kana') || givenKana || null,
  }
}

/** In Japanese order, at the first space; a name without one is kept whole as the family's. */
function splitName(text: string): readonly [string, string] {
  const [family = '', ...given] = (plainName(text) ?? '').split(' ')
  return [family, given.join(' ')]
}
