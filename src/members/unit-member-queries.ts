/** SQL of who stands in and heads which unit, for lists of the tree and for setting heads. Memberships that ended are not counted. */
import { sql } from 'kysely'
import type { TenantTrx } from '../base/db.ts'

export interface UnitPeople {
  readonly unit_id: string
  /** In the unit itself. */
  readonly members: number
  /** In it or anywhere below, each once. */
  readonly members_within: number
  readonly heads: readonly { readonly membership_id: string; readonly name: string }[]
}

/** One row for each unit of the tenant. */
export async function listUnitPeople(trx: TenantTrx): Promise<readonly UnitPeople[]> {
  const found = await sql<UnitPeople>`
    with direct as (
        select mu.unit_id, count(*) as members
        from membership_unit mu join membership m on m.tenant_id = mu.tenant_id and m.id = mu.membership_id
        where mu.tenant_id = ${trx.tenantId}::uuid and m.status <> 'ended' group by mu.unit_id),
      heading as (
        select mu.unit_id, json_agg(json_build_object('membership_id', m.id, 'name', m.shown_name) order by m.shown_name) as heads
        from membership_unit mu join membership m on m.tenant_id = mu.tenant_id and m.id = mu.membership_id
        where mu.tenant_id = ${trx.tenantId}::uuid and mu.is_head and m.status <> 'ended' group by mu.unit_id),
      within as (
        select code, count(*) as members from membership m cross join lateral unnest(m.groups) as code
        where m.tenant_id = ${trx.tenantId}::uuid and m.status <> 'ended' group by code)
    select u.id as unit_id, coalesce(d.members, 0) as members, coalesce(w.members, 0) as members_within, coalesce(h.heads, '[]') as heads
    from unit u left join direct d on d.unit_id = u.id left join heading h on h.unit_id = u.id left join within w on w.code = u.code
    where u.tenant_id = ${trx.tenantId}::uuid`.execute(trx.query)
  return found.rows
}

/** Those of the memberships that stand in the unit now, kept so until the transaction ends. */
export async function lockUnitMembers(trx: TenantTrx, unitId: string): Promise<readonly { readonly membership_id: string; readonly is_head: boolean }[]> {
  return trx.query.selectFrom('membership_unit').select(['membership_id', 'is_head']).where('tenant_id', '=', trx.tenantId).where('unit_id', '=', unitId).orderBy('membership_id').forUpdate().execute()
}

/** Exactly these head the unit; the caller holds its members. */
export async function updateHeadsOfUnit(trx: TenantTrx, unitId: string, membershipIds: readonly string[]): Promise<void> {
  const isHead = sql<boolean>`membership_id = any (${[...membershipIds]}::uuid[])`
  await trx.query.updateTable('membership_unit').set({ is_head: isHead }).where('tenant_id', '=', trx.tenantId).where('unit_id', '=', unitId).where(sql<boolean>`is_head is distinct from (${isHead})`).execute()
}
