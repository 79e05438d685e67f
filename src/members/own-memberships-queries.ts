/** SQL over the memberships of one person, across tenants: what they see of themselves, and where nobody could follow them. Reads only. */
import { sql, type Kysely } from 'kysely'
import type { DB } from '../base/schema.ts'

/** Any connection or transaction of the engine: a person's memberships lie in several tenants. */
type Engine = Kysely<DB>

export interface OwnMembershipRow {
  readonly id: string
  readonly tenant_id: string
  readonly tenant_name: string
  readonly subdomain: string
  /** Days after which the tenant asks for another password. */
  readonly password_max_age_days: number | null
  readonly role: string
  /** Whether the role opens the console of the tenant. */
  readonly administers: boolean
  /** Names, the primary one first. */
  readonly units: string[]
  readonly employee_number: string | null
  readonly title: string | null
  readonly status: string
  readonly created_at: Date
  readonly joined_at: Date | null
  readonly ended_at: Date | null
  readonly valid_from: Date | null
  readonly valid_until: Date | null
  /** Why it is of no use right now, by the database's clock; null where it is. */
  readonly unusable_because: 'invited' | 'ended' | 'suspended' | 'tenant_suspended' | 'not_started' | 'expired' | null
}

/** Every membership of an account, ended ones included, by name of the tenant. */
export async function listOwnMemberships(db: Engine, accountId: string): Promise<readonly OwnMembershipRow[]> {
  return db
    .selectFrom('membership')
    .innerJoin('tenant', 'tenant.id', 'membership.tenant_id')
    .innerJoin('role', (join) => join.onRef('role.tenant_id', '=', 'membership.tenant_id').onRef('role.id', '=', 'membership.role_id'))
    .select(['membership.id', 'membership.tenant_id', 'tenant.name as tenant_name', 'tenant.subdomain', 'tenant.password_max_age_days', 'role.name as role'])
    .select(sql<boolean>`cardinality(role.permissions) > 0`.as('administers'))
    .select(sql<string[]>`array(select unit.name from membership_unit mu join unit on unit.tenant_id = mu.tenant_id and unit.id = mu.unit_id
      where mu.tenant_id = membership.tenant_id and mu.membership_id = membership.id order by mu.is_primary desc, unit.code)`.as('units'))
    .select(['membership.employee_number', 'membership.title', 'membership.status', 'membership.created_at', 'membership.joined_at', 'membership.ended_at'])
    .select(['membership.valid_from', 'membership.valid_until'])
    .select(sql<OwnMembershipRow['unusable_because']>`case when membership.status in ('invited', 'ended') then membership.status
      when membership.status = 'suspended' then 'suspended' when tenant.status <> 'active' then 'tenant_suspended'
      when membership.valid_from > now() then 'not_started' when membership.valid_until <= now() then 'expired' end`.as('unusable_because'))
    .where('membership.account_id', '=', accountId)
    .orderBy('tenant.name')
    .orderBy('membership.id')
    .execute()
}

export interface OwnInvitation {
  readonly membership_id: string
  readonly generation: number
  readonly tenant_id: string
  readonly tenant_name: string
  readonly role: string
  readonly inviter_name: string | null
  readonly expires_at: Date
}

/** Invitations that wait for this account, the ones that end first before; none while its address is not proved. */
export async function listOwnInvitations(db: Engine, accountId: string): Promise<readonly OwnInvitation[]> {
  const found = await sql<OwnInvitation>`
    select i.membership_id, i.generation, i.tenant_id, t.name as tenant_name, r.name as role, inviter.display_name as inviter_name, i.expires_at
    from membership m
    join account a on a.id = m.account_id and a.email is not null and a.email_verified_at is not null
    join invitation i on i.tenant_id = m.tenant_id and i.membership_id = m.id
    join tenant t on t.id = m.tenant_id and t.status = 'active'
    join role r on r.tenant_id = m.tenant_id and r.id = m.role_id
    left join membership by on by.tenant_id = i.tenant_id and by.id = i.invited_by
    left join account inviter on inviter.id = by.account_id
    where m.account_id = ${accountId} and m.status = 'invited' and i.expires_at > now()
      and i.accepted_at is null and i.declined_at is null and i.revoked_at is null
    order by i.expires_at, i.membership_id`.execute(db)
  return found.rows
}

/** One of them; undefined for somebody else's. */
export async function findOwnInvitation(db: Engine, own: { readonly accountId: string; readonly membershipId: string }): Promise<OwnInvitation | undefined> {
  return (await listOwnInvitations(db, own.accountId)).find((one) => one.membership_id === own.membershipId)
}

export interface OwnPlace {
  readonly id: string
  readonly tenant_id: string
}

/** In which tenant this membership is; undefined unless it is this account's. */
export async function findOwnPlace(db: Engine, own: { readonly accountId: string; readonly membershipId: string }): Promise<OwnPlace | undefined> {
  return db.selectFrom('membership').select(['id', 'tenant_id']).where('id', '=', own.membershipId).where('account_id', '=', own.accountId).executeTakeFirst()
}

/** Where the account still belongs, in one fixed order, so that two who end everything wait for each other. */
export async function listOwnPlaces(db: Engine, accountId: string): Promise<readonly OwnPlace[]> {
  return db.selectFrom('membership').select(['id', 'tenant_id']).where('account_id', '=', accountId).where('status', '<>', 'ended').orderBy('tenant_id').execute()
}

export interface SoleAdministration {
  readonly membership_id: string
  readonly tenant_name: string
}

/** Tenants that only this account can administer now. Whoever is going to be erased counts as gone already. */
export async function listSoleAdministrations(db: Engine, accountId: string): Promise<readonly SoleAdministration[]> {
  const found = await sql<SoleAdministration>`
    with administrator as (
      select m.tenant_id, m.id, m.account_id, m.valid_until is null as lasts, a.delete_after is null as stays
      from membership m
      join role r on r.tenant_id = m.tenant_id and r.id = m.role_id
      join account a on a.id = m.account_id
      where m.tenant_id in (select tenant_id from membership where account_id = ${accountId})
        and m.status = 'active' and a.status = 'active' and 'tenant:admin' = any(r.permissions)
        and (m.valid_from is null or m.valid_from <= now()) and (m.valid_until is null or now() < m.valid_until)
    )
    select mine.id as membership_id, t.name as tenant_name
    from administrator mine join tenant t on t.id = mine.tenant_id
    where mine.account_id = ${accountId} and not exists (
      select from administrator other where other.tenant_id = mine.tenant_id and other.account_id <> ${accountId} and other.stays and (other.lasts or not mine.lasts))
    order by t.name, mine.id`.execute(db)
  return found.rows
}
