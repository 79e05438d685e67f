/**
 * SQL over the whole log, as operators read it: newest first, by any of its sides. Reads only.
 * Invariant: where nothing says otherwise the daily business of tokens stays out, letter for letter as the partial indexes
 * leave it out, so that each filter is one ordered walk through an index.
 */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { DB } from '../base/schema.ts'
import { untilNow } from '../events/audit-queries.ts'

type Engine = Kysely<DB>

export interface EventFilters {
  readonly type: string | null
  readonly tenantId: string | null
  readonly actor: string | null
  readonly subject: string | null
  readonly outcome: string | null
  readonly requestId: string | null
  readonly from: Date | null
  readonly until: Date | null
}

export interface EventCursor {
  readonly occurredUs: number
  readonly eventId: string
}

export interface EventRow {
  readonly id: string
  readonly occurred_at: Date
  /** Microseconds since the epoch: as fine as the database orders by, which a Date is not. */
  readonly occurred_us: number
  readonly type: string
  readonly outcome: string
  readonly tenant_id: string | null
  readonly tenant_name: string | null
  readonly actor: string | null
  readonly actor_name: string | null
  readonly subject: string | null
  /** Of an account, an app or a tenant. */
  readonly subject_name: string | null
  /** Of a machine that acted. */
  readonly app_name: string | null
  readonly client_id: string | null
  readonly reason: string | null
  readonly before: unknown
  readonly after: unknown
  readonly ip: string | null
  readonly user_agent: string | null
  readonly request_id: string | null
}

export async function listEvents(db: Engine, filters: EventFilters, { after, limit }: { readonly after: EventCursor | null; readonly limit: number }): Promise<readonly EventRow[]> {
  const conditions = [...conditionsOf(filters), ...(after === null ? [] : [olderThan(after)])]
  const half = (kinds: RawBuilder<boolean>) => sql`(select * from event where ${sql.join([kinds, ...conditions], sql` and `)} order by occurred_at desc, id desc limit ${limit}::int)`
  const found = await sql<EventRow>`
    select e.id, e.occurred_at, (extract(epoch from e.occurred_at) * 1000000)::bigint as occurred_us, e.type, e.outcome, e.tenant_id, t.name as tenant_name,
      e.actor, a.display_name as actor_name, e.subject,
      coalesce(s.display_name, sc.name, st.name) as subject_name, ac.name as app_name, e.client_id, e.reason, e.before, e.after, host(e.ip) as ip, e.user_agent, e.request_id
    from (${sql.join(kindsOf(filters).map(half), sql` union all `)}) e
    left join tenant t on t.id = e.tenant_id left join account a on a.id = e.actor
    left join account s on s.id = e.subject left join client sc on sc.id = e.subject left join tenant st on st.id = case when e.subject ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then e.subject::uuid end left join client ac on ac.id = e.actor
    order by e.occurred_at desc, e.id desc limit ${limit}::int`.execute(db)
  return found.rows
}

const withoutTokens = sql<boolean>`type not in ('token.issued', 'token.refused', 'authorization.granted')`

/** The kinds of events in question, in as many walks as there are indexes for them. */
function kindsOf({ type, actor, subject }: EventFilters): readonly RawBuilder<boolean>[] {
  if (type !== null) return [['token.issued', 'token.refused', 'authorization.granted'].includes(type) ? sql<boolean>`type = ${type}` : sql<boolean>`type = ${type} and ${withoutTokens}`]
  if (actor === null && subject === null) return [withoutTokens]
  return [sql<boolean>`type not in ('token.issued', 'token.refused', 'authorization.granted', 'access.refused')`, sql<boolean>`type = 'access.refused' and ${withoutTokens}`]
}

function olderThan({ occurredUs, eventId }: EventCursor): RawBuilder<boolean> {
  return sql<boolean>`(occurred_at, id) < (timestamptz 'epoch' + ${occurredUs}::bigint * interval '1 microsecond', ${eventId}::uuid)`
}

function conditionsOf({ tenantId, actor, subject, outcome, requestId, from, until }: EventFilters): readonly RawBuilder<boolean>[] {
  const when = (condition: RawBuilder<boolean>, value: unknown): readonly RawBuilder<boolean>[] => (value === null ? [] : [condition])
  return [
    untilNow(),
    ...when(sql<boolean>`tenant_id = ${tenantId}::uuid`, tenantId),
    ...when(sql<boolean>`actor = ${actor} and actor is not null`, actor),
    ...when(sql<boolean>`subject = ${subject} and subject is not null`, subject),
    ...when(sql<boolean>`outcome = ${outcome}`, outcome),
    ...when(sql<boolean>`request_id = ${requestId} and request_id is not null`, requestId),
    ...when(sql<boolean>`occurred_at >= ${from}::timestamptz`, from),
    ...when(sql<boolean>`occurred_at < ${until}::timestamptz`, until),
  ]
}
