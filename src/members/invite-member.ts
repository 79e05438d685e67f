/**
 * Invites somebody into a tenant: the account where the address has none yet, the membership and the invitation, all or nothing.
 * Invariants: nobody gives a role with a permission that they lack; whoever was removed, or said no, comes back only where the mover
 * says so (`reinvite`), and then with the same membership id; a full tenant invites nobody. What the answer says is the same
 * whether or not the address had an account.
 */
import type { MasterKey } from '../base/crypto.ts'
import type { Databases, EngineTrx } from '../base/db.ts'
import { newId, parseMembershipId, type MembershipId, type TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { createAccountIn } from '../accounts/create-account.ts'
import { findAccountByEmail } from '../accounts/queries.ts'
import { record } from '../events/record.ts'
import { invitationHash, invitationToken } from './invitation.ts'
import {
  findGeneration, findInvitableRole, insertInvitation, insertInvited, isAppOf, isNumberTaken, lockMembershipOf, updateRevived, type InvitableRole,
} from './invitation-queries.ts'
import { plainInvitee, standingRefusal, type Invitee, type InviteeRefusal, type PlainInvitee } from './invitee.ts'
import { grantRefusal, type Mover } from './membership.ts'
import { findUnitIds, insertMembershipUnits, unlessTaken } from './queries.ts'
import { lockSeats, type LockedTenant } from './seat-queries.ts'
import { takeSeats } from './seats.ts'

export interface InvitationDeps {
  readonly databases: Databases
  readonly masterKey: MasterKey
}

export interface InviteMemberInput {
  readonly tenantId: TenantId
  readonly person: Invitee
  /** The name of one of the tenant's roles. */
  readonly role: string
  /** Codes of units, the primary one first. */
  readonly units?: readonly string[]
  readonly employeeNumber?: string | null
  readonly title?: string | null
  readonly validFrom?: Date | null
  readonly validUntil?: Date | null
  /** The app to end in. */
  readonly clientId?: string | null
  /** Takes back somebody whose membership has ended. */
  readonly reinvite?: boolean
  /** How they come; manual unless told. */
  readonly source?: 'manual' | 'csv'
  readonly mover: Mover
  readonly origin: Origin
}

export type InviteRefusal =
  | 'not_found' | 'tenant_suspended' | InviteeRefusal
  | 'unknown_role' | 'role_above_own' | 'unknown_unit' | 'unknown_app' | 'seat_limit_reached'
  | 'already_member' | 'already_invited' | 'was_removed' | 'employee_number_taken'

export type MemberInvitation =
  | { readonly ok: true; readonly membershipId: MembershipId; readonly accountId: string; readonly expiresAt: Date }
  | { readonly ok: false; readonly reason: InviteRefusal }

type Refused = Extract<MemberInvitation, { readonly ok: false }>

/** The refusal is an event too, but for a tenant that does not exist. */
export function inviteMember(deps: InvitationDeps, input: InviteMemberInput): Promise<MemberInvitation> {
  return deps.databases.inEngine((trx) => inviteMemberIn(trx, deps, input))
}

/** The same inside a transaction that does more. */
export async function inviteMemberIn(trx: EngineTrx, deps: Pick<InvitationDeps, 'masterKey'>, input: InviteMemberInput): Promise<MemberInvitation> {
  const { tenantId, mover, origin } = input
  const tenant = await lockSeats(trx, tenantId)
  if (tenant === undefined) return no('not_found')
  const result = await inviteIn(trx, deps, { ...input, tenant })
  if (result.ok) return result
  await record(trx, { type: 'membership.invited', outcome: 'refused', reason: result.reason, tenantId, actor: mover.accountId, origin, after: { role: input.role.slice(0, 100) } })
  return result
}

function no(reason: InviteRefusal): Refused {
  return { ok: false, reason }
}

interface Inviting extends InviteMemberInput {
  readonly tenant: LockedTenant
}

interface Place {
  readonly role: InvitableRole
  readonly unitIds: readonly string[]
}

async function inviteIn(trx: EngineTrx, deps: Pick<InvitationDeps, 'masterKey'>, input: Inviting): Promise<MemberInvitation> {
  const person = plainInvitee(input)
  if ('reason' in person) return no(person.reason)
  const place = await findPlace(trx, input)
  if ('reason' in place) return place
  const found = person.email === null ? undefined : await findAccountByEmail(trx.query, person.email)
  const held = found === undefined ? undefined : await lockMembershipOf(trx, input.tenantId, found.id)
  const standing = held === undefined ? null : standingRefusal(held.status, input.reinvite === true)
  if (standing !== null) return no(standing)
  if (person.number !== null && (await isNumberTaken(trx, input.tenantId, { number: person.number, accountId: found?.id ?? null }))) return no('employee_number_taken')
  // Last of all: whatever is refused leaves no account behind.
  const accountId = found?.id ?? (await newAccount(trx, person, input))
  if (accountId === null) return no('invalid_email')
  const key = { tenantId: input.tenantId, membershipId: parseMembershipId(held?.id ?? newId()) }
  const columns = {
    role_id: place.role.id, invited_by: inviterOf(input.mover), employee_number: person.number, title: input.title ?? null,
    valid_from: input.validFrom ?? null, valid_until: input.validUntil ?? null,
  }
  const taken = await unlessTaken(trx, async () => {
    if (held === undefined) await insertInvited(trx, { ...key, accountId, source: input.source ?? 'manual' }, columns)
    else await updateRevived(trx, key, columns)
    await insertMembershipUnits(trx, key, place.unitIds)
  })
  if (taken !== null) return no(taken)
  return send(trx, deps, { input, key, accountId, isMailed: person.email !== null, isRevived: held !== undefined })
}

/** The membership that invites; null for who has none in the tenant. */
export function inviterOf(mover: Mover): string | null {
  // A machine of the tenant has no membership.
  return mover.kind === 'member' && mover.membershipId !== '' ? mover.membershipId : null
}

async function findPlace(trx: EngineTrx, { tenantId, tenant, role: name, units: codes = [], clientId = null, mover, origin }: Inviting): Promise<Place | Refused> {
  if (tenant.status !== 'active') return no('tenant_suspended')
  const role = await findInvitableRole(trx, tenantId, name)
  if (role === undefined) return no('unknown_role')
  const above = grantRefusal(mover, role.permissions)
  if (above !== null) return no(above)
  const known = await findUnitIds(trx, tenantId, codes)
  const unitIds = [...new Set(codes)].flatMap((code) => known.get(code) ?? [])
  if (unitIds.length < new Set(codes).size) return no('unknown_unit')
  if (clientId !== null && !(await isAppOf(trx, tenantId, clientId))) return no('unknown_app')
  const seat = role.uses_seat ? await takeSeats(trx, { tenant, wanted: 1, actor: mover.accountId, origin }) : null
  return seat === null ? { role, unitIds } : no(seat)
}

/** Null for a person that no account can be made for. */
async function newAccount(trx: EngineTrx, person: PlainInvitee, { mover, origin }: Inviting): Promise<string | null> {
  const made = await createAccountIn(trx, { ...person, emailVerified: false, phc: null, actor: mover.accountId, origin })
  if (made.ok) return made.accountId
  // Another tenant invited the same address at the same moment: its account is the person's.
  return person.email === null ? null : ((await findAccountByEmail(trx.query, person.email))?.id ?? null)
}

interface Sending {
  readonly input: Inviting
  readonly key: { readonly tenantId: TenantId; readonly membershipId: MembershipId }
  readonly accountId: string
  readonly isMailed: boolean
  readonly isRevived: boolean
}

async function send(trx: EngineTrx, { masterKey }: Pick<InvitationDeps, 'masterKey'>, { input, key, accountId, isMailed, isRevived }: Sending): Promise<MemberInvitation> {
  const { tenant, person, clientId = null, mover, origin } = input
  const generation = ((await findGeneration(trx, key)) ?? 0) + 1
  const tokenHash = invitationHash(invitationToken(masterKey, key.membershipId, generation))
  const invitation = { ...key, generation, tokenHash, lifetimeDays: tenant.invitation_lifetime_days, isMailed, invitedBy: inviterOf(mover), clientId, locale: person.locale }
  const expiresAt = await insertInvitation(trx, invitation)
  const event = { outcome: 'success', tenantId: key.tenantId, subject: key.membershipId, actor: mover.accountId, clientId, origin } as const
  const after = { account_id: accountId, role: input.role, units: input.units ?? [], status: 'invited' }
  await record(trx, { ...event, type: 'membership.invited', before: isRevived ? { status: 'ended' } : null, after })
  await record(trx, { ...event, type: 'invitation.sent', after: { account_id: accountId, generation, mailed: isMailed } })
  return { ok: true, membershipId: key.membershipId, accountId, expiresAt }
}
