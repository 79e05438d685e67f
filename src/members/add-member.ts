/**
 * Makes an account a member of a tenant at once, without an invitation: for the operator's command line and the demo.
 * Invariants: role and units are the same tenant's; an account has one membership per tenant, and whoever was removed does not come
 * back this way (an invitation says `reinvite`); never more members than seats.
 */
import type { Databases, EngineTrx } from '../base/db.ts'
import { newId, parseMembershipId, type MembershipId, type TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { normaliseStaffNumber } from '../accounts/identifier.ts'
import { record } from '../events/record.ts'
import { findRoleByName, findStanding, findUnitIds, insertMembership } from './queries.ts'
import { lockSeats } from './seat-queries.ts'
import { takeSeats } from './seats.ts'

export interface AddMemberInput {
  readonly tenantId: TenantId
  readonly accountId: string
  /** The name of one of the tenant's roles. */
  readonly role: string
  /** Codes of units, the primary one first. */
  readonly units?: readonly string[]
  readonly employeeNumber?: string | null
  readonly title?: string | null
  /** jit: the person came by themselves. */
  readonly source?: 'manual' | 'jit'
  readonly actor: string | null
  readonly origin: Origin
}

export type MemberAddition =
  | { readonly ok: true; readonly membershipId: MembershipId }
  | { readonly ok: false; readonly reason: 'unknown_role' | 'unknown_unit' | 'invalid_employee_number' | 'already_member' | 'was_removed' | 'employee_number_taken' | 'seat_limit_reached' }

export function addMember(deps: { readonly databases: Databases }, input: AddMemberInput): Promise<MemberAddition> {
  return deps.databases.inEngine((trx) => addMemberIn(trx, input))
}

/** The same inside a transaction that does more. */
export async function addMemberIn(trx: EngineTrx, input: AddMemberInput): Promise<MemberAddition> {
  const membershipId = parseMembershipId(newId())
  const event = { type: 'membership.created', tenantId: input.tenantId, actor: input.actor, origin: input.origin } as const
  const reason = await insert(trx, membershipId, input)
  if (reason !== null) {
    await record(trx, { ...event, outcome: 'refused', reason, after: { account_id: input.accountId } })
    return { ok: false, reason }
  }
  const after = { account_id: input.accountId, role: input.role, units: input.units ?? [], status: 'active' }
  await record(trx, { ...event, outcome: 'success', subject: membershipId, after })
  return { ok: true, membershipId }
}

async function insert(trx: EngineTrx, membershipId: MembershipId, input: AddMemberInput): Promise<(MemberAddition & { ok: false })['reason'] | null> {
  const { tenantId, accountId, units: codes = [], employeeNumber = null } = input
  const number = employeeNumber === null ? null : normaliseStaffNumber(employeeNumber)
  if (employeeNumber !== null && number === null) return 'invalid_employee_number'
  const tenant = await lockSeats(trx, tenantId)
  const standing = await findStanding(trx, { tenantId, accountId })
  if (standing !== null) return standing
  const role = await findRoleByName(trx, tenantId, input.role)
  if (role === undefined) return 'unknown_role'
  const known = await findUnitIds(trx, tenantId, codes)
  const unitIds = [...new Set(codes)].flatMap((code) => known.get(code) ?? [])
  if (unitIds.length < new Set(codes).size) return 'unknown_unit'
  const seat = tenant !== undefined && role.uses_seat ? await takeSeats(trx, { tenant, wanted: 1, actor: input.actor, origin: input.origin }) : null
  if (seat !== null) return seat
  const row = { tenant_id: tenantId, id: membershipId, account_id: accountId, role_id: role.id, employee_number: number, title: input.title ?? null, source: input.source ?? 'manual' }
  return insertMembership(trx, row, unitIds)
}
