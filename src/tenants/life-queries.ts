/** SQL of a tenant's life as operators lead it: plan and seats, closing and its undoing, the end. Always across tenants. */
import { sql, type Kysely } from 'kysely'
import type { EngineTrx } from '../base/db.ts'
import type { DB } from '../base/schema.ts'

type Engine = Kysely<DB>

/** What operators say of a tenant. */
export interface PlanColumns {
  readonly name: string
  readonly plan: string | null
  readonly seat_limit: number | null
}

/** Kept for a change until the transaction ends. */
export async function lockPlan(trx: EngineTrx, tenantId: string): Promise<PlanColumns | undefined> {
  return trx.query.selectFrom('tenant').select(['name', 'plan', 'seat_limit']).where('id', '=', tenantId).forNoKeyUpdate().executeTakeFirst()
}

export async function updatePlan(trx: EngineTrx, tenantId: string, columns: PlanColumns): Promise<void> {
  await trx.query.updateTable('tenant').set({ ...columns, updated_at: sql`now()` }).where('id', '=', tenantId).execute()
}

/** When the tenant will be deleted; undefined where it is closing already. */
export async function updateClosing(trx: EngineTrx, tenantId: string, graceDays: number): Promise<Date | undefined> {
  const row = await trx.query
    .updateTable('tenant')
    .set({ status: 'closing', status_before_closing: sql`status`, closes_at: sql<Date>`now() + make_interval(days => ${graceDays}::int)`, updated_at: sql`now()` })
    .where('id', '=', tenantId)
    .where('status', '<>', 'closing')
    .returning('closes_at')
    .executeTakeFirst()
  return row?.closes_at ?? undefined
}

/** The state it has again; undefined where it is not closing. */
export async function updateClosingUndone(trx: EngineTrx, tenantId: string): Promise<string | undefined> {
  const row = await trx.query
    .updateTable('tenant')
    .set({ status: sql<string>`status_before_closing`, status_before_closing: null, closes_at: null, updated_at: sql`now()` })
    .where('id', '=', tenantId)
    .where('status', '=', 'closing')
    .returning('status')
    .executeTakeFirst()
  return row?.status
}

/** Ids of tenants whose grace is over, those that have waited longest first. */
export async function listDueTenants(db: Engine, limit: number): Promise<readonly string[]> {
  const rows = await db.selectFrom('tenant').select('id').where('closes_at', '<=', sql<Date>`now()`).orderBy('closes_at').limit(limit).execute()
  return rows.map(({ id }) => id)
}

export interface DueTenant {
  readonly name: string
  readonly subdomain: string
  readonly members: number
  /** Those who were invited here and are nobody anywhere else. */
  readonly pendingAccounts: readonly string[]
}

/** Holds a tenant whose grace is over, so that nobody undoes its closing any more; undefined where somebody did, or deleted it. */
export async function lockDueTenant(trx: EngineTrx, tenantId: string): Promise<DueTenant | undefined> {
  const tenant = await trx.query
    .selectFrom('tenant').select(['name', 'subdomain']).where('id', '=', tenantId).where('status', '=', 'closing').where('closes_at', '<=', sql<Date>`now()`).forUpdate().executeTakeFirst()
  if (tenant === undefined) return undefined
  const members = await trx.query
    .selectFrom('membership').innerJoin('account', 'account.id', 'membership.account_id').select(['account.id', 'account.status']).where('membership.tenant_id', '=', tenantId).execute()
  return { ...tenant, members: members.length, pendingAccounts: members.filter(({ status }) => status === 'pending').map(({ id }) => id) }
}

/** With everything in it: the keys of every table of a tenant lead here and cascade. */
export async function deleteTenant(trx: EngineTrx, tenantId: string): Promise<void> {
  // Units may go before those who stand in them.
  await sql`set constraints membership_unit_tenant_id_unit_id_fkey deferred`.execute(trx.query)
  await trx.query.deleteFrom('tenant').where('id', '=', tenantId).execute()
}

/** Accounts of everybody who administers the tenant now: those who are told what happens to it. */
export async function listAdministratorAccounts(trx: EngineTrx, tenantId: string): Promise<readonly string[]> {
  const rows = await trx.query
    .selectFrom('membership')
    .innerJoin('role', (join) => join.onRef('role.tenant_id', '=', 'membership.tenant_id').onRef('role.id', '=', 'membership.role_id'))
    .select('membership.account_id')
    .where('membership.tenant_id', '=', tenantId)
    .where('membership.status', '=', 'active')
    .where(sql<boolean>`'tenant:admin' = any (role.permissions)`)
    .orderBy('membership.id')
    .execute()
  return rows.map(({ account_id: id }) => id)
}

export interface TenantOverview extends PlanColumns {
  readonly id: string
  readonly subdomain: string
  readonly status: string
  readonly closes_at: Date | null
  readonly created_at: Date
  readonly members: number
  readonly seats_used: number
}

export interface TenantSearch {
  /** A part of name or subdomain; null for all. */
  readonly text: string | null
  readonly status: 'active' | 'suspended' | 'closing' | null
  /** Id of the last one of the page before. */
  readonly after: string | null
  readonly limit: number
}

function overviews(db: Engine) {
  const counted = (which: string) => sql<number>`(select count(*) from membership m join role r on r.tenant_id = m.tenant_id and r.id = m.role_id
    where m.tenant_id = tenant.id and m.status = 'active' and (${sql.lit(which)} = 'members' or r.uses_seat))`
  return db
    .selectFrom('tenant')
    .select(['id', 'name', 'subdomain', 'status', 'plan', 'seat_limit', 'closes_at', 'created_at'])
    .select([counted('members').as('members'), counted('seats').as('seats_used')])
}

/** In order of id, which is the order in which they came. */
export async function searchTenants(db: Engine, { text, status, after, limit }: TenantSearch): Promise<readonly TenantOverview[]> {
  return overviews(db)
    .$if(after !== null, (query) => query.where('id', '>', after))
    .$if(status !== null, (query) => query.where('status', '=', status))
    .$if(text !== null, (query) => query.where(sql<boolean>`position(search_form(${text}) in search_form(name)) > 0 or position(lower(${text}) in subdomain) > 0`))
    .orderBy('id')
    .limit(limit)
    .execute()
}

export async function findTenantOverview(db: Engine, tenantId: string): Promise<TenantOverview | undefined> {
  return overviews(db).where('id', '=', tenantId).executeTakeFirst()
}
