/** Says whom a change of the sign-in rules would hit, before anybody is: counted, and the first by name. Changes nothing. */
import type { TenantTrx } from '../base/db.ts'
import { countEffects, findSignInRules, type EffectCounts } from './settings-queries.ts'
import { changedRules, ruleRefusal, type RuleChanges, type RuleRefusal } from './sign-in-rules.ts'

const shownMembers = 50

export type RulePreview = ({ readonly ok: true } & EffectCounts) | { readonly ok: false; readonly reason: 'not_found' | RuleRefusal }

/** Active members only: whoever is invited meets the rules when they come. At most 50 are named unless told. */
export async function previewSignInRules(trx: TenantTrx, changes: RuleChanges, limit: number = shownMembers): Promise<RulePreview> {
  const before = await findSignInRules(trx)
  if (before === undefined) return { ok: false, reason: 'not_found' }
  const rules = changedRules(before, changes)
  const reason = ruleRefusal(rules)
  return reason === null ? { ok: true, ...(await countEffects(trx, rules, limit)) } : { ok: false, reason }
}
