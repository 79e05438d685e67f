/**
 * Makes the copy of all that is kept about a person, for themselves. Invariants: nothing in it opens anything (no hash, no key, no
 * token); it holds what the log says about them in the last 90 days as they may read it; that it was made is an event.
 */
import { z } from 'zod'
import { listDevices } from '../accounts/devices.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { parseActivityCursor, readActivity, type Activity } from './activity.ts'
import { browserLine } from './browser-name.ts'
import type { SelfServiceDeps } from './deps.ts'
import {
  appShape, appsOf, eventShape, factorsOf, factorsShape, membershipShape, membershipsOf, presentEvent, profileOf, profileShape, sessionShape, sessionsOf,
} from './own-records.ts'

const moment = z.iso.datetime()

export const exportShape = z.object({
  exported_at: moment,
  account: profileShape,
  second_factors: factorsShape,
  devices: z.array(z.object({ browser: z.string().nullable(), user_agent: z.string().nullable(), created_at: moment, last_seen_at: moment, trusted_until: moment.nullable() })),
  memberships: z.array(membershipShape),
  apps: z.array(appShape),
  sessions: z.array(sessionShape),
  events: z.array(eventShape),
  /** False where the log of the last 90 days holds more than fits. */
  events_complete: z.boolean(),
})

export type ExportDeps = Pick<SelfServiceDeps, 'databases' | 'sessions' | 'apps'>
export type DataExport = { readonly ok: true; readonly data: z.input<typeof exportShape> } | { readonly ok: false; readonly reason: 'not_found' }

const eventsPerRead = 1000
const mostEvents = 10_000

/** Refused with not_found where there is no such account. */
export async function exportData(deps: ExportDeps, { accountId, origin }: { readonly accountId: string; readonly origin: Origin }): Promise<DataExport> {
  const account = await profileOf(deps, accountId)
  if (account === undefined) return { ok: false, reason: 'not_found' }
  await deps.databases.inEngine((trx) => record(trx, { type: 'data.exported', outcome: 'success', subject: accountId, actor: accountId, origin }))
  const { entries, complete } = await allActivity(deps, accountId)
  const data = {
    exported_at: new Date().toISOString(),
    account,
    second_factors: await factorsOf(deps, accountId),
    devices: await devicesOf(deps, accountId),
    memberships: await membershipsOf(deps, accountId),
    apps: await appsOf(deps, accountId),
    sessions: await sessionsOf(deps, accountId),
    events: entries.map(presentEvent),
    events_complete: complete,
  }
  return { ok: true, data }
}

async function devicesOf({ databases }: ExportDeps, accountId: string) {
  return (await listDevices(databases.engine, accountId)).map((one) => ({
    browser: browserLine(one.user_agent), user_agent: one.user_agent, created_at: one.created_at.toISOString(), last_seen_at: one.last_seen_at.toISOString(),
    trusted_until: one.trusted_until?.toISOString() ?? null,
  }))
}

async function allActivity(deps: ExportDeps, accountId: string): Promise<{ readonly entries: readonly Activity[]; readonly complete: boolean }> {
  const entries: Activity[] = []
  let cursor: string | null = null
  do {
    const page = await readActivity(deps, { accountId, cursor: cursor === null ? null : parseActivityCursor(cursor), limit: eventsPerRead })
    entries.push(...page.entries)
    cursor = page.nextCursor
  } while (cursor !== null && entries.length < mostEvents)
  return { entries, complete: cursor === null }
}
