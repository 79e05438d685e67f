/** Stops a wave by hand, within the person who is being invited just now: who was invited stays so, the others wait. */
import { record } from '../events/record.ts'
import { no, type ImportDeps, type Refused } from './import.ts'
import { updateStanding } from './queries.ts'
import { lockedWave, type WaveChange } from './start-wave.ts'
import { countWave, updateEnded } from './wave-queries.ts'

export type WaveCancellation = { readonly ok: true } | Refused<'not_found' | 'not_running'>

export function cancelWave({ databases }: ImportDeps, change: WaveChange): Promise<WaveCancellation> {
  const { tenantId, importId, wave, mover, origin } = change
  return databases.inTenant(tenantId, async (trx): Promise<WaveCancellation> => {
    const found = await lockedWave(trx, change)
    if (found === undefined) return no('not_found')
    const event = { type: 'import.wave_cancelled', subject: importId, actor: mover.accountId, origin } as const
    if (!(await updateEnded(trx.query, { tenantId, importId, wave }, { from: 'running', to: 'cancelled' }))) {
      await record(trx, { ...event, outcome: 'refused', reason: 'not_running', after: { wave } })
      return no('not_running')
    }
    await updateStanding(trx.query, { tenantId, importId })
    await record(trx, { ...event, outcome: 'success', before: { status: 'running' }, after: { wave, ...(await countWave(trx.query, { tenantId, importId, wave })) } })
    return { ok: true }
  })
}
