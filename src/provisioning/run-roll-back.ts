/**
 * Carries the roll back of a wave out: revokes its open invitations one after the other, as revoking one by one would. Invariant: it
 * may be cut off and run again; an invitation that was accepted meanwhile stays.
 */
import { parseMembershipId } from '../base/ids.ts'
import { noOrigin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { revokeInvitation } from '../members/revoke-invitation.ts'
import { updateStanding } from './queries.ts'
import { listInvitedRows, updateRolledBack, type InvitedRow } from './row-queries.ts'
import type { RunDeps, WaveRun } from './run-wave.ts'
import { moverOf } from './starter.ts'
import { countWave, findWave, lockImportOf, updateEnded, type WaveRow } from './wave-queries.ts'

const chunkRows = 100

export async function runRollBack(deps: RunDeps, run: WaveRun): Promise<void> {
  const { tenantId, importId, wave: number } = run
  const key = { tenantId, importId, wave: number }
  const wave = await findWave(deps.databases.engine, key)
  if (wave?.status !== 'rolling_back') return
  for (let after = 0; ;) {
    const rows = await listInvitedRows(deps.databases.engine, key, { after, limit: chunkRows })
    if (rows.length === 0) break
    if (!(await revokeAll(deps, run, { wave, rows }))) return finish(deps, run, { wave, reason: 'permission_missing' })
    after = rows.at(-1)?.number ?? after
  }
  return finish(deps, run, { wave, reason: null })
}

/** False once whoever asked for it may not do it any more. */
async function revokeAll({ databases }: RunDeps, { tenantId, signal, onProgress }: WaveRun, { wave, rows }: { readonly wave: WaveRow; readonly rows: readonly InvitedRow[] }): Promise<boolean> {
  for (const row of rows.filter(({ membership_status: status }) => status === 'invited')) {
    signal?.throwIfAborted()
    const mover = await moverOf(databases.engine, tenantId, wave)
    if (mover === null) return false
    await revokeInvitation({ databases }, { tenantId, membershipId: parseMembershipId(row.membership_id), mover, origin: noOrigin, reason: 'rolled_back' })
    onProgress?.()
  }
  return true
}

async function finish({ databases }: RunDeps, { tenantId, importId, wave: number }: WaveRun, { wave, reason }: { readonly wave: WaveRow; readonly reason: string | null }): Promise<void> {
  const key = { tenantId, importId, wave: number }
  await databases.inEngine(async (trx) => {
    await lockImportOf(trx, key)
    if (!(await updateEnded(trx.query, key, { from: 'rolling_back', to: reason === null ? 'rolled_back' : 'stopped', reason }))) return
    await updateRolledBack(trx, key)
    await updateStanding(trx.query, key)
    const { invited: kept, rolled_back } = await countWave(trx.query, key)
    await record(trx, {
      type: 'import.wave_rolled_back', outcome: reason === null ? 'success' : 'refused', tenantId, subject: importId, actor: null, reason, origin: noOrigin,
      after: { wave: number, started_by: wave.started_by, rolled_back, kept },
    })
  })
}
