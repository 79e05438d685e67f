/**
 * Creates a tenant with the roles and units it starts with, all or nothing.
 * Which roles a kind of organisation starts with is the members room's, which comes after this one: hence the port.
 */
import type { Databases, EngineTrx } from '../base/db.ts'
import { newId, parseTenantId, type TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { takenRefusal } from './change-subdomain.ts'
import { insertTenant, insertUnits } from './queries.ts'
import { normaliseTenantName } from './settings.ts'
import { subdomainRefusal, type TenantKind } from './tenant.ts'
import { placeUnits, type UnitTree } from './unit.ts'

export interface FirstRoles {
  /** Gives a tenant that was just created the roles of its kind. */
  insertFirstRoles(trx: EngineTrx, tenantId: TenantId, kind: TenantKind): Promise<void>
}

export interface CreateTenantInput {
  readonly name: string
  /** Lower case, unique on the platform. */
  readonly subdomain: string
  readonly kind: TenantKind
  readonly units?: readonly UnitTree[]
  readonly actor: string | null
  readonly origin: Origin
}

export type TenantCreation =
  | { readonly ok: true; readonly tenantId: TenantId }
  | { readonly ok: false; readonly reason: 'invalid_name' | 'invalid_subdomain' | 'reserved_subdomain' | 'subdomain_taken' }

export function createTenant(deps: { readonly databases: Databases; readonly firstRoles: FirstRoles }, input: CreateTenantInput): Promise<TenantCreation> {
  return deps.databases.inEngine((trx) => createTenantIn(trx, deps.firstRoles, input))
}

/** The same inside a transaction that does more. */
export async function createTenantIn(trx: EngineTrx, firstRoles: FirstRoles, input: CreateTenantInput): Promise<TenantCreation> {
  const tenantId = parseTenantId(newId())
  const name = normaliseTenantName(input.name)
  const event = { type: 'tenant.created', actor: input.actor, origin: input.origin } as const
  const refusal = name === null ? 'invalid_name' : (subdomainRefusal(input.subdomain) ?? (await takenRefusal(trx, { tenantId, subdomain: input.subdomain })))
  if (name === null || refusal !== null) {
    await record(trx, { ...event, outcome: 'refused', reason: refusal, after: { subdomain: input.subdomain.slice(0, 63) } })
    return { ok: false, reason: refusal ?? 'invalid_name' }
  }
  await insertTenant(trx, { id: tenantId, name, subdomain: input.subdomain })
  await firstRoles.insertFirstRoles(trx, tenantId, input.kind)
  await plantUnits(trx, tenantId, input.units ?? [])
  await record(trx, { ...event, outcome: 'success', tenantId, subject: tenantId, after: { name, subdomain: input.subdomain, kind: input.kind } })
  return { ok: true, tenantId }
}

async function plantUnits(trx: EngineTrx, tenantId: TenantId, trees: readonly UnitTree[]): Promise<void> {
  const ids = new Map<string, string>()
  const rows = placeUnits(trees).map(({ code, name, kind, parentCode, codePath }) => {
    const id = newId()
    ids.set(code, id)
    return { tenant_id: tenantId, id, parent_id: parentCode === null ? null : (ids.get(parentCode) ?? null), kind, code, name, code_path: [...codePath] }
  })
  await insertUnits(trx, rows)
}
