/**
 * A person ends their own membership: one of them because they leave, or all of them because they are erased.
 * Invariants: the same as change-membership.ts, in the same order of locks: the tenant keeps an administrator who can act,
 * also when two leave at once, and the tokens of the membership end with it. Somebody else's membership is not found.
 */
import type { TenantTrx } from '../base/db.ts'
import { isMembershipId, parseTenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import type { MembershipDeps } from './change-membership.ts'
import { isMembershipStatus, losesAdministrator, nextStatus } from './membership.ts'
import { findOwnPlace, listOwnPlaces, listSoleAdministrations, type OwnPlace } from './own-memberships-queries.ts'
import { lockAdministrators, lockMembership, updateStatus } from './queries.ts'

export interface LeavingInput {
  readonly accountId: string
  readonly membershipId: string
  readonly origin: Origin
}

export type Leaving = { readonly ok: true } | { readonly ok: false; readonly reason: 'not_found' | 'already_ended' | 'last_admin' }

interface Ending {
  readonly accountId: string
  readonly reason: 'left' | 'account_erased'
  readonly actor: string | null
  readonly origin: Origin
}

/** Ends the person's own membership; refused for the tenant's last administrator, and for one that is not theirs or has ended. */
export async function leaveTenant(deps: MembershipDeps, input: LeavingInput): Promise<Leaving> {
  const { accountId, membershipId, origin } = input
  const place = isMembershipId(membershipId) ? await findOwnPlace(deps.databases.engine, { accountId, membershipId }) : undefined
  return place === undefined ? { ok: false, reason: 'not_found' } : end(deps, place, { accountId, reason: 'left', actor: accountId, origin })
}

/** Names of the tenants that nobody else could administer, were this account gone. */
export async function tenantsWithoutOtherAdmin(deps: Pick<MembershipDeps, 'databases'>, accountId: string): Promise<string[]> {
  return (await listSoleAdministrations(deps.databases.engine, accountId)).map((row) => row.tenant_name)
}

/** Ends every membership of an account that is erased; throws where it has become a tenant's last administrator meanwhile. */
export async function endAllOf(deps: MembershipDeps, { accountId, origin }: { readonly accountId: string; readonly origin: Origin }): Promise<void> {
  for (const place of await listOwnPlaces(deps.databases.engine, accountId)) {
    const ended = await end(deps, place, { accountId, reason: 'account_erased', actor: null, origin })
    if (!ended.ok && ended.reason === 'last_admin') throw new Error(`Membership ${place.id} is its tenant's last administrator: name another one, then the account can be erased.`)
  }
}

function end(deps: MembershipDeps, place: OwnPlace, ending: Ending): Promise<Leaving> {
  return deps.databases.inTenant(parseTenantId(place.tenant_id), (trx) => endIn(trx, deps, { ...ending, membershipId: place.id }))
}

async function endIn(trx: TenantTrx, deps: MembershipDeps, ending: Ending & { readonly membershipId: string }): Promise<Leaving> {
  const { membershipId, accountId, actor, origin } = ending
  // Before the membership itself, as in change-membership.ts.
  const administrators = await lockAdministrators(trx)
  const membership = await lockMembership(trx, membershipId)
  if (membership === undefined || membership.account_id !== accountId || !isMembershipStatus(membership.status)) return { ok: false, reason: 'not_found' }
  const event = { type: 'membership.ended', subject: membershipId, actor, origin } as const
  const status = nextStatus(membership.status, 'end')
  const isLast = losesAdministrator(administrators, ({ id }) => id === membershipId)
  if (status === null || isLast) {
    const reason = isLast ? 'last_admin' : 'already_ended'
    await record(trx, { ...event, outcome: 'refused', reason })
    return { ok: false, reason }
  }
  await updateStatus(trx, membershipId, status)
  await record(trx, { ...event, outcome: 'success', reason: ending.reason, before: { status: membership.status }, after: { status, account_id: accountId } })
  await deps.grants.endGrants(trx, membershipId)
  return { ok: true }
}
