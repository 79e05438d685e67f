/**
 * Begins to take a wave back: a job revokes every invitation of it that is still open. Who has accepted stays. Invariant: only a wave
 * that has ended; while it is taken back no other one of the list begins.
 */
import { record } from '../events/record.ts'
import { no, type ImportDeps, type Refused } from './import.ts'
import { starterOf } from './starter.ts'
import { lockedWave, type WaveChange } from './start-wave.ts'
import { countWave, updateBegun } from './wave-queries.ts'

export type WaveRollBack = { readonly ok: true } | Refused<'not_found' | 'wave_under_way' | 'nobody_invited'>

export function rollBackWave({ databases }: ImportDeps, change: WaveChange): Promise<WaveRollBack> {
  const { tenantId, importId, wave, mover, origin, clientId = null } = change
  return databases.inTenant(tenantId, async (trx): Promise<WaveRollBack> => {
    const found = await lockedWave(trx, change)
    if (found === undefined) return no('not_found')
    const { invited } = await countWave(trx.query, { tenantId, importId, wave })
    const reason = found.list.status === 'running' ? 'wave_under_way' : invited === 0 ? 'nobody_invited' : null
    const event = { type: 'import.wave_roll_back_started', subject: importId, actor: mover.accountId, origin } as const
    if (reason !== null) {
      await record(trx, { ...event, outcome: 'refused', reason, after: { wave } })
      return no(reason)
    }
    await updateBegun(trx, { importId, wave }, { ...starterOf(mover, clientId), status: 'rolling_back' })
    await record(trx, { ...event, outcome: 'success', before: { status: found.wave.status }, after: { wave } })
    return { ok: true }
  })
}
