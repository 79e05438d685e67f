/**
 * Makes a role in a tenant. Invariants: its name is the tenant's only one, also when two make it at once; nobody makes a role with
 * a permission that they lack.
 */
import type { Databases, TenantTrx } from '../base/db.ts'
import { newId, type TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { grantRefusal, type Mover } from './membership.ts'
import { lockAdministrators } from './queries.ts'
import { normaliseDescription, normaliseRoleName, readPermissions } from './role.ts'
import { insertRole, lockRoles } from './role-queries.ts'

export interface CreateRoleInput {
  readonly tenantId: TenantId
  /** At most 50 characters. Tokens say it in `role`. */
  readonly name: string
  /** At most 300 characters. */
  readonly description?: string | null | undefined
  readonly permissions: readonly string[]
  readonly usesSeat: boolean
  readonly mover: Mover
  readonly origin: Origin
}

export type RoleCreation =
  | { readonly ok: true; readonly roleId: string }
  | { readonly ok: false; readonly reason: 'invalid_name' | 'invalid_description' | 'unknown_permission' | 'role_above_own' | 'name_taken' }

export function createRole(deps: { readonly databases: Databases }, input: CreateRoleInput): Promise<RoleCreation> {
  return deps.databases.inTenant(input.tenantId, async (trx): Promise<RoleCreation> => {
    const event = { type: 'role.created', actor: input.mover.accountId, origin: input.origin } as const
    const created = await insert(trx, input)
    if (!created.ok) await record(trx, { ...event, outcome: 'refused', reason: created.reason })
    else await record(trx, { ...event, outcome: 'success', subject: created.roleId, after: { name: created.name, permissions: created.permissions, uses_seat: input.usesSeat } })
    return created.ok ? { ok: true, roleId: created.roleId } : created
  })
}

type Insertion = { readonly ok: true; readonly roleId: string; readonly name: string; readonly permissions: string[] } | (RoleCreation & { readonly ok: false })

async function insert(trx: TenantTrx, { name: givenName, description: described = null, permissions: given, usesSeat, mover }: CreateRoleInput): Promise<Insertion> {
  const name = normaliseRoleName(givenName)
  if (name === null) return { ok: false, reason: 'invalid_name' }
  const description = normaliseDescription(described)
  if (description === undefined) return { ok: false, reason: 'invalid_description' }
  const permissions = readPermissions(given)
  if (permissions === null) return { ok: false, reason: 'unknown_permission' }
  const above = grantRefusal(mover, permissions)
  if (above !== null) return { ok: false, reason: above }
  // In the order of every change of roles, so that a role renamed to the same name is waited for.
  await lockAdministrators(trx)
  await lockRoles(trx)
  const roleId = newId()
  const inserted = await insertRole(trx, { id: roleId, name, description, permissions, uses_seat: usesSeat })
  return inserted ? { ok: true, roleId, name, permissions } : { ok: false, reason: 'name_taken' }
}
