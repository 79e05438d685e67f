/**
 * All SQL of the event log: writing it, and the cursors and jobs of its readers.
 * Invariant of the readers: nobody reads past the horizon, the oldest transaction that is still open. Below it no event can
 * appear any more, so a cursor that has passed has missed nothing (security §4.4).
 */
import { sql, type Kysely } from 'kysely'
import type pg from 'pg'
import { z } from 'zod'
import type { EngineTrx, TenantTrx } from '../base/db.ts'
import type { DB } from '../base/schema.ts'
import type { EventType } from './catalogue.ts'
import type { JobSpec, StoredEvent } from './subscriber.ts'

/** One event as its columns, ready for an INSERT. */
export interface EventRow {
  readonly id: string
  readonly type: string
  readonly outcome: string
  readonly tenant_id: string | null
  readonly actor: string | null
  readonly subject: string | null
  readonly client_id: string | null
  readonly sid: string | null
  readonly reason: string | null
  readonly before: Readonly<Record<string, unknown>> | null
  readonly after: Readonly<Record<string, unknown>> | null
  readonly ip: string | null
  readonly user_agent: string | null
  readonly request_id: string | null
  readonly break_glass_id: string | null
}

export async function insertEvent(trx: EngineTrx | TenantTrx, row: EventRow): Promise<void> {
  await trx.query
    .insertInto('event')
    .values({
      ...row,
      before: row.before === null ? null : JSON.stringify(row.before),
      after: row.after === null ? null : JSON.stringify(row.after),
    })
    .execute()
}

/** Many by one statement. Its columns are those of the rows, so none that is added to an event is forgotten here. */
export async function insertEvents(trx: EngineTrx, rows: readonly EventRow[]): Promise<void> {
  const [first] = rows
  if (first === undefined) return
  const columns = sql.join(Object.keys(first).map((name) => sql.ref(name)))
  await sql`insert into event (${columns}) select ${columns} from jsonb_populate_recordset(null::event, ${JSON.stringify(rows)}::jsonb)`.execute(trx.query)
}

/** A place in the log: after this event of this transaction. Transaction ids are xid8 and leave the driver as text. */
export interface Position {
  readonly xid: string
  readonly eventId: string
}

export interface Cursor extends Position {
  /** Transactions below this one have all ended. */
  readonly horizon: string
}

/** Makes the cursors that are missing, at the present end of the log. */
export async function createCursors(db: Kysely<DB>, subscribers: readonly string[]): Promise<void> {
  await sql`insert into event_cursor (subscriber, xid)
    select name, pg_snapshot_xmin(pg_current_snapshot()) from unnest(${subscribers}::text[]) as name
    on conflict (subscriber) do nothing`.execute(db)
}

/** Cursors that stand beyond every transaction of this server. */
export async function listDisplacedCursors(db: Kysely<DB>, subscribers: readonly string[]): Promise<readonly string[]> {
  const found = await sql<{ subscriber: string }>`select subscriber from event_cursor
    where subscriber = any(${subscribers}::text[]) and xid > pg_snapshot_xmax(pg_current_snapshot())`.execute(db)
  return found.rows.map(({ subscriber }) => subscriber)
}

// Asked several times a second, and planning it over all months costs far more than the answer: it is prepared once a connection.
// The order makes the planner take the index, whatever it believes about how many events there are.
const subscribersBehind = `select c.subscriber from event_cursor c cross join lateral (
    select 1 from event e where (e.xid, e.id) > (c.xid, c.event_id) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
    order by e.xid, e.id limit 1) as first
  where c.subscriber = any($1::text[])`

/** Subscribers for whom events of any type have appeared since their cursor; takes no lock and no transaction id. */
export async function listSubscribersBehind(pool: pg.Pool, subscribers: readonly string[]): Promise<readonly string[]> {
  const found = await pool.query<{ subscriber: string }>({ name: 'subscribers_behind', text: subscribersBehind, values: [subscribers] })
  return found.rows.map(({ subscriber }) => subscriber)
}

/** Locks the subscriber's cursor until the transaction ends; undefined when somebody else holds it. */
export async function lockCursor(trx: EngineTrx, subscriber: string): Promise<Cursor | undefined> {
  const found = await sql<Cursor>`select xid, event_id as "eventId", pg_snapshot_xmin(pg_current_snapshot()) as horizon
    from event_cursor where subscriber = ${subscriber} for update skip locked`.execute(trx.query)
  return found.rows[0]
}

/** Moves the cursor forward; a position behind it changes nothing. */
export async function moveCursor(trx: EngineTrx, subscriber: string, to: Position): Promise<void> {
  await sql`update event_cursor set xid = ${to.xid}::xid8, event_id = ${to.eventId}::uuid, updated_at = now()
    where subscriber = ${subscriber} and (xid, event_id) < (${to.xid}::xid8, ${to.eventId}::uuid)`.execute(trx.query)
}

interface EventsBetween {
  readonly cursor: Cursor
  readonly types: readonly EventType[]
  readonly limit: number
}

export interface PlacedEvent {
  readonly position: Position
  readonly event: StoredEvent
}

const facts = z.record(z.string(), z.unknown()).nullable()

/** Events of these types after the cursor and below its horizon, in the order in which their transactions became visible. */
export async function listEventsBetween(trx: EngineTrx, { cursor, types, limit }: EventsBetween): Promise<readonly PlacedEvent[]> {
  const rows = await trx.query
    .selectFrom('event')
    .selectAll()
    .where(sql<boolean>`(xid, id) > (${cursor.xid}::xid8, ${cursor.eventId}::uuid) and xid < ${cursor.horizon}::xid8`)
    .where('type', 'in', types)
    .orderBy('xid')
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.flatMap((row) => {
    const type = types.find((wanted) => wanted === row.type)
    if (type === undefined) return []
    const { id, outcome, actor, subject, sid, reason, xid } = row
    const event: StoredEvent = {
      id, type, outcome, actor, subject, sid, reason,
      occurredAt: row.occurred_at,
      tenantId: row.tenant_id,
      clientId: row.client_id,
      before: facts.parse(row.before),
      after: facts.parse(row.after),
    }
    return [{ event, position: { xid, eventId: id } }]
  })
}

/** Adds jobs as part of the transaction; of two with the same key the later one stays. */
export async function addJobs(trx: EngineTrx, specs: readonly JobSpec[]): Promise<void> {
  const once = [...new Map(specs.map((spec, place) => [spec.key ?? place, spec])).values()]
  if (once.length === 0) return
  const rows = once.map(({ task, payload, queue, maxAttempts, key }) => ({ task, payload, queue, max_attempts: maxAttempts, key }))
  // Jobs of one queue run by due time, so a microsecond each keeps the order of their events; in the past, so that none waits.
  await sql`select count(*) from job.add_jobs(array(
      select (j.spec->>'task', (j.spec->'payload')::json, j.spec->>'queue', now() - (${once.length}::int - j.place) * interval '1 microsecond',
        (j.spec->>'max_attempts')::smallint, j.spec->>'key', null, null)::job.job_spec
      from json_array_elements(${JSON.stringify(rows)}::json) with ordinality as j (spec, place)))`.execute(trx.query)
}

/** Ties the worker's jobs to this connection: the lock goes when the connection does, whatever killed the process. */
export async function holdWorkerLease(client: QueryClient, workerId: string): Promise<void> {
  await client.query('select pg_advisory_lock($1::int, hashtext($2))', [workerLeases, workerId])
}

interface QueryClient {
  query(text: string, values: unknown[]): Promise<unknown>
}

const workerLeases = 7_246_003

/** Workers that hold jobs for longer than this although their connection is gone. */
export async function listAbandonedWorkers(db: Kysely<DB>, abandonedForSeconds: number): Promise<readonly string[]> {
  const found = await sql<{ worker: string }>`
    select locked_by as worker from job._private_jobs where locked_by is not null group by locked_by
    having max(locked_at) < now() - make_interval(secs => ${abandonedForSeconds}::int)
      and not exists (select 1 from pg_locks l
        where l.locktype = 'advisory' and l.database = (select oid from pg_database where datname = current_database())
          and l.classid::bigint = ${workerLeases}::bigint and l.objid::bigint = (hashtext(locked_by)::bigint & 4294967295))`.execute(db)
  return found.rows.map(({ worker }) => worker)
}

/** Makes the jobs that these workers hold ready to run again. */
export async function freeJobs(db: Kysely<DB>, workers: readonly string[]): Promise<void> {
  await sql`select job.force_unlock_workers(${workers}::text[])`.execute(db)
}
