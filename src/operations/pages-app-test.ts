/**
 * The pages of a test sign-in. The way back is open to everybody, because whoever signed in may be no operator; without a state
 * that this server sealed a moment ago it shows nothing.
 */
import { platformScopes } from '../apps/client.ts'
import { readMetadata, typeOf } from '../apps/stored-client.ts'
import { prepareTestClient } from '../apps/test-client.ts'
import { html, page, redirect, refusePage, type PageDoor, type PageRequest, type PageResult } from '../http/page.ts'
import { generic } from '../http/problem.ts'
import { testFields } from '../../views/contract/admin.ts'
import { AppTestPage, AppTestResultPage, type AppTestResultProps } from '../../views/pages/admin/app-test.tsx'
import { findApp } from './app-queries.ts'
import type { AdminDeps } from './deps.ts'
import { adminPage, nothingHere, type OperatorVisit } from './operator-visit.ts'
import { callbackPath, finishTestSignIn, testSignInPath, type TestOutcome } from './test-sign-in.ts'

export function appTestPages(deps: AdminDeps): readonly PageDoor[] {
  return [
    ...adminPage(deps, { path: '/apps/:client_id/test', place: 'apps' }, { show: (visit) => show(deps, visit), take: (visit) => start(deps, visit) }),
    page({ method: 'GET', path: '/admin/apps/:client_id/test/callback', access: 'public', handle: (request) => finish(deps, request) }),
  ]
}

/** An app that people sign in to. */
async function findTestable({ databases }: AdminDeps, clientId: string) {
  const row = await findApp(databases.engine, clientId)
  if (row === undefined) return undefined
  const metadata = readMetadata(row.metadata)
  return typeOf(metadata) === 'machine' ? undefined : { id: row.id, name: row.name, metadata }
}

async function show(deps: AdminDeps, visit: OperatorVisit): Promise<PageResult> {
  const app = await findTestable(deps, visit.param('client_id'))
  if (app === undefined) return nothingHere(deps, visit)
  return html(AppTestPage({ ...visit.page, app: { id: app.id, name: app.name }, apis: Object.keys(app.metadata.api_scopes ?? {}) }))
}

async function start(deps: AdminDeps, visit: OperatorVisit): Promise<PageResult> {
  const { form, locale } = visit.request
  const app = await findTestable(deps, visit.param('client_id'))
  if (app === undefined) return nothingHere(deps, visit)
  const clientId = app.id
  const ready = await prepareTestClient(deps, { clientId, redirectUri: `${deps.issuer}${callbackPath(clientId)}`, ...visit.by })
  if (!ready.ok) return nothingHere(deps, visit)
  const resource = form.get(testFields.resource.name) ?? ''
  const apiScopes = app.metadata.api_scopes?.[resource]
  const platform = app.metadata.scope?.split(' ') ?? platformScopes
  // Without a refresh token there is nothing that could outlive the test.
  const scope = [...platform.filter((one) => one !== 'offline_access'), ...(apiScopes ?? [])].join(' ')
  const tenant = form.get(testFields.tenant.name)?.trim() ?? ''
  return redirect(testSignInPath(deps, { clientId, scope, locale, tenant: tenant === '' ? null : tenant, resource: apiScopes === undefined ? null : resource, again: form.has(testFields.again.name) }))
}

async function finish(deps: AdminDeps, { query, params, frame }: PageRequest): Promise<PageResult> {
  const clientId = params['client_id'] ?? ''
  if (!query.has('state')) return refusePage(generic('not_found'))
  const outcome = await finishTestSignIn(deps, clientId, query)
  const app = outcome.kind === 'stale' ? undefined : await findTestable(deps, clientId)
  return html(AppTestResultPage({ frame: frame(), app: { id: clientId, name: app?.name ?? clientId }, result: presentOutcome(outcome) }), { status: outcome.kind === 'stale' ? 400 : 200 })
}

function presentOutcome(outcome: TestOutcome): AppTestResultProps['result'] {
  if (outcome.kind !== 'tokens') return outcome
  const { idToken, accessToken, userinfo, scope } = outcome
  const written = (value: unknown) => JSON.stringify(value, null, 2)
  return {
    kind: 'tokens', scope, idTokenHeader: written(idToken.header), idToken: written(idToken.claims), accessToken: written(accessToken.claims), accessTokenFormat: accessToken.format,
    userinfo: userinfo === null ? null : written(userinfo),
  }
}
