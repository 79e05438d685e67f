/**
 * SQL of the figures with which a tenant's console begins: who is in it, how safely they sign in, what waits, what was done lately.
 * Reads only; every statement stays within an index of the tenant.
 */
import { sql } from 'kysely'
import type { TenantTrx } from '../base/db.ts'
import { nameOfSubject, untilNow } from '../events/audit-queries.ts'

/** Days of tenants are counted where they are. */
const zone = 'Asia/Tokyo'

export interface TenantFigures {
  readonly active: number
  readonly invited: number
  readonly suspended: number
  readonly ended: number
  readonly seats_used: number
  /** Null for as many as there are. */
  readonly seat_limit: number | null
  /** Active members with a second factor. */
  readonly with_second_factor: number
  readonly administrators: number
  readonly invitations_open: number
  readonly invitations_expired: number
  /** Active memberships that end by themselves within seven days. */
  readonly ending_soon: number
}

export async function getTenantFigures(trx: TenantTrx): Promise<TenantFigures> {
  const found = await sql<TenantFigures>`
    select
      count(*) filter (where m.status = 'active') as active, count(*) filter (where m.status = 'invited') as invited,
      count(*) filter (where m.status = 'suspended') as suspended, count(*) filter (where m.status = 'ended') as ended,
      count(*) filter (where m.status = 'active' and r.uses_seat) as seats_used,
      count(*) filter (where m.status = 'active' and m.second_factors <> '{}') as with_second_factor,
      count(*) filter (where m.status = 'active' and m.valid_until between now() and now() + interval '7 days') as ending_soon,
      (select t.seat_limit from tenant t where t.id = ${trx.tenantId}::uuid) as seat_limit,
      (select count(*) from role ar join membership am on am.tenant_id = ar.tenant_id and am.role_id = ar.id and am.status = 'active' join account a on a.id = am.account_id
        where ar.tenant_id = ${trx.tenantId}::uuid and 'tenant:admin' = any (ar.permissions) and a.status = 'active') as administrators,
      coalesce(min(waiting.open), 0) as invitations_open, coalesce(min(waiting.expired), 0) as invitations_expired
    from membership m
    join role r on r.tenant_id = m.tenant_id and r.id = m.role_id
    cross join (
      select count(*) filter (where i.expires_at > now()) as open, count(*) filter (where i.expires_at <= now()) as expired
      from membership im join invitation i on i.tenant_id = im.tenant_id and i.membership_id = im.id
      where im.tenant_id = ${trx.tenantId}::uuid and im.status = 'invited') as waiting
    where m.tenant_id = ${trx.tenantId}::uuid`.execute(trx.query)
  const [row] = found.rows
  if (row === undefined) throw new Error('Counting gave no row.')
  return row
}

export interface DayOfSignIns {
  /** YYYY-MM-DD. */
  readonly day: string
  readonly sign_ins: number
}

/** The last thirty days, today included, oldest first; each day stands there. */
export async function listSignInDays(trx: TenantTrx): Promise<readonly DayOfSignIns[]> {
  const found = await sql<DayOfSignIns>`
    with today as (select (now() at time zone ${zone})::date as day), counted as (
      select (occurred_at at time zone ${zone})::date as day, count(*) as sign_ins from event
      where tenant_id = ${trx.tenantId}::uuid and type = 'authorization.granted' and occurred_at >= ((select day from today) - 29)::timestamp at time zone ${zone}
        and ${untilNow()}
      group by 1)
    select to_char(today.day - back, 'YYYY-MM-DD') as day, coalesce(counted.sign_ins, 0) as sign_ins
    from today cross join generate_series(29, 0, -1) as back left join counted on counted.day = today.day - back
    order by back desc`.execute(trx.query)
  return found.rows
}

export interface RecentAct {
  readonly id: string
  readonly occurred_at: Date
  readonly type: string
  readonly actor_name: string
  readonly actor_membership_id: string
  readonly subject: string | null
  /** Of the member, role, unit or app it was done to. */
  readonly subject_name: string | null
}

/** What somebody did to a member or to the tenant: the very words of the index `event_acts`. */
export const isAct = sql<boolean>`event.outcome = 'success'
  and event.type ~ '^(membership|members|role|unit|tenant|factors|activation|app|client|invitation|import|wave)[.]'
  and event.type not in ('tenant.chosen', 'invitation.accepted', 'invitation.declined', 'invitation.refused', 'tenant.seat_limit_reached')`

/** The last ten things that members did to others or to the tenant, newest first, of the last ninety days. */
export async function listRecentActs(trx: TenantTrx): Promise<readonly RecentAct[]> {
  const found = await sql<RecentAct>`
    select event.id, event.occurred_at, event.type, event.subject, actor.shown_name as actor_name, actor.id as actor_membership_id,
      ${nameOfSubject(sql.ref('event.subject'), trx)} as subject_name
    from event join membership actor on actor.tenant_id = ${trx.tenantId}::uuid and actor.account_id = event.actor
    where event.tenant_id = ${trx.tenantId}::uuid and event.occurred_at > now() - interval '90 days' and ${untilNow()} and ${isAct}
      and event.subject is distinct from actor.id::text and event.subject is distinct from actor.account_id
    order by event.occurred_at desc, event.id desc limit 10`.execute(trx.query)
  return found.rows
}
