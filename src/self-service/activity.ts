/**
 * Owns what a person reads in their own log, in pages, newest first. Invariant: where somebody else acted on the account, say
 * an administrator, the person learns that it happened and nothing about where the other one was or what they wrote.
 */
import type { Databases } from '../base/db.ts'
import { listActivity, type ActivityCursor, type ActivityRow } from './activity-queries.ts'

export interface Activity {
  readonly id: string
  readonly occurredAt: Date
  readonly type: string
  readonly outcome: string
  /** unknown: nobody had shown who they were, or the platform acted by itself. */
  readonly by: 'self' | 'somebody_else' | 'unknown'
  readonly reason: string | null
  readonly how: string | null
  readonly tenantName: string | null
  readonly clientName: string | null
  readonly ip: string | null
  readonly userAgent: string | null
}

export interface ActivityPage {
  readonly entries: readonly Activity[]
  /** For the next page; null on the last one. */
  readonly nextCursor: string | null
}

export interface ActivityWanted {
  readonly accountId: string
  readonly cursor: ActivityCursor | null
  readonly limit: number
}

export const activityCursorShape = /^(\d{1,16})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

/** Null for whatever no page of ours has given out. */
export function parseActivityCursor(text: string): ActivityCursor | null {
  const [, occurredUs, eventId] = activityCursorShape.exec(text) ?? []
  return occurredUs === undefined || eventId === undefined ? null : { occurredUs: Number(occurredUs), eventId }
}

/** At most `limit` events of the last 90 days, older than the cursor. */
export async function readActivity({ databases }: { readonly databases: Databases }, wanted: ActivityWanted): Promise<ActivityPage> {
  const { accountId, cursor, limit } = wanted
  // One more than asked for tells whether there is another page.
  const rows = await listActivity(databases.engine, { accountId, after: cursor, limit: limit + 1 })
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  return { entries: shown.map((row) => present(row, accountId)), nextCursor: last === undefined ? null : `${last.occurred_us}.${last.id}` }
}

function present(row: ActivityRow, accountId: string): Activity {
  const by = row.actor === accountId ? 'self' : row.actor === null ? 'unknown' : 'somebody_else'
  const theirs = by === 'somebody_else'
  return {
    id: row.id,
    occurredAt: row.occurred_at,
    type: row.type,
    outcome: row.outcome,
    by,
    reason: theirs ? null : row.reason,
    how: row.how,
    tenantName: row.tenant_name,
    clientName: row.client_name,
    ip: theirs ? null : row.ip,
    userAgent: theirs ? null : row.user_agent,
  }
}
