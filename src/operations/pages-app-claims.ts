/** The page of what an app is told, with a look at what a chosen member would be told. */
import { claimMappingShape, claimSources } from '../apps/claim-mapping.ts'
import { previewClaims } from '../apps/preview-claims.ts'
import { setClaimMapping } from '../apps/set-claim-mapping.ts'
import { parseTenantId } from '../base/ids.ts'
import { html, type PageDoor, type PageResult } from '../http/page.ts'
import { mappingFields } from '../../views/contract/admin.ts'
import { AppClaimsPage, type AppClaimsProps, type MappingFailure, type MappingRow } from '../../views/pages/admin/app-claims.tsx'
import { accountIdOf } from './account-names.ts'
import { findApp, findMemberOf, type AppRow } from './app-queries.ts'
import { mappingIn, mostRows, rowsOf, withSpare } from './claim-rows.ts'
import type { AdminDeps } from './deps.ts'
import { adminPage, doneAt, nothingHere, noticeIn, statusOf, type OperatorVisit } from './operator-visit.ts'

export function appClaimPages(deps: AdminDeps): readonly PageDoor[] {
  return adminPage(deps, { path: '/apps/:client_id/claims', place: 'apps' }, {
    show: (visit) => withApp(deps, visit, (app) => showPage(visit, app, { rows: rowsOf(claimMappingShape.parse(app.claim_mapping)) })),
    take: (visit) => withApp(deps, visit, (app) => take(deps, visit, app)),
  })
}

async function withApp(deps: AdminDeps, visit: OperatorVisit, answer: (app: AppRow) => PageResult | Promise<PageResult>): Promise<PageResult> {
  const app = await findApp(deps.databases.engine, visit.param('client_id'))
  return app === undefined ? nothingHere(deps, visit) : answer(app)
}

interface Shown {
  readonly rows: readonly MappingRow[]
  readonly member?: string
  readonly preview?: AppClaimsProps['preview']
  readonly error?: MappingFailure
  readonly problems?: readonly string[]
}

function showPage(visit: OperatorVisit, app: AppRow, { rows, member = '', preview = null, error, problems = [] }: Shown): PageResult {
  const notice = error === undefined ? noticeIn(visit, ['saved']) : undefined
  return html(AppClaimsPage({ ...visit.page, app: { id: app.id, name: app.name }, rows, sources: claimSources, member, preview, error, problems, notice }), { status: statusOf(error) })
}

async function take(deps: AdminDeps, visit: OperatorVisit, app: AppRow): Promise<PageResult> {
  const { form, ctx } = visit.request
  const said = ({ name }: { readonly name: string }) => form.get(name)?.trim() ?? ''
  const rows = Array.from({ length: mostRows }, (_one, row) => ({ claim: said(mappingFields.claim(row)), from: said(mappingFields.from(row)), value: said(mappingFields.value(row)) }))
  const typed = { rows: withSpare(rows.filter(({ claim, value }) => claim !== '' || value !== '')), member: said(mappingFields.member) }
  if (form.get('action') === 'preview') return preview(deps, visit, { app, typed })
  const result = await setClaimMapping(deps, { clientId: app.id, mapping: mappingIn(typed.rows), ...visit.by })
  if (result.ok) return doneAt(ctx.path, 'saved')
  return result.reason === 'not_found' ? nothingHere(deps, visit) : showPage(visit, app, { ...typed, error: result.reason, ...('problems' in result ? { problems: result.problems } : {}) })
}

/** With the mapping as it was typed, stored or not. */
async function preview(deps: AdminDeps, visit: OperatorVisit, { app, typed }: { readonly app: AppRow; readonly typed: Shown & { readonly member: string } }): Promise<PageResult> {
  const mapping = claimMappingShape.safeParse(mappingIn(typed.rows))
  if (!mapping.success) return showPage(visit, app, { ...typed, error: 'invalid_mapping', problems: mapping.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) })
  const { engine } = deps.databases
  const member = await findMemberOf(engine, { membershipId: typed.member, accountId: (await accountIdOf(deps.databases, typed.member)) ?? null })
  if (member === undefined) return showPage(visit, app, { ...typed, error: 'unknown_member' })
  const result = await previewClaims(deps, { clientId: app.id, tenantId: parseTenantId(member.tenant_id), membershipId: member.id, mapping: mapping.data })
  if (!result.ok) return result.reason === 'not_found' ? nothingHere(deps, visit) : showPage(visit, app, { ...typed, error: result.reason })
  return showPage(visit, app, { ...typed, preview: { claims: JSON.stringify(result.claims, null, 2), refusal: result.refusal } })
}
