/**
 * Who stands in which unit: puts a member into units, and does the members room's half of merging and deleting units (the tree
 * itself is src/tenants'). Invariants: units are held before memberships, as a move of units does, so that neither waits for the
 * other; a unit that goes meanwhile is unknown.
 */
import type { TenantTrx } from '../base/db.ts'
import type { UnitOccupants } from '../tenants/delete-unit.ts'
import type { MemberMoving } from '../tenants/merge-units.ts'
import { deleteOccupants, listOccupants, lockUnitIds, moveOccupants, replaceUnits } from './place-queries.ts'

/** The ids of units by their codes, the primary one first; null where the tenant lacks one of them. Call it before any membership is held. */
export async function holdUnits(trx: TenantTrx, codes: readonly string[]): Promise<readonly string[] | null> {
  const wanted = [...new Set(codes.map((code) => code.normalize('NFKC').trim()))]
  const known = await lockUnitIds(trx, wanted)
  const ids = wanted.flatMap((code) => known.get(code) ?? [])
  return ids.length === wanted.length ? ids : null
}

/** Puts a member into exactly these units, the primary one first; false where they stand so already. */
export async function assignUnits(trx: TenantTrx, member: { readonly id: string; readonly units: readonly string[] }, unitIds: readonly string[]): Promise<boolean> {
  const [primary, ...others] = unitIds
  const [formerPrimary, ...formerOthers] = member.units
  if (primary === formerPrimary && [...others].sort().join() === [...formerOthers].sort().join()) return false
  await replaceUnits(trx, member.id, unitIds)
  return true
}

export const unitMembers: MemberMoving & UnitOccupants = {
  moveMembers: moveOccupants,
  listOccupants,
  removeFormerMembers: deleteOccupants,
}
