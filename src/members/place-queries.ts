/** SQL of a member's place in the tenant: role, units, staff number, title and the dates between which it counts. */
import { sql } from 'kysely'
import type { TenantTrx } from '../base/db.ts'
import { nameOfMember, unlessTaken } from './queries.ts'
import type { RoleHolder } from './role-queries.ts'

export interface PlaceRow {
  readonly id: string
  readonly account_id: string
  readonly status: string
  readonly role: string
  readonly permissions: string[]
  readonly uses_seat: boolean
  readonly employee_number: string | null
  readonly title: string | null
  readonly valid_from: Date | null
  readonly valid_until: Date | null
  /** Ids, the primary one first. */
  readonly units: string[]
}

/** Kept so until the transaction ends; read once it is held, so that a role given meanwhile by another one is seen. */
export async function lockPlace(trx: TenantTrx, membershipId: string): Promise<PlaceRow | undefined> {
  await trx.query.selectFrom('membership').select('id').where('tenant_id', '=', trx.tenantId).where('id', '=', membershipId).forNoKeyUpdate().execute()
  return trx.query
    .selectFrom('membership')
    .innerJoin('role', (join) => join.onRef('role.tenant_id', '=', 'membership.tenant_id').onRef('role.id', '=', 'membership.role_id'))
    .select(['membership.id', 'membership.account_id', 'membership.status', 'role.name as role', 'role.permissions', 'role.uses_seat'])
    .select(['membership.employee_number', 'membership.title', 'membership.valid_from', 'membership.valid_until'])
    .select(sql<string[]>`array(select mu.unit_id from membership_unit mu
      where mu.tenant_id = membership.tenant_id and mu.membership_id = membership.id order by mu.is_primary desc, mu.unit_id)`.as('units'))
    .where('membership.tenant_id', '=', trx.tenantId)
    .where('membership.id', '=', membershipId)
    .executeTakeFirst()
}

export async function updateRoleOf(trx: TenantTrx, membershipId: string, roleId: string): Promise<void> {
  await trx.query.updateTable('membership').set({ role_id: roleId, updated_at: sql`now()` }).where('tenant_id', '=', trx.tenantId).where('id', '=', membershipId).execute()
}

export type PlaceColumns = Pick<PlaceRow, 'employee_number' | 'title' | 'valid_from' | 'valid_until'>

/** False when another membership of the tenant has the staff number, which the index decides; nothing is changed then. */
export async function updatePlace(trx: TenantTrx, membershipId: string, columns: PlaceColumns): Promise<boolean> {
  // Another end is another end to tell of.
  const untold = sql<Date | null>`case when valid_until is not distinct from ${columns.valid_until}::timestamptz then expiry_told_at end`
  const taken = await unlessTaken(trx, async () => {
    await trx.query.updateTable('membership').set({ ...columns, expiry_told_at: untold, updated_at: sql`now()` }).where('tenant_id', '=', trx.tenantId).where('id', '=', membershipId).execute()
  })
  return taken === null
}

/** Ids by code of units that stay until the transaction ends. To be held before any membership: a move of units goes that way too. */
export async function lockUnitIds(trx: TenantTrx, codes: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (codes.length === 0) return new Map()
  const rows = await trx.query.selectFrom('unit').select(['id', 'code']).where('tenant_id', '=', trx.tenantId).where('code', 'in', codes).orderBy('id').forKeyShare().execute()
  return new Map(rows.map((row) => [row.code, row.id]))
}

/** Takes the member out of all units and puts them into these, the primary one first; of those that stay they remain the head. */
export async function replaceUnits(trx: TenantTrx, membershipId: string, unitIds: readonly string[]): Promise<void> {
  const former = await trx.query.deleteFrom('membership_unit').where('tenant_id', '=', trx.tenantId).where('membership_id', '=', membershipId).returning(['unit_id', 'is_head']).execute()
  const headed = new Set(former.filter((row) => row.is_head).map((row) => row.unit_id))
  if (unitIds.length === 0) return
  const rows = unitIds.map((unitId, index) => ({ tenant_id: trx.tenantId, membership_id: membershipId, unit_id: unitId, is_primary: index === 0, is_head: headed.has(unitId) }))
  await trx.query.insertInto('membership_unit').values(rows).execute()
}

/** Puts everybody of one unit into another. Whoever stands in both keeps one place, the primary one if either was, and heads it if they headed either. */
export async function moveOccupants(trx: TenantTrx, { from, to }: { readonly from: string; readonly to: string }): Promise<void> {
  const inBoth = await trx.query
    .deleteFrom('membership_unit')
    .where('tenant_id', '=', trx.tenantId)
    .where('unit_id', '=', from)
    .where((where) => where.exists(where.selectFrom('membership_unit as other').select('other.unit_id')
      .where('other.tenant_id', '=', trx.tenantId).where('other.unit_id', '=', to).whereRef('other.membership_id', '=', 'membership_unit.membership_id')))
    .returning(['membership_id', 'is_primary', 'is_head'])
    .execute()
  const primary = inBoth.filter((row) => row.is_primary).map((row) => row.membership_id)
  if (primary.length > 0) {
    await trx.query.updateTable('membership_unit').set({ is_primary: true }).where('tenant_id', '=', trx.tenantId).where('unit_id', '=', to).where('membership_id', 'in', primary).execute()
  }
  const heads = inBoth.filter((row) => row.is_head).map((row) => row.membership_id)
  if (heads.length > 0) {
    await trx.query.updateTable('membership_unit').set({ is_head: true }).where('tenant_id', '=', trx.tenantId).where('unit_id', '=', to).where('membership_id', 'in', heads).execute()
  }
  await trx.query.updateTable('membership_unit').set({ unit_id: to }).where('tenant_id', '=', trx.tenantId).where('unit_id', '=', from).execute()
}

/** Who stands in the unit and has not left the tenant. */
export async function listOccupants(trx: TenantTrx, unitId: string): Promise<readonly RoleHolder[]> {
  return trx.query
    .selectFrom('membership_unit')
    .innerJoin('membership', (join) => join.onRef('membership.tenant_id', '=', 'membership_unit.tenant_id').onRef('membership.id', '=', 'membership_unit.membership_id'))
    .innerJoin('account', 'account.id', 'membership.account_id')
    .select(['membership.id as membershipId', nameOfMember])
    .where('membership_unit.tenant_id', '=', trx.tenantId)
    .where('membership_unit.unit_id', '=', unitId)
    .where('membership.status', '<>', 'ended')
    .orderBy('membership.id')
    .execute()
}

/** Takes everybody out of the unit; for those who have left, once listOccupants names nobody. */
export async function deleteOccupants(trx: TenantTrx, unitId: string): Promise<void> {
  await trx.query.deleteFrom('membership_unit').where('tenant_id', '=', trx.tenantId).where('unit_id', '=', unitId).execute()
}
