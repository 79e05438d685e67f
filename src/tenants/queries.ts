/** All SQL of tenants and their units. This room alone writes `tenant` and `unit`. */
import { sql, type Kysely } from 'kysely'
import type { EngineTrx } from '../base/db.ts'
import type { DB } from '../base/schema.ts'

type Engine = Kysely<DB>

export async function insertTenant(trx: EngineTrx, tenant: { id: string; name: string; subdomain: string }): Promise<void> {
  await trx.query.insertInto('tenant').values(tenant).execute()
}

export interface NewUnit {
  readonly tenant_id: string
  readonly id: string
  readonly parent_id: string | null
  readonly kind: string
  readonly code: string
  readonly name: string
  readonly code_path: string[]
}

export async function insertUnits(trx: EngineTrx, units: readonly NewUnit[]): Promise<void> {
  if (units.length > 0) await trx.query.insertInto('unit').values(units).execute()
}

export interface LockedTenant {
  readonly status: string
  readonly subdomain: string
}

/** Kept for a change until the transaction ends. */
export async function lockTenant(trx: EngineTrx, tenantId: string): Promise<LockedTenant | undefined> {
  return trx.query.selectFrom('tenant').select(['status', 'subdomain']).where('id', '=', tenantId).forNoKeyUpdate().executeTakeFirst()
}

export async function updateTenantStatus(trx: EngineTrx, tenantId: string, status: 'active' | 'suspended'): Promise<void> {
  await trx.query.updateTable('tenant').set({ status, updated_at: sql`now()` }).where('id', '=', tenantId).execute()
}

/** Lets one transaction at a time decide whose label this is. */
export async function lockLabel(trx: EngineTrx, subdomain: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(7246004, hashtext(${subdomain}))`.execute(trx.query)
}

/** Id of the tenant that has the label or ever had it. */
export async function findLabelOwner(trx: EngineTrx, subdomain: string): Promise<string | undefined> {
  const row = await trx.query
    .selectFrom('tenant').select('id').where('subdomain', '=', subdomain)
    .unionAll(trx.query.selectFrom('former_subdomain').select('tenant_id as id').where('subdomain', '=', subdomain))
    .executeTakeFirst()
  return row?.id
}

export async function insertFormerSubdomain(trx: EngineTrx, former: { readonly subdomain: string; readonly tenant_id: string }): Promise<void> {
  await trx.query.insertInto('former_subdomain').values(former).onConflict((conflict) => conflict.doNothing()).execute()
}

export async function updateSubdomain(trx: EngineTrx, tenantId: string, subdomain: string): Promise<void> {
  await trx.query.updateTable('tenant').set({ subdomain, updated_at: sql`now()` }).where('id', '=', tenantId).execute()
}

export interface LabelledTenant {
  readonly id: string
  readonly name: string
  readonly status: string
  /** The one it has now, whatever label it was found by. */
  readonly subdomain: string
}

/** The tenant that has the label, or had it and has another one now; undefined for one that nobody ever had, or whose tenant is gone. */
export async function findTenantByLabel(db: Engine, label: string): Promise<LabelledTenant | undefined> {
  return db
    .selectFrom('tenant')
    .select(['id', 'name', 'status', 'subdomain'])
    .where((where) => where.or([
      where('subdomain', '=', label),
      where('id', '=', where.selectFrom('former_subdomain').select('tenant_id').where('former_subdomain.subdomain', '=', label)),
    ]))
    .executeTakeFirst()
}

/** The subdomain that a tenant has in place of this former one; null where no tenant had it or it still counts. */
export async function findSubdomainSince(db: Engine, former: string): Promise<string | null> {
  const tenant = await findTenantByLabel(db, former)
  return tenant === undefined || tenant.subdomain === former ? null : tenant.subdomain
}

export interface TenantListRow {
  readonly id: string
  readonly name: string
  readonly subdomain: string
  readonly status: string
}

export async function findTenantBySubdomain(db: Engine, subdomain: string): Promise<TenantListRow | undefined> {
  return db.selectFrom('tenant').select(['id', 'name', 'subdomain', 'status']).where('subdomain', '=', subdomain).executeTakeFirst()
}

export async function listTenants(db: Engine): Promise<readonly TenantListRow[]> {
  return db.selectFrom('tenant').select(['id', 'name', 'subdomain', 'status']).orderBy('subdomain').execute()
}
