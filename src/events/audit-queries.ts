/**
 * SQL of the log as a tenant's own people read it: newest first, narrowed, page by page. Reads only.
 * Invariants: only events of this tenant; the token path's own events (one per token) are not part of it; a page is found by an index
 * whatever it is narrowed to.
 */
import { sql, type RawBuilder } from 'kysely'
import type { TenantTrx } from '../base/db.ts'

/** Where an event stands: microseconds since the epoch, and its id. */
export type EventPlace = string

export const eventPlaceShape = /^\d{1,16}\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

export function isEventPlace(text: string): text is EventPlace {
  return eventPlaceShape.test(text)
}

/** As written by the indexes of the log, which know only these. */
export const readable = sql<boolean>`event.type not in ('token.issued', 'token.refused', 'authorization.granted')`

/**
 * Says of the months that are only made and not begun that they hold nothing, so that no page plans its way through them. A value
 * and not `now()`, because the planner must know it; two days leave room for clocks that differ.
 */
export function untilNow(): RawBuilder<boolean> {
  return sql<boolean>`event.occurred_at < ${new Date(Date.now() + 2 * 86_400_000)}::timestamptz`
}

export const placeOfEvent = sql<EventPlace>`(extract(epoch from event.occurred_at) * 1000000)::bigint || '.' || event.id`

/** What stands before (is older than) this place in the log; everything where there is none. */
export function beforePlace(place: EventPlace | null): RawBuilder<boolean> {
  if (place === null) return sql<boolean>`true`
  const [microseconds = '0', id = ''] = place.split('.')
  return sql<boolean>`(event.occurred_at, event.id) < (timestamptz 'epoch' + ${microseconds}::bigint * interval '1 microsecond', ${id}::uuid)`
}

export const outcomes = ['success', 'failure', 'refused'] as const
export type Outcome = (typeof outcomes)[number]

/** What is absent does not narrow. */
export interface AuditFilter {
  /** The beginning of a type: `membership.` or `role.created`. */
  readonly type?: string | undefined
  /** An account or a client. */
  readonly actor?: string | undefined
  readonly subject?: string | undefined
  readonly outcome?: Outcome | undefined
  readonly from?: Date | undefined
  readonly until?: Date | undefined
  readonly requestId?: string | undefined
}

export interface AuditRow {
  readonly id: string
  readonly place: EventPlace
  readonly occurred_at: Date
  readonly type: string
  readonly outcome: string
  readonly reason: string | null
  readonly actor: string | null
  /** Null for whoever is no member of the tenant. */
  readonly actor_membership_id: string | null
  readonly actor_name: string | null
  readonly subject: string | null
  /** Of the member, role, unit or app that it was done to, as they are called now; null where there is no name in this tenant. */
  readonly subject_name: string | null
  readonly client_id: string | null
  readonly ip: string | null
  readonly user_agent: string | null
  readonly request_id: string | null
  readonly break_glass_id: string | null
  readonly before: unknown
  readonly after: unknown
}

export interface AuditPage {
  readonly filter: AuditFilter
  readonly cursor: EventPlace | null
  readonly limit: number
}

/** Newest first, older than the cursor. */
export async function listTenantEvents(trx: TenantTrx, { filter, cursor, limit }: AuditPage): Promise<readonly AuditRow[]> {
  const found = await sql<AuditRow>`
    with page as materialized (
      select event.*, ${placeOfEvent} as place from event
      where ${narrowed(trx, filter)} and ${beforePlace(cursor)} order by event.occurred_at desc, event.id desc limit ${limit}::int)
    select page.id, page.place, page.occurred_at, page.type, page.outcome, page.reason, page.actor, page.subject, page.client_id,
      host(page.ip) as ip, page.user_agent, page.request_id, page.break_glass_id, page.before, page.after, actor.id as actor_membership_id, actor.shown_name as actor_name,
      ${nameOfSubject(sql.ref('page.subject'), trx)} as subject_name
    from page left join membership actor on actor.tenant_id = page.tenant_id and actor.account_id = page.actor
    order by page.occurred_at desc, page.id desc`.execute(trx.query)
  return found.rows
}

/** What a subject is called now in this tenant: a member (by membership or account), a role, a unit, an app; null for anything else. */
export function nameOfSubject(subject: RawBuilder<unknown>, { tenantId }: TenantTrx): RawBuilder<string | null> {
  const id = sql`case when ${subject} ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then ${subject}::uuid end`
  return sql<string | null>`coalesce(
    (select m.shown_name from membership m where m.tenant_id = ${tenantId}::uuid and m.id = ${id}),
    (select m.shown_name from membership m where m.tenant_id = ${tenantId}::uuid and m.account_id = ${subject}),
    (select r.name from role r where r.tenant_id = ${tenantId}::uuid and r.id = ${id}),
    (select u.name from unit u where u.tenant_id = ${tenantId}::uuid and u.id = ${id}),
    (select c.name from client c where c.id = ${subject}))`
}

function narrowed(trx: TenantTrx, { type, actor, subject, outcome, from, until, requestId }: AuditFilter): RawBuilder<unknown> {
  const conditions = [
    sql`event.tenant_id = ${trx.tenantId}::uuid and ${readable} and ${untilNow()}`,
    type === undefined ? null : sql`starts_with(event.type, ${type})`,
    actor === undefined ? null : sql`event.actor = ${actor}`,
    subject === undefined ? null : sql`event.subject = ${subject}`,
    outcome === undefined ? null : sql`event.outcome = ${outcome}`,
    from === undefined ? null : sql`event.occurred_at >= ${from}`,
    until === undefined ? null : sql`event.occurred_at < ${until}`,
    requestId === undefined ? null : sql`event.request_id = ${requestId}`,
  ]
  return sql.join(conditions.filter((condition) => condition !== null), sql` and `)
}
