/**
 * The JSON doors to a tenant's tree of units. They stand here because the permission they ask for is of this room's catalogue; the
 * tree and its commands are src/tenants'.
 */
import { z } from 'zod'
import type { Databases, TenantTrx } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import { endpoint, refusal, type EndpointDoor } from '../http/endpoint.ts'
import { expecting, type Expectation } from '../http/etag.ts'
import { idField, textField } from '../http/fields.ts'
import { createUnit } from '../tenants/create-unit.ts'
import { deleteUnit } from '../tenants/delete-unit.ts'
import { mergeUnits, type AssignmentMoving } from '../tenants/merge-units.ts'
import { moveUnit } from '../tenants/move-unit.ts'
import { unitKinds } from '../tenants/unit.ts'
import { findUnit, listUnits, type UnitRow } from '../tenants/unit-queries.ts'
import { updateUnit } from '../tenants/update-unit.ts'
import { inTenantOf, moverOf } from './api.ts'
import { refuse } from './api-refusal.ts'
import { unitMembers } from './assign-units.ts'
import type { Permission } from './permission.ts'
import { namesOf, readAccess } from './role-api.ts'
import { setUnitHeads } from './set-unit-heads.ts'
import { listUnitPeople } from './unit-member-queries.ts'

const access = { scope: 'members:write', permission: 'unit:manage' } as const satisfies { scope: string; permission: Permission }
const code = textField(64)
const name = textField(100)
const unitShape = z.object({
  unit_id: z.uuid(), parent_id: z.uuid().nullable(), kind: z.enum(unitKinds), code: z.string(), name: z.string(), path: z.array(z.string()),
}).meta({ id: 'Unit' })
const listedUnit = unitShape.extend({ members: z.int(), members_within: z.int(), heads: z.array(z.object({ membership_id: z.uuid(), name: z.string() })) })
const byUnit = z.object({ unit_id: idField })

export function unitEndpoints({ databases, apps }: { readonly databases: Databases; readonly apps: AssignmentMoving }): EndpointDoor[] {
  const deps = { databases, members: unitMembers, apps }
  return [
    endpoint({
      method: 'GET', path: '/api/v1/units', access: readAccess, response: z.object({ units: z.array(listedUnit) }), summary: 'The units of the tenant, parents before their children, with how many are in each and who heads it.',
      handle: ({ caller }) => inTenantOf(caller, async (tenantId) => ({ status: 200, body: { units: await databases.inTenant(tenantId, listPeopled) } })),
    }),
    endpoint({
      method: 'POST', path: '/api/v1/units', access, status: 201, idempotent: true, response: unitShape, summary: 'Adds a unit, below another one or at the top.',
      body: z.strictObject({ code, name, kind: z.enum(unitKinds), parent_id: idField.nullable().default(null) }),
      handle: ({ caller, body, origin }) => inTenantOf(caller, async (tenantId) => {
        const result = await createUnit(deps, { tenantId, code: body.code, name: body.name, kind: body.kind, parentId: body.parent_id, actor: caller.accountId, origin })
        return result.ok ? answerUnit(databases, { tenantId, unitId: result.unitId, status: 201 }) : refuse(result.reason)
      }),
    }),
    endpoint({
      method: 'GET', path: '/api/v1/units/:unit_id', access: readAccess, params: byUnit, response: unitShape, etag: true, summary: 'One unit of the tenant.',
      handle: ({ caller, params }) => inTenantOf(caller, (tenantId) => answerUnit(databases, { tenantId, unitId: params.unit_id, status: 200 })),
    }),
    endpoint({
      method: 'PATCH', path: '/api/v1/units/:unit_id', access, params: byUnit, guarded: true, response: unitShape, summary: 'Changes the code, name or kind of a unit.',
      body: z.strictObject({ code: code.optional(), name: name.optional(), kind: z.enum(unitKinds).optional() }),
      handle: ({ caller, params, body, origin, ifMatch }) => inTenantOf(caller, async (tenantId) => {
        const result = await updateUnit(deps, { tenantId, unitId: params.unit_id, ...body, actor: caller.accountId, expect: expectUnit(ifMatch, params.unit_id), origin })
        return result.ok ? answerUnit(databases, { tenantId, unitId: params.unit_id, status: 200 }) : refuse(result.reason)
      }),
    }),
    endpoint({
      method: 'PUT', path: '/api/v1/units/:unit_id/heads', access, params: byUnit, body: z.strictObject({ membership_ids: z.array(idField).max(50) }), response: z.undefined(),
      summary: 'Says who heads a unit: members of it, all of them.',
      handle: ({ caller, params, body, origin }) => inTenantOf(caller, async (tenantId) => {
        const result = await setUnitHeads({ databases }, { tenantId, unitId: params.unit_id, membershipIds: body.membership_ids, ...moverOf(caller), origin })
        return result.ok ? { status: 204, body: undefined } : refuse(result.reason)
      }),
    }),
    ...treeEndpoints(deps),
  ]
}

function treeEndpoints(deps: { readonly databases: Databases; readonly members: typeof unitMembers; readonly apps: AssignmentMoving }): EndpointDoor[] {
  return [
    endpoint({
      method: 'POST', path: '/api/v1/units/:unit_id/move', access, params: byUnit, guarded: true, body: z.strictObject({ parent_id: idField.nullable() }), response: unitShape,
      summary: 'Hangs a unit, with everything below it, under another one or at the top.',
      handle: ({ caller, params, body, origin, ifMatch }) => inTenantOf(caller, async (tenantId) => {
        const result = await moveUnit(deps, { tenantId, unitId: params.unit_id, parentId: body.parent_id, actor: caller.accountId, expect: expectUnit(ifMatch, params.unit_id), origin })
        return result.ok ? answerUnit(deps.databases, { tenantId, unitId: params.unit_id, status: 200 }) : refuse(result.reason)
      }),
    }),
    endpoint({
      method: 'POST', path: '/api/v1/units/:unit_id/merge', access, params: byUnit, guarded: true, body: z.strictObject({ merged_unit_id: idField }), response: unitShape,
      summary: 'Takes over the members, units and apps of another unit, which is gone then.',
      handle: ({ caller, params, body, origin, ifMatch }) => inTenantOf(caller, async (tenantId) => {
        const result = await mergeUnits(deps, { tenantId, unitId: params.unit_id, mergedId: body.merged_unit_id, actor: caller.accountId, expect: expectUnit(ifMatch, params.unit_id), origin })
        return result.ok ? answerUnit(deps.databases, { tenantId, unitId: params.unit_id, status: 200 }) : refuse(result.reason)
      }),
    }),
    endpoint({
      method: 'DELETE', path: '/api/v1/units/:unit_id', access, params: byUnit, guarded: true, response: z.undefined(), summary: 'Removes a unit without members and units; else the refusal names who is in it.',
      handle: ({ caller, params, origin, ifMatch }) => inTenantOf(caller, async (tenantId) => {
        const result = await deleteUnit(deps, { tenantId, unitId: params.unit_id, actor: caller.accountId, expect: expectUnit(ifMatch, params.unit_id), origin })
        if (result.ok) return { status: 204, body: undefined }
        return refuse(result.reason, result.holders === undefined ? undefined : namesOf(result.holders, caller.permissions))
      }),
    }),
  ]
}

async function listPeopled(trx: TenantTrx): Promise<z.input<typeof listedUnit>[]> {
  const people = new Map((await listUnitPeople(trx)).map((row) => [row.unit_id, row]))
  return (await listUnits(trx)).map((unit) => {
    const { members = 0, members_within = 0, heads = [] } = people.get(unit.id) ?? {}
    return { ...present(unit), members, members_within, heads: [...heads] }
  })
}

async function answerUnit(databases: Databases, { tenantId, unitId, status }: { readonly tenantId: TenantId; readonly unitId: string; readonly status: number }) {
  const unit = await databases.inTenant(tenantId, (trx) => findUnit(trx, unitId))
  return unit === undefined ? refusal(404, 'not_found') : { status, body: present(unit), headers: status === 201 ? { Location: `/api/v1/units/${unitId}` } : {} }
}

function expectUnit(ifMatch: string | null, unitId: string): Expectation | undefined {
  return expecting(ifMatch, async (trx) => {
    const unit = await findUnit(trx, unitId)
    return unit === undefined ? null : present(unit)
  })
}

function present({ id, parent_id, kind, code, name, code_path }: UnitRow): z.input<typeof unitShape> {
  return { unit_id: id, parent_id, kind: unitShape.shape.kind.parse(kind), code, name, path: code_path }
}
