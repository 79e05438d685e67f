/**
 * Lets a locked account sign in again. A disabled one stays disabled, and an account without any factor of its own goes
 * back to pending: resuming proves nothing about who holds its address.
 */
import type { Databases } from '../base/db.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { hasFactor, lockStatus, updateStatus } from './queries.ts'

export interface ResumeAccountInput {
  readonly accountId: string
  readonly actor: string | null
  readonly origin: Origin
}

export type AccountResumption =
  | { readonly ok: true; readonly status: 'active' | 'pending' }
  | { readonly ok: false; readonly reason: 'not_found' | 'not_suspended' | 'account_disabled' }

export function resumeAccount(deps: { readonly databases: Databases }, input: ResumeAccountInput): Promise<AccountResumption> {
  return deps.databases.inEngine(async (trx): Promise<AccountResumption> => {
    const before = await lockStatus(trx, input.accountId)
    if (before === undefined || before === 'erased') return { ok: false, reason: 'not_found' }
    const event = { type: 'account.resumed', subject: input.accountId, actor: input.actor, origin: input.origin } as const
    if (before !== 'locked') {
      const reason = before === 'disabled' ? 'account_disabled' : 'not_suspended'
      await record(trx, { ...event, outcome: 'refused', reason })
      return { ok: false, reason }
    }
    const status = (await hasFactor(trx, input.accountId)) ? 'active' : 'pending'
    await updateStatus(trx, input.accountId, status)
    await record(trx, { ...event, outcome: 'success', before: { status: before }, after: { status } })
    return { ok: true, status }
  })
}
