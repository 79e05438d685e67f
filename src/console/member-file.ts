/**
 * A list of members as a file: what the list on the page narrows to, all of it, in its order, page by page while it is written. How a
 * file is written stands in http/csv.ts.
 */
import type { Databases } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import { listMemberPage, type MemberPage } from '../members/member-list-queries.ts'
import type { ListCursor, MemberFilter, MemberOrder } from '../members/member-list.ts'
import type { MemberRow } from '../members/queries.ts'

const pageSize = 1000

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

export const headings: readonly string[] = columns.map(([heading]) => heading)

/** The cells of each member in order; headings and cells are those of the import, so that a file that was taken out can be brought back in. */
export async function* readMemberRows(databases: Databases, tenantId: TenantId, wish: MemberOrder & { readonly filter: MemberFilter }): AsyncGenerator<readonly string[]> {
  let cursor: ListCursor = null
  for (;;) {
    const at: ListCursor = cursor
    // A transaction for each page: a slow reader holds none open.
    const page: MemberPage | undefined = await databases.inTenant(tenantId, (trx) => listMemberPage(trx, { ...wish, cursor: at, limit: pageSize }))
    for (const row of page?.rows ?? []) yield columns.map(([, cell]) => cell(row) ?? '')
    const last = page?.rows.at(-1)
    if (page?.hasNext !== true || last === undefined) return
    cursor = { after: last.id }
  }
}
