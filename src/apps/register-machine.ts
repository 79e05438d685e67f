/** Registers a machine of a tenant. Its secret is shown once; nobody gives it more than they hold themselves. */
import { randomToken, sha256 } from '../base/crypto.ts'
import type { Databases } from '../base/db.ts'
import { newId, type TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { grantRefusal, type Mover } from '../members/membership.ts'
import { readPermissions } from '../members/role.ts'
import { planMachine } from './machine.ts'
import { insertClient } from './queries.ts'

export interface MachineDeps {
  readonly databases: Databases
  /** The identifier of our own API. */
  readonly ownApi: string
}

export interface RegisterMachine {
  readonly tenantId: TenantId
  readonly name: string
  readonly permissions: readonly string[]
  readonly mover: Mover
  readonly origin: Origin
}

export type MachineRegistration =
  | { readonly ok: true; readonly clientId: string; readonly clientSecret: string }
  | { readonly ok: false; readonly reason: 'invalid_name' | 'unknown_permission' | 'role_above_own' }

export function registerMachine({ databases, ownApi }: MachineDeps, { tenantId, name, permissions: wanted, mover, origin }: RegisterMachine): Promise<MachineRegistration> {
  const permissions = readPermissions(wanted)
  const planned = planMachine({ name, tenantId, permissions: permissions ?? [], ownApi })
  const above = permissions === null ? null : grantRefusal(mover, permissions)
  return databases.inEngine(async (trx): Promise<MachineRegistration> => {
    const clientId = newId()
    const event = { type: 'client.registered', subject: clientId, clientId, tenantId, actor: mover.accountId, origin } as const
    if (permissions === null || !planned.ok || above !== null) {
      const reason = permissions === null ? 'unknown_permission' : planned.ok ? 'role_above_own' : 'invalid_name'
      await record(trx, { ...event, outcome: 'refused', reason })
      return { ok: false, reason }
    }
    const clientSecret = randomToken()
    const { input, metadata } = planned.plan
    await insertClient(trx, { id: clientId, tenant_id: tenantId, name: input.name, first_party: false, metadata, secret_hash: sha256(clientSecret), permissions })
    await record(trx, { ...event, outcome: 'success', after: { name: input.name, type: 'machine', permissions, ...metadata } })
    return { ok: true, clientId, clientSecret }
  })
}
