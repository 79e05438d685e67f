/** SQL of what a tenant's own admins set: settings, logo, sign-in rules, and whom a rule would hit. Always inside the tenant. */
import { sql, type RawBuilder } from 'kysely'
import type { TenantTrx } from '../base/db.ts'
import type { Logo } from './draw-logo.ts'
import type { Effect, SignInRuleColumns } from './sign-in-rules.ts'

export interface SettingColumns {
  readonly name: string
  readonly contact: string | null
  readonly accent_color: string | null
  readonly invitation_lifetime_days: number
}

const ruleColumns = [
  'mfa_rule', 'mfa_level', 'mfa_enforced_from', 'trusted_device_days', 'password_max_age_days', 'session_hours', 'password_sign_in', 'staff_number_sign_in',
  'registration_role_id',
] as const
const settingColumns = ['name', 'contact', 'accent_color', 'invitation_lifetime_days'] as const

export interface TenantRow extends SettingColumns, SignInRuleColumns {
  readonly id: string
  readonly subdomain: string
  readonly status: string
  readonly plan: string | null
  readonly seat_limit: number | null
  readonly closes_at: Date | null
  readonly registration_role: string | null
  readonly logo_digest: string | null
}

/** Everything that the tenant's own admins may know of it; undefined when it is gone. */
export async function findOwnTenant(trx: Pick<TenantTrx, 'query' | 'tenantId'>): Promise<TenantRow | undefined> {
  return trx.query
    .selectFrom('tenant')
    .leftJoin('role', (join) => join.onRef('role.tenant_id', '=', 'tenant.id').onRef('role.id', '=', 'tenant.registration_role_id'))
    .leftJoin('tenant_logo', 'tenant_logo.tenant_id', 'tenant.id')
    .select(['tenant.id', 'tenant.subdomain', 'tenant.status', 'tenant.plan', 'tenant.seat_limit', 'tenant.closes_at'])
    .select(['tenant.name', 'contact', 'accent_color', 'invitation_lifetime_days', ...ruleColumns])
    .select(['role.name as registration_role', 'tenant_logo.digest as logo_digest'])
    .where('tenant.id', '=', trx.tenantId)
    .executeTakeFirst()
}

/** Kept for a change until the transaction ends. */
export async function lockSettings(trx: TenantTrx): Promise<SettingColumns | undefined> {
  return trx.query.selectFrom('tenant').select(settingColumns).where('id', '=', trx.tenantId).forNoKeyUpdate().executeTakeFirst()
}

/** What the tenant asks of its members' sign-in, kept for a change of it until the transaction ends. */
export async function lockSignInRules(trx: TenantTrx): Promise<SignInRuleColumns | undefined> {
  return trx.query.selectFrom('tenant').select(ruleColumns).where('id', '=', trx.tenantId).forNoKeyUpdate().executeTakeFirst()
}

export async function findSignInRules(trx: TenantTrx): Promise<SignInRuleColumns | undefined> {
  return trx.query.selectFrom('tenant').select(ruleColumns).where('id', '=', trx.tenantId).executeTakeFirst()
}

export async function updateTenant(trx: TenantTrx, columns: SettingColumns | SignInRuleColumns): Promise<void> {
  await trx.query.updateTable('tenant').set({ ...columns, updated_at: sql`now()` }).where('id', '=', trx.tenantId).execute()
}

/** A role of the tenant by name; joined to read, its writer is the members room. */
export async function findRole(trx: TenantTrx, name: string): Promise<{ id: string; permissions: readonly string[] } | undefined> {
  return trx.query.selectFrom('role').select(['id', 'permissions']).where('tenant_id', '=', trx.tenantId).where('name', '=', name).executeTakeFirst()
}

type Rules = Pick<SignInRuleColumns, 'mfa_rule' | 'mfa_level' | 'mfa_enforced_from' | 'password_sign_in'>

/** As the token path judges it: a rule for administrators is for whoever holds a permission, recovery codes are no factor, a passkey is enough. */
function effectOf({ mfa_rule: rule, mfa_level: level, mfa_enforced_from: from, password_sign_in: byPassword }: Rules): RawBuilder<Effect> {
  return sql<Effect>`case
    when 'passkey' = any (membership.second_factors) then 'none'
    when not ${byPassword}::boolean then 'must_add_passkey'
    when ${rule}::text = 'off' or (${rule}::text = 'admins' and cardinality(role.permissions) = 0) then 'none'
    when ${level}::text = 'aal2' and cardinality(membership.second_factors) > 0 then 'none'
    when ${from}::timestamptz > now() then 'reminded'
    when ${level}::text = 'phr' then 'must_add_passkey'
    else 'must_set_up' end`
}

function activeMembers(trx: TenantTrx, rules: Rules) {
  return trx.query
    .selectFrom('membership')
    .innerJoin('role', (join) => join.onRef('role.tenant_id', '=', 'membership.tenant_id').onRef('role.id', '=', 'membership.role_id'))
    .select(['membership.id', 'membership.shown_name', 'membership.sort_name', 'membership.second_factors', effectOf(rules).as('effect')])
    .where('membership.tenant_id', '=', trx.tenantId)
    .where('membership.status', '=', 'active')
}

/** What the rules mean for one account; undefined for somebody who is no active member. */
export async function findEffectOn(trx: TenantTrx, rules: Rules, accountId: string): Promise<Effect | undefined> {
  return (await activeMembers(trx, rules).where('membership.account_id', '=', accountId).executeTakeFirst())?.effect
}

export interface HitMember {
  readonly membership_id: string
  readonly shown_name: string
  readonly second_factors: string[]
  readonly effect: Effect
}

export interface EffectCounts {
  readonly members: number
  readonly must_add_passkey: number
  readonly must_set_up: number
  readonly reminded: number
  /** The first of those that are hit, the hardest hit first. */
  readonly first: readonly HitMember[]
}

/** Whom the rules would hit, counted and the first named, of one moment. */
export async function countEffects(trx: TenantTrx, rules: Rules, limit: number): Promise<EffectCounts> {
  const counted = (effect: Effect) => sql<number>`count(*) filter (where effect = ${effect})`
  return trx.query
    .with((name) => name('member').materialized(), () => activeMembers(trx, rules))
    .selectFrom('member')
    .select([sql<number>`count(*)`.as('members'), counted('must_add_passkey').as('must_add_passkey'), counted('must_set_up').as('must_set_up'), counted('reminded').as('reminded')])
    .select(sql<HitMember[]>`(select coalesce(jsonb_agg(jsonb_build_object('membership_id', id, 'shown_name', shown_name, 'second_factors', second_factors, 'effect', effect)), '[]')
      from (select * from member where effect <> 'none' order by array_position(array['must_add_passkey', 'must_set_up', 'reminded'], effect), sort_name, id limit ${limit}) hit)`.as('first'))
    .executeTakeFirstOrThrow()
}

export async function findLogoDigest(trx: TenantTrx): Promise<string | undefined> {
  return (await trx.query.selectFrom('tenant_logo').select('digest').where('tenant_id', '=', trx.tenantId).executeTakeFirst())?.digest
}

/** In place of the one before; the caller holds the tenant. */
export async function upsertLogo(trx: TenantTrx, logo: Logo): Promise<void> {
  await trx.query
    .insertInto('tenant_logo')
    .values({ ...logo, tenant_id: trx.tenantId })
    .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet({ ...logo, updated_at: sql`now()` }))
    .execute()
}

/** Says which one it was; undefined where there was none. */
export async function deleteLogo(trx: TenantTrx): Promise<string | undefined> {
  return (await trx.query.deleteFrom('tenant_logo').where('tenant_id', '=', trx.tenantId).returning('digest').executeTakeFirst())?.digest
}
