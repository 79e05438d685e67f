/** The JSON doors to a tenant's figures and to the history of one membership. As in api.ts the tenant is the token's own. */
import { z } from 'zod'
import type { Databases } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import { eventPlaceShape, outcomes } from '../events/audit-queries.ts'
import { endpoint, refusal, type EndpointDoor } from '../http/endpoint.ts'
import { limitField } from '../http/fields.ts'
import { byId, inTenantOf } from './api.ts'
import { listHistory, type HistoryRow } from './history-queries.ts'
import { findMember } from './queries.ts'
import { readAccess } from './role-api.ts'
import { attentionKinds, readTenantOverview } from './tenant-figures.ts'

const figuresShape = z.object({
  members: z.object({ active: z.int(), invited: z.int(), suspended: z.int(), ended: z.int(), administrators: z.int(), with_second_factor: z.int(), ending_soon: z.int() }),
  seats: z.object({ used: z.int(), limit: z.int().nullable() }),
  invitations: z.object({ open: z.int(), expired: z.int() }),
  sign_ins: z.array(z.object({ day: z.iso.date(), sign_ins: z.int() })),
  recent_acts: z.array(z.object({
    event_id: z.uuid(), occurred_at: z.iso.datetime(), type: z.string(), actor: z.object({ membership_id: z.uuid(), name: z.string() }), subject: z.string().nullable(), subject_name: z.string().nullable(),
  })),
  attention: z.array(z.object({ kind: z.enum(attentionKinds), count: z.int() })),
})

const historyShape = z.object({
  event_id: z.uuid(),
  occurred_at: z.iso.datetime(),
  type: z.string(),
  outcome: z.enum(outcomes),
  reason: z.string().nullable(),
  actor: z.object({ kind: z.enum(['member', 'themselves', 'outside']), membership_id: z.uuid().nullable(), name: z.string().nullable() }),
  before: z.record(z.string(), z.unknown()).nullable(),
  after: z.record(z.string(), z.unknown()).nullable(),
})

const page = z.object({
  cursor: z.string().regex(eventPlaceShape, 'must be a cursor of an earlier answer').optional(),
  limit: limitField,
})

export function figuresEndpoints({ databases }: { readonly databases: Databases }): EndpointDoor[] {
  return [
    endpoint({
      method: 'GET', path: '/api/v1/tenant/figures', access: readAccess, response: figuresShape,
      summary: 'How many members, seats and invitations, sign-ins of the last thirty days, what was done lately, and what needs attention.',
      handle: ({ caller }) => inTenantOf(caller, (tenantId) => answerFigures(databases, tenantId)),
    }),
    endpoint({
      method: 'GET', path: '/api/v1/members/:membership_id/history', access: readAccess, params: byId, query: page, summary: 'What happened to one membership, newest first.',
      response: z.object({ history: z.array(historyShape), next_cursor: z.string().nullable() }),
      handle: ({ caller, params, query: { cursor = null, limit } }) => inTenantOf(caller, async (tenantId) => {
        const [member, rows] = await databases.inTenant(tenantId, async (trx) => [
          // One more than asked for tells whether there is another page.
          await findMember(trx, params.membership_id), await listHistory(trx, params.membership_id, { cursor, limit: limit + 1 }),
        ] as const)
        if (member === undefined) return refusal(404, 'not_found')
        const shown = rows.slice(0, limit)
        return { status: 200, body: { history: shown.map(presentHistory), next_cursor: rows.length > limit ? (shown.at(-1)?.place ?? null) : null } }
      }),
    }),
  ]
}

async function answerFigures(databases: Databases, tenantId: TenantId) {
  const { figures, signIns, recentActs, attention } = await databases.inTenant(tenantId, readTenantOverview)
  const { active, invited, suspended, ended, administrators, with_second_factor, ending_soon } = figures
  const body = {
    members: { active, invited, suspended, ended, administrators, with_second_factor, ending_soon },
    seats: { used: figures.seats_used, limit: figures.seat_limit },
    invitations: { open: figures.invitations_open, expired: figures.invitations_expired },
    sign_ins: [...signIns],
    recent_acts: recentActs.map(({ id, occurred_at, type, actor_membership_id, actor_name, subject, subject_name }) => (
      { event_id: id, occurred_at: occurred_at.toISOString(), type, actor: { membership_id: actor_membership_id, name: actor_name }, subject, subject_name }
    )),
    attention: [...attention],
  }
  return { status: 200, body }
}

function presentHistory(row: HistoryRow): z.input<typeof historyShape> {
  const { shape } = historyShape
  return {
    event_id: row.id,
    occurred_at: row.occurred_at.toISOString(),
    type: row.type,
    outcome: shape.outcome.parse(row.outcome),
    reason: row.reason,
    actor: { kind: row.actor_kind, membership_id: row.actor_membership_id, name: row.actor_name },
    before: shape.before.parse(row.before),
    after: shape.after.parse(row.after),
  }
}
