/** What the pages of one list of people share: finding it, and reading its address. */
import type { PageResult } from '../http/page.ts'
import { listAnswers, type Answers } from '../provisioning/answer-queries.ts'
import { showImport, type ShownImport } from '../provisioning/show-import.ts'
import type { ConsoleDeps } from './deps.ts'
import { nothingHere, type ConsoleVisit } from './visit.ts'

const idShape = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Null for what is no id at all, which no query need be asked for. */
export function importIdIn({ request: { params } }: ConsoleVisit): string | null {
  const said = params['import_id'] ?? ''
  return idShape.test(said) ? said : null
}

/** The number in the address of a line or a wave; 0 where there is none. */
export function numberIn({ request: { params } }: ConsoleVisit): number {
  const said = params['number'] ?? ''
  return /^[1-9]\d{0,5}$/.test(said) ? Number(said) : 0
}

export interface OneImport {
  readonly importId: string
  readonly shown: ShownImport
  readonly answers: readonly Answers[]
}

/** The page that says so where this tenant has no such list. */
export async function withImport(deps: ConsoleDeps, visit: ConsoleVisit, answer: (one: OneImport) => PageResult | Promise<PageResult>): Promise<PageResult> {
  const importId = importIdIn(visit)
  const found = importId === null ? undefined : await deps.databases.inTenant(visit.tenantId, async (trx) => {
    const shown = await showImport(trx, importId)
    return shown === undefined ? undefined : { importId, shown, answers: await listAnswers(trx, importId) }
  })
  return found === undefined ? nothingHere(deps, visit) : answer(found)
}

export function listOf({ importId, shown: { row } }: OneImport) {
  return { id: importId, name: row.name, rows: row.row_count }
}
