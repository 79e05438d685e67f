/** SQL of the figures on the operators' first page. Reads only, across tenants; every walk is bounded by an index. */
import { sql, type Kysely } from 'kysely'
import type { DB } from '../base/schema.ts'
import { untilNow } from '../events/audit-queries.ts'

type Engine = Kysely<DB>

export interface StatusCount {
  readonly status: string
  readonly count: number
}

export async function countTenants(db: Engine): Promise<readonly StatusCount[]> {
  return db.selectFrom('tenant').select(['status', ({ fn }) => fn.countAll<number>().as('count')]).groupBy('status').execute()
}

export async function countAccounts(db: Engine): Promise<readonly StatusCount[]> {
  return db.selectFrom('account').select(['status', ({ fn }) => fn.countAll<number>().as('count')]).where('status', '<>', 'erased').groupBy('status').execute()
}

export interface SignInCounts {
  readonly succeeded: number
  readonly failed: number
  readonly refused: number
}

/** Of the last 24 hours. */
export async function countSignIns(db: Engine): Promise<SignInCounts> {
  // The condition on `type` is, letter for letter, that of the partial index event_by_type.
  const found = await sql<SignInCounts>`select count(*) filter (where type = 'sign_in.succeeded') as succeeded, count(*) filter (where type = 'sign_in.failed') as failed,
      count(*) filter (where type = 'sign_in.refused') as refused from event
    where type in ('sign_in.succeeded', 'sign_in.failed', 'sign_in.refused') and occurred_at > now() - interval '24 hours'
      and type not in ('token.issued', 'token.refused', 'authorization.granted') and ${untilNow()}`.execute(db)
  return found.rows[0] ?? { succeeded: 0, failed: 0, refused: 0 }
}

export interface ReaderRow {
  readonly subscriber: string
  /** Age of the oldest event that the reader has not passed yet; 0 where it has passed all. */
  readonly lag_seconds: number
}

export async function listReaders(db: Engine): Promise<readonly ReaderRow[]> {
  const found = await sql<ReaderRow>`select c.subscriber, coalesce(extract(epoch from now() - first.occurred_at), 0)::int as lag_seconds
    from event_cursor c left join lateral (
      select e.occurred_at from event e where (e.xid, e.id) > (c.xid, c.event_id) order by e.xid, e.id limit 1) as first on true
    order by c.subscriber`.execute(db)
  return found.rows
}

export interface SeatRow {
  readonly id: string
  readonly name: string
  readonly used: number
  readonly seat_limit: number
}

/** Tenants that use nine tenths of their seats or more, the fullest first. */
export async function listTenantsNearLimit(db: Engine, limit: number): Promise<readonly SeatRow[]> {
  const found = await sql<SeatRow>`select t.id, t.name, t.seat_limit, taken.used from tenant t cross join lateral (
      select count(*)::int as used from membership m join role r on r.tenant_id = m.tenant_id and r.id = m.role_id
      where m.tenant_id = t.id and r.uses_seat and m.status = 'active') as taken
    where t.seat_limit is not null and t.status <> 'closing' and taken.used * 10 >= t.seat_limit * 9
    order by taken.used::numeric / greatest(t.seat_limit, 1) desc, t.name limit ${limit}::int`.execute(db)
  return found.rows
}

export interface ClosingRow {
  readonly id: string
  readonly name: string
  readonly closes_at: Date
}

export async function listClosingTenants(db: Engine, limit: number): Promise<readonly ClosingRow[]> {
  const found = await sql<ClosingRow>`select id, name, closes_at from tenant where closes_at is not null order by closes_at limit ${limit}::int`.execute(db)
  return found.rows
}
