/**
 * The JSON door to a tenant's log, for whoever may read it there. The tenant is the token's own.
 * Invariant: names are of members of the tenant; whoever acted from outside is an id and nothing else.
 */
import { z } from 'zod'
import type { Databases } from '../base/db.ts'
import { isTenantId } from '../base/ids.ts'
import { endpoint, refusal, type EndpointDoor } from '../http/endpoint.ts'
import { limitField, momentField } from '../http/fields.ts'
import { eventPlaceShape, listTenantEvents, outcomes, type AuditRow } from './audit-queries.ts'

const eventShape = z.object({
  event_id: z.uuid(),
  occurred_at: z.iso.datetime(),
  type: z.string(),
  outcome: z.enum(outcomes),
  reason: z.string().nullable(),
  actor: z.object({ id: z.string(), membership_id: z.uuid().nullable(), name: z.string().nullable() }).nullable(),
  subject: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
  client_id: z.string().nullable(),
  ip: z.string().nullable(),
  user_agent: z.string().nullable(),
  request_id: z.string().nullable(),
  break_glass_id: z.uuid().nullable().meta({ description: 'Of an operator who was in the tenant for a while.' }),
  before: z.record(z.string(), z.unknown()).nullable(),
  after: z.record(z.string(), z.unknown()).nullable(),
})

const text = z.string().min(1).max(255)
const moment = momentField.transform((said) => new Date(said))

/** What the address of the log says, the same for programs and people. */
export const auditQuery = z.object({
  type: z.string().regex(/^[a-z_.]{1,100}$/, 'must be the beginning of a type of event').optional(),
  actor: text.optional(),
  subject: text.optional(),
  outcome: z.enum(outcomes).optional(),
  from: moment.optional(),
  until: moment.optional(),
  request_id: text.optional(),
  cursor: z.string().regex(eventPlaceShape, 'must be a cursor of an earlier answer').optional(),
  limit: limitField,
})

export function eventEndpoints({ databases }: { readonly databases: Databases }): EndpointDoor[] {
  return [
    endpoint({
      method: 'GET', path: '/api/v1/events', access: { scope: 'audit:read', permission: 'audit:read' }, query: auditQuery,
      summary: 'The log of the tenant, newest first; `type` is the beginning of a type, such as `membership.`.',
      response: z.object({ events: z.array(eventShape), next_cursor: z.string().nullable() }),
      async handle({ caller, query: { cursor = null, limit, request_id: requestId, ...narrow } }) {
        const { tenantId } = caller
        if (tenantId === null || !isTenantId(tenantId)) return refusal(403, 'tenant_required', 'The access token was not given for a tenant.')
        // One more than asked for tells whether there is another page.
        const rows = await databases.inTenant(tenantId, (trx) => listTenantEvents(trx, { filter: { ...narrow, requestId }, cursor, limit: limit + 1 }))
        const shown = rows.slice(0, limit)
        return { status: 200, body: { events: shown.map(presentEvent), next_cursor: rows.length > limit ? (shown.at(-1)?.place ?? null) : null } }
      },
    }),
  ]
}

function presentEvent(row: AuditRow): z.input<typeof eventShape> {
  const { shape } = eventShape
  return {
    event_id: row.id,
    occurred_at: row.occurred_at.toISOString(),
    type: row.type,
    outcome: shape.outcome.parse(row.outcome),
    reason: row.reason,
    actor: row.actor === null ? null : { id: row.actor, membership_id: row.actor_membership_id, name: row.actor_name },
    subject: row.subject === null ? null : { id: row.subject, name: row.subject_name },
    client_id: row.client_id,
    ip: row.ip,
    user_agent: row.user_agent,
    request_id: row.request_id,
    break_glass_id: row.break_glass_id,
    before: shape.before.parse(row.before),
    after: shape.after.parse(row.after),
  }
}
