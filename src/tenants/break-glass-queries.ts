/** SQL of operators inside tenants. Which one runs is judged by the database's clock. */
import { sql, type Kysely } from 'kysely'
import type { EngineTrx, TenantTrx } from '../base/db.ts'
import type { DB } from '../base/schema.ts'

type Engine = Kysely<DB>

export interface NewBreakGlass {
  readonly id: string
  readonly tenant_id: string
  readonly account_id: string
  readonly reason: string
  readonly minutes: number
}

const isRunning = sql<boolean>`break_glass.ended_at is null and break_glass.expires_at > now()`

/** When it ends by itself; undefined where one of this operator is running there. The caller holds the tenant. */
export async function insertBreakGlass(trx: EngineTrx, { minutes, ...row }: NewBreakGlass): Promise<Date | undefined> {
  const inserted = await trx.query
    .insertInto('break_glass')
    .columns(['id', 'tenant_id', 'account_id', 'reason', 'expires_at'])
    .expression(trx.query
      .selectFrom('tenant')
      .select([
        sql<string>`${row.id}::uuid`.as('id'), 'tenant.id as tenant_id', sql<string>`${row.account_id}::text`.as('account_id'),
        sql<string>`${row.reason}::text`.as('reason'), sql<Date>`now() + make_interval(mins => ${minutes}::int)`.as('expires_at'),
      ])
      .where('tenant.id', '=', row.tenant_id)
      .where((where) => where.not(where.exists(
        where.selectFrom('break_glass').select('break_glass.id').whereRef('break_glass.tenant_id', '=', 'tenant.id').where('break_glass.account_id', '=', row.account_id).where(isRunning)))))
    .returning('expires_at')
    .executeTakeFirst()
  return inserted?.expires_at
}

export interface EndedBreakGlass {
  readonly tenant_id: string
  readonly account_id: string
}

/** Ends a running one, once; undefined where there is none of this id. */
export async function updateBreakGlassEnded(trx: EngineTrx, id: string): Promise<EndedBreakGlass | undefined> {
  return trx.query.updateTable('break_glass').set({ ended_at: sql`now()` }).where('id', '=', id).where(isRunning).returning(['tenant_id', 'account_id']).executeTakeFirst()
}

export interface BreakGlassRow {
  readonly id: string
  readonly tenant_id: string
  readonly tenant_name: string
  readonly subdomain: string
  readonly account_id: string
  readonly operator_name: string
  readonly reason: string
  readonly started_at: Date
  readonly expires_at: Date
  readonly ended_at: Date | null
  readonly running: boolean
}

function breakGlasses(db: Engine) {
  return db
    .selectFrom('break_glass')
    .innerJoin('tenant', 'tenant.id', 'break_glass.tenant_id')
    .innerJoin('account', 'account.id', 'break_glass.account_id')
    .select(['break_glass.id', 'break_glass.tenant_id', 'tenant.name as tenant_name', 'tenant.subdomain', 'break_glass.account_id', 'account.display_name as operator_name'])
    .select(['break_glass.reason', 'break_glass.started_at', 'break_glass.expires_at', 'break_glass.ended_at', isRunning.as('running')])
}

/** Whether, and why, the operator is inside the tenant of this id or subdomain now. */
export async function findRunningBreakGlass(db: Engine, accountId: string, tenant: { readonly id: string } | { readonly subdomain: string }): Promise<BreakGlassRow | undefined> {
  return breakGlasses(db)
    .where('break_glass.account_id', '=', accountId)
    .where((where) => ('id' in tenant ? where('tenant.id', '=', tenant.id) : where('tenant.subdomain', '=', tenant.subdomain)))
    .where(isRunning)
    .executeTakeFirst()
}

export async function findBreakGlass(db: Engine, id: string): Promise<BreakGlassRow | undefined> {
  return breakGlasses(db).where('break_glass.id', '=', id).executeTakeFirst()
}

export interface BreakGlassPage {
  readonly before: string | null
  readonly limit: number
}

/** Of every tenant, the newest first; ids are in order of time. */
export async function listBreakGlasses(db: Engine, { before, limit }: BreakGlassPage): Promise<readonly BreakGlassRow[]> {
  return breakGlasses(db).$if(before !== null, (query) => query.where('break_glass.id', '<', before)).orderBy('break_glass.id', 'desc').limit(limit).execute()
}

export type OwnBreakGlass = Pick<BreakGlassRow, 'id' | 'reason' | 'started_at' | 'expires_at' | 'ended_at' | 'running'>

/** Those that entered this tenant, the newest first. Who it was stands in the log by id: a tenant reads no accounts but its members'. */
export async function listOwnBreakGlasses(trx: TenantTrx, { before, limit }: BreakGlassPage): Promise<readonly OwnBreakGlass[]> {
  return trx.query
    .selectFrom('break_glass')
    .select(['id', 'reason', 'started_at', 'expires_at', 'ended_at', isRunning.as('running')])
    .where('tenant_id', '=', trx.tenantId)
    .$if(before !== null, (query) => query.where('id', '<', before))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}
