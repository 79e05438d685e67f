/**
 * The one statement that writes what a request has decided: each part is a data-modifying CTE, and only the parts a request
 * needs are joined, so the common requests have short statements with stable names (prepared once per connection).
 * Invariant: all or nothing. The final SELECT raises when a race was lost, which undoes every part.
 */

/** One day for everybody, so that what is written is compared with what is read. */
export const today = `(now() at time zone 'Asia/Tokyo')::date`

export interface FlushInput {
  /** Apps this request relied on: refused when they were suspended since they were cached. */
  clients: string[]
  /** Refresh tokens that move to another family without being used up. */
  moves: { id: string; grant_id: string }[]
  /** Single-use rows; `grant_id` moves the row to another family in the same breath; `late` skips the expiry check (PAR after login). */
  consume: { id: string; grant_id: string | null; late: boolean }[]
  put: { id: string; model: string; payload: unknown; grant_id: string | null; client_id: string | null; ttl: number }[]
  destroy: string[]
  grants: { id: string; session_uid: string | null; account_id: string; client_id: string; tenant_id: string | null; membership_id: string | null; offline: boolean; payload: unknown; ttl: number }[]
  revoke_tokens: string[]
  revoke_grants: string[]
  sessions_new: { uid: string; id_hash: string; account_id: string | null; payload: unknown; ip: string | null; user_agent: string | null; ttl: number }[]
  sessions: { uid: string; id_hash: string; account_id: string | null; acr: string | null; changed: unknown; removed: string[]; apps_changed: unknown; apps_removed: string[]; ttl: number }[]
  /** Sessions that this request relied on and did not change. */
  sessions_alive: string[]
  sessions_ended: string[]
  consents: { account_id: string; client_id: string; tenant_id: string | null; membership_id: string | null; scopes: string[]; claims: string[]; resource_scopes: unknown }[]
  /** Memberships that have acted for their tenant, perhaps for the first time today. */
  seen: string[]
  events: unknown[]
}

export type FlushPart = keyof FlushInput

interface Part {
  readonly cte: string
  /** A condition over the CTEs that must hold, with the error it raises. */
  readonly guard?: readonly [condition: string, code: string]
}

/** Two tabs that sign in at the same moment are one sign-in; a later one is another, which no cookie from before it may share. */
const sameSignIn = `coalesce(abs((x.changed->>'loginTs')::float8 - (s.payload->>'loginTs')::float8) <= 30, x.changed->'loginTs' is null)`

const parts: Readonly<Record<FlushPart, Part>> = {
  clients: {
    cte: `known as (select count(*) as n from client c left join tenant t on t.id = c.tenant_id
      where c.id in (select jsonb_array_elements_text($1::jsonb->'clients')) and c.status = 'active' and (c.tenant_id is null or t.status = 'active'))`,
    guard: [`(select n from known) = jsonb_array_length($1::jsonb->'clients')`, 'TG002'],
  },
  moves: {
    cte: `moved as (update oidc_artifact a set grant_id = x.grant_id from jsonb_to_recordset($1::jsonb->'moves') as x(id text, grant_id text)
      where a.id = x.id and a.consumed_at is null and a.expires_at > now() returning 1)`,
    guard: [`(select count(*) from moved) = jsonb_array_length($1::jsonb->'moves')`, 'TG001'],
  },
  consume: {
    cte: `won as (update oidc_artifact a set consumed_at = now(), grant_id = coalesce(x.grant_id, a.grant_id)
      from jsonb_to_recordset($1::jsonb->'consume') as x(id text, grant_id text, late boolean)
      where a.id = x.id and a.consumed_at is null and (x.late or a.expires_at > now()) returning 1)`,
    guard: [`(select count(*) from won) = jsonb_array_length($1::jsonb->'consume')`, 'TG001'],
  },
  put: {
    cte: `kept as (insert into oidc_artifact (id, model, payload, grant_id, client_id, expires_at)
      select x.id, x.model, x.payload, x.grant_id, x.client_id, now() + make_interval(secs => x.ttl)
      from jsonb_to_recordset($1::jsonb->'put') as x(id text, model text, payload jsonb, grant_id text, client_id text, ttl double precision)
      on conflict (id) do update set payload = excluded.payload, grant_id = excluded.grant_id, expires_at = excluded.expires_at)`,
  },
  destroy: {
    cte: `gone as (delete from oidc_artifact where id in (select jsonb_array_elements_text($1::jsonb->'destroy')))`,
  },
  grants: {
    cte: `granted as (insert into oidc_grant (id, session_uid, account_id, client_id, tenant_id, membership_id, offline, payload, expires_at)
      select x.id, x.session_uid, x.account_id, x.client_id, x.tenant_id, x.membership_id, x.offline, x.payload, now() + make_interval(secs => x.ttl)
      from jsonb_to_recordset($1::jsonb->'grants') as x(id text, session_uid text, account_id text, client_id text, tenant_id uuid,
        membership_id uuid, offline boolean, payload jsonb, ttl double precision)
      on conflict (id) do update set payload = excluded.payload, offline = excluded.offline, expires_at = excluded.expires_at)`,
  },
  revoke_tokens: {
    cte: `dead_tokens as (delete from oidc_artifact where grant_id in (select jsonb_array_elements_text($1::jsonb->'revoke_tokens')))`,
  },
  revoke_grants: {
    cte: `dead_grants as (delete from oidc_grant where id in (select jsonb_array_elements_text($1::jsonb->'revoke_grants')))`,
  },
  sessions_new: {
    cte: `born as (insert into session (uid, id_hash, account_id, payload, ip, user_agent, expires_at)
      select x.uid, x.id_hash, x.account_id, x.payload, x.ip, x.user_agent, now() + make_interval(secs => x.ttl)
      from jsonb_to_recordset($1::jsonb->'sessions_new') as x(uid text, id_hash text, account_id text, payload jsonb, ip inet, user_agent text, ttl double precision))`,
  },
  sessions: {
    // Merges what this request changed into what is there now, so that two tabs do not undo each other; a session that ended
    // meanwhile is not brought back.
    // The old id stays good for a parallel tab, but never over a new sign-in or a change of person or level (session fixation).
    cte: `met as (update session s set
        previous_id_hash = case when x.id_hash = s.id_hash then s.previous_id_hash
          when s.account_id = x.account_id and s.payload->>'acr' is not distinct from x.acr and ${sameSignIn} then s.id_hash end,
        anonymous_id_hash = case when s.account_id is null and x.account_id is not null then s.id_hash else s.anonymous_id_hash end,
        previous_until = case when x.id_hash = s.id_hash then s.previous_until else now() + interval '60 seconds' end,
        id_hash = x.id_hash, account_id = x.account_id, last_seen_at = now(), expires_at = now() + make_interval(secs => x.ttl),
        payload = ((s.payload - x.removed) || x.changed) || jsonb_build_object('authorizations',
          (coalesce(s.payload->'authorizations', '{}') || x.apps_changed) - x.apps_removed)
      from jsonb_to_recordset($1::jsonb->'sessions') as x(uid text, id_hash text, account_id text, acr text,
        changed jsonb, removed text[], apps_changed jsonb, apps_removed text[], ttl double precision)
      where s.uid = x.uid and s.expires_at > now() returning s.uid),
    left_apps as (delete from oidc_grant g using jsonb_to_recordset($1::jsonb->'sessions') as x(uid text, apps_removed text[])
      where g.session_uid = x.uid and g.client_id = any(x.apps_removed) and not g.offline)`,
    guard: [`(select count(*) from met) = jsonb_array_length($1::jsonb->'sessions')`, 'TG003'],
  },
  sessions_alive: {
    cte: `alive as (select count(*) as n from session
      where uid in (select jsonb_array_elements_text($1::jsonb->'sessions_alive')) and expires_at > now())`,
    guard: [`(select n from alive) = jsonb_array_length($1::jsonb->'sessions_alive')`, 'TG003'],
  },
  sessions_ended: {
    cte: `ended as (delete from session where uid in (select jsonb_array_elements_text($1::jsonb->'sessions_ended'))),
    ended_grants as (delete from oidc_grant where not offline and session_uid in (select jsonb_array_elements_text($1::jsonb->'sessions_ended')))`,
  },
  consents: {
    cte: `agreed as (insert into consent as c (account_id, client_id, tenant_id, membership_id, scopes, claims, resource_scopes)
      select x.account_id, x.client_id, x.tenant_id, x.membership_id, x.scopes, x.claims, x.resource_scopes
      from jsonb_to_recordset($1::jsonb->'consents') as x(account_id text, client_id text, tenant_id uuid, membership_id uuid,
        scopes text[], claims text[], resource_scopes jsonb)
      where x.membership_id is null or exists (select 1 from membership m join tenant t on t.id = m.tenant_id
        where m.id = x.membership_id and m.status = 'active' and t.status = 'active')
      on conflict (account_id, client_id, membership_id) do update set agreed_at = now(),
        scopes = array(select distinct unnest(c.scopes || excluded.scopes)),
        claims = array(select distinct unnest(c.claims || excluded.claims)),
        resource_scopes = c.resource_scopes || excluded.resource_scopes
      returning 1)`,
    guard: [`(select count(*) from agreed) = jsonb_array_length($1::jsonb->'consents')`, 'TG004'],
  },
  seen: {
    // Whoever holds the membership may be about to end it: the day is not worth waiting for.
    cte: `seen as (update membership m set last_seen_on = ${today} from (select tenant_id, id from membership
        where id in (select (jsonb_array_elements_text($1::jsonb->'seen'))::uuid) and (last_seen_on is null or last_seen_on < ${today})
        for no key update skip locked) x
      where m.tenant_id = x.tenant_id and m.id = x.id)`,
  },
  events: {
    cte: `told as (insert into event (id, type, outcome, tenant_id, actor, subject, client_id, sid, reason, before, after, ip, user_agent, request_id)
      select x.id, x.type, x.outcome, x.tenant_id, x.actor, x.subject, x.client_id, x.sid, x.reason, x.before, x.after, x.ip, x.user_agent, x.request_id
      from jsonb_to_recordset($1::jsonb->'events') as x(id uuid, type text, outcome text, tenant_id uuid, actor text, subject text, client_id text,
        sid text, reason text, before jsonb, after jsonb, ip inet, user_agent text, request_id text))`,
  },
}

const order: readonly FlushPart[] = [
  'clients', 'moves', 'consume', 'put', 'destroy', 'grants', 'revoke_tokens', 'revoke_grants',
  'sessions_new', 'sessions', 'sessions_alive', 'sessions_ended', 'consents', 'seen', 'events',
]

export interface FlushStatement {
  readonly name: string
  readonly text: string
}

const statements = new Map<string, FlushStatement>()

/** The statement for the parts that hold something, or null when there is nothing to write. */
export function flushStatement(input: FlushInput): FlushStatement | null {
  const used = order.filter((part) => input[part].length > 0)
  if (used.every((part) => part === 'clients' || part === 'sessions_alive')) return null
  const name = `flush ${used.map((part) => order.indexOf(part).toString(36)).join('')}`
  const known = statements.get(name)
  if (known !== undefined) return known
  const guards = used.flatMap((part) => {
    const guard = parts[part].guard
    return guard === undefined ? [] : [`refuse_unless(${guard[0]}, '${guard[1]}')`]
  })
  const text = `with ${used.map((part) => parts[part].cte).join(',\n')}\nselect ${guards.length > 0 ? guards.join(', ') : '1'}`
  const statement = { name, text }
  statements.set(name, statement)
  return statement
}
