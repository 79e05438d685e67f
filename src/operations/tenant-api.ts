/**
 * The JSON doors by which operators, and machines of the platform, lead the life of tenants, and by which operators enter one. Only an
 * owner changes anything; an auditor reads.
 */
import { z } from 'zod'
import type { MasterKey } from '../base/crypto.ts'
import type { Databases, EngineTrx } from '../base/db.ts'
import { parseTenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { endpoint, refusal, type Caller, type EndpointDoor, type EndpointRefusal } from '../http/endpoint.ts'
import { expecting } from '../http/etag.ts'
import { idField, limitField } from '../http/fields.ts'
import { foundTenant } from '../members/found-tenant.ts'
import { countSeats } from '../members/seat-queries.ts'
import { endGrantsOfTenant } from '../oidc/endings.ts'
import { changePlan } from '../tenants/change-plan.ts'
import type { TenantChange } from '../tenants/change-tenant-status.ts'
import { closeTenant } from '../tenants/close-tenant.ts'
import { findTenantOverview, searchTenants, type TenantOverview } from '../tenants/life-queries.ts'
import { resumeTenant } from '../tenants/resume-tenant.ts'
import { normaliseTenantName } from '../tenants/settings.ts'
import { suspendTenant } from '../tenants/suspend-tenant.ts'
import { tenantKinds } from '../tenants/tenant.ts'
import { undoClosing } from '../tenants/undo-closing.ts'

export interface TenantOperations {
  readonly databases: Databases
  readonly masterKey: MasterKey
}

export const readAccess = { scope: 'platform:read', platform: 'read' } as const
export const writeAccess = { scope: 'platform:write', platform: 'write' } as const

const text = z.string().max(1000)
const statuses = z.enum(['active', 'suspended', 'closing'])
const tenantShape = z.object({
  tenant_id: z.uuid(), name: z.string(), subdomain: z.string(), status: statuses, plan: z.string().nullable(), seat_limit: z.int().nullable(), seats_used: z.int(),
  members: z.int(), created_at: z.iso.datetime(), closes_at: z.iso.datetime().nullable(),
})
export const byTenant = z.object({ tenant_id: idField })
const seats = z.int().min(0).nullable()
const name = z.string().refine((text) => normaliseTenantName(text) !== null, 'must be a name of at most 100 characters').meta({ maxLength: 100, pattern: String.raw`\S` })

export function tenantOperationEndpoints(deps: TenantOperations): EndpointDoor[] {
  return [...listEndpoints(deps), ...changeEndpoints(deps), ...lifeEndpoints(deps)]
}

function listEndpoints({ databases }: TenantOperations): EndpointDoor[] {
  return [
    endpoint({
      method: 'GET', path: '/api/v1/tenants', access: readAccess, summary: 'Every tenant of the platform, in order of id; `search` looks in name and subdomain.',
      query: z.object({
        search: text.optional(), status: statuses.optional(), cursor: idField.optional(),
        limit: limitField,
      }),
      response: z.object({ tenants: z.array(tenantShape), next_cursor: z.string().nullable() }),
      handle: async ({ query: { search = null, status = null, cursor = null, limit } }) => {
        // One more than asked for tells whether there is another page.
        const rows = await searchTenants(databases.engine, { text: search, status, after: cursor, limit: limit + 1 })
        const shown = rows.slice(0, limit)
        return { status: 200, body: { tenants: shown.map(present), next_cursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null } }
      },
    }),
    endpoint({
      method: 'GET', path: '/api/v1/tenants/:tenant_id', access: readAccess, params: byTenant, response: tenantShape, etag: true, summary: 'One tenant.',
      handle: ({ params }) => answerTenant(databases, params.tenant_id),
    }),
  ]
}

function changeEndpoints(deps: TenantOperations): EndpointDoor[] {
  return [
    endpoint({
      method: 'POST', path: '/api/v1/tenants', access: writeAccess, status: 201, idempotent: true, response: tenantShape, summary: 'Makes a tenant and invites its first administrator, both or neither.',
      body: z.strictObject({
        name: text, subdomain: text, kind: z.enum(tenantKinds).default('company'), plan: text.nullable().default(null), seat_limit: seats.default(null),
        admin_email: text.nullable().default(null), admin_locale: z.enum(['ja', 'en']).default('ja'),
      }),
      handle: async ({ caller, body: { name, subdomain, kind, plan, seat_limit: seatLimit, admin_email: email, admin_locale: locale }, origin }) => {
        const by = byCaller(caller, origin)
        const result = await foundTenant(deps, { name, subdomain, kind, plan, seatLimit, admin: email === null ? null : { email, locale }, ...by })
        return result.ok ? answerTenant(deps.databases, result.tenantId, 201) : refuse(result.reason)
      },
    }),
    endpoint({
      method: 'PATCH', path: '/api/v1/tenants/:tenant_id', access: writeAccess, params: byTenant, response: tenantShape, guarded: true, summary: 'Changes what is given of name, plan and seats.',
      body: z.strictObject({ name: name.optional(), plan: z.string().max(50).nullable().optional(), seat_limit: seats.optional() }),
      handle: async ({ caller, params, body: { name, plan, seat_limit: seatLimit }, origin, ifMatch }) => {
        const change = changeOf(params, { caller, origin, ifMatch })
        const result = await changePlan({ ...deps, seats: { countSeats } }, { ...change, name, plan, seatLimit })
        return result.ok ? answerTenant(deps.databases, params.tenant_id) : refuse(result.reason)
      },
    }),
  ]
}

function lifeEndpoints(deps: TenantOperations): EndpointDoor[] {
  const withGrants = { ...deps, grants: { endGrantsOfTenant } }
  const door = (verb: string, summary: string, change: (change: TenantChange) => Promise<{ ok: true } | { ok: false; reason: string }>) => endpoint({
    method: 'POST', path: `/api/v1/tenants/:tenant_id/${verb}`, access: writeAccess, params: byTenant, response: tenantShape, guarded: true, summary,
    handle: async ({ params, ...request }) => {
      const result = await change(changeOf(params, request))
      return result.ok ? answerTenant(deps.databases, params.tenant_id) : refuse(result.reason)
    },
  })
  return [
    door('suspend', 'Suspends a tenant: nobody gets a token for it.', (change) => suspendTenant(withGrants, change)),
    door('resume', 'Lets a suspended tenant work again.', (change) => resumeTenant(deps, change)),
    door('undo-closing', 'Takes the closing of a tenant back.', (change) => undoClosing(deps, change)),
    endpoint({
      method: 'POST', path: '/api/v1/tenants/:tenant_id/close', access: writeAccess, params: byTenant, response: tenantShape, guarded: true,
      body: z.strictObject({ grace_days: z.int().min(1).max(90).default(30) }), summary: 'Closes a tenant: its members are out at once, and it is deleted when the grace is over.',
      handle: async ({ params, body, ...request }) => {
        const result = await closeTenant(withGrants, { ...changeOf(params, request), graceDays: body.grace_days })
        return result.ok ? answerTenant(deps.databases, params.tenant_id) : refuse(result.reason)
      },
    }),
  ]
}

/** What a change of one tenant needs, with If-Match for its command. */
function changeOf({ tenant_id: id }: z.output<typeof byTenant>, { caller, origin, ifMatch }: { readonly caller: Caller; readonly origin: Origin; readonly ifMatch: string | null }) {
  const expect = expecting<EngineTrx>(ifMatch, async (trx) => {
    const row = await findTenantOverview(trx.query, id)
    return row === undefined ? null : present(row)
  })
  return { tenantId: parseTenantId(id), expect, ...byCaller(caller, origin) }
}

export function byCaller({ accountId }: Caller, origin: Origin): { readonly actor: string | null; readonly origin: Origin } {
  return { actor: accountId, origin }
}

const refusals: Readonly<Record<string, number>> = { not_found: 404, operator_required: 403, precondition_failed: 412 }
const unfit = /^(?:invalid_|reserved_subdomain$|name_|address_)/

/** 400 for what does not fit, 404 for what is not there, 412 for what was seen otherwise, 409 for what stands in the way. */
export function refuse(reason: string): EndpointRefusal {
  return refusal(refusals[reason] ?? (unfit.test(reason) ? 400 : 409), reason)
}

async function answerTenant(databases: Databases, tenantId: string, status: 200 | 201 = 200) {
  const row = await findTenantOverview(databases.engine, tenantId)
  return row === undefined ? refusal(404, 'not_found') : { status, body: present(row) }
}

function present({ id, created_at: created, closes_at: closes, status, ...row }: TenantOverview): z.input<typeof tenantShape> {
  return { ...row, tenant_id: id, status: statuses.parse(status), created_at: created.toISOString(), closes_at: closes?.toISOString() ?? null }
}
