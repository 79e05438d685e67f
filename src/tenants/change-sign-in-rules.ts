/**
 * What a tenant asks of its members' sign-in: a second factor from whom and since when, for how long a browser may be trusted, whether
 * passwords grow old, and who may register by themselves. The policy of the sign-in reads it at every decision, so a change counts
 * from the next one on.
 * Invariant: nobody becomes an administrator by registering.
 */
import type { Databases, EngineTrx } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { findRole, lockSignInRules, updateSignInRules, type SignInRuleColumns } from './queries.ts'

export const mfaRules = ['off', 'admins', 'everyone'] as const
export const mfaLevels = ['aal2', 'phr'] as const
export const mostTrustedDays = 90
export const longestPasswordDays = 1095

export interface SignInRules {
  /** Nobody, members whose role holds a permission of the platform, everybody. */
  readonly mfaRule: (typeof mfaRules)[number]
  /** Any second factor, or one that cannot be phished. */
  readonly mfaLevel: (typeof mfaLevels)[number]
  /** Until then members without a factor may put it off; null for at once. */
  readonly mfaEnforcedFrom: Date | null
  /** 0 for never; at most 90. */
  readonly trustedDeviceDays: number
  /** Null for never, which NIST SP 800-63B-4 §3.1.1.2 advises; at most 1095. */
  readonly passwordMaxAgeDays: number | null
  /** The role of people who register by themselves; null where nobody may. */
  readonly registrationRole: string | null
}

export interface ChangeSignInRulesInput {
  readonly tenantId: TenantId
  /** What is absent stays as it is. */
  readonly rules: Partial<SignInRules>
  readonly actor: string | null
  readonly origin: Origin
}

export type SignInRulesChange =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'not_found' | 'trusted_device_days_invalid' | 'password_max_age_invalid' | 'unknown_role' | 'role_is_administrator' }

export function changeSignInRules(deps: { readonly databases: Databases }, input: ChangeSignInRulesInput): Promise<SignInRulesChange> {
  return deps.databases.inEngine(async (trx): Promise<SignInRulesChange> => {
    const before = await lockSignInRules(trx, input.tenantId)
    if (before === undefined) return { ok: false, reason: 'not_found' }
    const event = { type: 'tenant.sign_in_rules_changed', tenantId: input.tenantId, subject: input.tenantId, actor: input.actor, origin: input.origin } as const
    const planned = await plan(trx, before, input)
    if (!planned.ok) {
      await record(trx, { ...event, outcome: 'refused', reason: planned.reason })
      return planned
    }
    await updateSignInRules(trx, input.tenantId, planned.rules)
    await record(trx, { ...event, outcome: 'success', before: { ...before }, after: { ...planned.rules } })
    return { ok: true }
  })
}

type Planned = { readonly ok: true; readonly rules: SignInRuleColumns } | (SignInRulesChange & { readonly ok: false })

async function plan(trx: EngineTrx, before: SignInRuleColumns, { tenantId, rules }: ChangeSignInRulesInput): Promise<Planned> {
  const { trustedDeviceDays = before.trusted_device_days, passwordMaxAgeDays = before.password_max_age_days, mfaEnforcedFrom = before.mfa_enforced_from } = rules
  if (!isDays(trustedDeviceDays, 0, mostTrustedDays)) return { ok: false, reason: 'trusted_device_days_invalid' }
  if (passwordMaxAgeDays !== null && !isDays(passwordMaxAgeDays, 1, longestPasswordDays)) return { ok: false, reason: 'password_max_age_invalid' }
  const role = await registrationRole(trx, tenantId, rules.registrationRole)
  if (role === 'unknown_role' || role === 'role_is_administrator') return { ok: false, reason: role }
  return {
    ok: true,
    rules: {
      mfa_rule: rules.mfaRule ?? before.mfa_rule, mfa_level: rules.mfaLevel ?? before.mfa_level, mfa_enforced_from: mfaEnforcedFrom,
      trusted_device_days: trustedDeviceDays, password_max_age_days: passwordMaxAgeDays,
      registration_role_id: role === undefined ? before.registration_role_id : role.id,
    },
  }
}

/** Undefined where nothing is said about it. */
async function registrationRole(trx: EngineTrx, tenantId: string, name: string | null | undefined): Promise<{ id: string | null } | 'unknown_role' | 'role_is_administrator' | undefined> {
  if (name === undefined || name === null) return name === undefined ? undefined : { id: null }
  const role = await findRole(trx, tenantId, name)
  if (role === undefined) return 'unknown_role'
  return role.permissions.length > 0 ? 'role_is_administrator' : { id: role.id }
}

function isDays(days: number, least: number, most: number): boolean {
  return Number.isInteger(days) && days >= least && days <= most
}
