/** `tegata member list|show`: who belongs to a tenant, as its own console lists them. */
import { z } from 'zod'
import type { Databases } from '../base/db.ts'
import { isMembershipId, parseTenantId, type TenantId } from '../base/ids.ts'
import { byName, memberSorts, type MemberFilter } from '../members/member-list.ts'
import { countMembers, listMemberPage } from '../members/member-list-queries.ts'
import { isMembershipStatus } from '../members/membership.ts'
import { findMember, findTenantOfMembership, type MemberRow } from '../members/queries.ts'
import { listRoles } from '../members/role-queries.ts'
import { UsageError } from './fail.ts'
import { tenantNamed } from './find.ts'
import { table, verb, type Verb } from './verbs.ts'

export const membershipId = z.string().refine(isMembershipId, 'is not the id of a membership')

/** Narrows a list, at every verb that has one. */
export const filterOptions = {
  '--tenant <subdomain>': 'which tenant', '--search <text>': 'part of a name, address or staff number', '--status <status...>': 'invited, active, suspended, ended',
  '--role <name>': 'with this role', '--unit <code>': 'in this unit or below it',
}

export const filterInput = z.object({
  tenant: z.string('is missing'), search: z.string().optional(), status: z.array(z.string().refine(isMembershipStatus, 'is no status of a membership')).optional(), role: z.string().optional(), unit: z.string().optional(),
})

/** What the options narrow a list to. */
export async function filterOf(databases: Databases, { tenant, search, status, role, unit }: z.output<typeof filterInput>): Promise<{ tenantId: TenantId; filter: MemberFilter }> {
  const tenantId = await tenantNamed(databases, tenant)
  const roleId = role === undefined ? undefined : (await databases.inTenant(tenantId, listRoles)).find(({ name }) => name === role)?.id
  if (role !== undefined && roleId === undefined) throw new UsageError(`There is no role ${role} in this tenant: \`tegata role list\` shows them.`)
  return { tenantId, filter: { search, status: status?.filter(isMembershipStatus), roleId, unitCode: unit } }
}

const list = verb({
  name: 'list', meaning: 'shows the members of a tenant',
  options: { ...filterOptions, '--sort <order>': memberSorts.join(', '), '--after <membership_id>': 'begin after this one', '--limit <n>': 'at most so many (100)' },
  input: filterInput.extend({ sort: z.enum(memberSorts).default('name'), after: membershipId.optional(), limit: z.coerce.number().pipe(z.int().min(1).max(1000)).default(100) }),
  run: async ({ databases }, { sort, after, limit, ...narrow }) => {
    const { tenantId, filter } = await filterOf(databases, narrow)
    return databases.inTenant(tenantId, async (trx) => {
      const page = await listMemberPage(trx, { filter, ...byName, sort, cursor: after === undefined ? null : { after }, limit })
      if (page === undefined) throw new UsageError('--after: is no membership of this tenant.')
      const total = await countMembers(trx, filter)
      const lines = table(page.rows.map((row) => [row.id, row.status, row.role, row.employee_number ?? '-', row.email ?? '-', row.shown_name]))
      return { ok: true, facts: { members: page.rows, total }, lines: page.hasNext ? [...lines, `and more: ${total} in all, --after ${page.rows.at(-1)?.id ?? ''}`] : lines }
    })
  },
})

const show = verb({
  name: 'show', meaning: 'shows one member', argument: '<membership_id>', input: z.object({ argument: membershipId }),
  run: async ({ databases }, { argument }) => {
    const found = await findTenantOfMembership(databases.engine, argument)
    const member = found === undefined ? undefined : await databases.inTenant(parseTenantId(found.tenant_id), (trx) => findMember(trx, argument))
    return member === undefined ? { ok: false, reason: 'not_found' } : { ok: true, facts: { member }, lines: table(factsOf(member)) }
  },
})

function factsOf(member: MemberRow): readonly (readonly string[])[] {
  const day = (moment: Date | null) => moment?.toISOString() ?? '-'
  return [
    ['membership', member.id], ['account', member.account_id], ['name', member.shown_name], ['address', member.email ?? '-'], ['staff number', member.employee_number ?? '-'], ['title', member.title ?? '-'],
    ['role', member.role], ['units', member.units.join(' ') || '-'], ['heads', member.heads.join(' ') || '-'], ['status', member.status], ['second factors', member.second_factors.join(' ') || '-'],
    ['last seen', member.last_seen_on ?? '-'], ['joined', day(member.joined_at)], ['from', day(member.valid_from)], ['until', day(member.valid_until)], ['source', member.source],
  ]
}

export const listVerbs: readonly Verb[] = [list, show]
