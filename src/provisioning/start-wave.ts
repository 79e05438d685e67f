/**
 * Starts a wave: its people are invited by a job that the event becomes. Invariant: one wave of a list is under way at a time, whoever
 * starts another at the same moment; one that was cancelled or stopped goes on where it was.
 */
import type { TenantTrx } from '../base/db.ts'
import { record } from '../events/record.ts'
import { no, type ImportChange, type ImportDeps, type Refused } from './import.ts'
import { lockImport, type ImportRow } from './queries.ts'
import { updateRetried } from './row-queries.ts'
import { starterOf } from './starter.ts'
import { countWave, findWave, updateBegun, type WaveRow } from './wave-queries.ts'

export interface WaveChange extends ImportChange {
  readonly wave: number
  /** The machine that acts, where no person does. */
  readonly clientId?: string | null
}

export type WaveStart = { readonly ok: true } | Refused<'not_found' | 'wave_under_way' | 'nobody_waits'>

/** Why a run ends before its wave does, although it may go on once that has changed. */
export const stoppingReasons = ['seat_limit_reached', 'tenant_suspended'] as const

export function startWave({ databases }: ImportDeps, change: WaveChange): Promise<WaveStart> {
  const { tenantId, importId, wave, mover, origin, clientId = null } = change
  return databases.inTenant(tenantId, async (trx): Promise<WaveStart> => {
    const found = await lockedWave(trx, change)
    if (found === undefined) return no('not_found')
    const event = { type: 'import.wave_started', subject: importId, actor: mover.accountId, origin } as const
    const reason = found.list.status === 'running' ? 'wave_under_way' : await nobodyWaits(trx, change)
    if (reason !== null) {
      await record(trx, { ...event, outcome: 'refused', reason, after: { wave } })
      return no(reason)
    }
    await updateBegun(trx, { importId, wave }, { ...starterOf(mover, clientId), status: 'running' })
    await record(trx, { ...event, outcome: 'success', before: { status: found.wave.status }, after: { wave } })
    return { ok: true }
  })
}

async function nobodyWaits(trx: TenantTrx, { tenantId, importId, wave }: WaveChange): Promise<'nobody_waits' | null> {
  await updateRetried(trx, { importId, wave }, stoppingReasons)
  const { ready } = await countWave(trx.query, { tenantId, importId, wave })
  return ready === 0 ? 'nobody_waits' : null
}

/** The list, locked, and its wave. */
export async function lockedWave(trx: TenantTrx, { tenantId, importId, wave }: Pick<WaveChange, 'tenantId' | 'importId' | 'wave'>): Promise<{ readonly list: ImportRow; readonly wave: WaveRow } | undefined> {
  const list = await lockImport(trx, importId)
  const found = list === undefined ? undefined : await findWave(trx.query, { tenantId, importId, wave })
  return list === undefined || found === undefined ? undefined : { list, wave: found }
}
