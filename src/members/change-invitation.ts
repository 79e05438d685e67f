/**
 * What the three commands about an open invitation share: finding it inside the tenant, asking who may touch it, writing down the "no".
 * Invariant: whoever may not give the role may not resend, take back or look at its invitation either, for its link is the role.
 */
import type { EngineTrx } from '../base/db.ts'
import type { MembershipId, TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import type { EventType } from '../events/catalogue.ts'
import { record, type NewEvent } from '../events/record.ts'
import { findInvitationOf, lockInvited, type InvitationRow } from './invitation-queries.ts'
import type { InvitationDeps } from './invite-member.ts'
import { grantRefusal, type Mover } from './membership.ts'

export interface InvitationChange {
  readonly tenantId: TenantId
  readonly membershipId: MembershipId
  readonly mover: Mover
  readonly origin: Origin
}

export type ChangeRefusal = 'not_found' | 'not_invited' | 'role_above_own'

interface Refused<Reason> {
  readonly ok: false
  readonly reason: Reason
}

type SuccessEvent = Omit<NewEvent, 'reason'>

interface Work<Done, Reason> {
  readonly type: EventType
  /** Does it, with the membership locked; writes its own event of success. */
  readonly act: (trx: EngineTrx, invitation: InvitationRow, event: SuccessEvent) => Promise<Done | Refused<Reason>>
}

/** Refused for what this tenant does not have, for a membership that waits for nobody, and for a role above the mover's own. */
export function changeInvitation<Done extends { readonly ok: true }, Reason extends string>(
  deps: Pick<InvitationDeps, 'databases'>, change: InvitationChange, { type, act }: Work<Done, Reason>,
): Promise<Done | Refused<Reason | ChangeRefusal>> {
  return deps.databases.inEngine(async (trx): Promise<Done | Refused<Reason | ChangeRefusal>> => {
    const { tenantId, membershipId, mover, origin } = change
    const membership = await lockInvited(trx, { tenantId, membershipId })
    const invitation = membership === undefined ? undefined : await findInvitationOf(trx.query, { tenantId, membershipId })
    if (membership === undefined || invitation === undefined) return { ok: false, reason: 'not_found' }
    const event = { type, tenantId, subject: membershipId, actor: mover.accountId, clientId: invitation.client_id, origin } as const
    const refused: ChangeRefusal | null = membership.status === 'invited' ? grantRefusal(mover, membership.permissions) : 'not_invited'
    const result: Done | Refused<Reason | ChangeRefusal> = refused === null ? await act(trx, invitation, { ...event, outcome: 'success' }) : { ok: false, reason: refused }
    if (!result.ok) await record(trx, { ...event, outcome: 'refused', reason: result.reason })
    return result
  })
}
