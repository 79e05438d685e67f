/**
 * `tegata member invite --csv`: takes a list in as any other door would and runs its first wave in this process; a running server
 * shares the work. A dry run leaves nothing behind.
 */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { z } from 'zod'
import { errorCode } from '../base/embedded-errors.ts'
import type { TenantId } from '../base/ids.ts'
import { createImport } from '../provisioning/create-import.ts'
import { encodings } from '../provisioning/decode-text.ts'
import { deleteImport } from '../provisioning/delete-import.ts'
import { fields, mappingShape, suggestMapping, type Mapping } from '../provisioning/mapping.ts'
import { planWaves } from '../provisioning/plan-waves.ts'
import type { Table } from '../provisioning/read-table.ts'
import { runWave } from '../provisioning/run-wave.ts'
import { showImport, showRows, type ShownImport } from '../provisioning/show-import.ts'
import { startWave } from '../provisioning/start-wave.ts'
import { UsageError } from './fail.ts'
import { byCommandLine, type Platform } from './platform.ts'
import { startProgress } from './progress.ts'
import { table, type Answer } from './verbs.ts'

export const listOptions = {
  '--csv <file>': 'invites everybody in this list instead of one person', '--map <field=heading...>': `which column is which of ${fields.join(', ')}; found by the headings unless told`,
  '--encoding <name>': `of the list: ${encodings.join(', ')}; found out unless told`, '--waves <sizes>': 'invites only the first of waves of these sizes, such as 10,50,200',
  '--dry-run': 'says what is wrong with the list and invites nobody',
}

const pair = z.string().transform((text, context) => {
  const [name = '', ...heading] = text.split('=')
  const field = z.enum(fields).safeParse(name)
  if (field.success && heading.length > 0) return { field: field.data, heading: heading.join('=') }
  context.addIssue({ code: 'custom', message: `says ${text}, which is not field=heading` })
  return z.NEVER
})

export const listShape = {
  csv: z.string().optional(), map: z.array(pair).default([]), encoding: z.enum(encodings).optional(), dryRun: z.boolean().default(false),
  waves: z.string().regex(/^[1-9]\d{0,4}(?:,[1-9]\d{0,4}){0,49}$/, 'is not a list of sizes such as 10,50,200').transform((text) => text.split(',').map(Number)).default([]),
}

export interface ListInput {
  readonly tenantId: TenantId
  readonly csv: string
  readonly map: readonly z.output<typeof pair>[]
  readonly encoding?: (typeof encodings)[number] | undefined
  readonly dryRun: boolean
  readonly waves: readonly number[]
  readonly role: string | null
  readonly units: readonly string[]
  readonly clientId: string | null
  readonly locale: 'ja' | 'en'
  readonly reinvite: boolean
}

const by = { mover: { kind: 'operator', accountId: null }, origin: byCommandLine.origin } as const

export async function inviteList(platform: Platform, input: ListInput): Promise<Answer> {
  const { tenantId, csv, role, units, clientId, locale, reinvite } = input
  const defaults = { role, units: [...units], client_id: clientId, locale, reinvite }
  const created = await createImport(platform, {
    tenantId, name: basename(csv).slice(0, 100), source: 'csv', bytes: await bytesOf(csv), encoding: input.encoding, mapping: (read) => mappingOf(read, input), defaults, ...by,
  })
  if (!created.ok) return created
  const change = { tenantId, importId: created.importId, ...by }
  const found = await answerOf(platform, change, { isDryRun: input.dryRun })
  if (input.dryRun) {
    await deleteImport(platform, change)
    return found
  }
  const planned = await planWaves(platform, { ...change, sizes: input.waves })
  const wave = planned.ok ? planned.waves[0] : undefined
  if (wave === undefined) return found
  const started = await startWave(platform, { ...change, wave })
  if (!started.ok) return started
  await runShown(platform, { tenantId, importId: created.importId, wave })
  return answerOf(platform, change, { isDryRun: false })
}

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new UsageError(`${path} cannot be read (${errorCode(error) ?? 'unknown'}): name a file that is there.`, { cause: error })
  }
}

function mappingOf(read: Table, { map }: ListInput): Mapping {
  const named = map.map(({ field, heading }) => {
    const column = read.headings.indexOf(heading)
    if (column === -1) throw new UsageError(`The list has no column ${heading}: it has ${read.headings.join(', ')}.`)
    return [String(column), field] as const
  })
  const taken = new Set(map.map(({ field }) => field))
  const suggested = Object.entries(suggestMapping(read)).filter(([, field]) => field === 'units' || !taken.has(field))
  const mapping = mappingShape.safeParse(Object.fromEntries([...suggested, ...named]))
  if (!mapping.success) throw new UsageError('--map: names a field twice.')
  return mapping.data
}

/** Runs a wave with a bar that tells how far it is. */
export async function runShown(platform: Platform, key: { readonly tenantId: TenantId; readonly importId: string; readonly wave: number }): Promise<void> {
  const shown = await platform.databases.inTenant(key.tenantId, (trx) => showImport(trx, key.importId))
  const progress = startProgress(shown?.waves.find(({ number }) => number === key.wave)?.ready ?? 0)
  try {
    await runWave(platform, { ...key, onProgress: () => { progress.step() } })
  } finally {
    progress.end()
  }
}

const refusedShown = 100

/** What the list came to; exit 3 where some of its lines were refused. */
export async function answerOf(platform: Platform, { tenantId, importId }: { readonly tenantId: TenantId; readonly importId: string }, { isDryRun }: { readonly isDryRun: boolean }): Promise<Answer> {
  const [shown, refused] = await platform.databases.inTenant(tenantId, async (trx) => [
    await showImport(trx, importId), (await showRows(trx, importId, { after: 0, limit: refusedShown, status: 'refused' })) ?? [],
  ] as const)
  if (shown === undefined) return { ok: false, reason: 'not_found' }
  const rows = refused.map(({ number, reason, person }) => ({ row: number, reason, email: person?.email ?? null, employee_number: person?.employeeNumber ?? null }))
  const facts = { import_id: isDryRun ? null : importId, counts: shown.counts, seats: shown.seats, waves: shown.waves, reasons: shown.reasons, refused: rows }
  const lines = rows.length === 0 ? [] : table(rows.map((row) => [`row ${row.row}`, row.reason ?? '', row.email ?? row.employee_number ?? '']))
  return { ok: true, facts, lines: [...lines, ...summaryOf(shown, { importId, isDryRun })], ...(shown.counts.refused > 0 ? { exitCode: 3 } : {}) }
}

function summaryOf({ counts, seats }: ShownImport, { importId, isDryRun }: { readonly importId: string; readonly isDryRun: boolean }): readonly string[] {
  const told = isDryRun ? `${counts.ready} can be invited, ${counts.refused} cannot` : `${counts.invited} invited, ${counts.ready} wait, ${counts.refused} refused (import ${importId})`
  return [told, ...(seats.limit === null ? [] : [`seats: ${seats.used} of ${seats.limit} taken, ${seats.invited} invited, ${seats.wanted} more wanted`])]
}
