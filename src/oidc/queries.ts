/**
 * All SQL of the token path: named prepared statements, each one round trip (performance.md §3–4).
 * Invariant: whoever may not have a token right now is not found. The predicate over account, membership, tenant and app stands
 * in every read, so no endpoint can forget it; expiry is judged by the database's clock.
 */
import type { Pool } from 'pg'
import type { AdapterPayload } from 'oidc-provider'
import { appRefusal } from '../apps/access-queries.ts'
import type { ClaimMapping } from '../apps/claim-mapping.ts'
import { memberFacts, type MemberFactsRow } from '../apps/member-fact-queries.ts'
import type { AccountFacts, Acr, ConsentFacts, MembershipFacts, SecurityFacts, TenantFacts } from './facts.ts'
import { today, type FlushInput, type FlushStatement } from './flush-parts.ts'

/** A second use inside this many seconds is refused but does not punish the first: a double click signs nobody out. */
export const replayGraceSeconds = 3

export interface GrantRow {
  readonly id: string
  readonly session_uid: string | null
  readonly tenant_id: string | null
  readonly membership_id: string | null
  readonly payload: AdapterPayload
}

export interface SessionRow {
  readonly uid: string
  readonly id_hash: string
  readonly account_id: string | null
  readonly payload: AdapterPayload
  /** Used within the last minute. */
  readonly seen_recently: boolean
}

export interface TokenRow {
  readonly id: string
  readonly model: string
  readonly payload: AdapterPayload
  readonly grant_id: string | null
  /** Seconds since the epoch, and only after the grace. */
  readonly consumed: number | null
  readonly grant: GrantRow | null
  readonly session: SessionRow | null
  readonly account: AccountFacts | null
  readonly tenant: TenantFacts | null
  /** What the tenant asks of its member's sign-in at this moment; aal1 where it asks for nothing. */
  readonly required_acr: Acr
  readonly trusted_device_days: number
  /** For how long a sign-in counts for the tenant; null for as long as its session lives. */
  readonly session_hours: number | null
  /** The membership has acted for its tenant today, and the log of the day knows. */
  readonly seen_today: boolean
}

export interface PersonRow {
  readonly account: AccountFacts
  readonly security: SecurityFacts
  readonly memberships: readonly MembershipFacts[]
  readonly consents: readonly ConsentFacts[]
}

export interface SignedInRow {
  readonly session: SessionRow
  readonly person: PersonRow | null
  readonly grants: readonly GrantRow[]
}

const accountJson = `jsonb_build_object('id', p.id, 'email', p.email, 'email_verified', p.email_verified_at is not null,
  'display_name', p.display_name, 'family_name', p.family_name, 'given_name', p.given_name, 'locale', p.locale,
  'zoneinfo', p.zoneinfo, 'updated_at', floor(extract(epoch from p.updated_at)))`

const grantJson = `jsonb_build_object('id', g.id, 'session_uid', g.session_uid, 'tenant_id', g.tenant_id,
  'membership_id', g.membership_id, 'payload', g.payload)`

const sessionJson = `jsonb_build_object('uid', s.uid, 'id_hash', s.id_hash, 'account_id', s.account_id, 'payload', s.payload,
  'seen_recently', s.last_seen_at > now() - interval '1 minute')`

const membershipInForce = `m.status = 'active' and (m.valid_from is null or m.valid_from <= now())
  and (m.valid_until is null or now() < m.valid_until) and t.status = 'active'`

/** A tenant without passwords asks for a passkey; a rule for administrators is for whoever holds a permission of the platform. */
const requiredAcr = `case when not t.password_sign_in then 'phr' when t.mfa_rule = 'everyone' or (t.mfa_rule = 'admins' and cardinality(r.permissions) > 0) then t.mfa_level else 'aal1' end`
const ruleEnforced = `(not t.password_sign_in or t.mfa_enforced_from is null or t.mfa_enforced_from <= now())`

const rulesJson = `jsonb_build_object(
    'required_acr', ${requiredAcr},
    'enforced', ${ruleEnforced}, 'enforced_from', t.mfa_enforced_from, 'trusted_device_days', t.trusted_device_days,
    'session_hours', t.session_hours, 'password_expired', t.password_max_age_days is not null and exists (select 1 from factor_password f where f.account_id = m.account_id
      and f.changed_at < now() - make_interval(days => t.password_max_age_days)))`

const seenToday = `coalesce(m.last_seen_on >= ${today}, false)`

/** A session whose person proved who they are before the account's epoch is dead, however long its row lives. */
const sessionInForce = `(s.account_id is null or (p.status = 'active'
  and coalesce((s.payload->>'provenAt')::float8, (s.payload->>'loginTs')::float8 * 1000, 0) >= floor(extract(epoch from p.not_before) * 1000)))`

const membershipsJson = `(select coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'tenant_id', m.tenant_id, 'tenant_name', t.name,
    'subdomain', t.subdomain, 'former_subdomains', array(select fs.subdomain from former_subdomain fs where fs.tenant_id = t.id),
    'role', r.name, 'rules', ${rulesJson}, 'contact', t.contact, 'seen_today', ${seenToday},
    'unit_name', (select u.name from membership_unit mu join unit u on u.tenant_id = mu.tenant_id and u.id = mu.unit_id
      where mu.tenant_id = m.tenant_id and mu.membership_id = m.id order by mu.is_primary desc, u.code limit 1),
    'in_force', ${membershipInForce}, 'usable', ${membershipInForce} and app.refusal is null,
    'not_usable_because', case when m.status = 'invited' then 'invited' when t.status <> 'active' or m.status = 'suspended' then 'suspended'
      when m.valid_from > now() then 'not_started' when m.valid_until <= now() then 'expired' else app.refusal end) order by t.name, m.id), '[]')
  from membership m join tenant t on t.id = m.tenant_id join role r on r.tenant_id = m.tenant_id and r.id = m.role_id
  left join client c on c.id = $2 cross join lateral (select ${appRefusal} as refusal) app
  where m.account_id = p.id and m.status <> 'ended')`

const consentsJson = `(select coalesce(jsonb_agg(jsonb_build_object('membership_id', c.membership_id, 'scopes', c.scopes,
    'claims', c.claims, 'resource_scopes', c.resource_scopes)), '[]')
  from consent c where c.account_id = p.id and c.client_id = $2)`

const securityJson = `jsonb_build_object('totp', exists (select 1 from factor_totp f where f.account_id = p.id),
    'passkeys', (select count(*) from factor_passkey f where f.account_id = p.id),
    'recovery_codes', (select count(*) from factor_recovery_code f where f.account_id = p.id and f.used_at is null),
    'not_before_ms', floor(extract(epoch from p.not_before) * 1000))`

const personJson = `jsonb_build_object('account', ${accountJson}, 'security', ${securityJson}, 'memberships', ${membershipsJson}, 'consents', ${consentsJson})`

/** Plain columns: nesting them as JSON would cost the database as much as finding them. */
const tokenStatement = {
  name: 'token',
  text: `select a.id, a.model, a.payload, a.grant_id,
    case when a.consumed_at < now() - interval '${replayGraceSeconds} seconds' then floor(extract(epoch from a.consumed_at))::int end as consumed,
    g.session_uid as g_session_uid, g.tenant_id as g_tenant_id, g.membership_id as g_membership_id, g.payload as g_payload,
    s.uid as s_uid, s.id_hash as s_id_hash, s.account_id as s_account_id, s.payload as s_payload,
    p.id as p_id, p.email, p.email_verified_at is not null as email_verified, p.display_name, p.family_name, p.given_name, p.locale, p.zoneinfo,
    floor(extract(epoch from p.updated_at))::float8 as updated_at,
    t.name as tenant_name, r.name as role, m.groups, case when ${ruleEnforced} then ${requiredAcr} end as required_acr, t.trusted_device_days,
    t.session_hours, ${seenToday} as seen_today
  from oidc_artifact a
  left join client c on c.id = a.client_id
  left join tenant ct on ct.id = c.tenant_id
  left join oidc_grant g on g.id = a.grant_id and g.expires_at > now()
  left join account p on p.id = g.account_id
  left join session s on s.uid = g.session_uid and s.expires_at > now() and ${sessionInForce}
  left join membership m on m.tenant_id = g.tenant_id and m.id = g.membership_id
  left join tenant t on t.id = m.tenant_id
  left join role r on r.tenant_id = m.tenant_id and r.id = m.role_id
  where a.id = $1 and a.expires_at > now()
    and (a.client_id is null or (c.status = 'active' and (ct.id is null or ct.status = 'active')))
    and (a.grant_id is null or (g.id is not null and p.status = 'active' and (not g.offline or g.created_at >= p.not_before)
      and (g.membership_id is null or (${membershipInForce} and ${appRefusal} is null))))`,
} as const

interface TokenColumns extends Omit<AccountFacts, 'id'> {
  readonly id: string
  readonly model: string
  readonly payload: AdapterPayload
  readonly grant_id: string | null
  readonly consumed: number | null
  readonly g_session_uid: string | null
  readonly g_tenant_id: string | null
  readonly g_membership_id: string | null
  readonly g_payload: AdapterPayload | null
  readonly s_uid: string | null
  readonly s_id_hash: string | null
  readonly s_account_id: string | null
  readonly s_payload: AdapterPayload | null
  readonly p_id: string | null
  readonly tenant_name: string | null
  readonly role: string | null
  readonly groups: readonly string[] | null
  readonly required_acr: Acr | null
  readonly trusted_device_days: number | null
  readonly session_hours: number | null
  readonly seen_today: boolean
}

const sessionStatement = {
  name: 'session',
  text: `select ${sessionJson} as session,
    case when p.id is not null then ${personJson} end as person,
    (select coalesce(jsonb_agg(${grantJson}), '[]') from oidc_grant g
      where g.session_uid = s.uid and g.client_id = $2 and g.expires_at > now()) as grants
  from session s left join account p on p.id = s.account_id
  where s.expires_at > now() and ${sessionInForce}
    and (s.id_hash = $1 or (s.previous_until > now() and (s.previous_id_hash = $1 or (s.anonymous_id_hash = $1 and s.account_id = $3))))`,
} as const

const sessionByUidStatement = {
  name: 'session_by_uid',
  text: `select ${sessionJson} as session from session s left join account p on p.id = s.account_id
  where s.uid = $1 and s.expires_at > now() and ${sessionInForce}`,
} as const

const personStatement = {
  name: 'person',
  text: `select ${personJson} as person from account p where p.id = $1 and p.status = 'active'`,
} as const

const grantsStatement = {
  name: 'grants_of_session',
  text: `select ${grantJson} as grant from oidc_grant g where g.session_uid = $1 and g.client_id = $2 and g.expires_at > now()`,
} as const

const grantStatement = {
  name: 'grant',
  text: `select ${grantJson} as grant from oidc_grant g
  join account p on p.id = g.account_id and p.status = 'active'
  join client c on c.id = g.client_id and c.status = 'active'
  left join membership m on m.tenant_id = g.tenant_id and m.id = g.membership_id
  left join tenant t on t.id = m.tenant_id
  where g.id = $1 and g.expires_at > now() and (g.membership_id is null or (${membershipInForce} and ${appRefusal} is null))`,
} as const

const tenantFactsStatement = {
  name: 'tenant_facts',
  text: `select jsonb_build_object('tenant_id', t.id, 'tenant_name', t.name, 'membership_id', m.id, 'role', r.name,
      'groups', m.groups) as tenant
  from membership m join tenant t on t.id = m.tenant_id join role r on r.tenant_id = m.tenant_id and r.id = m.role_id
  where m.id = $1 and ${membershipInForce}`,
} as const

const seenOnceStatement = {
  name: 'seen_once',
  text: `insert into oidc_artifact (id, model, payload, expires_at) values ($1, 'ReplayDetection', '{}', now() + make_interval(secs => $2))
  on conflict (id) do nothing`,
} as const

/** The artifact with its grant, session, person and tenant, if it may be used at this moment. */
export async function findToken(pool: Pool, key: string): Promise<TokenRow | undefined> {
  const result = await pool.query<TokenColumns>({ ...tokenStatement, values: [key] })
  const row = result.rows[0]
  return row === undefined ? undefined : tokenRow(row)
}

function tokenRow(row: TokenColumns): TokenRow {
  const { id, model, payload, grant_id, consumed, g_payload, s_uid, s_id_hash, s_payload, p_id, g_tenant_id, g_membership_id, tenant_name, role, groups } = row
  return {
    id, model, payload, grant_id, consumed, required_acr: row.required_acr ?? 'aal1', trusted_device_days: row.trusted_device_days ?? 0,
    session_hours: row.session_hours, seen_today: row.seen_today,
    grant: grant_id === null || g_payload === null ? null
      : { id: grant_id, session_uid: row.g_session_uid, tenant_id: g_tenant_id, membership_id: g_membership_id, payload: g_payload },
    session: s_uid === null || s_id_hash === null || s_payload === null ? null
      : { uid: s_uid, id_hash: s_id_hash, account_id: row.s_account_id, payload: s_payload, seen_recently: false },
    account: p_id === null ? null : {
      id: p_id, email: row.email, email_verified: row.email_verified, display_name: row.display_name, family_name: row.family_name,
      given_name: row.given_name, locale: row.locale, zoneinfo: row.zoneinfo, updated_at: row.updated_at,
    },
    tenant: g_tenant_id === null || g_membership_id === null || tenant_name === null || role === null ? null
      : { tenant_id: g_tenant_id, tenant_name, membership_id: g_membership_id, role, groups: groups ?? [] },
  }
}

/**
 * The living session of a cookie, its person, and the session's grants for `clientId` (null: not known yet).
 * `provenAccountId` names the person that this very request has just proven to be, if any.
 */
export async function findSession(
  pool: Pool,
  idHash: string,
  { clientId, provenAccountId }: { clientId: string | null; provenAccountId: string | null },
): Promise<SignedInRow | undefined> {
  const result = await pool.query<SignedInRow>({ ...sessionStatement, values: [idHash, clientId, provenAccountId] })
  return result.rows[0]
}

export async function findSessionByUid(pool: Pool, uid: string): Promise<SessionRow | undefined> {
  const result = await pool.query<{ session: SessionRow }>({ ...sessionByUidStatement, values: [uid] })
  return result.rows[0]?.session
}

/** An active account with its memberships and what it agreed to for `clientId`. */
export async function findPerson(pool: Pool, accountId: string, clientId: string | null): Promise<PersonRow | undefined> {
  const result = await pool.query<{ person: PersonRow }>({ ...personStatement, values: [accountId, clientId] })
  return result.rows[0]?.person
}

export async function listGrants(pool: Pool, sessionUid: string, clientId: string): Promise<readonly GrantRow[]> {
  const result = await pool.query<{ grant: GrantRow }>({ ...grantsStatement, values: [sessionUid, clientId] })
  return result.rows.map((row) => row.grant)
}

export async function findGrant(pool: Pool, id: string): Promise<GrantRow | undefined> {
  const result = await pool.query<{ grant: GrantRow }>({ ...grantStatement, values: [id] })
  return result.rows[0]?.grant
}

/** The tenant context of a membership that is in force. */
export async function findTenantFacts(pool: Pool, membershipId: string): Promise<TenantFacts | undefined> {
  const result = await pool.query<{ tenant: TenantFacts }>({ ...tenantFactsStatement, values: [membershipId] })
  return result.rows[0]?.tenant
}

/** What a claim mapping tells of a member beyond what every token says; asked for apps that have such a mapping only. */
export async function findMemberFacts(pool: Pool, membershipId: string): Promise<MemberFactsRow | undefined> {
  const result = await pool.query<MemberFactsRow>({ name: 'member_facts', text: `${memberFacts} where m.id = $1`, values: [membershipId] })
  return result.rows[0]
}

/** Remembers a proof's id; false when it has been seen before. One statement decides (RFC 9449 §11.1). */
export async function insertSeenOnce(pool: Pool, key: string, ttlSeconds: number): Promise<boolean> {
  const result = await pool.query({ ...seenOnceStatement, values: [key, ttlSeconds] })
  return result.rowCount === 1
}

/** Writes everything a request decided, or nothing; raises TG001–TG004 when a race was lost. */
export async function flush(pool: Pool, statement: FlushStatement, input: FlushInput): Promise<void> {
  await pool.query({ ...statement, values: [JSON.stringify(input)] })
}

export interface ClientRow {
  readonly id: string
  readonly tenant_id: string | null
  readonly tenant_name: string | null
  readonly name: string
  readonly first_party: boolean
  readonly metadata: AdapterPayload
  readonly claim_mapping: ClaimMapping
  readonly secret_hash: string | null
  /** The secret before the last rotation, and when it stops working. */
  readonly former_secret_hash: string | null
  readonly former_secret_until: Date | null
  readonly revision: number
}

/** An app that may act at this moment: itself active and, where it belongs to a tenant, that tenant active. */
export async function findClient(pool: Pool, id: string): Promise<ClientRow | undefined> {
  const result = await pool.query<ClientRow>({
    name: 'client',
    text: `select c.id, c.tenant_id, t.name as tenant_name, c.name, c.first_party, c.metadata, c.claim_mapping, c.secret_hash,
        c.former_secret_hash, c.former_secret_until, c.revision
      from client c left join tenant t on t.id = c.tenant_id
      where c.id = $1 and c.status = 'active' and (c.tenant_id is null or t.status = 'active')`,
    values: [id],
  })
  return result.rows[0]
}

export interface ApiRow {
  readonly identifier: string
  readonly name: string
  readonly scopes: readonly string[]
  readonly access_token_ttl_seconds: number
  readonly access_token_format: 'jwt' | 'opaque'
}

export async function listApis(pool: Pool): Promise<readonly ApiRow[]> {
  const result = await pool.query<ApiRow>({
    name: 'apis',
    text: 'select identifier, name, scopes, access_token_ttl_seconds, access_token_format from api order by identifier',
  })
  return result.rows
}

/** Throws when the database does not answer. */
export async function askDatabase(pool: Pool): Promise<void> {
  await pool.query('select 1')
}

/** One number that changes when an app, an api or a signing key does; processes poll it to drop what they cached. */
export async function findRevision(pool: Pool): Promise<string> {
  const result = await pool.query<{ apps: string; keys: string }>({
    name: 'revision',
    text: `select (select coalesce(max(revision), 0) || '.' || count(*) from client) || '/' || (select coalesce(max(revision), 0) from api) as apps,
      (select coalesce(string_agg(kid || state, ',' order by kid), '') from signing_key) as keys`,
  })
  const row = result.rows[0]
  return `${row?.apps ?? ''} ${row?.keys ?? ''}`
}

export interface CallerFacts {
  readonly permissions: readonly string[]
  readonly second_factor: boolean
  readonly operator: 'owner' | 'auditor' | null
  readonly client: { readonly tenant_id: string | null; readonly permissions: readonly string[] } | null
}

/** What a caller may do at this moment: a member by their role, an operator by theirs, a machine by its registration. */
export async function findCallerFacts(pool: Pool, caller: { accountId: string | null; membershipId: string | null; clientId: string | null }): Promise<CallerFacts> {
  const result = await pool.query<CallerFacts>({
    name: 'caller_facts',
    text: `select coalesce((select r.permissions from membership m join role r on r.tenant_id = m.tenant_id and r.id = m.role_id where m.id = $2), '{}') as permissions,
      exists (select 1 from factor_totp f where f.account_id = $1) or exists (select 1 from factor_passkey f where f.account_id = $1) as second_factor,
      (select o.role from operator o where o.account_id = $1) as operator,
      (select jsonb_build_object('tenant_id', c.tenant_id, 'permissions', c.permissions) from client c where c.id = $3) as client`,
    values: [caller.accountId, caller.membershipId, caller.clientId],
  })
  return result.rows[0] ?? { permissions: [], second_factor: false, operator: null, client: null }
}
