/**
 * Changes what a tenant asks of its members' sign-in: for its own administrators and for operators. The policy of the sign-in reads it
 * at every decision, so a change counts from the next one on.
 * Invariants: nobody becomes an administrator by registering; nobody sets a rule that stops their own next sign-in.
 */
import type { Databases, TenantTrx } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { isUnexpected, type Expectation } from '../http/etag.ts'
import { findEffectOn, findRole, lockSignInRules, updateTenant } from './settings-queries.ts'
import { changedRules, ruleRefusal, stopsSignIn, type RuleChanges, type RuleRefusal, type SignInRuleColumns } from './sign-in-rules.ts'

export interface ChangeSignInRulesInput {
  readonly tenantId: TenantId
  readonly rules: RuleChanges
  /** Where it is a member's account, the rules must let it in. */
  readonly actor: string | null
  readonly origin: Origin
  readonly expect?: Expectation | undefined
}

export type SignInRulesChange =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'not_found' | 'precondition_failed' | RuleRefusal | 'unknown_role' | 'role_is_administrator' | 'locks_yourself_out' }

export function changeSignInRules(deps: { readonly databases: Databases }, input: ChangeSignInRulesInput): Promise<SignInRulesChange> {
  return deps.databases.inTenant(input.tenantId, async (trx): Promise<SignInRulesChange> => {
    const before = await lockSignInRules(trx)
    if (before === undefined) return { ok: false, reason: 'not_found' }
    const event = { type: 'tenant.sign_in_rules_changed', subject: input.tenantId, actor: input.actor, origin: input.origin } as const
    const planned = await plan(trx, before, input)
    if (!planned.ok) {
      await record(trx, { ...event, outcome: 'refused', reason: planned.reason })
      return planned
    }
    await updateTenant(trx, planned.rules)
    await record(trx, { ...event, outcome: 'success', before: { ...before }, after: { ...planned.rules } })
    return { ok: true }
  })
}

type Planned = { readonly ok: true; readonly rules: SignInRuleColumns } | (SignInRulesChange & { readonly ok: false })

async function plan(trx: TenantTrx, before: SignInRuleColumns, { rules: changes, actor, expect }: ChangeSignInRulesInput): Promise<Planned> {
  if (await isUnexpected(trx, expect)) return { ok: false, reason: 'precondition_failed' }
  const rules = changedRules(before, changes)
  const refusal = ruleRefusal(rules)
  if (refusal !== null) return { ok: false, reason: refusal }
  const role = await registrationRole(trx, changes.registrationRole)
  if (role === 'unknown_role' || role === 'role_is_administrator') return { ok: false, reason: role }
  if (actor !== null && (await locksOut(trx, { before, rules, actor }))) return { ok: false, reason: 'locks_yourself_out' }
  return { ok: true, rules: role === undefined ? rules : { ...rules, registration_role_id: role.id } }
}

/** What the rules stop already is not this change's doing. */
async function locksOut(trx: TenantTrx, { before, rules, actor }: { readonly before: SignInRuleColumns; readonly rules: SignInRuleColumns; readonly actor: string }): Promise<boolean> {
  const effect = await findEffectOn(trx, rules, actor)
  if (effect === undefined || !stopsSignIn(effect)) return false
  const effectBefore = await findEffectOn(trx, before, actor)
  return effectBefore === undefined || !stopsSignIn(effectBefore) || (effect === 'must_add_passkey' && effectBefore !== 'must_add_passkey')
}

/** Undefined where nothing is said about it. */
async function registrationRole(trx: TenantTrx, name: string | null | undefined): Promise<{ id: string | null } | 'unknown_role' | 'role_is_administrator' | undefined> {
  if (name === undefined || name === null) return name === undefined ? undefined : { id: null }
  const role = await findRole(trx, name)
  if (role === undefined) return 'unknown_role'
  return role.permissions.length > 0 ? 'role_is_administrator' : { id: role.id }
}
