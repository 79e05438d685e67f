/**
 * Carries a wave out: invites its people one after the other, in the name and by the rights of whoever started it, as they are at that
 * moment. Invariants: a person is invited and their line marked in one transaction, so whatever kills a run, the next one goes on
 * where it stopped and nobody is invited twice; a wave that was cancelled invites nobody any more; who finds it over writes so once.
 */
import type { MasterKey } from '../base/crypto.ts'
import type { Databases, EngineTrx } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import { noOrigin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { inviteMemberIn } from '../members/invite-member.ts'
import type { Mover } from '../members/membership.ts'
import { directoryOf, type Directory } from './directory.ts'
import { readingOf } from './import.ts'
import { correctionsShape, readLine, type Reading } from './line.ts'
import { getSurroundings, updateStanding } from './queries.ts'
import { claimRow, listReadyRows, refuseReadyRows, updateOutcome, type Outcome, type PersonRow } from './row-queries.ts'
import { moverOf } from './starter.ts'
import { stoppingReasons } from './start-wave.ts'
import { countWave, findReading, findWave, lockImportOf, updateEnded, type WaveRow } from './wave-queries.ts'

export interface RunDeps {
  readonly databases: Databases
  readonly masterKey: MasterKey
}

export interface WaveRun {
  readonly tenantId: TenantId
  readonly importId: string
  readonly wave: number
  /** A run that is asked to end throws, so that its job runs again. */
  readonly signal?: AbortSignal | undefined
  /** Called after each person. */
  readonly onProgress?: (() => void) | undefined
}

interface Chunk {
  readonly wave: WaveRow
  readonly reading: Reading
  readonly directory: Directory
  readonly rows: readonly PersonRow[]
}

const chunkRows = 100

/** Returns when the wave is over, by its end, by cancelling or because it may not go on. */
export async function runWave(deps: RunDeps, run: WaveRun): Promise<void> {
  for (let after = 0; ;) {
    const chunk = await nextChunk(deps, run, after)
    if (chunk === null) return
    // Lines that another process had in hand may wait again: it is over only when none is left from the first on.
    if (chunk.rows.length === 0 && after === 0) return finish(deps, run, { wave: chunk.wave, reason: null })
    after = chunk.rows.at(-1)?.number ?? 0
    for (const row of chunk.rows) {
      run.signal?.throwIfAborted()
      const mover = await moverOf(deps.databases.engine, run.tenantId, chunk.wave)
      if (mover === null) return finish(deps, run, { wave: chunk.wave, reason: 'permission_missing' })
      const outcome = await inviteRow(deps, run, { ...chunk, row, mover })
      if (outcome === 'wave_over') return
      run.onProgress?.()
      const stopping = stoppingReasons.find((reason) => reason === outcome?.reason)
      if (stopping !== undefined) return finish(deps, run, { wave: chunk.wave, reason: stopping })
    }
  }
}

/** Null when the wave is not under way, or gone. */
async function nextChunk({ databases }: RunDeps, { tenantId, importId, wave: number }: WaveRun, after: number): Promise<Chunk | null> {
  const key = { tenantId, importId, wave: number }
  return databases.inEngine(async (trx) => {
    const [wave, list] = [await findWave(trx.query, key), await findReading(trx.query, key)]
    if (wave?.status !== 'running' || list === undefined) return null
    const directory = directoryOf(await getSurroundings(trx.query, tenantId))
    return { wave, reading: readingOf(list), directory, rows: await listReadyRows(trx, key, { after, limit: chunkRows }) }
  })
}

/** Thrown to undo an invitation whose line was not free any more. */
class WaveOver extends Error {}

interface Inviting extends Chunk {
  readonly row: PersonRow
  readonly mover: Mover
}

/** Null where another process has the line in hand or has done it. */
async function inviteRow(deps: RunDeps, run: WaveRun, inviting: Inviting): Promise<Outcome | null | 'wave_over'> {
  const key = { tenantId: run.tenantId, importId: run.importId, wave: run.wave }
  try {
    return await deps.databases.inEngine(async (trx) => {
      if (!(await claimRow(trx, key, inviting.row.number))) return null
      const outcome = await invite(trx, deps, { ...inviting, tenantId: run.tenantId })
      if (!(await updateOutcome(trx, key, outcome))) throw new WaveOver()
      return outcome
    })
  } catch (error) {
    if (error instanceof WaveOver) return 'wave_over'
    throw error
  }
}

async function invite(trx: EngineTrx, deps: RunDeps, { tenantId, row, reading, directory, mover }: Inviting & { readonly tenantId: TenantId }): Promise<Outcome> {
  const refused = (reason: string): Outcome => ({ number: row.number, status: 'refused', reason, membershipId: null })
  const read = readLine({ fields: row.fields, corrections: correctionsShape.parse(row.corrections) }, reading)
  if (!read.ok) return refused(read.reason)
  const { line } = read
  const [role, units] = [directory.roleNamed(line.role), directory.unitsNamed(line.units)]
  if (role === null) return refused('unknown_role')
  if (!units.ok) return refused(units.reason)
  const result = await inviteMemberIn(trx, deps, { ...line, tenantId, role: role.name, units: units.codes, mover, source: 'csv', origin: noOrigin })
  return result.ok ? { number: row.number, status: 'invited', reason: null, membershipId: result.membershipId } : refused(result.reason)
}

interface Finish {
  readonly wave: WaveRow
  readonly reason: string | null
}

/** Ends the wave, as done or, for a reason, stopped. */
async function finish({ databases }: RunDeps, { tenantId, importId, wave: number }: WaveRun, { wave, reason }: Finish): Promise<void> {
  const key = { tenantId, importId, wave: number }
  await databases.inEngine(async (trx) => {
    await lockImportOf(trx, key)
    if (!(await updateEnded(trx.query, key, { from: 'running', to: reason === null ? 'done' : 'stopped', reason }))) return
    if (stoppingReasons.some((stopping) => stopping === reason)) await refuseReadyRows(trx, key, reason ?? '')
    await updateStanding(trx.query, key)
    await record(trx, {
      type: 'import.wave_finished', outcome: 'success', tenantId, subject: importId, actor: null, reason, origin: noOrigin,
      after: { wave: number, started_by: wave.started_by, ...(await countWave(trx.query, key)) },
    })
  })
}
