/**
 * The JSON door to the list of a tenant's members: filters, order and pages. What can be asked is member-list.ts's; the console and
 * the CSV read the same query.
 */
import { z } from 'zod'
import type { Databases, TenantTrx } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import { endpoint, refusal, type EndpointDoor } from '../http/endpoint.ts'
import { csvDownload, csvMediaType, csvResponse } from '../http/csv.ts'
import { inTenantOf, memberShape, moverOf, presentMember } from './api.ts'
import { exportMembers } from './export-members.ts'
import { idField, limitField, namesField } from '../http/fields.ts'
import { factorFilters, memberSorts, memberSources, seenFilters, type MemberFilter } from './member-list.ts'
import { countMembers, listMemberPage } from './member-list-queries.ts'
import { membershipStatuses } from './membership.ts'
import { readAccess } from './role-api.ts'

/** What the address of a list says, the same at every door. */
export const memberFilterQuery = z.object({
  search: z.string().max(100).optional(),
  /** Several with commas between them. */
  status: namesField(membershipStatuses).optional(),
  role_id: idField.optional(),
  unit: z.string().max(100).optional(),
  factor: z.enum(factorFilters).optional(),
  source: z.enum(memberSources).optional(),
  seen: z.enum(seenFilters).optional(),
})

export const memberOrderQuery = z.object({ sort: z.enum(memberSorts).default('name'), direction: z.enum(['asc', 'desc']).default('asc') })

export function filterOf({ search, status, role_id: roleId, unit: unitCode, factor, source, seen }: z.output<typeof memberFilterQuery>): MemberFilter {
  return { search, status, roleId, unitCode, factor, source, seen }
}

const page = memberFilterQuery.extend(memberOrderQuery.shape).extend({
  cursor: idField.optional(),
  limit: limitField,
})

export function memberListEndpoints({ databases }: { readonly databases: Databases }): EndpointDoor[] {
  return [
    endpoint({
      method: 'GET', path: '/api/v1/members', access: readAccess, query: page, summary: 'The members of the tenant, narrowed and ordered as asked, and how many fit.',
      response: z.object({ members: z.array(memberShape), total: z.int(), next_cursor: z.string().nullable() }),
      handle: ({ caller, query }) => inTenantOf(caller, (tenantId) => answerPage(databases, tenantId, query)),
    }),
    endpoint({
      method: 'GET', path: '/api/v1/members.csv', access: readAccess, query: memberFilterQuery.extend(memberOrderQuery.shape), response: csvResponse, mediaType: csvMediaType,
      summary: 'The same as a file for Excel, all of it; that it was taken out is an event.',
      handle: ({ caller, query, origin }) => inTenantOf(caller, async (tenantId) => {
        const { sort, direction } = query
        return { status: 200, ...csvDownload(await exportMembers({ databases }, { tenantId, filter: filterOf(query), sort, direction, ...moverOf(caller), origin })) }
      }),
    }),
  ]
}

async function answerPage(databases: Databases, tenantId: TenantId, query: z.output<typeof page>) {
  const { cursor, limit, sort, direction } = query
  const filter = filterOf(query)
  const read = async (trx: TenantTrx) => {
    const found = await listMemberPage(trx, { filter, sort, direction, cursor: cursor === undefined ? null : { after: cursor }, limit })
    return found === undefined ? undefined : { ...found, total: await countMembers(trx, filter) }
  }
  const found = await databases.inTenant(tenantId, read)
  if (found === undefined) return refusal(404, 'not_found')
  const { rows, hasNext, total } = found
  return { status: 200, body: { members: rows.map(presentMember), total, next_cursor: hasNext ? (rows.at(-1)?.id ?? null) : null } }
}
