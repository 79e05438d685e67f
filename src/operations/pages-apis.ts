/** The pages of the APIs. What an API may be is said by the apps room. */
import { listApis, type ApiListRow } from '../apps/queries.ts'
import { registerApi } from '../apps/register-api.ts'
import { html, type PageDoor, type PageResult } from '../http/page.ts'
import { adminPath } from '../../views/admin-props.ts'
import { apiFields } from '../../views/contract/admin.ts'
import { ApiFormPage, ApisPage, type ApiFormProps, type ApiRowProps } from '../../views/pages/admin/apis.tsx'
import { linesOf } from './app-facts.ts'
import type { AdminDeps } from './deps.ts'
import { adminPage, doneAt, noticeIn, statusOf, type OperatorVisit } from './operator-visit.ts'

const place = 'apis'

export function apiPages(deps: AdminDeps): readonly PageDoor[] {
  return [
    ...adminPage(deps, { path: '/apis', place }, { show: (visit) => showList(deps, visit) }),
    ...adminPage(deps, { path: '/apis/new', place }, { show: (visit) => showForm(visit), take: (visit) => create(deps, visit), freshness: { GET: 'fresh' } }),
  ]
}

async function showList({ databases }: AdminDeps, visit: OperatorVisit): Promise<PageResult> {
  return html(ApisPage({ ...visit.page, apis: (await listApis(databases.engine)).map(present), notice: noticeIn(visit, ['created', 'saved', 'deleted']) }))
}

function present({ identifier, name, scopes, access_token_format: format, access_token_ttl_seconds: ttlSeconds }: ApiListRow): ApiRowProps {
  return { identifier, name, scopes, ttlSeconds, format: format === 'opaque' ? 'opaque' : 'jwt' }
}

const emptyValues: ApiFormProps['values'] = { identifier: '', name: '', scopes: '', ttl: '300', format: 'jwt' }

function showForm(visit: OperatorVisit, { values = emptyValues, problems = [], error }: Partial<Pick<ApiFormProps, 'values' | 'problems' | 'error'>> = {}): PageResult {
  return html(ApiFormPage({ ...visit.page, values, problems, error }), { status: statusOf(error) })
}

async function create(deps: AdminDeps, visit: OperatorVisit): Promise<PageResult> {
  const said = ({ name }: { readonly name: string }) => visit.request.form.get(name)?.trim() ?? ''
  const values = { identifier: said(apiFields.identifier), name: said(apiFields.name), scopes: said(apiFields.scopes), ttl: said(apiFields.ttl), format: said(apiFields.format) }
  const { identifier, name, scopes, ttl, format } = values
  const accessTokenFormat = format === 'opaque' ? 'opaque' as const : 'jwt' as const
  const input = { identifier, name, accessTokenFormat, scopes: [...linesOf(scopes)], accessTokenTtlSeconds: Number(ttl) }
  const result = await registerApi(deps, input, visit.by)
  if (result.ok) return doneAt(adminPath('apis'), 'created')
  return showForm(visit, { values, error: result.reason, problems: 'problems' in result ? result.problems : [] })
}
