/**
 * Adds a unit to a tenant's tree, below another one or at its top.
 * Invariants: its code is the tenant's only one, also when two add it at once; its path is its parent's plus its own code.
 */
import type { TenantTrx } from '../base/db.ts'
import { newId, type TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import type { UnitDeps } from './change-unit.ts'
import { normaliseUnitCode, normaliseUnitName, type UnitKind } from './unit.ts'
import { insertUnit, lockUnits } from './unit-queries.ts'

export interface CreateUnitInput {
  readonly tenantId: TenantId
  /** At most 64 letters, digits, `_`, `.` and `-`; unique in the tenant. Tokens say it in `groups`. */
  readonly code: string
  readonly name: string
  readonly kind: UnitKind
  readonly parentId: string | null
  readonly actor: string | null
  readonly origin: Origin
}

export type UnitCreation =
  | { readonly ok: true; readonly unitId: string }
  | { readonly ok: false; readonly reason: 'invalid_code' | 'invalid_name' | 'unknown_parent' | 'code_taken' }

export function createUnit(deps: UnitDeps, input: CreateUnitInput): Promise<UnitCreation> {
  return deps.databases.inTenant(input.tenantId, async (trx): Promise<UnitCreation> => {
    const event = { type: 'unit.created', actor: input.actor, origin: input.origin } as const
    const created = await insert(trx, input)
    if (!created.ok) {
      await record(trx, { ...event, outcome: 'refused', reason: created.reason, after: { kind: input.kind, parent_id: input.parentId } })
      return created
    }
    await record(trx, { ...event, outcome: 'success', subject: created.unitId, after: { kind: input.kind, code: created.code, parent_id: input.parentId } })
    return { ok: true, unitId: created.unitId }
  })
}

type Insertion = { readonly ok: true; readonly unitId: string; readonly code: string } | (UnitCreation & { readonly ok: false })

async function insert(trx: TenantTrx, { code: givenCode, name: givenName, kind, parentId }: CreateUnitInput): Promise<Insertion> {
  const code = normaliseUnitCode(givenCode)
  if (code === null) return { ok: false, reason: 'invalid_code' }
  const name = normaliseUnitName(givenName)
  if (name === null) return { ok: false, reason: 'invalid_name' }
  const tree = await lockUnits(trx)
  const parent = tree.find(({ id }) => id === parentId)
  if (parentId !== null && parent === undefined) return { ok: false, reason: 'unknown_parent' }
  const unitId = newId()
  const inserted = await insertUnit(trx, { id: unitId, parent_id: parentId, kind, code, name, code_path: [...(parent?.code_path ?? []), code] })
  return inserted ? { ok: true, unitId, code } : { ok: false, reason: 'code_taken' }
}
