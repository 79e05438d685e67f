/** SQL of roles as a tenant keeps them: what they may do, who holds them, and who administers the tenant by them. */
import { sql } from 'kysely'
import type { TenantTrx } from '../base/db.ts'
import { nameOfMember, type NewRole } from './queries.ts'

export interface RoleRow {
  readonly id: string
  readonly name: string
  readonly description: string | null
  readonly permissions: string[]
  readonly uses_seat: boolean
}

const columns = ['role.id', 'role.name', 'role.description', 'role.permissions', 'role.uses_seat'] as const

export interface CountedRole extends RoleRow {
  /** Members whose membership has not ended. */
  readonly members: number
}

function countedRoles(trx: TenantTrx) {
  return trx.query
    .selectFrom('role')
    .select(columns)
    .select(sql<number>`(select count(*) from membership m where m.tenant_id = role.tenant_id and m.role_id = role.id and m.status <> 'ended')`.as('members'))
    .where('role.tenant_id', '=', trx.tenantId)
}

/** By name. */
export async function listRoles(trx: TenantTrx): Promise<readonly CountedRole[]> {
  return countedRoles(trx).orderBy('role.name').execute()
}

export async function findRole(trx: TenantTrx, roleId: string): Promise<CountedRole | undefined> {
  return countedRoles(trx).where('role.id', '=', roleId).executeTakeFirst()
}

/**
 * All roles of the tenant, kept so until the transaction ends; read again once they are held, so that what another change did
 * while this one waited is seen.
 */
export async function lockRoles(trx: TenantTrx): Promise<readonly RoleRow[]> {
  await trx.query.selectFrom('role').select('id').where('tenant_id', '=', trx.tenantId).orderBy('id').forNoKeyUpdate().execute()
  return trx.query.selectFrom('role').select(columns).where('tenant_id', '=', trx.tenantId).execute()
}

/** From now on until the transaction ends nobody is given this role. */
export async function lockRoleAgainstMembers(trx: TenantTrx, roleId: string): Promise<void> {
  await trx.query.selectFrom('role').select('id').where('tenant_id', '=', trx.tenantId).where('id', '=', roleId).forUpdate().execute()
}

/** A role that stays as it is until the transaction ends. */
export async function lockRoleByName(trx: TenantTrx, name: string): Promise<RoleRow | undefined> {
  return trx.query.selectFrom('role').select(columns).where('tenant_id', '=', trx.tenantId).where('name', '=', name).forShare().executeTakeFirst()
}

/** False when the name is taken. */
export async function insertRole(trx: TenantTrx, role: Omit<NewRole, 'tenant_id'>): Promise<boolean> {
  const row = { ...role, tenant_id: trx.tenantId }
  const result = await trx.query.insertInto('role').values(row).onConflict((conflict) => conflict.columns(['tenant_id', 'name']).doNothing()).executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n
}

export async function updateRole(trx: TenantTrx, { id, name, description, permissions, uses_seat }: RoleRow): Promise<void> {
  await trx.query.updateTable('role').set({ name, description, permissions, uses_seat }).where('tenant_id', '=', trx.tenantId).where('id', '=', id).execute()
}

export async function deleteRole(trx: TenantTrx, roleId: string): Promise<void> {
  await trx.query.deleteFrom('role').where('tenant_id', '=', trx.tenantId).where('id', '=', roleId).execute()
}

export interface RoleHolder {
  readonly membershipId: string
  readonly name: string
}

/** Everybody with this role, or the first `most`, those whose membership has ended included: coming back they would have it. */
export async function listHolders(trx: TenantTrx, roleId: string, most?: number): Promise<readonly RoleHolder[]> {
  return trx.query
    .selectFrom('membership')
    .select(['membership.id as membershipId', nameOfMember])
    .where('membership.tenant_id', '=', trx.tenantId)
    .where('membership.role_id', '=', roleId)
    .orderBy('membership.id')
    .$if(most !== undefined, (query) => query.limit(most ?? 0))
    .execute()
}

/** Active members with this role. */
export async function countActive(trx: TenantTrx, roleId: string): Promise<number> {
  const row = await trx.query.selectFrom('membership').select((eb) => eb.fn.countAll<number>().as('members'))
    .where('tenant_id', '=', trx.tenantId).where('role_id', '=', roleId).where('status', '=', 'active').executeTakeFirstOrThrow()
  return row.members
}

/** Whether it is the role of people who register for the tenant by themselves. */
export async function isRegistrationRole(trx: TenantTrx, roleId: string): Promise<boolean> {
  const found = await trx.query.selectFrom('tenant').select('id').where('id', '=', trx.tenantId).where('registration_role_id', '=', roleId).executeTakeFirst()
  return found !== undefined
}
