/**
 * Writes events. Invariant: an event is written in the transaction that makes its change, so `record` takes a transaction
 * and a plain pool does not compile. Rows for bulk statements (the token path) are made by `eventRow`, the same way.
 */
import { newId } from '../base/ids.ts'
import type { EngineTrx, TenantTrx } from '../base/db.ts'
import type { Origin } from '../base/origin.ts'
import type { EventType } from './catalogue.ts'
import { insertEvent, insertEvents, type EventRow } from './queries.ts'

export interface NewEvent {
  readonly type: EventType
  readonly outcome: 'success' | 'failure' | 'refused'
  readonly origin: Origin
  readonly tenantId?: string | null
  readonly actor?: string | null
  readonly subject?: string | null
  readonly clientId?: string | null
  readonly sid?: string | null
  readonly reason?: string | null
  readonly before?: Readonly<Record<string, unknown>> | null
  readonly after?: Readonly<Record<string, unknown>> | null
}

export function eventRow(event: NewEvent): EventRow {
  return {
    id: newId(),
    type: event.type,
    outcome: event.outcome,
    tenant_id: event.tenantId ?? null,
    actor: event.actor ?? null,
    subject: event.subject ?? null,
    client_id: event.clientId ?? null,
    sid: event.sid ?? null,
    reason: event.reason ?? null,
    before: event.before ?? null,
    after: event.after ?? null,
    ip: event.origin.ip,
    user_agent: event.origin.userAgent?.slice(0, 512) ?? null,
    request_id: event.origin.requestId,
    break_glass_id: event.origin.breakGlassId ?? null,
  }
}

/** Writes one event as part of `trx`; inside a tenant the event belongs to that tenant. */
export async function record(trx: EngineTrx | TenantTrx, event: NewEvent): Promise<void> {
  const tenantId = 'tenantId' in trx ? trx.tenantId : event.tenantId
  await insertEvent(trx, eventRow(tenantId === undefined ? event : { ...event, tenantId }))
}

/** The same for many at once, in their order. */
export async function recordMany(trx: EngineTrx, events: readonly NewEvent[]): Promise<void> {
  await insertEvents(trx, events.map(eventRow))
}
