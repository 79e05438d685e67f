/**
 * The JSON doors to a tenant's roles and to a member's place in it: role, units, staff number, title, dates. As in api.ts the tenant
 * is the token's own; the commands decide what remains.
 */
import { z } from 'zod'
import type { Databases } from '../base/db.ts'
import { parseMembershipId, type TenantId } from '../base/ids.ts'
import { endpoint, refusal, type EndpointDoor } from '../http/endpoint.ts'
import { expecting, type Expectation } from '../http/etag.ts'
import { idField, momentField, textField } from '../http/fields.ts'
import { answerMember, byId, expectMember, inTenantOf, memberShape, moverOf } from './api.ts'
import { refuse } from './api-refusal.ts'
import { changeRole } from './change-role.ts'
import { createRole } from './create-role.ts'
import { deleteRole } from './delete-role.ts'
import { allPermissions, type Permission } from './permission.ts'
import { findRole, listRoles, type CountedRole, type RoleHolder } from './role-queries.ts'
import { updateMember } from './update-member.ts'
import { updateRole } from './update-role.ts'

interface RoleApiDeps {
  readonly databases: Databases
}

type Access = { readonly scope: string; readonly permission: Permission }
export const readAccess = { scope: 'members:read', permission: 'member:read' } as const satisfies Access
const roleAccess = { scope: 'members:write', permission: 'role:manage' } as const satisfies Access
const memberAccess = { scope: 'members:write', permission: 'member:update' } as const satisfies Access

const name = textField(50)
const description = textField(300)
const permissionNames = z.array(textField(50).meta({ enum: [...allPermissions] })).max(100)
const roleShape = z.object({ role_id: z.uuid(), name: z.string(), description: z.string().nullable(), permissions: z.array(z.string()), uses_seat: z.boolean(), members: z.int() }).meta({ id: 'Role' })
const byRole = z.object({ role_id: idField })
const placeChange = z.strictObject({
  title: textField(100).nullable().optional(),
  employee_number: textField(64).nullable().optional(),
  valid_from: momentField.nullable().optional(),
  valid_until: momentField.nullable().optional(),
  units: z.array(textField(64)).max(50).optional(),
})

export function roleEndpoints(deps: RoleApiDeps): EndpointDoor[] {
  return [
    endpoint({
      method: 'GET', path: '/api/v1/roles', access: readAccess, summary: 'The roles of the tenant, by name, with how many members have each.',
      response: z.object({ roles: z.array(roleShape) }),
      handle: ({ caller }) => inTenantOf(caller, async (tenantId) => ({ status: 200, body: { roles: (await deps.databases.inTenant(tenantId, listRoles)).map(present) } })),
    }),
    endpoint({
      method: 'POST', path: '/api/v1/roles', access: roleAccess, status: 201, idempotent: true, summary: 'Makes a role, with permissions that the caller has.',
      body: z.strictObject({ name, description: description.nullable().default(null), permissions: permissionNames.default([]), uses_seat: z.boolean().default(true) }), response: roleShape,
      handle: ({ caller, body, origin }) => inTenantOf(caller, async (tenantId) => {
        const result = await createRole(deps, { tenantId, name: body.name, description: body.description, permissions: body.permissions, usesSeat: body.uses_seat, ...moverOf(caller), origin })
        return result.ok ? answerRole(deps.databases, { tenantId, roleId: result.roleId, status: 201 }) : refuse(result.reason)
      }),
    }),
    endpoint({
      method: 'GET', path: '/api/v1/roles/:role_id', access: readAccess, params: byRole, response: roleShape, etag: true, summary: 'One role of the tenant.',
      handle: ({ caller, params }) => inTenantOf(caller, (tenantId) => answerRole(deps.databases, { tenantId, roleId: params.role_id, status: 200 })),
    }),
    ...changeRoleEndpoints(deps),
    ...placeEndpoints(deps),
  ]
}

function changeRoleEndpoints(deps: RoleApiDeps): EndpointDoor[] {
  return [
    endpoint({
      method: 'PATCH', path: '/api/v1/roles/:role_id', access: roleAccess, params: byRole, guarded: true, summary: 'Changes the members of the role that are given.',
      body: z.strictObject({ name: name.optional(), description: description.nullable().optional(), permissions: permissionNames.optional(), uses_seat: z.boolean().optional() }), response: roleShape,
      handle: ({ caller, params, body, origin, ifMatch }) => inTenantOf(caller, async (tenantId) => {
        const result = await updateRole(deps, { tenantId, roleId: params.role_id, ...body, usesSeat: body.uses_seat, ...moverOf(caller), expect: expectRole(ifMatch, params.role_id), origin })
        return result.ok ? answerRole(deps.databases, { tenantId, roleId: params.role_id, status: 200 }) : refuse(result.reason)
      }),
    }),
    endpoint({
      method: 'DELETE', path: '/api/v1/roles/:role_id', access: roleAccess, params: byRole, response: z.undefined(), guarded: true, summary: 'Removes a role that nobody has; else the refusal names who has it.',
      handle: ({ caller, params, origin, ifMatch }) => inTenantOf(caller, async (tenantId) => {
        const result = await deleteRole(deps, { tenantId, roleId: params.role_id, ...moverOf(caller), expect: expectRole(ifMatch, params.role_id), origin })
        if (result.ok) return { status: 204, body: undefined }
        return refuse(result.reason, result.reason === 'role_in_use' ? namesOf(result.holders, caller.permissions) : undefined)
      }),
    }),
  ]
}

function placeEndpoints(deps: RoleApiDeps): EndpointDoor[] {
  return [
    endpoint({
      method: 'PUT', path: '/api/v1/members/:membership_id/role', access: memberAccess, params: byId, body: z.strictObject({ role: name }), response: memberShape,
      guarded: true, summary: 'Gives a member another role of the tenant, by name.',
      handle: ({ caller, params, body, origin, ifMatch }) => inTenantOf(caller, async (tenantId) => {
        const result = await changeRole(deps, { tenantId, membershipId: parseMembershipId(params.membership_id), role: body.role, ...moverOf(caller), expect: expectMember(ifMatch, params.membership_id), origin })
        return result.ok ? answerMember(deps.databases, tenantId, params.membership_id) : refuse(result.reason)
      }),
    }),
    endpoint({
      method: 'PATCH', path: '/api/v1/members/:membership_id', access: memberAccess, params: byId, body: placeChange, response: memberShape,
      guarded: true, summary: 'Changes what is given of title, staff number, dates and units (codes, the primary one first).',
      handle: ({ caller, params, body, origin, ifMatch }) => inTenantOf(caller, async (tenantId) => {
        const result = await updateMember(deps, {
          tenantId, membershipId: parseMembershipId(params.membership_id), units: body.units, employeeNumber: body.employee_number, title: body.title,
          validFrom: dateOf(body.valid_from), validUntil: dateOf(body.valid_until), ...moverOf(caller), expect: expectMember(ifMatch, params.membership_id), origin,
        })
        return result.ok ? answerMember(deps.databases, tenantId, params.membership_id) : refuse(result.reason)
      }),
    }),
  ]
}

function dateOf(moment: string | null | undefined): Date | null | undefined {
  return typeof moment === 'string' ? new Date(moment) : moment
}

const mostNames = 20

/** Who stands in the way, by name for those who may see members, else by number. */
export function namesOf(holders: readonly RoleHolder[], permissions: readonly string[]): string {
  const mayRead: Permission = 'member:read'
  if (!permissions.includes(mayRead)) return `Held by ${holders.length}.`
  const more = holders.length - mostNames
  return `Held by ${holders.slice(0, mostNames).map(({ name }) => name).join(', ')}${more > 0 ? ` and ${more} more` : ''}.`
}

async function answerRole(databases: Databases, { tenantId, roleId, status }: { readonly tenantId: TenantId; readonly roleId: string; readonly status: number }) {
  const role = await databases.inTenant(tenantId, (trx) => findRole(trx, roleId))
  return role === undefined ? refusal(404, 'not_found') : { status, body: present(role), headers: status === 201 ? { Location: `/api/v1/roles/${roleId}` } : {} }
}

function expectRole(ifMatch: string | null, roleId: string): Expectation | undefined {
  return expecting(ifMatch, async (trx) => {
    const role = await findRole(trx, roleId)
    return role === undefined ? null : present(role)
  })
}

function present({ id, name, description, permissions, uses_seat, members }: CountedRole): z.input<typeof roleShape> {
  return { role_id: id, name, description, permissions, uses_seat, members }
}
