/** Says who heads a unit. Invariant: whoever heads a unit stands in it, also when somebody is taken out of it at the same moment. */
import type { Databases } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { findUnit } from '../tenants/unit-queries.ts'
import type { Mover } from './membership.ts'
import { lockUnitMembers, updateHeadsOfUnit } from './unit-member-queries.ts'

export interface HeadsInput {
  readonly tenantId: TenantId
  readonly unitId: string
  /** All of them; none for a unit without a head. */
  readonly membershipIds: readonly string[]
  readonly mover: Mover
  readonly origin: Origin
}

export type HeadsSetting = { readonly ok: true } | { readonly ok: false; readonly reason: 'not_found' | 'not_in_unit' }

export function setUnitHeads(deps: { readonly databases: Databases }, { tenantId, unitId, membershipIds, mover, origin }: HeadsInput): Promise<HeadsSetting> {
  return deps.databases.inTenant(tenantId, async (trx): Promise<HeadsSetting> => {
    if ((await findUnit(trx, unitId)) === undefined) return { ok: false, reason: 'not_found' }
    const members = await lockUnitMembers(trx, unitId)
    const event = { type: 'unit.heads_changed', subject: unitId, actor: mover.accountId, origin } as const
    const wanted = [...new Set(membershipIds)].sort()
    if (!wanted.every((id) => members.some((member) => member.membership_id === id))) {
      await record(trx, { ...event, outcome: 'refused', reason: 'not_in_unit' })
      return { ok: false, reason: 'not_in_unit' }
    }
    const before = members.filter((member) => member.is_head).map((member) => member.membership_id)
    if (before.join() === wanted.join()) return { ok: true }
    await updateHeadsOfUnit(trx, unitId, wanted)
    await record(trx, { ...event, outcome: 'success', before: { heads: before }, after: { heads: wanted } })
    return { ok: true }
  })
}
