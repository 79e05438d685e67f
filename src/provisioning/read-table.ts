/**
 * Bytes of a CSV file or a pasted list to headings and rows. Invariants: the parsing itself is csv-parse's and postal-mime's; every
 * record of the list becomes a row, one with too few or too many fields included, so that the numbers fit what its author sees;
 * a list that is too large is refused before it is kept.
 */
import { CsvError, parse, type Options } from 'csv-parse/sync'
import { addressParser } from 'postal-mime'
import { decodeText, type Encoding } from './decode-text.ts'
import { looksLikeHeadings } from './mapping.ts'

export const limits = { bytes: 5 * 1024 * 1024, rows: 10_000, columns: 60, fieldCharacters: 1000 } as const

export type TableRefusal =
  | 'unknown_encoding' | 'is_workbook' | 'list_empty' | 'list_too_large' | 'too_many_rows' | 'too_many_columns' | 'field_too_long' | 'unclosed_quote' | 'malformed_list'

export interface Table {
  readonly encoding: Encoding
  readonly separator: string
  /** Empty texts where the list has none. */
  readonly headings: readonly string[]
  readonly hasHeadings: boolean
  readonly rows: readonly (readonly string[])[]
}

export type TableRead = { readonly ok: true; readonly table: Table } | { readonly ok: false; readonly reason: TableRefusal }

export interface TableOptions {
  readonly encoding?: Encoding | undefined
  /** Whether the first record names the columns; found out where nobody says so. */
  readonly hasHeadings?: boolean | undefined
}

export function readTable(bytes: Uint8Array, { encoding, hasHeadings }: TableOptions = {}): TableRead {
  if (bytes.length > limits.bytes) return no('list_too_large')
  const decoded = decodeText(bytes, encoding)
  if (!decoded.ok) return decoded
  const { text, announced } = withoutSeparatorLine(decoded.text)
  try {
    const separator = announced ?? separatorOf(text)
    const records = recordsOf(text, separator, limits.rows + 2)
    const isNamed = hasHeadings ?? looksLikeHeadings(records[0] ?? [])
    const listed = isNamed ? null : addressesOf(text, records)
    return judged({ encoding: decoded.encoding, separator, ...(listed ?? tableOf(records, isNamed)) })
  } catch (error) {
    if (error instanceof CsvError) return no(error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'unclosed_quote' : 'malformed_list')
    throw error
  }
}

function no(reason: TableRefusal): TableRead {
  return { ok: false, reason }
}

function judged(table: Table): TableRead {
  const { headings, rows } = table
  if (rows.length === 0) return no('list_empty')
  if (rows.length > limits.rows) return no('too_many_rows')
  const all = [headings, ...rows]
  if (all.some((row) => row.length > limits.columns)) return no('too_many_columns')
  return all.some((row) => row.some((field) => field.length > limits.fieldCharacters)) ? no('field_too_long') : { ok: true, table }
}

/** Excel writes and obeys a first line that names the separator: `sep=;`. */
function withoutSeparatorLine(text: string): { readonly text: string; readonly announced: string | null } {
  const found = /^"?sep=([,;\t])"?(?:\r\n|\n|\r)/i.exec(text)
  return found === null ? { text, announced: null } : { text: text.slice(found[0].length), announced: found[1] ?? null }
}

const separators = [',', '\t', ';'] as const
/** More than any heading row has, even with line breaks in its fields. */
const sampleCharacters = 64 * 1024

/** The one that cuts the first record into most fields. */
function separatorOf(text: string): string {
  const sample = text.slice(0, sampleCharacters)
  const counts = separators.map((separator) => ({ separator, count: recordsOf(sample, separator, 1)[0]?.length ?? 0 }))
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).separator
}

function recordsOf(text: string, separator: string, most: number): string[][] {
  const options: Options = {
    delimiter: separator, to: most, record_delimiter: ['\r\n', '\n', '\r'], relax_column_count: true, relax_quotes: true, skip_empty_lines: true, skip_records_with_empty_values: true,
  }
  // trim() takes the full-width space and the no-break space as well, which the parser's own option does not.
  return parse(text, options).map((record) => record.map((field) => field.trim()))
}

function tableOf(records: readonly string[][], hasHeadings: boolean): Pick<Table, 'headings' | 'hasHeadings' | 'rows'> {
  const [first = [], ...rest] = records
  return hasHeadings ? { headings: first, hasHeadings, rows: rest } : { headings: first.map(() => ''), hasHeadings, rows: records }
}

/** Addresses as people paste them, one a line or as a mail program lists them: `花 <hana@example.com>; ken@example.com`. */
function addressesOf(text: string, records: readonly string[][]): Pick<Table, 'headings' | 'hasHeadings' | 'rows'> | null {
  const fields = records.flat().filter((field) => field !== '')
  if (fields.length === 0 || !fields.every((field) => field.includes('@'))) return null
  const lines = text.split(/\r\n|\n|\r/).map((line) => line.replaceAll('\t', ', ').trim()).filter((line) => line !== '')
  const rows = lines.flatMap((line) => addressParser(line, { flatten: true }).map(({ name, address = '' }) => [address === '' ? name : address, address === '' ? '' : name]))
  return { headings: ['', ''], hasHeadings: false, rows: rows.slice(0, limits.rows + 1) }
}
