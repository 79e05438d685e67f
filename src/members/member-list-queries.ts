/**
 * SQL of lists of members: made for tenants of ten thousand, so a page finds its memberships by an index of the tenant first and
 * reads what is shown of them, accounts included, for that page alone. Reads only.
 * Invariant: of whoever has never joined, the list says no more than how they were invited.
 */
import { sql, type RawBuilder } from 'kysely'
import type { TenantTrx } from '../base/db.ts'
import type { FactorFilter, ListCursor, MemberFilter, MemberOrder, MemberSort, SeenFilter } from './member-list.ts'
import { selectMembers, type MemberRow } from './queries.ts'

export interface MemberPage {
  readonly rows: readonly MemberRow[]
  /** Whether there is something on either side. */
  readonly hasNext: boolean
  readonly hasPrevious: boolean
}

export interface PageWish extends MemberOrder {
  readonly filter: MemberFilter
  readonly cursor: ListCursor
  readonly limit: number
}

const keys: Readonly<Record<MemberSort, RawBuilder<unknown>>> = {
  name: sql`m.sort_name`,
  // By name; the roles of the tenant are ranked once, not looked up for each member.
  role: sql`array_position((select array_agg(r.id order by r.name, r.id) from role r), m.role_id)`,
  status: sql`array_position(array['active', 'invited', 'suspended', 'ended'], m.status)`,
  joined: sql`coalesce(m.joined_at, '-infinity')`,
  last_seen: sql`coalesce(m.last_seen_on, '-infinity')`,
  number: sql`coalesce(m.employee_number, '')`,
}

/** One page; undefined where the cursor is no membership of the tenant. */
export async function listMemberPage(trx: TenantTrx, wish: PageWish): Promise<MemberPage | undefined> {
  const { cursor, limit } = wish
  const isBackwards = cursor !== null && 'before' in cursor
  // One more than asked for tells whether there is another page.
  const ids = await listIds(trx, wish, limit + 1)
  if (ids.length === 0 && cursor !== null && !(await isMember(trx, 'before' in cursor ? cursor.before : cursor.after))) return undefined
  const hasMore = ids.length > limit
  const shown = ids.slice(0, limit)
  if (isBackwards) shown.reverse()
  const rows = await listRows(trx, shown)
  return { rows, hasNext: isBackwards || hasMore, hasPrevious: isBackwards ? hasMore : cursor !== null }
}

async function listIds(trx: TenantTrx, { filter, sort, direction, cursor }: PageWish, most: number): Promise<string[]> {
  const key = keys[sort]
  const isBackwards = cursor !== null && 'before' in cursor
  const isRising = (direction === 'asc') !== isBackwards
  const place = cursor === null ? null : 'before' in cursor ? cursor.before : cursor.after
  const beyond = place === null
    ? sql`true`
    : sql`(${key}, m.id) ${isRising ? sql`>` : sql`<`} (select ${key}, m.id from membership m where m.tenant_id = ${trx.tenantId}::uuid and m.id = ${place}::uuid)`
  const order = isRising ? sql`asc` : sql`desc`
  const found = await sql<{ id: string }>`
    select m.id from membership m where ${narrowed(trx, filter)} and ${beyond} order by ${key} ${order}, m.id ${order} limit ${most}::int`.execute(trx.query)
  return found.rows.map(({ id }) => id)
}

async function listRows(trx: TenantTrx, ids: readonly string[]): Promise<readonly MemberRow[]> {
  if (ids.length === 0) return []
  const rows = new Map((await selectMembers(trx).where('membership.id', 'in', ids).execute()).map((row) => [row.id, row]))
  return ids.flatMap((id) => rows.get(id) ?? [])
}

async function isMember(trx: TenantTrx, membershipId: string): Promise<boolean> {
  return (await trx.query.selectFrom('membership').select('id').where('tenant_id', '=', trx.tenantId).where('id', '=', membershipId).executeTakeFirst()) !== undefined
}

/** The member of this staff number or address, in the spelling that is kept; undefined for nobody, and for whoever has left. */
export async function findMemberNamed(trx: TenantTrx, { number, email }: { readonly number: string | null; readonly email: string | null }): Promise<string | undefined> {
  const found = await sql<{ id: string }>`select m.id from membership m join account a on a.id = m.account_id
    where m.tenant_id = ${trx.tenantId}::uuid and m.status <> 'ended' and (m.employee_number = ${number}::text or a.email = ${email}::text)
    order by m.employee_number = ${number}::text desc nulls last limit 1`.execute(trx.query)
  return found.rows[0]?.id
}

/** Beyond this a count says nothing that anybody reads. */
export const mostCounted = 50_000

/** How many fit, at most `mostCounted`. */
export async function countMembers(trx: TenantTrx, filter: MemberFilter): Promise<number> {
  const found = await sql<{ count: number }>`
    select count(*) as count from (select from membership m where ${narrowed(trx, filter)} limit ${mostCounted}::int) as counted`.execute(trx.query)
  return found.rows[0]?.count ?? 0
}

/** Ids of all that fit, for acts on a whole list; at most `most`. */
export async function listMemberIds(trx: TenantTrx, filter: MemberFilter, most: number): Promise<string[]> {
  const found = await sql<{ id: string }>`select m.id from membership m where ${narrowed(trx, filter)} order by m.sort_name, m.id limit ${most}::int`.execute(trx.query)
  return found.rows.map(({ id }) => id)
}

function narrowed(trx: TenantTrx, filter: MemberFilter): RawBuilder<unknown> {
  const { search = '', status = [], roleId, unitCode, factor, source, seen } = filter
  const conditions = [
    sql`m.tenant_id = ${trx.tenantId}::uuid`,
    search.trim() === '' ? null : sql`position(search_form(${search}::text) in m.search_text) > 0`,
    status.length === 0 ? null : sql`m.status = any(${[...status]}::text[])`,
    roleId === undefined ? null : sql`m.role_id::text = ${roleId}`,
    unitCode === undefined ? null : sql`m.groups @> array[${unitCode}]::text[]`,
    source === undefined ? null : sql`m.source = ${source}`,
    seen === undefined ? null : unseen[seen],
    factor === undefined ? null : withFactor(factor),
  ]
  return sql.join(conditions.filter((condition) => condition !== null), sql` and `)
}

const unseen: Readonly<Record<SeenFilter, RawBuilder<unknown>>> = {
  never: sql`m.last_seen_on is null`,
  '30d': sql`(m.last_seen_on is null or m.last_seen_on < current_date - 30)`,
  '90d': sql`(m.last_seen_on is null or m.last_seen_on < current_date - 90)`,
}

function withFactor(factor: FactorFilter): RawBuilder<unknown> {
  if (factor === 'none') return sql`(m.joined_at is null or m.second_factors = '{}')`
  return factor === 'any' ? sql`m.joined_at is not null and m.second_factors <> '{}'` : sql`m.joined_at is not null and m.second_factors @> array[${factor}]::text[]`
}
