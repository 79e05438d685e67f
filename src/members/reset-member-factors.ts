/**
 * Takes all second factors of a member away who has lost them; the password stays. The person is told by mail, and nothing that was
 * proved before counts any more: sessions, tokens and trusted browsers end in the same transaction. May be asked for by help-member.ts.
 */
import type { AccountDeps } from '../accounts/account-deps.ts'
import { lockPerson } from '../accounts/self-queries.ts'
import { signOutEverywhere } from '../accounts/session-ending.ts'
import { resetFactorsIn } from '../factors/reset-factors.ts'
import { helpMember, type HelpRefusal, type MemberHelp } from './help-member.ts'

export interface FactorResetInput extends MemberHelp {
  /** Why, in the words of whoever does it, 1 to 200 characters; the person reads it too. */
  readonly reason: string
}

export type FactorReset = { readonly ok: true } | { readonly ok: false; readonly reason: HelpRefusal | 'reason_missing' }

export async function resetMemberFactors(deps: Pick<AccountDeps, 'databases' | 'attempts' | 'sessions'>, { reason: given, ...help }: FactorResetInput): Promise<FactorReset> {
  const reason = given.trim()
  const { tenantId, mover, origin } = help
  const reset = await helpMember<{ readonly ok: true; readonly accountId: string }, 'reason_missing'>(deps, help, {
    type: 'factors.reset',
    async act(trx, { account_id: accountId }) {
      if (reason === '' || reason.length > 200) return { ok: false, reason: 'reason_missing' }
      await lockPerson(trx, accountId)
      await resetFactorsIn(trx, { accountId, tenantId, reason, actor: mover.accountId, origin })
      await signOutEverywhere(trx, deps.sessions, { accountId, reason: 'factors_reset', actor: mover.accountId, origin })
      return { ok: true, accountId }
    },
  })
  if (!reset.ok) return reset
  // Else a locked counter would keep the person from setting up new ones.
  await deps.attempts.clear('second_factor', reset.accountId)
  return { ok: true }
}
