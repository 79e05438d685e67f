/**
 * Changes a tenant's own machine: its name, its permissions, whether it works. Whoever changes it must hold all that it had and will
 * have; its tokens are judged by the permissions of the moment, so less counts at once.
 */
import type { TenantId } from '../base/ids.ts'
import type { EngineTrx } from '../base/db.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { isUnexpected, type Expectation } from '../http/etag.ts'
import { grantRefusal, type Mover } from '../members/membership.ts'
import { readPermissions } from '../members/role.ts'
import { planMachine } from './machine.ts'
import { lockClient, updateClient } from './queries.ts'
import type { MachineDeps } from './register-machine.ts'

export interface UpdateMachine {
  readonly tenantId: TenantId
  readonly clientId: string
  readonly name?: string | undefined
  readonly permissions?: readonly string[] | undefined
  readonly status?: 'active' | 'suspended' | undefined
  readonly mover: Mover
  readonly expect?: Expectation<EngineTrx> | undefined
  readonly origin: Origin
}

export type MachineUpdate = { readonly ok: true } | { readonly ok: false; readonly reason: 'not_found' | 'precondition_failed' | 'invalid_name' | 'unknown_permission' | 'role_above_own' }

export function updateMachine({ databases, ownApi }: MachineDeps, input: UpdateMachine): Promise<MachineUpdate> {
  const { tenantId, clientId, mover, origin } = input
  return databases.inEngine(async (trx): Promise<MachineUpdate> => {
    const before = await lockClient(trx, clientId)
    if (before?.tenant_id !== tenantId) return { ok: false, reason: 'not_found' }
    const event = { type: 'client.updated', subject: clientId, clientId, tenantId, actor: mover.accountId, origin } as const
    const permissions = readPermissions(input.permissions ?? before.permissions)
    const planned = planMachine({ name: input.name ?? before.name, tenantId, permissions: permissions ?? [], ownApi })
    const isStale = await isUnexpected(trx, input.expect)
    const above = grantRefusal(mover, [...before.permissions, ...(permissions ?? [])])
    if (isStale || permissions === null || !planned.ok || above !== null) {
      const reason = isStale ? 'precondition_failed' : permissions === null ? 'unknown_permission' : (above ?? 'invalid_name')
      await record(trx, { ...event, outcome: 'refused', reason })
      return { ok: false, reason }
    }
    const after = { name: planned.plan.input.name, permissions, status: input.status ?? before.status }
    const was = { name: before.name, permissions: before.permissions, status: before.status }
    if (JSON.stringify(after) === JSON.stringify(was)) return { ok: true }
    await updateClient(trx, clientId, { ...after, permissions: [...permissions], metadata: planned.plan.metadata })
    await record(trx, { ...event, outcome: 'success', before: was, after })
    return { ok: true }
  })
}
