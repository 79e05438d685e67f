/**
 * SQL over the log as one person may read it: what they did and what was done to them in the last 90 days. Reads only.
 * Invariant: the condition on `type` is, letter for letter, that of the partial indexes event_by_subject and event_by_actor, so
 * that each half is one ordered walk through its index; a parameter in its place would hide it from the planner.
 */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { DB } from '../base/schema.ts'

type Engine = Kysely<DB>

export interface ActivityRow {
  readonly id: string
  readonly occurred_at: Date
  /** Microseconds since the epoch: as fine as the database orders by, which a Date is not. */
  readonly occurred_us: number
  readonly type: string
  readonly outcome: string
  readonly tenant_name: string | null
  readonly actor: string | null
  readonly client_name: string | null
  readonly reason: string | null
  /** How it was done or with what, where the event says so. */
  readonly how: string | null
  readonly ip: string | null
  readonly user_agent: string | null
}

/** A place in the list: after this event, going back in time. */
export interface ActivityCursor {
  readonly occurredUs: number
  readonly eventId: string
}

export interface ActivityWindow {
  readonly accountId: string
  readonly after: ActivityCursor | null
  readonly limit: number
}

/** Newest first, at most `limit`. Each half brings its own newest, so the newest of both are among them; what is in both counts once. */
export async function listActivity(db: Engine, { accountId, after, limit }: ActivityWindow): Promise<readonly ActivityRow[]> {
  const older = after === null
    ? sql``
    : sql`and (occurred_at, id) < (timestamptz 'epoch' + ${after.occurredUs}::bigint * interval '1 microsecond', ${after.eventId}::uuid)`
  const half = (mine: RawBuilder<unknown>) => sql`(select id, occurred_at, type, outcome, tenant_id, actor, client_id, reason,
      coalesce(after->>'how', after->>'factor') as how, ip, user_agent from event
    where ${mine} and type not in ('token.issued', 'token.refused', 'authorization.granted', 'access.refused')
      and occurred_at > now() - interval '90 days' and occurred_at <= now() ${older}
    order by occurred_at desc, id desc limit ${limit}::int)`
  const found = await sql<ActivityRow>`
    select e.id, e.occurred_at, (extract(epoch from e.occurred_at) * 1000000)::bigint as occurred_us, e.type, e.outcome,
      t.name as tenant_name, e.actor, c.name as client_name, e.reason, e.how, host(e.ip) as ip, e.user_agent
    from (
      ${half(sql`subject = ${accountId}`)}
      union
      ${half(sql`actor = ${accountId}`)}
    ) e left join tenant t on t.id = e.tenant_id left join client c on c.id = e.client_id
    order by e.occurred_at desc, e.id desc limit ${limit}::int`.execute(db)
  return found.rows
}
