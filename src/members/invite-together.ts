/**
 * Invites by a few statements all those of a list of whom nothing has to be decided: somebody new to the tenant, in a role that may be
 * given, with a seat left. Whoever is anything else is left to `inviteMemberIn`, which knows every rule and every refusal.
 * Invariant: what is written of each, events included, is what inviting them one by one writes.
 */
import type { MasterKey } from '../base/crypto.ts'
import type { EngineTrx } from '../base/db.ts'
import { newId, parseMembershipId, type MembershipId } from '../base/ids.ts'
import { createPendingAccountsIn } from '../accounts/create-pending-accounts.ts'
import { recordMany } from '../events/record.ts'
import { invitationHash, invitationToken } from './invitation.ts'
import { isAppOf } from './invitation-queries.ts'
import { inviterOf, type InviteMemberInput } from './invite-member.ts'
import { plainInvitee, type PlainInvitee } from './invitee.ts'
import { grantRefusal } from './membership.ts'
import { findUnitIds } from './queries.ts'
import { countSeats, lockSeats, type LockedTenant } from './seat-queries.ts'
import { insertTogether, listAccountsOf, listRolesNamed, listTakenNumbers, unlessRaced } from './together-queries.ts'

/** What they share. */
export type Together = Pick<InviteMemberInput, 'tenantId' | 'mover' | 'origin'> & { readonly source: 'manual' | 'csv' }
export type TogetherInvitee = Omit<InviteMemberInput, keyof Together>

export interface InviteTogether extends Together {
  readonly invitees: readonly TogetherInvitee[]
}

interface Candidate {
  readonly invitee: TogetherInvitee
  readonly person: PlainInvitee
  readonly roleId: string
  readonly unitIds: readonly string[]
}

interface Ready extends Candidate {
  readonly accountId: string
  readonly isNew: boolean
  readonly membershipId: MembershipId
}

/** Those who were invited, with their memberships; nobody else was touched. */
export async function inviteTogetherIn(trx: EngineTrx, { masterKey }: { readonly masterKey: MasterKey }, { invitees, ...together }: InviteTogether): Promise<ReadonlyMap<TogetherInvitee, MembershipId>> {
  const tenant = invitees.length === 0 ? undefined : await lockSeats(trx, together.tenantId)
  if (tenant?.status !== 'active') return new Map()
  const ready = await newHere(trx, await wellPlaced(trx, invitees, { ...together, tenant }), together)
  const isDone = ready.length > 0 && (await unlessRaced(trx, () => insertAll(trx, ready, { ...together, tenant, masterKey })))
  return new Map(isDone ? ready.map(({ invitee, membershipId }) => [invitee, membershipId]) : [])
}

/** Those who can be invited like that, wherever they come from. */
async function wellPlaced(trx: EngineTrx, invitees: readonly TogetherInvitee[], { tenantId, mover, tenant }: Together & { readonly tenant: LockedTenant }): Promise<readonly Candidate[]> {
  const roles = new Map((await listRolesNamed(trx, tenantId, [...new Set(invitees.map(({ role }) => role))])).map((role) => [role.name, role]))
  const units = await findUnitIds(trx, tenantId, [...new Set(invitees.flatMap(({ units: codes = [] }) => codes))])
  const apps = new Set<string | null>([null])
  for (const clientId of new Set(invitees.flatMap(({ clientId: id }) => id ?? []))) if (await isAppOf(trx, tenantId, clientId)) apps.add(clientId)
  // Whoever is only invited sits on no seat yet, so one that is free now is free for each of them.
  const hasSeat = tenant.seat_limit === null || (await countSeats(trx, tenantId)) < tenant.seat_limit
  return invitees.flatMap((invitee) => {
    const [person, role, codes] = [plainInvitee(invitee), roles.get(invitee.role), [...new Set(invitee.units)]]
    const unitIds = codes.flatMap((code) => units.get(code) ?? [])
    if ('reason' in person || role === undefined || unitIds.length < codes.length || !apps.has(invitee.clientId ?? null)) return []
    return grantRefusal(mover, role.permissions) !== null || (role.uses_seat && !hasSeat) ? [] : [{ invitee, person, roleId: role.id, unitIds }]
  })
}

/** Those of them whom the tenant does not know; of two who are the same person or share a number, the first. */
async function newHere(trx: EngineTrx, candidates: readonly Candidate[], { tenantId }: Together): Promise<readonly Ready[]> {
  const known = new Map((await listAccountsOf(trx, tenantId, candidates.flatMap(({ person: { email } }) => email ?? []))).map((account) => [account.email, account]))
  const numbers = new Set(await listTakenNumbers(trx, tenantId, candidates.flatMap(({ person: { number } }) => number ?? [])))
  const emails = new Set<string>()
  return candidates.flatMap((candidate) => {
    const { email, number } = candidate.person
    const account = email === null ? undefined : known.get(email)
    if (account?.is_here === true || (email !== null && emails.has(email)) || (number !== null && numbers.has(number))) return []
    if (email !== null) emails.add(email)
    if (number !== null) numbers.add(number)
    return [{ ...candidate, accountId: account?.id ?? newId(), isNew: account === undefined, membershipId: parseMembershipId(newId()) }]
  })
}

type Shared = Together & { readonly tenant: LockedTenant; readonly masterKey: MasterKey }

async function insertAll(trx: EngineTrx, ready: readonly Ready[], { tenantId, tenant, masterKey, mover, source, origin }: Shared): Promise<void> {
  const people = ready.filter(({ isNew }) => isNew).map(({ accountId: id, person }) => ({ id, person }))
  await createPendingAccountsIn(trx, people, { actor: mover.accountId, origin })
  const rows = ready.map(({ invitee, person, roleId, unitIds, accountId, membershipId }) => ({
    id: membershipId, account_id: accountId, role_id: roleId, employee_number: person.number, title: invitee.title ?? null,
    valid_from: invitee.validFrom ?? null, valid_until: invitee.validUntil ?? null, unit_ids: unitIds,
    token_hash: invitationHash(invitationToken(masterKey, membershipId, 1)), is_mailed: person.email !== null, client_id: invitee.clientId ?? null, locale: person.locale,
  }))
  await insertTogether(trx, rows, { tenantId, source, invitedBy: inviterOf(mover), lifetimeDays: tenant.invitation_lifetime_days })
  await recordMany(trx, ready.flatMap(({ invitee, person, accountId, membershipId }) => {
    const event = { outcome: 'success', tenantId, subject: membershipId, actor: mover.accountId, clientId: invitee.clientId ?? null, origin } as const
    return [
      { ...event, type: 'membership.invited', after: { account_id: accountId, role: invitee.role, units: invitee.units ?? [], status: 'invited' } } as const,
      { ...event, type: 'invitation.sent', after: { account_id: accountId, generation: 1, mailed: person.email !== null } } as const,
    ]
  }))
}
