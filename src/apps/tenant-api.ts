/**
 * The JSON doors to the apps that a tenant uses, and to who in it may use them. As everywhere inside a tenant it is the token's
 * own; what no door says is which other tenants use an app.
 */
import { z } from 'zod'
import type { Databases } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import { endpoint, refusal, type EndpointDoor } from '../http/endpoint.ts'
import { expecting } from '../http/etag.ts'
import { clientIdField, idField, limitField } from '../http/fields.ts'
import { inTenantOf, moverOf } from '../members/api.ts'
import type { Permission } from '../members/permission.ts'
import { appAccesses, type Assignee } from './app-access.ts'
import { assignApp } from './assign-app.ts'
import { setAppAccess, type AppAccessDeps } from './set-app-access.ts'
import { findAssignment, findTenantApp, listAssignments, listTenantApps, type AssignmentRow, type TenantAppRow } from './tenant-queries.ts'
import { unassignApp } from './unassign-app.ts'

type Access = { readonly scope: string; readonly permission: Permission }
const read = { scope: 'apps:read', permission: 'app:manage' } as const satisfies Access
const write = { scope: 'apps:write', permission: 'app:manage' } as const satisfies Access

const appShape = z.object({
  client_id: z.string(), name: z.string(), status: z.enum(['active', 'suspended']), first_party: z.boolean(), access: z.enum(appAccesses),
  /** How many members, roles and units it is assigned to. */
  assignments: z.int(),
})
const assignmentShape = z.object({ assignment_id: z.uuid(), name: z.string(), membership_id: z.uuid().nullable(), role: z.string().nullable(), unit: z.string().nullable() })
const text = z.string().max(300)
const assigneeShape = z.union([z.strictObject({ membership_id: idField }), z.strictObject({ role: text }), z.strictObject({ unit: text })])
const byApp = z.object({ client_id: clientIdField })
const byAssignment = byApp.extend({ assignment_id: idField })

export function tenantAppEndpoints(deps: AppAccessDeps): EndpointDoor[] {
  return [
    endpoint({
      method: 'GET', path: '/api/v1/apps', access: read, query: z.object({ cursor: text.optional(), limit: limitField }), summary: 'The apps that the tenant may use, by name.',
      response: z.object({ apps: z.array(appShape), next_cursor: z.string().nullable() }),
      handle: ({ caller, query }) => inTenantOf(caller, async (tenantId) => {
        const rows = await deps.databases.inTenant(tenantId, (trx) => listTenantApps(trx, { after: query.cursor ?? null, limit: query.limit + 1 }))
        return { status: 200, body: { apps: rows.slice(0, query.limit).map(presentApp), next_cursor: nextCursor(rows, query.limit) } }
      }),
    }),
    endpoint({
      method: 'GET', path: '/api/v1/apps/:client_id', access: read, params: byApp, response: appShape, etag: true, summary: 'One app that the tenant may use.',
      handle: ({ caller, params }) => inTenantOf(caller, (tenantId) => answerApp(deps.databases, tenantId, params.client_id)),
    }),
    endpoint({
      method: 'PUT', path: '/api/v1/apps/:client_id/access', access: write, params: byApp, body: z.strictObject({ access: z.enum(appAccesses) }), response: appShape, guarded: true,
      summary: 'Says who in the tenant may use the app; tokens of whoever may no longer end at once.',
      handle: ({ caller, params, body, origin, ifMatch }) => inTenantOf(caller, async (tenantId) => {
        const expect = expecting(ifMatch, async (trx) => presentIfThere(await findTenantApp(trx, params.client_id)))
        const result = await setAppAccess(deps, { tenantId, clientId: params.client_id, access: body.access, ...moverOf(caller), expect, origin })
        return result.ok ? answerApp(deps.databases, tenantId, params.client_id) : refusal(result.reason === 'not_found' ? 404 : 412, result.reason)
      }),
    }),
    ...assignmentEndpoints(deps),
  ]
}

function assignmentEndpoints(deps: AppAccessDeps): EndpointDoor[] {
  const path = '/api/v1/apps/:client_id/assignments'
  return [
    endpoint({
      method: 'GET', path, access: read, params: byApp, query: z.object({ cursor: idField.optional(), limit: limitField }), summary: 'Whom the app is assigned to, in the order in which that was done.',
      response: z.object({ assignments: z.array(assignmentShape), next_cursor: z.string().nullable() }),
      handle: ({ caller, params, query }) => inTenantOf(caller, async (tenantId) => {
        const rows = await deps.databases.inTenant(tenantId, async (trx) => ((await findTenantApp(trx, params.client_id)) === undefined
          ? undefined : listAssignments(trx, params.client_id, { after: query.cursor ?? null, limit: query.limit + 1 })))
        if (rows === undefined) return refusal(404, 'not_found')
        return { status: 200, body: { assignments: rows.slice(0, query.limit).map(presentAssignment), next_cursor: nextCursor(rows, query.limit) } }
      }),
    }),
    endpoint({
      method: 'POST', path, access: write, params: byApp, body: assigneeShape, response: assignmentShape, status: 201, idempotent: true,
      summary: 'Assigns the app to a member, a role (by name) or a unit (by code) with everything below it.',
      handle: ({ caller, params, body, origin }) => inTenantOf(caller, async (tenantId) => {
        const result = await assignApp(deps, { tenantId, clientId: params.client_id, assignee: assigneeOf(body), ...moverOf(caller), origin })
        if (!result.ok) return refusal(result.reason === 'already_assigned' ? 409 : 404, result.reason)
        const row = await deps.databases.inTenant(tenantId, (trx) => findAssignment(trx, params.client_id, result.assignmentId))
        return row === undefined ? refusal(404, 'not_found') : { status: 201, body: presentAssignment(row) }
      }),
    }),
    endpoint({
      method: 'DELETE', path: '/api/v1/apps/:client_id/assignments/:assignment_id', access: write, params: byAssignment, response: z.undefined(),
      summary: 'Takes the app away again; tokens of whoever may use it no longer end at once.',
      handle: ({ caller, params, origin }) => inTenantOf(caller, async (tenantId) => {
        const result = await unassignApp(deps, { tenantId, clientId: params.client_id, assignmentId: params.assignment_id, ...moverOf(caller), origin })
        return result.ok ? { status: 204, body: undefined } : refusal(404, result.reason)
      }),
    }),
  ]
}

function assigneeOf(body: z.output<typeof assigneeShape>): Assignee {
  if ('membership_id' in body) return { kind: 'member', membershipId: body.membership_id }
  return 'role' in body ? { kind: 'role', role: body.role } : { kind: 'unit', unit: body.unit }
}

async function answerApp(databases: Databases, tenantId: TenantId, clientId: string) {
  const row = await databases.inTenant(tenantId, (trx) => findTenantApp(trx, clientId))
  return row === undefined ? refusal(404, 'not_found') : { status: 200, body: presentApp(row) }
}

function presentIfThere(row: TenantAppRow | undefined) {
  return row === undefined ? null : presentApp(row)
}

function presentApp({ id, name, status, first_party, access, assignments }: TenantAppRow): z.input<typeof appShape> {
  return { client_id: id, name, status: appShape.shape.status.parse(status), first_party, access, assignments }
}

function presentAssignment({ id, ...row }: AssignmentRow): z.input<typeof assignmentShape> {
  return { assignment_id: id, ...row }
}

/** One more row than asked for tells whether there is another page. */
function nextCursor(rows: readonly { readonly id: string }[], asked: number): string | null {
  return rows.length > asked ? (rows[asked - 1]?.id ?? null) : null
}
