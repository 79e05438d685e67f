/** SQL of a tenant's tree of units, for the commands that change it and for lists. Who stands in a unit is the members room's. */
import { sql } from 'kysely'
import type { TenantTrx } from '../base/db.ts'
import type { NewUnit } from './queries.ts'

export interface UnitRow {
  readonly id: string
  readonly parent_id: string | null
  readonly kind: string
  readonly code: string
  readonly name: string
  readonly code_path: string[]
}

function units(trx: TenantTrx) {
  return trx.query.selectFrom('unit').select(['id', 'parent_id', 'kind', 'code', 'name', 'code_path']).where('tenant_id', '=', trx.tenantId)
}

/** The whole tree, parents before their children. */
export async function listUnits(trx: TenantTrx): Promise<readonly UnitRow[]> {
  return units(trx).orderBy('code_path').execute()
}

export async function findUnit(trx: TenantTrx, unitId: string): Promise<UnitRow | undefined> {
  return units(trx).where('id', '=', unitId).executeTakeFirst()
}

/**
 * The whole tree, kept so until the transaction ends. Every change of a tree begins here, so two of them go one after the other;
 * what the first one added is seen because the tree is read again once all of it is held. The strongest lock, because the foreign
 * key of whoever is put into a unit must wait for it as well: else their groups would say the former path.
 */
export async function lockUnits(trx: TenantTrx): Promise<readonly UnitRow[]> {
  await trx.query.selectFrom('unit').select('id').where('tenant_id', '=', trx.tenantId).orderBy('id').forUpdate().execute()
  return listUnits(trx)
}

/** False when the code is taken. */
export async function insertUnit(trx: TenantTrx, unit: Omit<NewUnit, 'tenant_id'>): Promise<boolean> {
  const row = { ...unit, tenant_id: trx.tenantId }
  const result = await trx.query.insertInto('unit').values(row).onConflict((conflict) => conflict.columns(['tenant_id', 'code']).doNothing()).executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n
}

export async function updateUnit(trx: TenantTrx, unitId: string, columns: Partial<Pick<UnitRow, 'parent_id' | 'kind' | 'code' | 'name'>>): Promise<void> {
  await trx.query.updateTable('unit').set(columns).where('tenant_id', '=', trx.tenantId).where('id', '=', unitId).execute()
}

/**
 * Everybody in a unit or below it, kept so until the transaction ends: their groups change with its path. In order of id, as
 * administrators are held, so that neither waits for the other in a circle.
 */
export async function lockMembersWithin(trx: TenantTrx, path: readonly string[]): Promise<void> {
  await trx.query
    .selectFrom('membership')
    .select('membership.id')
    .where('membership.tenant_id', '=', trx.tenantId)
    .where((where) => where.exists(where.selectFrom('membership_unit as mu')
      .innerJoin('unit', (join) => join.onRef('unit.tenant_id', '=', 'mu.tenant_id').onRef('unit.id', '=', 'mu.unit_id'))
      .select('mu.unit_id')
      .whereRef('mu.tenant_id', '=', 'membership.tenant_id')
      .whereRef('mu.membership_id', '=', 'membership.id')
      .where(sql<boolean>`unit.code_path[: ${path.length}::int] = ${[...path]}::text[]`)))
    .orderBy('membership.id')
    .forNoKeyUpdate('membership')
    .execute()
}

/** Writes the paths of a unit and of everything below it anew: what began with `from` begins with `to`. */
export async function updatePaths(trx: TenantTrx, { from, to }: { readonly from: readonly string[]; readonly to: readonly string[] }): Promise<void> {
  const depth = from.length
  await lockMembersWithin(trx, from)
  await trx.query
    .updateTable('unit')
    .set({ code_path: sql<string[]>`${[...to]}::text[] || code_path[${depth + 1}::int :]` })
    .where('tenant_id', '=', trx.tenantId)
    .where(sql<boolean>`code_path[: ${depth}::int] = ${[...from]}::text[]`)
    .execute()
}

export async function deleteUnit(trx: TenantTrx, unitId: string): Promise<void> {
  await trx.query.deleteFrom('unit').where('tenant_id', '=', trx.tenantId).where('id', '=', unitId).execute()
}
