/** The pages of the apps: the list, and making one. What an app may be is said by the apps room. */
import { z } from 'zod'
import { listApis } from '../apps/queries.ts'
import { redirectUriFlaw, type ClientType } from '../apps/redirect-uri.ts'
import { registerClient } from '../apps/register-client.ts'
import { readMetadata, typeOf } from '../apps/stored-client.ts'
import { html, type PageDoor, type PageResult } from '../http/page.ts'
import { findTenantBySubdomain } from '../tenants/queries.ts'
import { appFields } from '../../views/contract/admin.ts'
import { NewSecretPage } from '../../views/pages/admin/app.tsx'
import { AppFormPage, type AppFormProps, type LineFlaw } from '../../views/pages/admin/app-form.tsx'
import { AppsPage, NewAppPage, type AppRowProps } from '../../views/pages/admin/apps.tsx'
import { emptyValues, inputOf, isClientType, linesOf, type AppValues } from './app-facts.ts'
import { listApps, type AppCursor, type AppRow } from './app-queries.ts'
import type { AdminDeps } from './deps.ts'
import { adminPage, listAt, nothingHere, noticeIn, statusOf, type OperatorVisit } from './operator-visit.ts'

const place = 'apps'
const appsPerPage = 50

export function appPages(deps: AdminDeps): readonly PageDoor[] {
  return [
    ...adminPage(deps, { path: '/apps', place }, { show: (visit) => showList(deps, visit) }),
    ...adminPage(deps, { path: '/apps/new', place }, { show: (visit) => html(NewAppPage(visit.page)) }),
    ...adminPage(deps, { path: '/apps/new/:type', place }, { show: (visit) => showNew(deps, visit), take: (visit) => create(deps, visit), freshness: { GET: 'fresh' } }),
  ]
}

async function showList({ databases: { engine } }: AdminDeps, visit: OperatorVisit): Promise<PageResult> {
  const { query } = visit.request
  const search = query.get('search')?.trim().slice(0, 100) ?? ''
  const after = cursorIn(query.get('cursor') ?? '')
  // One more than is shown tells whether there is another page.
  const rows = await listApps(engine, { search: search === '' ? null : search, after, limit: appsPerPage + 1 })
  const last = rows.length > appsPerPage ? rows.at(appsPerPage - 1) : undefined
  return html(AppsPage({
    ...visit.page, search, apps: rows.slice(0, appsPerPage).map(present), notice: noticeIn(visit, ['app_deleted']),
    nextUrl: last === undefined ? null : listAt('apps', { search, cursor: Buffer.from(JSON.stringify([last.name, last.id])).toString('base64url') }),
    newestUrl: after === null ? null : listAt('apps', { search }),
  }))
}

const cursorShape = z.tuple([z.string(), z.string()])

function cursorIn(text: string): AppCursor | null {
  try {
    const [name, id] = cursorShape.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')))
    return { name, id }
  } catch {
    return null
  }
}

export function present(row: AppRow): AppRowProps {
  return {
    id: row.id, name: row.name, type: typeOf(readMetadata(row.metadata)), isActive: row.status === 'active', firstParty: row.first_party, tenantName: row.tenant_name,
    openTo: row.open_to === 'listed_tenants' ? 'listed_tenants' : 'every_tenant',
  }
}

type FormState = Partial<Pick<AppFormProps, 'values' | 'error' | 'flaws' | 'problems'>>

export async function showForm({ databases: { engine } }: AdminDeps, visit: OperatorVisit, { type, app, ...state }: Pick<AppFormProps, 'type' | 'app'> & FormState): Promise<PageResult> {
  const apis = (await listApis(engine)).map(({ identifier, name, scopes }) => ({ identifier, name, scopes }))
  return html(AppFormPage({ ...visit.page, values: emptyValues, flaws: [], problems: [], ...state, type, app, apis }), { status: statusOf(state.error) })
}

function showNew(deps: AdminDeps, visit: OperatorVisit, state: FormState = {}): Promise<PageResult> {
  const type = visit.param('type')
  return isClientType(type) ? showForm(deps, visit, { type, app: null, ...state }) : nothingHere(deps, visit)
}

/** What was typed; only boxes of scopes that some api has are read. */
export async function valuesIn({ databases: { engine } }: AdminDeps, { request: { form } }: OperatorVisit): Promise<AppValues> {
  const said = ({ name }: { readonly name: string }) => form.get(name)?.trim() ?? ''
  const apiScopes = (await listApis(engine)).flatMap(({ identifier, scopes }) => scopes.filter((scope) => form.has(appFields.apiScope(identifier, scope).name)).map((scope) => `${identifier} ${scope}`))
  return {
    name: said(appFields.name), clientId: said(appFields.clientId), tenant: said(appFields.tenant), firstParty: form.has(appFields.firstParty.name),
    redirectUris: said(appFields.redirectUris), postLogoutRedirectUris: said(appFields.postLogoutRedirectUris), backchannelLogoutUri: said(appFields.backchannelLogoutUri),
    initiateLoginUri: said(appFields.initiateLoginUri), clientUri: said(appFields.clientUri), logoUri: said(appFields.logoUri), policyUri: said(appFields.policyUri), tosUri: said(appFields.tosUri),
    acr: said(appFields.acr), apiScopes,
  }
}

/** What is wrong with each line of the addresses. */
export function flawsIn(type: ClientType, values: AppValues): readonly LineFlaw[] {
  if (type === 'machine') return []
  return (['redirectUris', 'postLogoutRedirectUris'] as const).flatMap((field) => linesOf(values[field]).flatMap((uri, place) => {
    const flaw = redirectUriFlaw(uri, type)
    return flaw === null ? [] : [{ field, line: place + 1, uri, flaw }]
  }))
}

async function create(deps: AdminDeps, visit: OperatorVisit): Promise<PageResult> {
  const type = visit.param('type')
  if (!isClientType(type)) return nothingHere(deps, visit)
  const values = await valuesIn(deps, visit)
  const flaws = flawsIn(type, values)
  if (flaws.length > 0) return showNew(deps, visit, { values, flaws, error: 'invalid_metadata' })
  const tenant = type !== 'machine' || values.tenant === '' ? undefined : await findTenantBySubdomain(deps.databases.engine, values.tenant)
  if (type === 'machine' && values.tenant !== '' && tenant === undefined) return showNew(deps, visit, { values, error: 'unknown_tenant' })
  const result = await registerClient(deps, inputOf(type, values, tenant?.id), visit.by)
  if (!result.ok) return showNew(deps, visit, { values, error: result.reason, ...('problems' in result ? { problems: result.problems } : {}) })
  // Not behind a redirect: the secret is in this answer and nowhere else.
  return html(NewSecretPage({ ...visit.page, app: { id: result.clientId, name: values.name }, secret: result.clientSecret, isNew: true, formerUntil: null, scriptUrls: deps.scripts.copy }), { script: 'self' })
}
