/**
 * What the ways of helping a member who has lost something share: whether this tenant may touch that person's account at all.
 * Invariants: an account is more than one tenant's, so only where it acts for no other tenant and for the platform neither does
 * another's administrator open a way into it; nobody helps themselves, nobody below an administrator an administrator, and the only
 * administrator turns to the operator. Every "no" is an event.
 */
import type { Databases, EngineTrx } from '../base/db.ts'
import type { MembershipId, TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import type { EventType } from '../events/catalogue.ts'
import { record } from '../events/record.ts'
import { findHelped, listAdministratorsOf, type HelpedRow } from './help-queries.ts'
import { lockInvited } from './invitation-queries.ts'
import { losesAdministrator, moverRefusal, type Mover } from './membership.ts'
import { lockSeats } from './seat-queries.ts'

export interface MemberHelp {
  readonly tenantId: TenantId
  readonly membershipId: MembershipId
  readonly mover: Mover
  readonly origin: Origin
}

export type HelpRefusal = 'not_found' | 'not_active' | 'own_membership' | 'higher_role' | 'member_elsewhere' | 'last_admin'

interface Refused<Reason> {
  readonly ok: false
  readonly reason: Reason
}

interface Work<Done, Reason> {
  /** Of the refusal; the act writes its own event of success. */
  readonly type: EventType
  readonly act: (trx: EngineTrx, helped: HelpedRow) => Promise<Done | Refused<Reason>>
}

export function helpMember<Done extends { readonly ok: true }, Reason extends string>(
  deps: { readonly databases: Databases }, help: MemberHelp, { type, act }: Work<Done, Reason>,
): Promise<Done | Refused<Reason | HelpRefusal>> {
  return deps.databases.inEngine(async (trx): Promise<Done | Refused<Reason | HelpRefusal>> => {
    const { tenantId, membershipId, mover, origin } = help
    // The order of every change of members; nobody joins, leaves or is given a role meanwhile.
    await lockSeats(trx, tenantId)
    const membership = await lockInvited(trx, { tenantId, membershipId })
    const helped = membership === undefined ? undefined : await findHelped(trx, { tenantId, accountId: membership.account_id })
    if (membership === undefined || helped === undefined) return { ok: false, reason: 'not_found' }
    const refused = membership.status !== 'active' ? 'not_active'
      : moverRefusal(mover, { membershipId, rolePermissions: membership.permissions }) ?? (await standing(trx, help, helped))
    const result: Done | Refused<Reason | HelpRefusal> = refused === null ? await act(trx, helped) : { ok: false, reason: refused }
    if (!result.ok) await record(trx, { type, outcome: 'refused', reason: result.reason, tenantId, subject: helped.account_id, actor: mover.accountId, origin })
    return result
  })
}

async function standing(trx: EngineTrx, { tenantId, membershipId }: MemberHelp, helped: HelpedRow): Promise<'member_elsewhere' | 'last_admin' | null> {
  if (helped.acts_elsewhere) return 'member_elsewhere'
  return losesAdministrator(await listAdministratorsOf(trx, tenantId), ({ id }) => id === membershipId) ? 'last_admin' : null
}
