/** The pages of lists of people: those that were taken in, a new one, the template, and the result as a file. */
import { csvDownload } from '../http/csv.ts'
import { download, html, redirect, type PageDoor, type PageResult } from '../http/page.ts'
import { createImport } from '../provisioning/create-import.ts'
import { listImportCounts } from '../provisioning/answer-queries.ts'
import { defaultsShape } from '../provisioning/mapping.ts'
import { listImports, type ImportRow } from '../provisioning/queries.ts'
import { resultOf } from '../provisioning/result.ts'
import { importFields } from '../../views/contract/console-imports.ts'
import type { ImportCounts, ImportLine } from '../../views/import-props.ts'
import { t } from '../../views/messages.ts'
import { ImportsPage, NewImportPage } from '../../views/pages/console/imports.tsx'
import { addressOf } from './address.ts'
import type { ConsoleDeps } from './deps.ts'
import { importIdIn } from './one-import.ts'
import { consolePage, nothingHere, noticeIn, statusOf, type ConsoleVisit } from './visit.ts'

const place = 'imports'
const permission = 'member:invite'
const pageSize = 30

export function importPages(deps: ConsoleDeps): readonly PageDoor[] {
  return [
    ...consolePage(deps, { path: '/imports', place, permission }, { show: (visit) => showList(deps, visit) }),
    ...consolePage(deps, { path: '/imports/new', place, permission }, { show: (visit) => showNew(visit, { name: '', text: '' }), take: (visit) => takeIn(deps, visit), upload: true }),
    ...consolePage(deps, { path: '/imports/template.csv', place, permission }, { show: sendTemplate }),
    ...consolePage(deps, { path: '/imports/:import_id/result.csv', place, permission }, { show: (visit) => sendResult(deps, visit) }),
  ]
}

async function showList({ databases }: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const said = visit.request.query.get('before') ?? ''
  const before = /^[0-9a-f-]{36}$/.test(said) ? said : null
  const { rows, counts } = await databases.inTenant(visit.tenantId, async (trx) => {
    const found = await listImports(trx, { before, limit: pageSize + 1 })
    return { rows: found, counts: new Map((await listImportCounts(trx, found.map(({ id }) => id))).map((one) => [one.import_id, one])) }
  })
  const shown = rows.slice(0, pageSize)
  const path = visit.pathTo(place)
  return html(ImportsPage({
    ...visit.page, rows: shown.map((row) => present(visit, row, counts.get(row.id) ?? null)), firstUrl: before === null ? null : path,
    nextUrl: rows.length > pageSize ? addressOf(path, { before: shown.at(-1)?.id }) : null, notice: noticeIn(visit, ['deleted']),
  }))
}

/** Leads to the step at which the list stands. */
function present(visit: ConsoleVisit, { id, name, row_count: rows, status, created_at: createdAt }: ImportRow, counts: ImportCounts | null): ImportLine {
  const isBegun = status !== 'checked' || (counts !== null && counts.invited > 0)
  return {
    id, name, rows, counts, created: visit.writtenDay(createdAt), href: visit.pathTo(place, `/${id}${isBegun ? '' : '/columns'}`),
    status: status === 'running' || status === 'done' ? status : 'checked',
  }
}

function showNew(visit: ConsoleVisit, values: { name: string; text: string }, error?: string): PageResult {
  return html(NewImportPage({ ...visit.page, values, error }), { status: statusOf(error) })
}

async function takeIn({ databases }: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const { tenantId, mover, request: { form, file, origin, locale } } = visit
  const values = { name: form.get(importFields.name.name) ?? '', text: form.get(importFields.text.name) ?? '' }
  if (file === null && values.text.trim() === '') return showNew(visit, values, 'nothing_given')
  const usualName = file === null ? t(locale)('imports.pasted_name') : file.name.slice(0, 100)
  const result = await createImport({ databases }, {
    tenantId, mover, origin, name: values.name.trim() === '' ? usualName : values.name, source: file === null ? 'paste' : 'csv',
    bytes: file?.bytes ?? Buffer.from(values.text), defaults: defaultsShape.parse({ locale }),
  })
  return result.ok ? redirect(visit.pathTo(place, `/${result.importId}/columns`)) : showNew(visit, values, result.reason)
}

/** Headings that are recognised when the file comes back. */
const templateHeadings = {
  ja: ['姓', '名', 'セイ', 'メイ', 'メールアドレス', '職員番号', '役割', '部署コード', '役職', '利用開始日', '利用終了日', '言語'],
  en: ['Family name', 'Given name', 'Family name kana', 'Given name kana', 'Email', 'Staff number', 'Role', 'Unit code', 'Title', 'Start date', 'End date', 'Language'],
} as const

function sendTemplate({ request: { query } }: ConsoleVisit): PageResult {
  const language = query.get('language') === 'en' ? 'en' : 'ja'
  return download(csvDownload({ filename: `tegata-template-${language}.csv`, headings: templateHeadings[language], rows: [] }))
}

async function sendResult(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const importId = importIdIn(visit)
  const result = importId === null ? undefined : await resultOf(deps, { tenantId: visit.tenantId, importId })
  return result === undefined ? nothingHere(deps, visit) : download(result)
}
