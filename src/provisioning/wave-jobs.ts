/**
 * From the event that starts a wave to the job that carries it out. Invariant: a tenant's waves run one at a time, in a runner of their
 * own (app.ts), so that ten thousand invitations hold up nobody's mail.
 */
import { z } from 'zod'
import { isTenantId } from '../base/ids.ts'
import { task, type Task } from '../events/jobs.ts'
import type { StoredEvent, Subscriber } from '../events/subscriber.ts'
import { runRollBack } from './run-roll-back.ts'
import { runWave, type RunDeps } from './run-wave.ts'

const waveJob = z.object({ tenant_id: z.string().refine(isTenantId), import_id: z.uuid(), wave: z.int() })
const facts = z.object({ wave: z.int() })

export const waveSubscriber: Subscriber = { name: 'import_waves', types: ['import.wave_started', 'import.wave_roll_back_started'], job: jobsOf }

function jobsOf({ outcome, tenantId, subject, after }: StoredEvent) {
  if (outcome !== 'success' || tenantId === null) return []
  return [{ task: 'run_import_wave', payload: { tenant_id: tenantId, import_id: subject, wave: facts.parse(after).wave }, queue: `import:${tenantId}` }]
}

/** The task `run_import_wave`: whatever the wave needs by now, and nothing where it is over. */
export function runWaveTask(deps: RunDeps): Task {
  return task(waveJob, async ({ tenant_id: tenantId, import_id: importId, wave }, { signal }) => {
    const run = { tenantId, importId, wave, signal }
    await runWave(deps, run)
    await runRollBack(deps, run)
  })
}
