/**
 * SQL of what happened to one membership, from the log. Reads only.
 * Invariant: only this tenant's own events, and nobody is named who is not in the tenant: an operator of the platform stays one.
 */
import { sql } from 'kysely'
import type { TenantTrx } from '../base/db.ts'
import { beforePlace, placeOfEvent, readable, untilNow, type EventPlace } from '../events/audit-queries.ts'

export interface HistoryRow {
  readonly id: string
  /** Where it stands in the log, for the next page. */
  readonly place: EventPlace
  readonly occurred_at: Date
  readonly type: string
  readonly outcome: string
  readonly reason: string | null
  /** Null for whoever is no member of the tenant, and for nobody. */
  readonly actor_membership_id: string | null
  readonly actor_name: string | null
  /** themselves: the person of this membership. outside: the platform, or somebody who is no member. */
  readonly actor_kind: 'member' | 'themselves' | 'outside'
  readonly before: unknown
  readonly after: unknown
}

/** Newest first, from before `cursor` on: what befell the membership, and what the tenant did to its account's factors and sessions. */
export async function listHistory(trx: TenantTrx, membershipId: string, page: { readonly cursor: EventPlace | null; readonly limit: number }): Promise<readonly HistoryRow[]> {
  // Both subjects are looked up first, so that the log is read by its index of subjects.
  const subjects = sql`array(select unnest(array[id::text, account_id]) from membership where tenant_id = ${trx.tenantId}::uuid and id = ${membershipId}::uuid)`
  const found = await sql<HistoryRow>`
    select event.id, ${placeOfEvent} as place, event.occurred_at, event.type, event.outcome, event.reason, event.before, event.after,
      actor.id as actor_membership_id, actor.shown_name as actor_name,
      case when actor.id = ${membershipId}::uuid then 'themselves' when actor.id is not null then 'member' else 'outside' end as actor_kind
    from event left join membership actor on actor.tenant_id = ${trx.tenantId}::uuid and actor.account_id = event.actor
    where event.tenant_id = ${trx.tenantId}::uuid and event.subject = any (${subjects}) and ${readable} and ${untilNow()} and event.type <> 'access.refused' and ${beforePlace(page.cursor)}
    order by event.occurred_at desc, event.id desc limit ${page.limit}::int`.execute(trx.query)
  return found.rows
}
