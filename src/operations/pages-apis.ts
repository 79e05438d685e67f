/** The pages of the APIs. What an API may be is said by the apps room. */
import { listApis, type ApiListRow } from '../apps/queries.ts'
import { registerApi } from '../apps/register-api.ts'
import { updateApi } from '../apps/update-api.ts'
import { html, type PageDoor, type PageResult } from '../http/page.ts'
import { ownApiIdentifier } from '../oidc/authenticate.ts'
import { adminPath } from '../../views/admin-props.ts'
import { apiFields } from '../../views/contract/admin.ts'
import { ApiFormPage, ApisPage, type ApiFormProps, type ApiRowProps } from '../../views/pages/admin/apis.tsx'
import { linesOf } from './app-facts.ts'
import type { AdminDeps } from './deps.ts'
import { adminPage, doneAt, nothingHere, noticeIn, statusOf, type OperatorVisit } from './operator-visit.ts'

const place = 'apis'

export function apiPages(deps: AdminDeps): readonly PageDoor[] {
  return [
    ...adminPage(deps, { path: '/apis', place }, { show: (visit) => showList(deps, visit) }),
    ...adminPage(deps, { path: '/apis/new', place }, { show: (visit) => showForm(visit, { isNew: true, values: emptyValues }), take: (visit) => create(deps, visit), freshness: { GET: 'fresh' } }),
    ...adminPage(deps, { path: '/apis/:api', place }, {
      show: (visit) => withApi(deps, visit, (api) => showForm(visit, { isNew: false, values: valuesOf(api) })), take: (visit) => withApi(deps, visit, (api) => save(deps, visit, api)),
      freshness: { GET: 'fresh' },
    }),
  ]
}

/** An identifier is an address of its own: in a path of ours it stands encoded. */
function apiPath(identifier: string): string {
  return adminPath(place, `/${Buffer.from(identifier).toString('base64url')}`)
}

async function withApi(deps: AdminDeps, visit: OperatorVisit, answer: (api: ApiListRow) => PageResult | Promise<PageResult>): Promise<PageResult> {
  const identifier = Buffer.from(visit.param('api'), 'base64url').toString('utf8')
  const api = (await listApis(deps.databases.engine)).find((one) => one.identifier === identifier)
  return api === undefined || identifier === ownApiIdentifier(deps.issuer) ? nothingHere(deps, visit) : answer(api)
}

async function showList({ databases, issuer }: AdminDeps, visit: OperatorVisit): Promise<PageResult> {
  const own = ownApiIdentifier(issuer)
  const apis = (await listApis(databases.engine)).map((row) => ({ ...present(row), editUrl: row.identifier === own || !visit.page.mayChange ? null : apiPath(row.identifier), isOwn: row.identifier === own }))
  return html(ApisPage({ ...visit.page, apis, notice: noticeIn(visit, ['created', 'saved']) }))
}

function present({ identifier, name, scopes, access_token_format: format, access_token_ttl_seconds: ttlSeconds }: ApiListRow): Omit<ApiRowProps, 'editUrl' | 'isOwn'> {
  return { identifier, name, scopes, ttlSeconds, format: format === 'opaque' ? 'opaque' : 'jwt' }
}

type Values = ApiFormProps['values']
const emptyValues: Values = { identifier: '', name: '', scopes: '', ttl: '300', format: 'jwt' }

function valuesOf(api: ApiListRow): Values {
  const { identifier, name, scopes, ttlSeconds, format } = present(api)
  return { identifier, name, scopes: scopes.join('\n'), ttl: String(ttlSeconds), format }
}

function showForm(visit: OperatorVisit, { isNew, values, problems = [], error }: Pick<ApiFormProps, 'isNew' | 'values' | 'error'> & { readonly problems?: readonly string[] }): PageResult {
  return html(ApiFormPage({ ...visit.page, isNew, values, problems, error }), { status: statusOf(error) })
}

function valuesIn({ request: { form } }: OperatorVisit): Values {
  const said = ({ name }: { readonly name: string }) => form.get(name)?.trim() ?? ''
  return { identifier: said(apiFields.identifier), name: said(apiFields.name), scopes: said(apiFields.scopes), ttl: said(apiFields.ttl), format: said(apiFields.format) }
}

function changesIn({ name, scopes, ttl, format }: Values) {
  const accessTokenFormat = format === 'opaque' ? 'opaque' as const : 'jwt' as const
  return { name, accessTokenFormat, scopes: [...linesOf(scopes)], accessTokenTtlSeconds: Number(ttl) }
}

async function create(deps: AdminDeps, visit: OperatorVisit): Promise<PageResult> {
  const values = valuesIn(visit)
  const result = await registerApi(deps, { identifier: values.identifier, ...changesIn(values) }, visit.by)
  if (result.ok) return doneAt(adminPath('apis'), 'created')
  return showForm(visit, { isNew: true, values, error: result.reason, problems: 'problems' in result ? result.problems : [] })
}

async function save(deps: AdminDeps, visit: OperatorVisit, { identifier }: ApiListRow): Promise<PageResult> {
  const values = { ...valuesIn(visit), identifier }
  const result = await updateApi(deps, { identifier, ...changesIn(values), ...visit.by })
  if (result.ok) return doneAt(adminPath('apis'), 'saved')
  return result.reason !== 'invalid_api' ? nothingHere(deps, visit) : showForm(visit, { isNew: false, values, error: result.reason, problems: result.problems })
}
