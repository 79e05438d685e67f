/** The page of the person's data: a copy of it, and the account's end; accounts/delete-account.ts decides. */
import { cancelDeletion, requestDeletion } from '../accounts/delete-account.ts'
import { linkLifetimeSeconds } from '../accounts/links.ts'
import { answered, html, redirect, refusePage, type PageDoor, type PageResult } from '../http/page.ts'
import { generic } from '../http/problem.ts'
import { tenantsWithoutOtherAdmin } from '../members/leave-tenant.ts'
import { accountPaths } from '../../views/account-props.ts'
import { ConfirmPage } from '../../views/pages/account/confirm.tsx'
import { DataPage } from '../../views/pages/account/data.tsx'
import type { SelfServiceDeps } from './deps.ts'
import { exportData, exportShape } from './export-data.ts'
import { doneAt, noticeIn, ownPage, statusOf, type Visit } from './visit.ts'

const place = 'data'
const deletePath = `${accountPaths.data}/delete`
const graceDays = linkLifetimeSeconds.deletion / (24 * 60 * 60)

export function dataPages(deps: SelfServiceDeps): readonly PageDoor[] {
  return [
    ...ownPage(deps, { path: accountPaths.data, place }, { freshness: 'fresh', show: (visit) => show(deps, visit), take: (visit) => take(deps, visit) }),
    ...ownPage(deps, { path: accountPaths.download, place }, { freshness: 'fresh', show: (visit) => download(deps, visit) }),
    ...ownPage(deps, { path: deletePath, place }, { freshness: 'fresh', show: (visit) => ask(deps, visit), take: (visit) => end(deps, visit) }),
  ]
}

async function show(deps: SelfServiceDeps, visit: Visit): Promise<PageResult> {
  const lastAdminOf = await tenantsWithoutOtherAdmin(deps, visit.accountId)
  const notice = noticeIn(visit, ['deletion_requested', 'deletion_cancelled'])
  return html(DataPage({ ...visit.page, deleteAfter: visit.writtenOrNull(visit.profile.delete_after), graceDays, lastAdminOf, notice }))
}

async function take(deps: SelfServiceDeps, visit: Visit): Promise<PageResult> {
  const { accountId, request } = visit
  const action = request.form.get('action')
  if (action === 'delete_account') return redirect(deletePath)
  if (action !== 'keep_account') return show(deps, visit)
  await cancelDeletion(deps.deletion, { by: { accountId }, actor: accountId, origin: request.origin })
  return doneAt(accountPaths.data, 'deletion_cancelled')
}

async function ask(deps: SelfServiceDeps, visit: Visit, error?: 'last_admin'): Promise<PageResult> {
  if (visit.profile.delete_after !== null) return redirect(accountPaths.data)
  const lastAdminOf = await tenantsWithoutOtherAdmin(deps, visit.accountId)
  return html(ConfirmPage({ ...visit.page, act: { kind: 'delete_account', graceDays }, cancelUrl: accountPaths.data, lastAdminOf, error }), { status: statusOf(error) })
}

async function end(deps: SelfServiceDeps, visit: Visit): Promise<PageResult> {
  const { accountId, request } = visit
  const result = await requestDeletion(deps.deletion, { accountId, actor: accountId, origin: request.origin })
  if (result.ok) return doneAt(accountPaths.data, 'deletion_requested')
  return result.reason === 'last_admin' ? ask(deps, visit, result.reason) : redirect(accountPaths.data)
}

/** Sends the copy as a file. */
async function download(deps: SelfServiceDeps, visit: Visit): Promise<PageResult> {
  const { accountId, request: { ctx, origin } } = visit
  const result = await exportData(deps, { accountId, origin })
  if (!result.ok) return refusePage(generic('not_found'))
  const body = Buffer.from(`${JSON.stringify(exportShape.parse(result.data), null, 2)}\n`)
  const headers = { 'Content-Type': 'application/json; charset=utf-8', 'Content-Disposition': 'attachment; filename="account.json"', 'Content-Length': String(body.length), 'Cache-Control': 'no-store' }
  for (const [name, value] of Object.entries(headers)) ctx.res.setHeader(name, value)
  ctx.res.statusCode = 200
  ctx.res.end(body)
  return answered()
}
