/** SQL about a person's own sessions, and about what they have allowed to which app. */
import { sql, type Kysely } from 'kysely'
import type { AdapterPayload } from 'oidc-provider'
import type { EngineTrx } from '../base/db.ts'
import type { DB } from '../base/schema.ts'
import type { SessionRow } from './queries.ts'

type Engine = Kysely<DB>

export interface OwnSessionRow {
  readonly uid: string
  readonly ip: string | null
  readonly user_agent: string | null
  readonly created_at: Date
  readonly last_seen_at: Date
  readonly payload: AdapterPayload
}

/** Living sessions of an account, the last used first. */
export async function listSessions(db: Engine, accountId: string): Promise<readonly OwnSessionRow[]> {
  const rows = await db.selectFrom('session').innerJoin('account', 'account.id', 'session.account_id')
    .select(['session.uid', 'session.ip', 'session.user_agent', 'session.created_at', 'session.last_seen_at', 'session.payload'])
    .where('session.account_id', '=', accountId)
    .where('session.expires_at', '>', sql<Date>`now()`)
    .where(sql<boolean>`coalesce((session.payload->>'provenAt')::float8, (session.payload->>'loginTs')::float8 * 1000, 0) >= floor(extract(epoch from account.not_before) * 1000)`)
    .orderBy('session.last_seen_at', 'desc')
    .execute()
  return rows.map((row) => ({ ...row, payload: jsonObject(row.payload) }))
}

/** Ends every session of an account but `except`, with all its token families but those of `except`; returns what each session was signed in to. */
export async function deleteSessionsOfAccount(trx: EngineTrx, accountId: string, except: string | null = null): Promise<readonly SessionRow[]> {
  const ended = await trx.query.deleteFrom('session').where('account_id', '=', accountId)
    .$if(except !== null, (query) => query.where('uid', '<>', except ?? ''))
    .returning(['uid', 'id_hash', 'account_id', 'payload']).execute()
  await trx.query.deleteFrom('oidc_grant').where('account_id', '=', accountId)
    .$if(except !== null, (query) => query.where((where) => where.or([where('session_uid', 'is', null), where('session_uid', '<>', except ?? '')])))
    .execute()
  return ended.map(sessionRow)
}

export interface MemberSessionRow extends Omit<OwnSessionRow, 'payload' | 'ip'> {
  /** Names, in order. */
  readonly apps: string[]
}

/** Living sessions with a token family of the membership, the last used first. */
export async function listSessionsOfMember(trx: EngineTrx, member: { readonly tenantId: string; readonly membershipId: string }): Promise<readonly MemberSessionRow[]> {
  const found = await sql<MemberSessionRow>`
    select s.uid, s.user_agent, s.created_at, s.last_seen_at, array_agg(distinct c.name order by c.name) as apps
    from oidc_grant g join session s on s.uid = g.session_uid join client c on c.id = g.client_id
    where g.tenant_id = ${member.tenantId}::uuid and g.membership_id = ${member.membershipId}::uuid and s.expires_at > now()
    group by s.uid order by s.last_seen_at desc`.execute(trx.query)
  return found.rows
}

/** Ends the sessions that have a token family of the membership, with their families, and every family of the membership. */
export async function deleteSessionsOfMember(trx: EngineTrx, member: { readonly tenantId: string; readonly membershipId: string; readonly accountId: string }): Promise<readonly SessionRow[]> {
  const ended = await trx.query.deleteFrom('session').where('account_id', '=', member.accountId)
    .where('uid', 'in', (query) => query.selectFrom('oidc_grant').select((eb) => eb.ref('session_uid').$notNull().as('uid'))
      .where('tenant_id', '=', member.tenantId).where('membership_id', '=', member.membershipId).where('session_uid', 'is not', null))
    .returning(['uid', 'id_hash', 'account_id', 'payload']).execute()
  await trx.query.deleteFrom('oidc_grant').where('tenant_id', '=', member.tenantId).where('membership_id', '=', member.membershipId).execute()
  if (ended.length > 0) await trx.query.deleteFrom('oidc_grant').where('session_uid', 'in', ended.map(({ uid }) => uid)).where('offline', '=', false).execute()
  return ended.map(sessionRow)
}

/** Ends one session of an account with its session-bound families; undefined when it is not theirs or ended already. */
export async function deleteSession(trx: EngineTrx, session: { accountId: string; uid: string }): Promise<SessionRow | undefined> {
  const ended = await trx.query.deleteFrom('session').where('account_id', '=', session.accountId).where('uid', '=', session.uid)
    .returning(['uid', 'id_hash', 'account_id', 'payload']).executeTakeFirst()
  if (ended === undefined) return undefined
  await trx.query.deleteFrom('oidc_grant').where('session_uid', '=', session.uid).where('offline', '=', false).execute()
  return sessionRow(ended)
}

/** The session goes on over a change of its account's epoch: its person has proved themselves at this moment. */
export async function updateProven(trx: EngineTrx, uid: string): Promise<void> {
  await trx.query.updateTable('session')
    .set({ payload: sql`payload || jsonb_build_object('provenAt', ceil(extract(epoch from clock_timestamp()) * 1000))` })
    .where('uid', '=', uid).execute()
}

export interface OwnAppRow {
  readonly client_id: string
  readonly name: string
  readonly tenant_name: string | null
  readonly membership_id: string | null
  readonly scopes: readonly string[]
  readonly since: Date
}

/** Apps that the person has agreed to, or that hold a living token family of theirs. */
export async function listApps(db: Engine, accountId: string): Promise<readonly OwnAppRow[]> {
  const result = await sql<OwnAppRow>`with used as (
      select client_id, membership_id, scopes, agreed_at as since from consent where account_id = ${accountId}
      union all
      select client_id, membership_id, string_to_array(coalesce(payload->'openid'->>'scope', ''), ' '), created_at
        from oidc_grant where account_id = ${accountId} and expires_at > now()),
    each as (select client_id, membership_id, array(select distinct s.name from used u, unnest(u.scopes) as s(name)
        where u.client_id = used.client_id and u.membership_id is not distinct from used.membership_id and s.name <> '' order by s.name) as scopes, min(since) as since
      from used group by client_id, membership_id)
    select each.client_id, c.name, t.name as tenant_name, each.membership_id, each.scopes, each.since
    from each join client c on c.id = each.client_id left join membership m on m.id = each.membership_id left join tenant t on t.id = m.tenant_id
    order by c.name, t.name`.execute(db)
  return result.rows
}

/** Names of apps by their ids; an app that is gone has none. */
export async function listAppNames(db: Engine, clientIds: readonly string[]): Promise<readonly { readonly id: string; readonly name: string }[]> {
  return clientIds.length === 0 ? [] : db.selectFrom('client').select(['id', 'name']).where('id', 'in', [...clientIds]).execute()
}

/** Takes back what an app was allowed for one membership, with its families; false when there was nothing. */
export async function deleteApp(trx: EngineTrx, app: { accountId: string; clientId: string; membershipId: string | null }): Promise<boolean> {
  const { accountId, clientId, membershipId } = app
  const consents = await trx.query.deleteFrom('consent').where('account_id', '=', accountId).where('client_id', '=', clientId)
    .where(sql<boolean>`membership_id is not distinct from ${membershipId}::uuid`).executeTakeFirst()
  const grants = await trx.query.deleteFrom('oidc_grant').where('account_id', '=', accountId).where('client_id', '=', clientId)
    .where(sql<boolean>`membership_id is not distinct from ${membershipId}::uuid`).executeTakeFirst()
  return consents.numDeletedRows + grants.numDeletedRows > 0n
}

function sessionRow(row: { uid: string; id_hash: string; account_id: string | null; payload: unknown }): SessionRow {
  return { ...row, payload: jsonObject(row.payload), seen_recently: false }
}

function jsonObject(value: unknown): AdapterPayload {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
