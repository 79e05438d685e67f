/** Changes what a tenant says of itself: name, contact, colour, for how long its invitations count. What does not change is no event. */
import type { Databases } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { isUnexpected, type Expectation } from '../http/etag.ts'
import { changedSettings, type SettingChanges, type SettingRefusal } from './settings.ts'
import { lockSettings, updateTenant, type SettingColumns } from './settings-queries.ts'

export interface UpdateSettingsInput {
  readonly tenantId: TenantId
  readonly settings: SettingChanges
  readonly actor: string | null
  readonly origin: Origin
  readonly expect?: Expectation | undefined
}

export type SettingsUpdate = { readonly ok: true } | SettingRefusal | { readonly ok: false; readonly reason: 'not_found' | 'precondition_failed' }

export function updateSettings(deps: { readonly databases: Databases }, { tenantId, settings: changes, actor, origin, expect }: UpdateSettingsInput): Promise<SettingsUpdate> {
  return deps.databases.inTenant(tenantId, async (trx): Promise<SettingsUpdate> => {
    const before = await lockSettings(trx)
    if (before === undefined) return { ok: false, reason: 'not_found' }
    const event = { type: 'tenant.settings_changed', subject: tenantId, actor, origin } as const
    const planned = (await isUnexpected(trx, expect)) ? ({ ok: false, reason: 'precondition_failed' } as const) : changedSettings(before, changes)
    if (!planned.ok) {
      await record(trx, { ...event, outcome: 'refused', reason: planned.reason })
      return planned
    }
    const change = differences(before, planned.settings)
    if (change === null) return { ok: true }
    await updateTenant(trx, planned.settings)
    await record(trx, { ...event, outcome: 'success', ...change })
    return { ok: true }
  })
}

/** What changes, as it was and as it is; null for nothing. */
function differences(before: SettingColumns, after: SettingColumns) {
  const names = (['name', 'contact', 'accent_color', 'invitation_lifetime_days'] as const).filter((name) => before[name] !== after[name])
  const pick = (columns: SettingColumns) => Object.fromEntries(names.map((name) => [name, columns[name]]))
  return names.length === 0 ? null : { before: pick(before), after: pick(after) }
}
