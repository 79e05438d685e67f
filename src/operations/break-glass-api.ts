/** The JSON doors by which an operator enters a tenant for a while and leaves it. A machine cannot: somebody must answer for it. */
import { z } from 'zod'
import { parseTenantId } from '../base/ids.ts'
import { endpoint, refusal, type EndpointDoor } from '../http/endpoint.ts'
import { idField, limitField } from '../http/fields.ts'
import { findBreakGlass, listBreakGlasses, type BreakGlassRow } from '../tenants/break-glass-queries.ts'
import { endBreakGlass } from '../tenants/end-break-glass.ts'
import { startBreakGlass } from '../tenants/start-break-glass.ts'
import { byCaller, byTenant, readAccess, refuse, writeAccess, type TenantOperations } from './tenant-api.ts'

const shape = z.object({
  break_glass_id: z.uuid(), tenant_id: z.uuid(), tenant_name: z.string(), account_id: z.string(), operator_name: z.string(), reason: z.string(),
  started_at: z.iso.datetime(), expires_at: z.iso.datetime(), ended_at: z.iso.datetime().nullable(), running: z.boolean(),
})

export function breakGlassEndpoints({ databases }: TenantOperations): EndpointDoor[] {
  return [
    endpoint({
      method: 'POST', path: '/api/v1/tenants/:tenant_id/break-glass', access: { ...writeAccess, fresh: true }, params: byTenant, status: 201, idempotent: true, response: shape,
      body: z.strictObject({ reason: z.string().max(1000), minutes: z.int().default(30) }), summary: 'Enters a tenant for 5 to 240 minutes, with a reason that its administrators are told.',
      handle: async ({ caller, params, body, origin }) => {
        if (caller.accountId === null) return refusal(403, 'account_required')
        const result = await startBreakGlass({ databases }, { tenantId: parseTenantId(params.tenant_id), accountId: caller.accountId, ...body, origin })
        if (!result.ok) return refuse(result.reason)
        const row = await findBreakGlass(databases.engine, result.breakGlassId)
        return row === undefined ? refusal(404, 'not_found') : { status: 201, body: present(row) }
      },
    }),
    endpoint({
      method: 'DELETE', path: '/api/v1/break-glass/:break_glass_id', access: writeAccess, params: z.object({ break_glass_id: z.uuid() }), response: z.undefined(), summary: 'Leaves a tenant before the time is over.',
      handle: async ({ caller, params, origin }) => {
        const result = await endBreakGlass({ databases }, { breakGlassId: params.break_glass_id, ...byCaller(caller, origin) })
        return result.ok ? { status: 204, body: undefined } : refuse(result.reason)
      },
    }),
    endpoint({
      method: 'GET', path: '/api/v1/break-glass', access: readAccess, summary: 'Every entry of an operator into a tenant, the newest first.',
      query: z.object({ cursor: idField.optional(), limit: limitField }),
      response: z.object({ break_glasses: z.array(shape), next_cursor: z.string().nullable() }),
      handle: async ({ query: { cursor = null, limit } }) => {
        const rows = await listBreakGlasses(databases.engine, { before: cursor, limit: limit + 1 })
        const shown = rows.slice(0, limit)
        return { status: 200, body: { break_glasses: shown.map(present), next_cursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null } }
      },
    }),
  ]
}

function present({ id, started_at: started, expires_at: expires, ended_at: ended, ...row }: BreakGlassRow): z.input<typeof shape> {
  return { ...row, break_glass_id: id, started_at: started.toISOString(), expires_at: expires.toISOString(), ended_at: ended?.toISOString() ?? null }
}
