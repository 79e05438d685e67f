/**
 * Takes the list of a tenant's members out as a file, narrowed and ordered as it was asked for. Invariants: that somebody took it out
 * is an event before the first row leaves; each batch is read in a transaction of its own, so a slow reader holds none open.
 */
import type { Databases } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import type { CsvList } from '../http/csv.ts'
import { countMembers, listMemberPage, type MemberPage } from './member-list-queries.ts'
import type { ListCursor, MemberFilter, MemberOrder } from './member-list.ts'
import type { Mover } from './membership.ts'
import type { MemberRow } from './queries.ts'

const batchRows = 500

const columns: Readonly<Record<string, (row: MemberRow) => string | null>> = {
  membership_id: ({ id }) => id,
  name: ({ shown_name: name }) => name,
  email: ({ email }) => email,
  employee_number: ({ employee_number: number }) => number,
  title: ({ title }) => title,
  role: ({ role }) => role,
  units: ({ units }) => units.join(';'),
  heads: ({ heads }) => heads.join(';'),
  status: ({ status }) => status,
  source: ({ source }) => source,
  second_factors: (row) => row.second_factors.join(';'),
  last_seen_on: (row) => row.last_seen_on,
  joined_at: (row) => row.joined_at?.toISOString() ?? null,
  valid_from: (row) => row.valid_from?.toISOString() ?? null,
  valid_until: (row) => row.valid_until?.toISOString() ?? null,
}

export interface MemberExport extends MemberOrder {
  readonly tenantId: TenantId
  readonly filter: MemberFilter
  readonly mover: Mover
  readonly origin: Origin
}

export async function exportMembers(deps: { readonly databases: Databases }, wish: MemberExport): Promise<CsvList> {
  const { tenantId, filter, mover, origin } = wish
  await deps.databases.inTenant(tenantId, async (trx) => {
    const count = await countMembers(trx, filter)
    await record(trx, { type: 'members.exported', outcome: 'success', subject: tenantId, actor: mover.accountId, origin, after: { count, filter } })
  })
  return { filename: 'members.csv', headings: Object.keys(columns), rows: rowsOf(deps, wish) }
}

async function* rowsOf({ databases }: { readonly databases: Databases }, { tenantId, filter, sort, direction }: MemberExport): AsyncGenerator<readonly string[]> {
  let cursor: ListCursor = null
  for (;;) {
    const from: ListCursor = cursor
    const page: MemberPage | undefined = await databases.inTenant(tenantId, (trx) => listMemberPage(trx, { filter, sort, direction, cursor: from, limit: batchRows }))
    for (const row of page?.rows ?? []) yield Object.values(columns).map((cell) => cell(row) ?? '')
    const last = page?.rows.at(-1)
    if (page?.hasNext !== true || last === undefined) return
    cursor = { after: last.id }
  }
}
