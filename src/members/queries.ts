/** All SQL of roles and memberships. This room alone writes `role`, `membership` and `membership_unit`. */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { EngineTrx, TenantTrx } from '../base/db.ts'
import type { DB } from '../base/schema.ts'
import type { Administrator } from './membership.ts'

type Engine = Kysely<DB>

export interface NewRole {
  readonly tenant_id: string
  readonly id: string
  readonly name: string
  readonly description?: string | null
  readonly permissions: string[]
  readonly uses_seat: boolean
}

export async function insertRoles(trx: EngineTrx, roles: readonly NewRole[]): Promise<void> {
  await trx.query.insertInto('role').values(roles).execute()
}

export async function findRoleByName(trx: EngineTrx, tenantId: string, name: string): Promise<{ id: string; uses_seat: boolean } | undefined> {
  return trx.query.selectFrom('role').select(['id', 'uses_seat']).where('tenant_id', '=', tenantId).where('name', '=', name).executeTakeFirst()
}

export async function findUnitIds(trx: EngineTrx, tenantId: string, codes: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (codes.length === 0) return new Map()
  const rows = await trx.query.selectFrom('unit').select(['id', 'code']).where('tenant_id', '=', tenantId).where('code', 'in', codes).execute()
  return new Map(rows.map((row) => [row.code, row.id]))
}

export interface NewMembership {
  readonly tenant_id: string
  readonly id: string
  readonly account_id: string
  readonly role_id: string
  readonly employee_number: string | null
  readonly title: string | null
  readonly source: 'manual' | 'jit'
}

type Standing = 'already_member' | 'was_removed'

/** How the account stands in the tenant already, or null. */
export async function findStanding(trx: EngineTrx, { tenantId, accountId }: { readonly tenantId: string; readonly accountId: string }): Promise<Standing | null> {
  const row = await trx.query.selectFrom('membership').select('status').where('tenant_id', '=', tenantId).where('account_id', '=', accountId).executeTakeFirst()
  if (row === undefined) return null
  return row.status === 'ended' ? 'was_removed' : 'already_member'
}

export type Taken = Standing | 'employee_number_taken' | 'unknown_role' | 'unknown_unit'

/** An active membership from now on, in these units; what somebody else took or removed meanwhile, or null when it was stored. */
export async function insertMembership(trx: EngineTrx, membership: NewMembership, unitIds: readonly string[]): Promise<Taken | null> {
  return unlessTaken(trx, async () => {
    await trx.query.insertInto('membership').values({ ...membership, status: 'active', joined_at: sql`now()` }).execute()
    await insertMembershipUnits(trx, { tenantId: membership.tenant_id, membershipId: membership.id }, unitIds)
  })
}

const meanings: Readonly<Record<string, Taken>> = {
  membership_tenant_id_account_id_key: 'already_member', membership_employee_number: 'employee_number_taken',
  membership_tenant_id_role_id_fkey: 'unknown_role', membership_unit_tenant_id_unit_id_fkey: 'unknown_unit',
}

/** Does the work, or says which key it met in the instant since it was asked about; nothing of the work stays then. */
export async function unlessTaken(trx: EngineTrx | TenantTrx, work: () => Promise<void>): Promise<Taken | null> {
  await sql`savepoint before_work`.execute(trx.query)
  try {
    await work()
    return null
  } catch (error) {
    const met = error instanceof Error && 'constraint' in error && typeof error.constraint === 'string' ? meanings[error.constraint] : undefined
    if (met === undefined) throw error
    await sql`rollback to savepoint before_work`.execute(trx.query)
    return met
  }
}

/** The role that people get who register by themselves for the tenant, named by id or subdomain; undefined where nobody may. */
export async function findRegistrationRole(db: Engine, tenant: string): Promise<{ tenant_id: string; role: string } | undefined> {
  return db
    .selectFrom('tenant')
    .innerJoin('role', (join) => join.onRef('role.tenant_id', '=', 'tenant.id').onRef('role.id', '=', 'tenant.registration_role_id'))
    .select(['tenant.id as tenant_id', 'role.name as role'])
    .where('tenant.status', '=', 'active')
    // A role that was given permissions since it was named for this would make administrators of strangers.
    .where(sql<boolean>`cardinality(role.permissions) = 0`)
    .where(sql<boolean>`tenant.subdomain = ${tenant} or tenant.id::text = ${tenant}`)
    .executeTakeFirst()
}

/** The first unit is the primary one. */
export async function insertMembershipUnits(trx: EngineTrx, membership: { tenantId: string; membershipId: string }, unitIds: readonly string[]): Promise<void> {
  if (unitIds.length === 0) return
  const rows = unitIds.map((unitId, index) => ({ tenant_id: membership.tenantId, membership_id: membership.membershipId, unit_id: unitId, is_primary: index === 0 }))
  await trx.query.insertInto('membership_unit').values(rows).execute()
}

/**
 * Every membership that can administer the tenant at this moment, kept so until the transaction ends. Whoever waited for
 * another transaction sees the rows as that one left them, so two at once cannot both be the last but one.
 */
export async function lockAdministrators(trx: TenantTrx): Promise<readonly Administrator[]> {
  return trx.query
    .selectFrom('membership')
    .innerJoin('role', (join) => join.onRef('role.tenant_id', '=', 'membership.tenant_id').onRef('role.id', '=', 'membership.role_id'))
    .innerJoin('account', 'account.id', 'membership.account_id')
    .select(['membership.id', 'membership.role_id', sql<boolean>`membership.valid_until is null and account.delete_after is null`.as('lasts')])
    .where('membership.tenant_id', '=', trx.tenantId)
    .where('membership.status', '=', 'active')
    .where('account.status', '=', 'active')
    .where(sql<boolean>`(membership.valid_from is null or membership.valid_from <= now()) and (membership.valid_until is null or now() < membership.valid_until)`)
    .where(sql<boolean>`'tenant:admin' = any(role.permissions)`)
    .orderBy('membership.id')
    // The roles too: one that stops to administer while we wait must not count as the last but one.
    .forNoKeyUpdate(['membership', 'role'])
    .execute()
}

export interface LockedMembership {
  readonly status: string
  readonly account_id: string
  readonly permissions: string[]
  readonly uses_seat: boolean
}

export async function lockMembership(trx: TenantTrx, membershipId: string): Promise<LockedMembership | undefined> {
  return trx.query
    .selectFrom('membership')
    .innerJoin('role', (join) => join.onRef('role.tenant_id', '=', 'membership.tenant_id').onRef('role.id', '=', 'membership.role_id'))
    .select(['membership.status', 'membership.account_id', 'role.permissions', 'role.uses_seat'])
    .where('membership.tenant_id', '=', trx.tenantId)
    .where('membership.id', '=', membershipId)
    .forNoKeyUpdate('membership')
    .executeTakeFirst()
}

export async function updateStatus(trx: TenantTrx, membershipId: string, status: string): Promise<void> {
  await trx.query
    .updateTable('membership')
    .set({ status, updated_at: sql`now()`, ended_at: status === 'ended' ? sql`now()` : null })
    .where('tenant_id', '=', trx.tenantId)
    .where('id', '=', membershipId)
    .execute()
}

export interface MemberRow {
  readonly id: string
  readonly account_id: string
  /** Whoever has never joined is named as they were invited: what their account is called is not the tenant's to know yet. */
  readonly shown_name: string
  readonly email: string | null
  readonly status: string
  readonly role: string
  readonly role_id: string
  readonly employee_number: string | null
  readonly title: string | null
  readonly source: string
  /** Kinds besides the password: passkey, totp. */
  readonly second_factors: string[]
  /** A day, as YYYY-MM-DD. */
  readonly last_seen_on: string | null
  readonly invited_at: Date | null
  readonly joined_at: Date | null
  readonly ended_at: Date | null
  readonly valid_from: Date | null
  readonly valid_until: Date | null
  /** Codes, the primary one first. */
  readonly units: string[]
  /** Names, in the same order. */
  readonly unit_names: string[]
  /** Codes of the units that they head. */
  readonly heads: string[]
}

export const nameOfMember = sql<string>`membership.shown_name`.as('name')

function unitsOf(what: 'code' | 'name', which: RawBuilder<unknown> = sql`true`) {
  return sql<string[]>`array(select ${sql.ref(`unit.${what}`)} from membership_unit mu join unit on unit.tenant_id = mu.tenant_id and unit.id = mu.unit_id
    where mu.tenant_id = membership.tenant_id and mu.membership_id = membership.id and ${which} order by mu.is_primary desc, unit.code)`
}

/** Members of the tenant with all that a list or a page shows of them; the caller says which. */
export function selectMembers(trx: TenantTrx) {
  return trx.query
    .selectFrom('membership')
    .innerJoin('account', 'account.id', 'membership.account_id')
    .innerJoin('role', (join) => join.onRef('role.tenant_id', '=', 'membership.tenant_id').onRef('role.id', '=', 'membership.role_id'))
    .select(['membership.id', 'membership.account_id', 'membership.shown_name', 'account.email', 'membership.status', 'role.name as role', 'role.id as role_id'])
    .select(['membership.employee_number', 'membership.title', 'membership.source', 'membership.invited_at', 'membership.joined_at', 'membership.ended_at'])
    .select(['membership.valid_from', 'membership.valid_until'])
    .select(sql<string[]>`case when membership.joined_at is null then '{}' else account.second_factors end`.as('second_factors'))
    .select(sql<string | null>`membership.last_seen_on::text`.as('last_seen_on'))
    .select([unitsOf('code').as('units'), unitsOf('name').as('unit_names'), unitsOf('code', sql`mu.is_head`).as('heads')])
    .where('membership.tenant_id', '=', trx.tenantId)
}

export async function findMember(trx: TenantTrx, membershipId: string): Promise<MemberRow | undefined> {
  return selectMembers(trx).where('membership.id', '=', membershipId).executeTakeFirst()
}

/** Which membership an account has in a tenant, for the command line. */
export async function findMembershipOf(db: Engine, tenantId: string, accountId: string): Promise<{ id: string } | undefined> {
  return db.selectFrom('membership').select('id').where('tenant_id', '=', tenantId).where('account_id', '=', accountId).executeTakeFirst()
}

/** In which tenant a membership is, for the command line. */
export async function findTenantOfMembership(db: Engine, membershipId: string): Promise<{ tenant_id: string } | undefined> {
  return db.selectFrom('membership').select('tenant_id').where('id', '=', membershipId).executeTakeFirst()
}
