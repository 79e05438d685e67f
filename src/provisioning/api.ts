/**
 * The JSON doors to imports: take a list in, look at it, correct it, delete it. The tenant is the token's own; what is here is what
 * somebody uploaded, so looking needs the right to invite as well.
 */
import { z } from 'zod'
import type { MasterKey } from '../base/crypto.ts'
import type { TenantId } from '../base/ids.ts'
import { csvMediaType, csvResponse } from '../http/csv.ts'
import { expecting } from '../http/etag.ts'
import { endpoint, refusal, type Caller, type EndpointDoor, type EndpointRefusal } from '../http/endpoint.ts'
import { idField, limitField, nameField, numberField } from '../http/fields.ts'
import type { Origin } from '../base/origin.ts'
import { inTenantOf, moverOf } from '../members/api.ts'
import type { Permission } from '../members/permission.ts'
import { changeImport } from './change-import.ts'
import { createImport } from './create-import.ts'
import { encodings } from './decode-text.ts'
import { deleteImport } from './delete-import.ts'
import { editRow } from './edit-row.ts'
import type { ImportDeps } from './import.ts'
import { defaultsShape, fields, mappingShape } from './mapping.ts'
import { listImports, type ImportRow } from './queries.ts'
import { limits } from './read-table.ts'
import { resultOf } from './result.ts'
import { showImport, showRow, showRows, type ShownImport, type ShownRow } from './show-import.ts'

export interface ImportApiDeps extends ImportDeps {
  readonly masterKey: MasterKey
  readonly issuer: string
}

type Access = { readonly scope: string; readonly permission: Permission }
export const readAccess = { scope: 'members:read', permission: 'member:invite' } as const satisfies Access
export const writeAccess = { scope: 'members:write', permission: 'member:invite' } as const satisfies Access

const summaryShape = z.object({
  import_id: z.uuid(), name: z.string(), source: z.enum(['csv', 'paste']), status: z.enum(['checked', 'running', 'done']), rows: z.int(),
  created_by: z.uuid().nullable(), created_at: z.iso.datetime(), updated_at: z.iso.datetime(),
})
const counts = { ready: z.int(), invited: z.int(), refused: z.int(), rolled_back: z.int() }
export const importShape = summaryShape.extend({
  headings: z.array(z.string()),
  mapping: mappingShape, defaults: defaultsShape,
  counts: z.object(counts),
  reasons: z.array(z.object({ reason: z.string(), rows: z.int() })),
  seats: z.object({ limit: z.int().nullable(), used: z.int(), invited: z.int(), wanted: z.int() }),
  waves: z.array(z.object({
    number: z.int(), status: z.enum(['waiting', 'running', 'done', 'cancelled', 'stopped', 'rolling_back', 'rolled_back']), reason: z.string().nullable(),
    started_at: z.iso.datetime().nullable(), finished_at: z.iso.datetime().nullable(), ...counts,
  })),
})
const statuses = ['ready', 'refused', 'invited', 'rolled_back'] as const
const rowShape = z.object({
  number: z.int(), wave: z.int().nullable(), fields: z.array(z.string()), corrections: z.record(z.string(), z.string()), reinvite: z.boolean().nullable(),
  status: z.enum(statuses), reason: z.string().nullable(), membership_id: z.uuid().nullable(),
  person: z.object({ name: z.string(), email: z.string().nullable(), employee_number: z.string().nullable(), role: z.string(), units: z.array(z.string()) }).nullable(),
})

const wanted = z.strictObject({
  name: nameField,
  source: z.enum(['csv', 'paste']).default('csv'),
  text: z.string().max(limits.bytes).optional(),
  base64: z.base64().optional(),
  encoding: z.enum(encodings).optional(),
  has_headings: z.boolean().optional(),
  mapping: mappingShape.optional(),
  defaults: defaultsShape.prefault({}),
}).refine(({ text, base64 }) => (text === undefined) !== (base64 === undefined), 'needs either text or base64').meta({ oneOf: [{ required: ['text'] }, { required: ['base64'] }] })

/** A list of the largest size in base64, or as text with every line break escaped, and what goes with it. */
const bodyLimitBytes = 8 * 1024 * 1024

export const byImport = z.object({ import_id: idField })
const byRow = byImport.extend({ number: numberField(1) })

export function importEndpoints(deps: ImportApiDeps): EndpointDoor[] {
  const { databases } = deps
  return [
    endpoint({
      method: 'POST', path: '/api/v1/imports', access: writeAccess, status: 201, idempotent: true, body: wanted, bodyLimitBytes, response: importShape,
      summary: 'Takes a list of people in and judges every line; nobody is invited yet.',
      handle: ({ caller, body, origin }) => inTenantOf(caller, (tenantId) => create(deps, { tenantId, caller, body, origin })),
    }),
    endpoint({
      method: 'GET', path: '/api/v1/imports', access: readAccess, query: z.object({ cursor: idField.optional(), limit: limitField }), summary: 'The lists that were taken in, newest first.',
      response: z.object({ imports: z.array(summaryShape), next_cursor: z.string().nullable() }),
      handle: ({ caller, query }) => inTenantOf(caller, async (tenantId) => {
        const rows = await databases.inTenant(tenantId, (trx) => listImports(trx, { before: query.cursor ?? null, limit: query.limit + 1 }))
        const shown = rows.slice(0, query.limit)
        return { status: 200, body: { imports: shown.map(summaryOf), next_cursor: rows.length > query.limit ? (shown.at(-1)?.id ?? null) : null } }
      }),
    }),
    endpoint({
      method: 'GET', path: '/api/v1/imports/:import_id', access: readAccess, etag: true, params: byImport, response: importShape, summary: 'A list: how its lines stand, its waves, and the seats it would need.',
      handle: ({ caller, params }) => inTenantOf(caller, (tenantId) => answerImport(deps, { tenantId, importId: params.import_id })),
    }),
    endpoint({
      method: 'PATCH', path: '/api/v1/imports/:import_id', access: writeAccess, guarded: true, params: byImport, response: importShape, body: z.strictObject({ mapping: mappingShape.optional(), defaults: defaultsShape.optional() }),
      summary: 'Says which column is which field, or what counts where a line says nothing, and judges every line again.',
      handle: ({ caller, params, body, origin, ifMatch }) => inTenantOf(caller, async (tenantId) => {
        const expect = expecting(ifMatch, async (trx) => { const shown = await showImport(trx, params.import_id); return shown === undefined ? null : present(shown) })
        const result = await changeImport(deps, { tenantId, importId: params.import_id, ...body, ...moverOf(caller), origin, expect })
        return result.ok ? answerImport(deps, { tenantId, importId: params.import_id }) : refuse(result.reason)
      }),
    }),
    endpoint({
      method: 'DELETE', path: '/api/v1/imports/:import_id', access: writeAccess, params: byImport, response: z.undefined(), summary: 'Deletes a list of which no wave is under way; the people whom it invited stay.',
      handle: ({ caller, params, origin }) => inTenantOf(caller, async (tenantId) => {
        const result = await deleteImport(deps, { tenantId, importId: params.import_id, ...moverOf(caller), origin })
        return result.ok ? { status: 204, body: undefined } : refuse(result.reason)
      }),
    }),
    ...rowEndpoints(deps),
  ]
}

function rowEndpoints(deps: ImportApiDeps): EndpointDoor[] {
  const { databases } = deps
  return [
    endpoint({
      method: 'GET', path: '/api/v1/imports/:import_id/rows', access: readAccess, params: byImport, summary: 'The lines of a list with what was found about each, in order.',
      query: z.object({ cursor: numberField(0).default(0), limit: limitField, status: z.enum(statuses).optional(), wave: numberField(1).optional() }),
      response: z.object({ rows: z.array(rowShape), next_cursor: z.string().nullable() }),
      handle: ({ caller, params, query }) => inTenantOf(caller, async (tenantId) => {
        const { cursor: after, limit: most, status, wave } = query
        const rows = await databases.inTenant(tenantId, (trx) => showRows(trx, params.import_id, { after, limit: most + 1, status, wave }))
        if (rows === undefined) return refusal(404, 'not_found')
        const shown = rows.slice(0, most)
        return { status: 200, body: { rows: shown.map(presentRow), next_cursor: rows.length > most ? String(shown.at(-1)?.number) : null } }
      }),
    }),
    endpoint({
      method: 'PATCH', path: '/api/v1/imports/:import_id/rows/:number', access: writeAccess, params: byRow, response: rowShape, summary: 'Corrects a line by hand; a field that is null is again what was read.',
      body: z.strictObject({ fields: z.partialRecord(z.enum(fields), z.string().trim().max(limits.fieldCharacters).nullable()).optional(), reinvite: z.boolean().nullable().optional() }),
      handle: ({ caller, params, body, origin }) => inTenantOf(caller, async (tenantId) => {
        const { import_id: importId, number } = params
        const result = await editRow(deps, { tenantId, importId, number, values: body.fields, reinvite: body.reinvite, ...moverOf(caller), origin })
        if (!result.ok) return refuse(result.reason)
        const row = await databases.inTenant(tenantId, (trx) => showRow(trx, importId, number))
        return row === undefined ? refusal(404, 'not_found') : { status: 200, body: presentRow(row) }
      }),
    }),
    endpoint({
      method: 'GET', path: '/api/v1/imports/:import_id/result.csv', access: readAccess, params: byImport, response: csvResponse, mediaType: csvMediaType,
      summary: 'Every line with how it ended, as a file for Excel.',
      handle: ({ caller, params }) => inTenantOf(caller, async (tenantId) => {
        const result = await resultOf(deps, { tenantId, importId: params.import_id })
        return result === undefined ? refusal(404, 'not_found') : { status: 200, ...result }
      }),
    }),
  ]
}

interface Creating {
  readonly tenantId: TenantId
  readonly caller: Caller
  readonly body: z.output<typeof wanted>
  readonly origin: Origin
}

async function create(deps: ImportApiDeps, { tenantId, caller, body, origin }: Creating) {
  const { name, source, text = '', base64, encoding, has_headings: hasHeadings, mapping, defaults } = body
  const bytes = base64 === undefined ? Buffer.from(text) : Buffer.from(base64, 'base64')
  const result = await createImport(deps, { tenantId, name, source, bytes, encoding: base64 === undefined ? 'utf-8' : encoding, hasHeadings, mapping, defaults, ...moverOf(caller), origin })
  return result.ok ? answerImport(deps, { tenantId, importId: result.importId, status: 201 }) : refuse(result.reason)
}

const conflicts: ReadonlySet<string> = new Set(['wave_under_way', 'already_invited', 'not_running', 'nobody_waits', 'nobody_invited'])

/** A command's "no": 404 for what is not there, 409 for what stands in the way, 400 for a list that cannot be read. */
export function refuse(reason: string): EndpointRefusal {
  if (reason === 'not_found') return refusal(404, reason)
  return refusal(reason === 'precondition_failed' ? 412 : conflicts.has(reason) ? 409 : 400, reason)
}

export async function answerImport({ databases }: ImportDeps, { tenantId, importId, status = 200 }: { readonly tenantId: TenantId; readonly importId: string; readonly status?: number }) {
  const shown = await databases.inTenant(tenantId, (trx) => showImport(trx, importId))
  return shown === undefined ? refusal(404, 'not_found') : { status, body: present(shown), headers: status === 201 ? { Location: `/api/v1/imports/${importId}` } : {} }
}

function summaryOf(row: ImportRow): z.input<typeof summaryShape> {
  return {
    import_id: row.id, name: row.name, source: summaryShape.shape.source.parse(row.source), status: summaryShape.shape.status.parse(row.status), rows: row.row_count,
    created_by: row.created_by, created_at: row.created_at.toISOString(), updated_at: row.updated_at.toISOString(),
  }
}

export function present({ row, mapping, defaults, counts: all, reasons, seats, waves }: ShownImport): z.input<typeof importShape> {
  const status = importShape.shape.waves.element.shape.status
  return {
    ...summaryOf(row), headings: row.headings, mapping, defaults, counts: all, reasons: [...reasons], seats,
    waves: waves.map(({ startedAt, finishedAt, ...wave }) => ({ ...wave, status: status.parse(wave.status), started_at: startedAt?.toISOString() ?? null, finished_at: finishedAt?.toISOString() ?? null })),
  }
}

function presentRow({ membershipId, corrections, person, fields: read, ...row }: ShownRow): z.input<typeof rowShape> {
  return {
    ...row, fields: [...read], corrections: corrections.values, reinvite: corrections.reinvite, status: rowShape.shape.status.parse(row.status), membership_id: membershipId,
    person: person === null ? null : { name: person.name, email: person.email, employee_number: person.employeeNumber, role: person.role, units: [...person.units] },
  }
}
