/** The JSON doors to a tenant's own machines. The tenant is the token's own; another tenant's machine is not there. */
import { z } from 'zod'
import type { Databases, EngineTrx } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import { endpoint, refusal, type Caller, type EndpointDoor } from '../http/endpoint.ts'
import { expecting } from '../http/etag.ts'
import { limitField, nameField } from '../http/fields.ts'
import { inTenantOf, moverOf } from '../members/api.ts'
import { grantRefusal } from '../members/membership.ts'
import type { Permission } from '../members/permission.ts'
import { statusOf } from './client-api.ts'
import { overlapShape, secretShape } from './client-acts-api.ts'
import { deleteClient } from './delete-client.ts'
import { findClientRecord, listClientPage, type ClientRecord } from './queries.ts'
import { registerMachine, type MachineDeps } from './register-machine.ts'
import { rotateSecret } from './rotate-secret.ts'
import { updateMachine } from './update-machine.ts'

type Access = { readonly scope: string; readonly permission: Permission }
const read = { scope: 'apps:read', permission: 'app:manage' } as const satisfies Access
const write = { scope: 'apps:write', permission: 'app:manage' } as const satisfies Access

const name = nameField
const permissions = z.array(z.string().max(100)).max(50)
const machineShape = z.object({
  client_id: z.string(), name: z.string(), status: z.enum(['active', 'suspended']), permissions: z.array(z.string()), former_secret_until: z.iso.datetime().nullable(), created_at: z.iso.datetime(),
})
const byMachine = z.object({ machine_id: z.string().max(255) })
const page = z.object({ cursor: z.string().max(255).optional(), limit: limitField })

export function machineEndpoints(deps: MachineDeps): EndpointDoor[] {
  return [
    endpoint({
      method: 'GET', path: '/api/v1/machines', access: read, query: page, response: z.object({ machines: z.array(machineShape), next_cursor: z.string().nullable() }),
      summary: 'The programs that act by themselves in the tenant, by name.',
      handle: ({ caller, query: { cursor, limit } }) => inTenantOf(caller, async (tenantId) => {
        const rows = await listClientPage(deps.databases.engine, { tenantId, after: cursor ?? null, limit: limit + 1 })
        return { status: 200, body: { machines: rows.slice(0, limit).map(present), next_cursor: rows.length > limit ? (rows[limit - 1]?.id ?? null) : null } }
      }),
    }),
    endpoint({
      method: 'POST', path: '/api/v1/machines', access: write, body: z.strictObject({ name, permissions: permissions.default([]) }), status: 201, idempotent: true,
      response: machineShape.extend({ client_secret: z.string() }), summary: 'Registers one, with permissions that the caller has; its secret is shown this once.',
      handle: ({ caller, body, origin }) => inTenantOf(caller, async (tenantId) => {
        const result = await registerMachine(deps, { tenantId, ...body, ...moverOf(caller), origin })
        if (!result.ok) return refusal(machineStatus(result.reason), result.reason)
        const row = await findMachine(deps.databases, tenantId, result.clientId)
        return row === undefined ? refusal(404, 'not_found') : { status: 201, body: { ...present(row), client_secret: result.clientSecret } }
      }),
    }),
    ...oneMachineEndpoints(deps),
  ]
}

function oneMachineEndpoints(deps: MachineDeps): EndpointDoor[] {
  const path = '/api/v1/machines/:machine_id'
  return [
    endpoint({
      method: 'GET', path, access: read, params: byMachine, response: machineShape, etag: true, summary: 'One of them.',
      handle: ({ caller, params }) => inTenantOf(caller, (tenantId) => answer(deps.databases, tenantId, params.machine_id)),
    }),
    endpoint({
      method: 'PATCH', path, access: write, params: byMachine, response: machineShape, guarded: true, summary: 'Changes its name, its permissions, or suspends and resumes it.',
      body: z.strictObject({ name: name.optional(), permissions: permissions.optional(), status: z.enum(['active', 'suspended']).optional() }),
      handle: ({ caller, params, body, origin, ifMatch }) => inTenantOf(caller, async (tenantId) => {
        const result = await updateMachine(deps, { tenantId, clientId: params.machine_id, ...body, ...moverOf(caller), expect: expectMachine(ifMatch, tenantId, params.machine_id), origin })
        return result.ok ? answer(deps.databases, tenantId, params.machine_id) : refusal(machineStatus(result.reason), result.reason)
      }),
    }),
    endpoint({
      method: 'DELETE', path, access: write, params: byMachine, response: z.undefined(), guarded: true, summary: 'Removes it for good; its tokens end.',
      handle: ({ caller, params, origin, ifMatch }) => inTenantOf(caller, async (tenantId) => {
        const result = await deleteClient(deps, { tenantId, clientId: params.machine_id, ...heldBy(caller), expect: expectMachine(ifMatch, tenantId, params.machine_id), origin })
        return result.ok ? { status: 204, body: undefined } : refusal(machineStatus(result.reason), result.reason)
      }),
    }),
    endpoint({
      method: 'POST', path: `${path}/secret`, access: write, params: byMachine, body: overlapShape, response: secretShape, idempotent: true, summary: 'Gives it a new secret, shown this once; the one before works on for `overlap_seconds`.',
      handle: ({ caller, params, body, origin }) => inTenantOf(caller, async (tenantId) => {
        const result = await rotateSecret(deps, { tenantId, clientId: params.machine_id, overlapSeconds: body.overlap_seconds, ...heldBy(caller), origin })
        if (!result.ok) return refusal(machineStatus(result.reason), result.reason)
        return { status: 200, body: { client_secret: result.clientSecret, former_secret_until: result.formerUntil?.toISOString() ?? null } }
      }),
    }),
  ]
}

/** Whoever gets at a machine's secret, or ends it, must hold what it holds. */
function heldBy(caller: Caller) {
  const { mover } = moverOf(caller)
  return { actor: caller.accountId ?? caller.clientId, refuse: (held: readonly string[]) => grantRefusal(mover, held) }
}

function machineStatus(reason: string): number {
  return reason === 'unknown_permission' ? 400 : statusOf(reason)
}

function expectMachine(ifMatch: string | null, tenantId: TenantId, clientId: string) {
  return expecting<EngineTrx>(ifMatch, async (trx) => {
    const row = await findClientRecord(trx.query, clientId)
    return row?.tenant_id === tenantId ? present(row) : null
  })
}

async function findMachine(databases: Databases, tenantId: TenantId, clientId: string): Promise<ClientRecord | undefined> {
  const row = await findClientRecord(databases.engine, clientId)
  return row?.tenant_id === tenantId ? row : undefined
}

async function answer(databases: Databases, tenantId: TenantId, clientId: string) {
  const row = await findMachine(databases, tenantId, clientId)
  return row === undefined ? refusal(404, 'not_found') : { status: 200, body: present(row) }
}

function present(row: ClientRecord): z.input<typeof machineShape> {
  return {
    client_id: row.id, name: row.name, status: machineShape.shape.status.parse(row.status), permissions: row.permissions,
    former_secret_until: row.former_secret_until?.toISOString() ?? null, created_at: row.created_at.toISOString(),
  }
}
