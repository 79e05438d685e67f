/**
 * A list of members as a CSV file: what the list on the page narrows to, all of it, in its order. Invariant: a cell never begins a
 * formula, whoever wrote what stands in it; the file says its encoding, so that Excel shows Japanese as it is.
 */
import { stringify } from 'csv-stringify/sync'
import type { TenantTrx } from '../base/db.ts'
import { listMemberPage } from '../members/member-list-queries.ts'
import type { MemberFilter, MemberOrder } from '../members/member-list.ts'
import type { MemberRow } from '../members/queries.ts'

const pageSize = 1000
const byteOrderMark = '\uFEFF'

const columns: readonly (readonly [heading: string, cell: (row: MemberRow) => string | null])[] = [
  ['membership_id', ({ id }) => id],
  ['name', ({ shown_name: name }) => name],
  ['email', ({ email }) => email],
  ['employee_number', ({ employee_number: number }) => number],
  ['title', ({ title }) => title],
  ['role', ({ role }) => role],
  ['units', ({ units }) => units.join(';')],
  ['heads', ({ heads }) => heads.join(';')],
  ['status', ({ status }) => status],
  ['source', ({ source }) => source],
  ['second_factors', (row) => row.second_factors.join(';')],
  ['last_seen_on', (row) => row.last_seen_on],
  ['joined_at', ({ joined_at: at }) => at?.toISOString() ?? null],
  ['valid_from', ({ valid_from: at }) => at?.toISOString() ?? null],
  ['valid_until', ({ valid_until: at }) => at?.toISOString() ?? null],
]

/** Headings are those of the import, so that a file that was taken out can be brought back in. */
export async function writeMemberFile(trx: TenantTrx, wish: MemberOrder & { readonly filter: MemberFilter }): Promise<{ readonly text: string; readonly count: number }> {
  const rows = await listAll(trx, wish)
  const text = stringify([columns.map(([heading]) => heading), ...rows.map((row) => columns.map(([, cell]) => cell(row) ?? ''))], { escape_formulas: true, record_delimiter: 'windows' })
  return { text: byteOrderMark + text, count: rows.length }
}

async function listAll(trx: TenantTrx, wish: MemberOrder & { readonly filter: MemberFilter }): Promise<readonly MemberRow[]> {
  const all: MemberRow[] = []
  for (;;) {
    const last = all.at(-1)
    const page = await listMemberPage(trx, { ...wish, cursor: last === undefined ? null : { after: last.id }, limit: pageSize })
    all.push(...(page?.rows ?? []))
    if (page?.hasNext !== true) return all
  }
}
