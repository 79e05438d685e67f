/**
 * Takes a role out of a tenant. Refused while anybody holds it, and the refusal names them: also whose membership has ended, for
 * coming back they would have it. Nobody can be given it meanwhile.
 */
import type { Databases, TenantTrx } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { isUnexpected, type Expectation } from '../http/etag.ts'
import { grantRefusal, type Mover } from './membership.ts'
import { lockAdministrators } from './queries.ts'
import { deleteRole as deleteRow, isRegistrationRole, listHolders, lockRoleAgainstMembers, lockRoles, type RoleHolder, type RoleRow } from './role-queries.ts'

export interface DeleteRoleInput {
  readonly tenantId: TenantId
  readonly roleId: string
  readonly mover: Mover
  readonly expect?: Expectation | undefined
  readonly origin: Origin
}

export type RoleDeletion =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'not_found' | 'precondition_failed' | 'role_above_own' | 'registration_role' }
  | { readonly ok: false; readonly reason: 'role_in_use'; readonly holders: readonly RoleHolder[] }

export function deleteRole(deps: { readonly databases: Databases }, input: DeleteRoleInput): Promise<RoleDeletion> {
  return deps.databases.inTenant(input.tenantId, async (trx): Promise<RoleDeletion> => {
    await lockAdministrators(trx)
    const role = (await lockRoles(trx)).find(({ id }) => id === input.roleId)
    if (role === undefined) return { ok: false, reason: 'not_found' }
    const event = { type: 'role.deleted', subject: role.id, actor: input.mover.accountId, origin: input.origin } as const
    const refused = await refusalOf(trx, role, input)
    if (refused !== null) {
      await record(trx, { ...event, outcome: 'refused', reason: refused.reason })
      return refused
    }
    await deleteRow(trx, role.id)
    await record(trx, { ...event, outcome: 'success', before: { ...role } })
    return { ok: true }
  })
}

async function refusalOf(trx: TenantTrx, role: RoleRow, { mover, expect }: DeleteRoleInput): Promise<(RoleDeletion & { readonly ok: false }) | null> {
  const above = grantRefusal(mover, role.permissions)
  if (above !== null) return { ok: false, reason: above }
  if (await isUnexpected(trx, expect)) return { ok: false, reason: 'precondition_failed' }
  if (await isRegistrationRole(trx, role.id)) return { ok: false, reason: 'registration_role' }
  await lockRoleAgainstMembers(trx, role.id)
  const holders = await listHolders(trx, role.id)
  return holders.length > 0 ? { ok: false, reason: 'role_in_use', holders } : null
}
