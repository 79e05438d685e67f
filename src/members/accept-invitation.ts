/**
 * Takes up an invitation: by its person, who is signed in, or (accept-as-newcomer.ts) by whoever becomes the account that waits.
 * Invariants: the link counts once, decided by one conditional update; the seats are counted with the tenant locked, so two who
 * want the last one do not both get it; somebody else's invitation is not taken up, whoever holds its link. Every "no" is an event.
 */
import type { EngineTrx } from '../base/db.ts'
import type { Origin } from '../base/origin.ts'
import { claimAccountIn, lockUnclaimed } from '../accounts/claim-account.ts'
import type { NameColumns } from '../accounts/self-queries.ts'
import { record } from '../events/record.ts'
import { invitationHash, stateOfInvitation } from './invitation.ts'
import { findInvitationByHash, lockInvited, updateAnswered, updateInvited, type InvitationRow } from './invitation-queries.ts'
import type { InvitationDeps } from './invite-member.ts'
import { lockSeats } from './seat-queries.ts'
import { takeSeats } from './seats.ts'

export interface AcceptInvitationInput {
  readonly token: string
  /** Who is signed in. */
  readonly accountId: string
  readonly origin: Origin
}

export type AcceptRefusal = 'invitation_invalid' | 'other_account' | 'seat_limit_reached' | 'tenant_suspended'

export type Acceptance =
  | { readonly ok: true; readonly membershipId: string; readonly accountId: string; readonly clientId: string | null }
  | { readonly ok: false; readonly reason: AcceptRefusal }

/** Who takes it up: the account that is signed in (null for nobody), or a newcomer with their names and the hash of a password that was judged. */
export type Taker = { readonly accountId: string | null } | { readonly columns: NameColumns; readonly phc: string }

export function acceptInvitation(deps: Pick<InvitationDeps, 'databases'>, { token, accountId, origin }: AcceptInvitationInput): Promise<Acceptance> {
  return deps.databases.inEngine((trx) => acceptIn(trx, { token, taker: { accountId }, origin }))
}

interface Accepting {
  readonly token: string
  readonly taker: Taker
  readonly origin: Origin
}

export async function acceptIn(trx: EngineTrx, { token, taker, origin }: Accepting): Promise<Acceptance> {
  const tokenHash = invitationHash(token)
  const found = await findInvitationByHash(trx.query, tokenHash)
  if (found === undefined) return refuse(trx, { invitation: undefined, reason: 'unknown', actor: actorOf(taker), origin })
  const key = { tenantId: found.tenant_id, membershipId: found.membership_id }
  const tenant = await lockSeats(trx, key.tenantId)
  const membership = await lockInvited(trx, key)
  // Read again: whoever held the locks before may have answered or replaced it.
  const invitation = await findInvitationByHash(trx.query, tokenHash)
  const refused = { invitation: found, actor: actorOf(taker), origin }
  if (invitation === undefined || tenant === undefined || membership === undefined) return refuse(trx, { ...refused, reason: 'replaced' })
  const state = stateOfInvitation(invitation)
  if (state !== 'open') return refuse(trx, { ...refused, reason: state })
  if (!(await isTheirs(trx, membership.account_id, taker))) return refuse(trx, { ...refused, reason: 'other_account' })
  const seat = membership.uses_seat ? await takeSeats(trx, { tenant, wanted: 1, actor: membership.account_id, origin }) : null
  if (seat !== null) return refuse(trx, { ...refused, reason: seat })
  if (!(await updateAnswered(trx, { tenantId: key.tenantId, tokenHash }, 'accepted_at'))) return refuse(trx, { ...refused, reason: 'lost_race' })
  await updateInvited(trx, key, 'active')
  return welcome(trx, { invitation, taker, origin })
}

function actorOf(taker: Taker): string | null {
  return 'accountId' in taker ? taker.accountId : null
}

/** An account that nobody has become is the newcomer's; one that somebody has is only that person's. */
async function isTheirs(trx: EngineTrx, accountId: string, taker: Taker): Promise<boolean> {
  return 'accountId' in taker ? taker.accountId === accountId : lockUnclaimed(trx, accountId)
}

async function welcome(trx: EngineTrx, { invitation, taker, origin }: { readonly invitation: InvitationRow; readonly taker: Taker; readonly origin: Origin }): Promise<Acceptance> {
  const { account_id: accountId, client_id: clientId, membership_id: membershipId, tenant_id: tenantId, invited_by, generation } = invitation
  if (!('accountId' in taker)) await claimAccountIn(trx, { ...taker, accountId, clientId, origin })
  await record(trx, {
    type: 'invitation.accepted', outcome: 'success', tenantId, subject: membershipId, actor: accountId, clientId, origin,
    before: { status: 'invited' }, after: { account_id: accountId, status: 'active', invited_by, generation },
  })
  return { ok: true, membershipId, accountId, clientId }
}

export interface RefusedInvitation {
  /** Undefined for a link that leads nowhere. */
  readonly invitation: Pick<InvitationRow, 'tenant_id' | 'membership_id' | 'client_id'> | undefined
  readonly reason: string
  readonly actor: string | null
  readonly origin: Origin
}

const told: readonly AcceptRefusal[] = ['other_account', 'seat_limit_reached', 'tenant_suspended']

/** Writes down why; people are told less. */
async function refuse(trx: EngineTrx, refused: RefusedInvitation): Promise<Acceptance> {
  await recordRefusedInvitation(trx, refused)
  return { ok: false, reason: told.find((reason) => reason === refused.reason) ?? 'invitation_invalid' }
}

export async function recordRefusedInvitation(trx: EngineTrx, { invitation, reason, actor, origin }: RefusedInvitation): Promise<void> {
  await record(trx, {
    type: 'invitation.refused', outcome: 'refused', tenantId: invitation?.tenant_id ?? null, subject: invitation?.membership_id ?? null,
    clientId: invitation?.client_id ?? null, actor, reason, origin,
  })
}
