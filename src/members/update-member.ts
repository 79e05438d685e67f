/**
 * Changes a member's units, staff number, title and the dates between which the membership counts; what is absent stays as it is.
 * Invariants: a staff number is one member's, also when two take it at once; a date never leaves the tenant without an
 * administrator who can act; nobody dates their own membership, and only administrators change the rest of their own.
 */
import type { Databases, TenantTrx } from '../base/db.ts'
import type { MembershipId, TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { isUnexpected, type Expectation } from '../http/etag.ts'
import { normaliseStaffNumber } from '../accounts/identifier.ts'
import { assignUnits, holdUnits } from './assign-units.ts'
import { isAdministrator, losesAdministrator, moverRefusal, type Administrator, type Mover } from './membership.ts'
import { lockPlace, updatePlace, type PlaceColumns, type PlaceRow } from './place-queries.ts'
import { lockAdministrators } from './queries.ts'

export interface UpdateMemberInput {
  readonly tenantId: TenantId
  readonly membershipId: MembershipId
  /** Codes, the primary one first. */
  readonly units?: readonly string[] | undefined
  readonly employeeNumber?: string | null | undefined
  /** At most 100 characters. */
  readonly title?: string | null | undefined
  readonly validFrom?: Date | null | undefined
  readonly validUntil?: Date | null | undefined
  readonly mover: Mover
  readonly expect?: Expectation | undefined
  readonly origin: Origin
}

type UpdateRefusal = 'precondition_failed' | 'own_membership' | 'higher_role' | 'unknown_unit' | 'invalid_employee_number' | 'employee_number_taken' | 'invalid_title' | 'invalid_period' | 'last_admin'
export type MemberUpdate = { readonly ok: true } | { readonly ok: false; readonly reason: 'not_found' | UpdateRefusal }

export function updateMember(deps: { readonly databases: Databases }, input: UpdateMemberInput): Promise<MemberUpdate> {
  const { tenantId, membershipId, mover, origin } = input
  return deps.databases.inTenant(tenantId, async (trx): Promise<MemberUpdate> => {
    // Units, administrators, membership: nobody who changes a tree or a membership waits for us in another order.
    const unitIds = input.units === undefined ? undefined : await holdUnits(trx, input.units)
    const administrators = isDated(input) ? await lockAdministrators(trx) : []
    const place = await lockPlace(trx, membershipId)
    if (place === undefined) return { ok: false, reason: 'not_found' }
    const event = { type: 'membership.updated', subject: membershipId, actor: mover.accountId, origin } as const
    const written = await write(trx, { input, place, unitIds, administrators })
    if (typeof written === 'string') {
      await record(trx, { ...event, outcome: 'refused', reason: written })
      return { ok: false, reason: written }
    }
    if (written.length > 0) await record(trx, { ...event, outcome: 'success', after: { fields: written, account_id: place.account_id } })
    return { ok: true }
  })
}

function isDated({ validFrom, validUntil }: UpdateMemberInput): boolean {
  return validFrom !== undefined || validUntil !== undefined
}

interface Writing {
  readonly input: UpdateMemberInput
  readonly place: PlaceRow
  /** Null where the tenant lacks one of the units, undefined where none are meant. */
  readonly unitIds: readonly string[] | null | undefined
  readonly administrators: readonly Administrator[]
}

/** Names of what was changed, or why nothing was. */
async function write(trx: TenantTrx, writing: Writing): Promise<readonly string[] | UpdateRefusal> {
  const { input, place, unitIds } = writing
  const above = mayNot(input, place)
  if (above !== null) return above
  if (await isUnexpected(trx, input.expect)) return 'precondition_failed'
  if (unitIds === null) return 'unknown_unit'
  const columns = plan(input, place)
  if (typeof columns === 'string') return columns
  if (stopsLastAdministrator(writing, columns)) return 'last_admin'
  const fields = (['employee_number', 'title', 'valid_from', 'valid_until'] as const).filter((name) => columns[name]?.valueOf() !== place[name]?.valueOf())
  if (fields.length > 0 && !(await updatePlace(trx, place.id, columns))) return 'employee_number_taken'
  return unitIds !== undefined && (await assignUnits(trx, place, unitIds)) ? [...fields, 'units'] : fields
}

function mayNot(input: UpdateMemberInput, place: PlaceRow): 'own_membership' | 'higher_role' | null {
  const refusal = moverRefusal(input.mover, { membershipId: place.id, rolePermissions: place.permissions })
  const isOwnAsAdministrator = refusal === 'own_membership' && isAdministrator(place.permissions)
  return isOwnAsAdministrator && !isDated(input) ? null : refusal
}

const longestTitle = 100

function plan(input: UpdateMemberInput, place: PlaceRow): PlaceColumns | UpdateRefusal {
  const { employeeNumber = place.employee_number, title: givenTitle = place.title, validFrom = place.valid_from, validUntil = place.valid_until } = input
  const number = employeeNumber === null ? null : normaliseStaffNumber(employeeNumber)
  if (employeeNumber !== null && number === null) return 'invalid_employee_number'
  const title = givenTitle === null || givenTitle.trim() === '' ? null : givenTitle.trim()
  if (title !== null && title.length > longestTitle) return 'invalid_title'
  if (validFrom !== null && validUntil !== null && validFrom >= validUntil) return 'invalid_period'
  return { employee_number: number, title, valid_from: validFrom, valid_until: validUntil }
}

/** An earlier end or a later start may stop an administrator only where another one goes on without an end. */
function stopsLastAdministrator({ input, place, administrators }: Writing, columns: PlaceColumns): boolean {
  const endsEarlier = columns.valid_until !== null && (place.valid_until === null || columns.valid_until < place.valid_until)
  const startsLater = columns.valid_from !== null && (place.valid_from === null || columns.valid_from > place.valid_from)
  return isDated(input) && (endsEarlier || startsLater) && losesAdministrator(administrators, ({ id }) => id === place.id)
}
