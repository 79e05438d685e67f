/**
 * Owns lists that leave as a file for Excel: `csvDownload` is the one way to write them, whatever they list (members, results of imports).
 * Invariants: UTF-8 with BOM and CRLF, which Excel in Japan opens as it is; a field that a spreadsheet would run as a formula
 * (it begins with = + - @ TAB or their wide twins) is shown as text by a leading '; rows are written while they are read, never
 * gathered first.
 */
import { pipeline, Readable } from 'node:stream'
import { stringify } from 'csv-stringify'
import { z } from 'zod'

export interface CsvList {
  /** In ASCII, with its ending: `sakura-members.csv`. */
  readonly filename: string
  readonly headings: readonly string[]
  readonly rows: Iterable<readonly string[]> | AsyncIterable<readonly string[]>
}

export interface CsvDownload {
  readonly body: Readable
  readonly headers: Readonly<Record<'Content-Type' | 'Content-Disposition', string>>
}

export const csvMediaType = 'text/csv'
/** The response of an endpoint that answers with `csvDownload(…).body`; its declaration says `mediaType: csvMediaType` as well. */
export const csvResponse = z.instanceof(Readable)

/** What a door answers with; a fault while it is read breaks the download off, so that nobody takes half a list for the whole. */
export function csvDownload({ filename, headings, rows }: CsvList): CsvDownload {
  if (!/^[\w.-]+$/.test(filename)) throw new Error('A file name of a download is letters, digits, dots and hyphens.')
  // By itself the library quotes a line break only where it is the one that ends its own lines.
  const lines = stringify({ bom: true, escape_formulas: true, record_delimiter: 'windows', quoted_match: /[\r\n]/ })
  const body = pipeline(Readable.from(withHeadings(headings, rows)), lines, () => undefined)
  return { body, headers: { 'Content-Type': `${csvMediaType}; charset=utf-8`, 'Content-Disposition': `attachment; filename="${filename}"` } }
}

async function* withHeadings(headings: readonly string[], rows: CsvList['rows']): AsyncGenerator<readonly string[]> {
  yield headings
  yield* rows
}
