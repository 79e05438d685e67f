/** `tegata import list|show|start-wave|cancel-wave|roll-back`: lists of people that were taken in, and their waves, run in this process. */
import { z } from 'zod'
import { cancelWave } from '../provisioning/cancel-wave.ts'
import { listImports } from '../provisioning/queries.ts'
import { rollBackWave } from '../provisioning/roll-back-wave.ts'
import { runRollBack } from '../provisioning/run-roll-back.ts'
import { startWave } from '../provisioning/start-wave.ts'
import { tenantNamed } from './find.ts'
import { answerOf, runShown } from './invite-list.ts'
import { byCommandLine } from './platform.ts'
import { runGroup, table, verb, type Verb } from './verbs.ts'

const by = { mover: { kind: 'operator', accountId: null }, origin: byCommandLine.origin } as const
const tenant = z.string('is missing')
const importId = z.uuid('is not the id of an import')
const ofTenant = { '--tenant <subdomain>': 'of which tenant' }
const waveOptions = { ...ofTenant, '--wave <number>': 'which of its waves (1)' }
const waveShape = z.object({ argument: importId, tenant, wave: z.coerce.number().pipe(z.int().min(1)).default(1) })

export const verbs: readonly Verb[] = [
  verb({
    name: 'list', meaning: 'shows the lists of a tenant, newest first', options: ofTenant, input: z.object({ tenant }),
    run: async ({ databases }, input) => {
      const rows = await databases.inTenant(await tenantNamed(databases, input.tenant), (trx) => listImports(trx, { before: null, limit: 100 }))
      const imports = rows.map((row) => ({ import_id: row.id, status: row.status, rows: row.row_count, name: row.name, created_at: row.created_at.toISOString() }))
      return { ok: true, facts: { imports }, lines: table(imports.map((one) => [one.import_id, one.status, String(one.rows), one.created_at, one.name])) }
    },
  }),
  verb({
    name: 'show', meaning: 'shows how a list stands, and which lines were refused', argument: '<import_id>', options: ofTenant, input: z.object({ argument: importId, tenant }),
    run: async (platform, input) => answerOf(platform, { tenantId: await tenantNamed(platform.databases, input.tenant), importId: input.argument }, { isDryRun: false }),
  }),
  verb({
    name: 'start-wave', meaning: 'invites the people of a wave', argument: '<import_id>', options: waveOptions, input: waveShape,
    run: async (platform, { argument, wave, ...input }) => {
      const key = { tenantId: await tenantNamed(platform.databases, input.tenant), importId: argument, wave }
      const started = await startWave(platform, { ...key, ...by })
      if (!started.ok) return started
      await runShown(platform, key)
      return answerOf(platform, key, { isDryRun: false })
    },
  }),
  verb({
    name: 'cancel-wave', meaning: 'stops a wave; it can be started again', argument: '<import_id>', options: waveOptions, input: waveShape,
    run: async (platform, { argument, wave, ...input }) => {
      const key = { tenantId: await tenantNamed(platform.databases, input.tenant), importId: argument, wave }
      const cancelled = await cancelWave(platform, { ...key, ...by })
      return cancelled.ok ? answerOf(platform, key, { isDryRun: false }) : cancelled
    },
  }),
  verb({
    name: 'roll-back', meaning: 'takes back the invitations of a wave that are still open', argument: '<import_id>', options: waveOptions, input: waveShape,
    run: async (platform, { argument, wave, ...input }) => {
      const key = { tenantId: await tenantNamed(platform.databases, input.tenant), importId: argument, wave }
      const begun = await rollBackWave(platform, { ...key, ...by })
      if (!begun.ok) return begun
      await runRollBack(platform, key)
      return answerOf(platform, key, { isDryRun: false })
    },
  }),
]

export function run(args: string[]): Promise<number> {
  return runGroup({ name: 'import', meaning: 'lists of people, and the waves in which they are invited', verbs }, args)
}
