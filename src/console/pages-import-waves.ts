/** The third step of a list of people: waves are made, started, stopped and taken back, and links are handed over. */
import { csvDownload } from '../http/csv.ts'
import { download, html, type PageDoor, type PageResult } from '../http/page.ts'
import { cancelWave } from '../provisioning/cancel-wave.ts'
import { deleteImport } from '../provisioning/delete-import.ts'
import { listWaveLinks, type HandOverLink } from '../provisioning/list-wave-links.ts'
import { planWaves } from '../provisioning/plan-waves.ts'
import { rollBackWave } from '../provisioning/roll-back-wave.ts'
import type { ShownWave } from '../provisioning/show-import.ts'
import { startWave, type WaveChange } from '../provisioning/start-wave.ts'
import { waveFields } from '../../views/contract/console-imports.ts'
import type { LinkLine, WaveLine, WaveStatus } from '../../views/import-props.ts'
import { t } from '../../views/messages.ts'
import { ImportWavesPage } from '../../views/pages/console/import-waves.tsx'
import { RollBackPage, WaveLinksPage } from '../../views/pages/console/import-wave-acts.tsx'
import { addressOf, oneOf } from './address.ts'
import type { ConsoleDeps } from './deps.ts'
import { listOf, numberIn, withImport, type OneImport } from './one-import.ts'
import { consolePage, doneAt, nothingHere, noticeIn, statusOf, type ConsoleVisit } from './visit.ts'

const place = 'imports'
const permission = 'member:invite'

export function importWavePages(deps: ConsoleDeps): readonly PageDoor[] {
  return [
    ...consolePage(deps, { path: '/imports/:import_id', place, permission }, {
      show: (visit) => withImport(deps, visit, (one) => showWaves(deps, visit, { one })),
      take: (visit) => withImport(deps, visit, (one) => act(deps, visit, one)),
    }),
    ...consolePage(deps, { path: '/imports/:import_id/waves/:number/roll-back', place, permission }, {
      show: (visit) => withImport(deps, visit, (one) => showRollBack(deps, visit, { one })),
      take: (visit) => withImport(deps, visit, (one) => rollBack(deps, visit, one)),
    }),
    ...consolePage(deps, { path: '/imports/:import_id/waves/:number/links', place, permission }, {
      show: (visit) => withImport(deps, visit, (one) => showLinks(deps, visit, { one, links: null })),
      take: (visit) => withImport(deps, visit, (one) => handOver(deps, visit, one)),
    }),
  ]
}

interface Shown {
  readonly one: OneImport
  readonly values?: { readonly plan: string; readonly sizes: string }
  readonly error?: string
}

function showWaves(deps: ConsoleDeps, visit: ConsoleVisit, { one, values = { plan: 'steps', sizes: '' }, error }: Shown): PageResult {
  const { importId, shown: { row, counts, waves } } = one
  const isLive = row.status === 'running'
  const planned = waves.reduce((sum, wave) => sum + wave.ready, 0)
  return html(ImportWavesPage({
    ...visit.page, list: listOf(one), ready: counts.ready, unplanned: counts.ready - planned, waves: waves.map((wave) => presentWave(visit, one, wave)), isLive, values,
    refreshUrl: visit.pathTo(place, `/${importId}`), notice: error === undefined ? noticeIn(visit, ['planned', 'started', 'cancelled', 'rolling_back']) : undefined, error,
    scriptUrls: isLive ? deps.scripts.progress : [],
  }), { status: statusOf(error), script: 'self', connect: 'self' })
}

const waveStatuses = ['waiting', 'running', 'done', 'cancelled', 'stopped', 'rolling_back', 'rolled_back'] as const satisfies readonly WaveStatus[]
const noAnswers = { joined: 0, open: 0, expired: 0, declined: 0, revoked: 0, without_address: 0 }

function presentWave(visit: ConsoleVisit, { importId, answers }: OneImport, { number, status, reason, ready, invited, refused, rolled_back: rolledBack, startedAt }: ShownWave): WaveLine {
  const { joined, open, expired, declined, revoked, without_address: withoutAddress } = answers.find(({ wave }) => wave === number) ?? noAnswers
  const path = (more: string) => visit.pathTo(place, `/${importId}/waves/${number}/${more}`)
  return {
    number, status: oneOf(waveStatuses, status) ?? 'waiting', reason, people: ready + invited + refused + rolledBack, ready, invited, refused, started: visit.writtenOrNull(startedAt),
    answers: { joined, open, expired, declined, revoked }, withoutAddress, peopleUrl: addressOf(visit.pathTo('invitations'), { import: importId, wave: String(number) }),
    linksUrl: path('links'), rollBackUrl: path('roll-back'),
  }
}

function changeOf({ tenantId, mover, request: { origin } }: ConsoleVisit, importId: string, wave: number): WaveChange {
  return { tenantId, importId, wave, mover, origin }
}

/** One page, several buttons: which one was pressed says what is to be done. */
async function act(deps: ConsoleDeps, visit: ConsoleVisit, one: OneImport): Promise<PageResult> {
  const { form } = visit.request
  const pressed = (name: string) => (/^[1-9]\d{0,5}$/.test(form.get(name) ?? '') ? Number(form.get(name)) : null)
  const [start, cancel] = [pressed(waveFields.start(0).name), pressed(waveFields.cancel(0).name)]
  if (start !== null) return after(deps, visit, { one, done: 'started', result: await startWave(deps, changeOf(visit, one.importId, start)) })
  if (cancel !== null) return after(deps, visit, { one, done: 'cancelled', result: await cancelWave(deps, changeOf(visit, one.importId, cancel)) })
  return form.get('action') === waveFields.remove.value ? remove(deps, visit, one) : plan(deps, visit, one)
}

interface Outcome {
  readonly one: OneImport
  readonly done: string
  readonly result: { readonly ok: true } | { readonly ok: false; readonly reason: string }
  readonly values?: Shown['values']
}

/** Shown anew where it was refused: what stood in the way may have changed the list. */
function after(deps: ConsoleDeps, visit: ConsoleVisit, { one, done, result, values }: Outcome): PageResult | Promise<PageResult> {
  if (result.ok) return doneAt(visit.pathTo(place, `/${one.importId}`), done)
  if (result.reason === 'not_found') return nothingHere(deps, visit)
  return withImport(deps, visit, (now) => showWaves(deps, visit, { one: now, error: result.reason, ...(values === undefined ? {} : { values }) }))
}

const steps = [10, 50, 200, 500] as const
const [mostWaves, mostPeople] = [50, 10_000]

/** Null for what are no sizes. */
function sizesIn({ plan: chosen, sizes }: NonNullable<Shown['values']>): readonly number[] | null {
  if (chosen === 'all') return []
  if (chosen !== 'own') return steps
  const numbers = sizes.normalize('NFKC').split(/[\s,、]+/).filter((part) => part !== '').map(Number)
  const fits = numbers.length > 0 && numbers.length <= mostWaves && numbers.every((size) => Number.isInteger(size) && size >= 1 && size <= mostPeople)
  return fits ? numbers : null
}

async function plan(deps: ConsoleDeps, visit: ConsoleVisit, one: OneImport): Promise<PageResult> {
  const { tenantId, mover, request: { form, origin } } = visit
  const values = { plan: oneOf(['all', 'steps', 'own'], form.get(waveFields.plan.all.name)) ?? 'steps', sizes: form.get(waveFields.sizes.name) ?? '' }
  const sizes = sizesIn(values)
  const result = sizes === null ? ({ ok: false, reason: 'invalid_sizes' } as const) : await planWaves(deps, { tenantId, importId: one.importId, sizes, mover, origin })
  return after(deps, visit, { one, done: 'planned', result, values })
}

async function remove(deps: ConsoleDeps, visit: ConsoleVisit, one: OneImport): Promise<PageResult> {
  const { tenantId, mover, request: { origin } } = visit
  const result = await deleteImport(deps, { tenantId, importId: one.importId, mover, origin })
  return result.ok ? doneAt(visit.pathTo(place), 'deleted') : after(deps, visit, { one, done: 'deleted', result })
}

const waveOf = (visit: ConsoleVisit, { shown: { waves } }: OneImport) => waves.find(({ number }) => number === numberIn(visit))

function showRollBack(deps: ConsoleDeps, visit: ConsoleVisit, { one, error }: { readonly one: OneImport; readonly error?: string }): PageResult | Promise<PageResult> {
  const wave = waveOf(visit, one)
  if (wave === undefined) return nothingHere(deps, visit)
  const { answers: { open, expired, joined } } = presentWave(visit, one, wave)
  return html(RollBackPage({ ...visit.page, list: listOf(one), wave: wave.number, open: open + expired, joined, error }), { status: statusOf(error) })
}

async function rollBack(deps: ConsoleDeps, visit: ConsoleVisit, one: OneImport): Promise<PageResult> {
  const result = await rollBackWave(deps, changeOf(visit, one.importId, numberIn(visit)))
  if (result.ok) return doneAt(visit.pathTo(place, `/${one.importId}`), 'rolling_back')
  return result.reason === 'not_found' ? nothingHere(deps, visit) : showRollBack(deps, visit, { one, error: result.reason })
}

function showLinks(deps: ConsoleDeps, visit: ConsoleVisit, { one, links }: { readonly one: OneImport; readonly links: readonly LinkLine[] | null }): PageResult | Promise<PageResult> {
  const wave = waveOf(visit, one)
  if (wave === undefined) return nothingHere(deps, visit)
  const { withoutAddress } = presentWave(visit, one, wave)
  return html(WaveLinksPage({ ...visit.page, list: listOf(one), wave: wave.number, count: withoutAddress, links, scriptUrls: deps.scripts.copy }), { script: 'self' })
}

async function handOver(deps: ConsoleDeps, visit: ConsoleVisit, one: OneImport): Promise<PageResult> {
  const result = await listWaveLinks(deps, changeOf(visit, one.importId, numberIn(visit)))
  if (!result.ok) return nothingHere(deps, visit)
  const links = result.links.map((link) => presentLink(deps, visit, link))
  return visit.request.form.get('action') === waveFields.saveLinks.value ? saveLinks(visit, one, links) : showLinks(deps, visit, { one, links })
}

function presentLink({ issuer }: ConsoleDeps, visit: ConsoleVisit, { number, name, employeeNumber, role, path, expiresAt }: HandOverLink): LinkLine {
  return { number, name, employeeNumber, role, url: `${issuer}${path}`, until: visit.written(expiresAt) }
}

function saveLinks(visit: ConsoleVisit, { importId }: OneImport, links: readonly LinkLine[]): PageResult {
  const words = t(visit.request.locale)
  const headings = (['name', 'number', 'role', 'link', 'until'] as const).map((name) => words(`imports.links.${name}`))
  const rows = links.map(({ name, employeeNumber, role, url, until }) => [name, employeeNumber ?? '', role, url, until])
  return download(csvDownload({ filename: `links-${importId}-${numberIn(visit)}.csv`, headings, rows }))
}
