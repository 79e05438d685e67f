/** All SQL of tenants and their units. This room alone writes `tenant` and `unit`. */
import { sql, type Kysely } from 'kysely'
import type { EngineTrx } from '../base/db.ts'
import type { DB } from '../base/schema.ts'

type Engine = Kysely<DB>

/** False when the subdomain is taken. */
export async function insertTenant(trx: EngineTrx, tenant: { id: string; name: string; subdomain: string }): Promise<boolean> {
  const result = await trx.query.insertInto('tenant').values(tenant).onConflict((conflict) => conflict.doNothing()).executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n
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

export async function lockTenant(trx: EngineTrx, tenantId: string): Promise<{ status: string } | undefined> {
  return trx.query.selectFrom('tenant').select('status').where('id', '=', tenantId).forNoKeyUpdate().executeTakeFirst()
}

export async function updateTenantStatus(trx: EngineTrx, tenantId: string, status: 'active' | 'suspended'): Promise<void> {
  await trx.query.updateTable('tenant').set({ status, updated_at: sql`now()` }).where('id', '=', tenantId).execute()
}

export interface SignInRuleColumns {
  readonly mfa_rule: string
  readonly mfa_level: string
  readonly mfa_enforced_from: Date | null
  readonly trusted_device_days: number
  readonly password_max_age_days: number | null
  readonly registration_role_id: string | null
}

const ruleColumns = ['mfa_rule', 'mfa_level', 'mfa_enforced_from', 'trusted_device_days', 'password_max_age_days', 'registration_role_id'] as const

/** What the tenant asks of its members' sign-in, kept for a change of it until the transaction ends. */
export async function lockSignInRules(trx: EngineTrx, tenantId: string): Promise<SignInRuleColumns | undefined> {
  return trx.query.selectFrom('tenant').select(ruleColumns).where('id', '=', tenantId).forNoKeyUpdate().executeTakeFirst()
}

export async function updateSignInRules(trx: EngineTrx, tenantId: string, rules: SignInRuleColumns): Promise<void> {
  await trx.query.updateTable('tenant').set({ ...rules, updated_at: sql`now()` }).where('id', '=', tenantId).execute()
}

/** A role of the tenant by name; joined to read, its writer is the members room. */
export async function findRole(trx: EngineTrx, tenantId: string, name: string): Promise<{ id: string; permissions: readonly string[] } | undefined> {
  return trx.query.selectFrom('role').select(['id', 'permissions']).where('tenant_id', '=', tenantId).where('name', '=', name).executeTakeFirst()
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
