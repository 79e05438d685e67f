/**
 * Says who runs the platform: owners change everything, auditors look. Invariant: an owner remains, also when two are removed or made
 * auditors at once, for all changes of operators go one after the other.
 */
import type { Databases } from '../base/db.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { deleteOperator, findSignInStatus, lockOperators, upsertOperator, type OperatorRole } from './operator-queries.ts'

export interface OperatorChange {
  readonly accountId: string
  readonly actor: string | null
  readonly origin: Origin
}

export type OperatorRefusal = 'not_found' | 'account_suspended' | 'last_owner'
export type OperatorResult = { readonly ok: true } | { readonly ok: false; readonly reason: OperatorRefusal }

/** Makes the account an operator, or gives one the other role. */
export function appointOperator(deps: { readonly databases: Databases }, change: OperatorChange & { readonly role: OperatorRole }): Promise<OperatorResult> {
  return changeOperator(deps.databases, change, change.role)
}

export function removeOperator(deps: { readonly databases: Databases }, change: OperatorChange): Promise<OperatorResult> {
  return changeOperator(deps.databases, change, null)
}

function changeOperator(databases: Databases, { accountId, actor, origin }: OperatorChange, role: OperatorRole | null): Promise<OperatorResult> {
  return databases.inEngine(async (trx): Promise<OperatorResult> => {
    const operators = await lockOperators(trx)
    const before = operators.get(accountId) ?? null
    const status = await findSignInStatus(trx, accountId)
    if (status === undefined || (role === null && before === null)) return { ok: false, reason: 'not_found' }
    if (before === role) return { ok: true }
    const event = { type: role === null ? 'operator.removed' : 'operator.appointed', subject: accountId, actor, origin } as const
    const owners = [...operators].filter(([, one]) => one === 'owner')
    const reason = role !== null && status !== 'active' ? 'account_suspended' : before === 'owner' && owners.length === 1 ? 'last_owner' : null
    if (reason !== null) {
      await record(trx, { ...event, outcome: 'refused', reason })
      return { ok: false, reason }
    }
    if (role === null) await deleteOperator(trx, accountId)
    else await upsertOperator(trx, accountId, role)
    await record(trx, { ...event, outcome: 'success', before: before === null ? null : { role: before }, after: role === null ? null : { role } })
    return { ok: true }
  })
}
