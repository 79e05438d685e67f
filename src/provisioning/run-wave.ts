/**
 * Carries a wave out: invites its people some at a time, in the name and by the rights of whoever started it, as they are at that
 * moment. Invariants: people are invited and their lines marked in one transaction, so whatever kills a run, the next one goes on
 * where it stopped and nobody is invited twice; a wave that was cancelled invites nobody any more; who finds it over writes so once.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { MasterKey } from '../base/crypto.ts'
import type { Databases, EngineTrx } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import { noOrigin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { inviteMemberIn } from '../members/invite-member.ts'
import { inviteTogetherIn, type Together, type TogetherInvitee } from '../members/invite-together.ts'
import { directoryOf, type Directory } from './directory.ts'
import { readingOf } from './import.ts'
import { correctionsShape, readLine, type Reading } from './line.ts'
import { getSurroundings, updateStanding } from './queries.ts'
import { claimRows, listReadyRows, refuseReadyRows, updateOutcomes, type Outcome, type PersonRow } from './row-queries.ts'
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
  /** How many are invited in one transaction; 100 unless told. */
  readonly together?: number | undefined
  /** A run that is asked to end throws, so that its job runs again. */
  readonly signal?: AbortSignal | undefined
  /** Called once a person, after those that were invited together. */
  readonly onProgress?: (() => void) | undefined
}

interface Chunk {
  readonly wave: WaveRow
  readonly reading: Reading
  readonly directory: Directory
  readonly rows: readonly PersonRow[]
}

/** While another process has the lines in hand. */
const waitMs = 50

/** Returns when the wave is over, by its end, by cancelling or because it may not go on. */
export async function runWave(deps: RunDeps, run: WaveRun): Promise<void> {
  for (let after = 0; ;) {
    run.signal?.throwIfAborted()
    const chunk = await nextChunk(deps, run, after)
    if (chunk === null) return
    // Lines that another process had in hand may wait again: it is over only when none is left from the first on.
    if (chunk.rows.length === 0 && after === 0) return finish(deps, run, { wave: chunk.wave, reason: null })
    after = chunk.rows.at(-1)?.number ?? 0
    const outcomes = chunk.rows.length === 0 ? [] : await inviteChunk(deps, run, chunk)
    if (outcomes === 'wave_over') return
    if (outcomes === 'permission_missing') return finish(deps, run, { wave: chunk.wave, reason: outcomes })
    for (const _ of outcomes) run.onProgress?.()
    const stopping = stoppingReasons.find((reason) => outcomes.some((outcome) => outcome.reason === reason))
    if (stopping !== undefined) return finish(deps, run, { wave: chunk.wave, reason: stopping })
    if (outcomes.length === 0) await pause(waitMs)
  }
}

/** Null when the wave is not under way, or gone. */
async function nextChunk({ databases }: RunDeps, { tenantId, importId, wave: number, together: limit = 100 }: WaveRun, after: number): Promise<Chunk | null> {
  const key = { tenantId, importId, wave: number }
  return databases.inEngine(async (trx) => {
    const [wave, list] = [await findWave(trx.query, key), await findReading(trx.query, key)]
    if (wave?.status !== 'running' || list === undefined) return null
    const directory = directoryOf(await getSurroundings(trx.query, tenantId))
    return { wave, reading: readingOf(list), directory, rows: await listReadyRows(trx, key, { after, limit }) }
  })
}

/** Thrown to undo invitations whose lines were not free any more. */
class WaveOver extends Error {}

/** What became of the lines that nobody else has in hand. */
async function inviteChunk(deps: RunDeps, { tenantId, importId, wave }: WaveRun, chunk: Chunk): Promise<readonly Outcome[] | 'wave_over' | 'permission_missing'> {
  const key = { tenantId, importId, wave }
  try {
    return await deps.databases.inEngine(async (trx) => {
      const mover = await moverOf(trx.query, tenantId, chunk.wave)
      if (mover === null) return 'permission_missing'
      const mine = await claimRows(trx, key, chunk.rows.map(({ number }) => number))
      const rows = chunk.rows.filter(({ number }) => mine.has(number)).map((row) => readRow(row, chunk))
      const outcomes = await inviteRows(trx, deps, { rows, tenantId, mover, source: 'csv', origin: noOrigin })
      if (outcomes.length > 0 && !(await updateOutcomes(trx, key, outcomes))) throw new WaveOver()
      return outcomes
    })
  } catch (error) {
    if (error instanceof WaveOver) return 'wave_over'
    throw error
  }
}

type Read = { readonly number: number } & ({ readonly invitee: TogetherInvitee } | { readonly reason: string })

function readRow({ number, fields, corrections }: PersonRow, { reading, directory }: Chunk): Read {
  const read = readLine({ fields, corrections: correctionsShape.parse(corrections) }, reading)
  if (!read.ok) return { number, reason: read.reason }
  const { line } = read
  const [role, units] = [directory.roleNamed(line.role), directory.unitsNamed(line.units)]
  if (role === null) return { number, reason: 'unknown_role' }
  return units.ok ? { number, invitee: { ...line, role: role.name, units: units.codes } } : { number, reason: units.reason }
}

/** Together where that can be, and one by one whoever is left, in their order, until one stops the wave. Whoever is invited has their outcome. */
async function inviteRows(trx: EngineTrx, deps: RunDeps, { rows, ...together }: Together & { readonly rows: readonly Read[] }): Promise<readonly Outcome[]> {
  const invited = await inviteTogetherIn(trx, deps, { ...together, invitees: rows.flatMap((row) => ('invitee' in row ? [row.invitee] : [])) })
  const outcomes: Outcome[] = []
  let isStopped = false
  for (const row of rows) {
    if (isStopped && !('invitee' in row && invited.has(row.invitee))) continue
    const outcome = 'reason' in row ? refused(row.number, row.reason) : await outcomeOf(row.number, row.invitee)
    outcomes.push(outcome)
    isStopped ||= stoppingReasons.some((reason) => reason === outcome.reason)
  }
  return outcomes

  async function outcomeOf(number: number, invitee: TogetherInvitee): Promise<Outcome> {
    const membershipId = invited.get(invitee)
    if (membershipId !== undefined) return { number, status: 'invited', reason: null, membershipId }
    const result = await inviteMemberIn(trx, deps, { ...invitee, ...together })
    return result.ok ? { number, status: 'invited', reason: null, membershipId: result.membershipId } : refused(number, result.reason)
  }
}

function refused(number: number, reason: string): Outcome {
  return { number, status: 'refused', reason, membershipId: null }
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
