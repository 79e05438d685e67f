/** The page of one app: its settings, its secret, the tenants that may use it, its state and its end. */
import { deleteClient } from '../apps/delete-client.ts'
import { offerApp, withdrawApp } from '../apps/offer-app.ts'
import { resumeClient } from '../apps/resume-client.ts'
import { rotateSecret } from '../apps/rotate-secret.ts'
import { readMetadata, typeOf } from '../apps/stored-client.ts'
import { suspendClient } from '../apps/suspend-client.ts'
import { removeTestClient } from '../apps/test-client.ts'
import { updateClientOf } from '../apps/update-client.ts'
import { snippetsFor, type Snippet } from '../apps/snippets.ts'
import { isTenantId } from '../base/ids.ts'
import { html, redirect, type PageDoor, type PageResult } from '../http/page.ts'
import { endGrantsOfApp, endGrantsOfClient, endGrantsWithoutAccess } from '../oidc/endings.ts'
import { findTenantBySubdomain } from '../tenants/queries.ts'
import { adminPath } from '../../views/admin-props.ts'
import { appFields } from '../../views/contract/admin.ts'
import { AppPage, NewSecretPage, type AppActFailure, type AppProps } from '../../views/pages/admin/app.tsx'
import { changesOf, valuesOf } from './app-facts.ts'
import { findApp, listOfferedTenants, type AppRow } from './app-queries.ts'
import type { AdminDeps } from './deps.ts'
import { adminPage, doneAt, nothingHere, noticeIn, statusOf, type OperatorVisit } from './operator-visit.ts'
import { flawsIn, present, showForm, valuesIn } from './pages-apps.ts'

export function appPage(deps: AdminDeps): readonly PageDoor[] {
  const place = 'apps'
  return [
    ...adminPage(deps, { path: '/apps/:client_id', place }, { show: (visit) => withApp(deps, visit, (app) => show(deps, visit, { app })), take: (visit) => withApp(deps, visit, (app) => act(deps, visit, app)) }),
    ...adminPage(deps, { path: '/apps/:client_id/edit', place }, { show: (visit) => withApp(deps, visit, (app) => showEdit(deps, visit, app)), take: (visit) => withApp(deps, visit, (app) => save(deps, visit, app)), freshness: { GET: 'fresh' } }),
  ]
}

async function withApp(deps: AdminDeps, visit: OperatorVisit, answer: (app: AppRow) => Promise<PageResult>): Promise<PageResult> {
  const app = await findApp(deps.databases.engine, visit.param('client_id'))
  return app === undefined ? nothingHere(deps, visit) : answer(app)
}

async function show({ databases, issuer }: AdminDeps, visit: OperatorVisit, { app: row, error }: { readonly app: AppRow; readonly error?: AppActFailure }): Promise<PageResult> {
  const metadata = readMetadata(row.metadata)
  return html(AppPage({
    ...visit.page, error, snippets: snippetsOf(issuer, row),
    app: {
      ...present(row), hasSecret: row.has_secret, redirectUris: metadata.redirect_uris ?? [], postLogoutRedirectUris: metadata.post_logout_redirect_uris ?? [],
      backchannelLogoutUri: metadata.backchannel_logout_uri ?? null, formerSecretUntil: visit.writtenOrNull(row.former_secret_until),
      apiScopes: Object.entries(metadata.api_scopes ?? {}).flatMap(([api, scopes]) => scopes.map((scope) => `${api} ${scope}`)),
      tenants: await listOfferedTenants(databases.engine, row.id), createdAt: visit.written(row.created_at), updatedAt: visit.written(row.updated_at),
    },
    notice: error === undefined ? noticeIn(visit, ['saved', 'app_suspended', 'app_resumed', 'offered', 'withdrawn']) : undefined,
  }), { status: statusOf(error) })
}

/** What its developer copies, for the type of app that it is. */
function snippetsOf(issuer: string, row: AppRow): readonly Snippet[] {
  const metadata = readMetadata(row.metadata)
  const [api] = Object.entries(metadata.api_scopes ?? {})
  return snippetsFor({
    issuer, clientId: row.id, type: typeOf(metadata), redirectUri: metadata.redirect_uris?.[0], hasSecret: row.has_secret,
    api: api === undefined ? undefined : { identifier: api[0], scopes: api[1] },
  })
}

type Outcome = { readonly ok: true } | { readonly ok: false; readonly reason: AppActFailure | 'not_found' }

async function act(deps: AdminDeps, visit: OperatorVisit, app: AppRow): Promise<PageResult> {
  const { form } = visit.request
  const change = { clientId: app.id, ...visit.by }
  const finish = answerTo(deps, visit, app)
  const withdrawn = form.get(appFields.withdraw.name)
  if (withdrawn !== null) return finish('withdrawn', isTenantId(withdrawn) ? await withdrawApp({ ...deps, grants: { endGrantsOfApp, endGrantsWithoutAccess } }, { ...change, tenantId: withdrawn }) : { ok: false, reason: 'not_offered' })
  switch (form.get('action')) {
    case 'suspend':
      return finish('app_suspended', await suspendClient({ ...deps, grants: { endGrantsOfClient } }, change))
    case 'resume':
      return finish('app_resumed', await resumeClient(deps, change))
    case 'save_access':
      return finish('saved', await updateClientOf(deps, { ...change, changes: { openTo: form.get(appFields.openTo.name) === 'listed_tenants' ? 'listed_tenants' : 'every_tenant' } }))
    case 'offer':
      return finish('offered', await offer(deps, visit, app))
    case 'rotate':
      return rotate(deps, visit, app)
    case 'delete':
      return remove(deps, visit, app)
    default:
      return show(deps, visit, { app })
  }
}

/** The page again, with what was done or why not. */
function answerTo(deps: AdminDeps, visit: OperatorVisit, app: AppRow): (notice: NonNullable<AppProps['notice']>, outcome: Outcome) => PageResult | Promise<PageResult> {
  return (notice, outcome) => {
    if (outcome.ok) return doneAt(visit.request.ctx.path, notice)
    return outcome.reason === 'not_found' ? nothingHere(deps, visit) : show(deps, visit, { app, error: outcome.reason })
  }
}

async function offer(deps: AdminDeps, visit: OperatorVisit, app: AppRow): Promise<Outcome> {
  const tenant = await findTenantBySubdomain(deps.databases.engine, visit.request.form.get(appFields.offerTo.name)?.trim() ?? '')
  if (tenant === undefined || !isTenantId(tenant.id)) return { ok: false, reason: 'unknown_tenant' }
  return offerApp(deps, { clientId: app.id, tenantId: tenant.id, ...visit.by })
}

async function rotate(deps: AdminDeps, visit: OperatorVisit, app: AppRow): Promise<PageResult> {
  const written = visit.request.form.get(appFields.overlapHours.name)?.trim() ?? ''
  const hours = /^\d{1,3}$/.test(written) ? Number(written) : Number.NaN
  if (!(hours <= 720)) return show(deps, visit, { app, error: 'invalid_overlap' })
  const result = await rotateSecret(deps, { clientId: app.id, overlapSeconds: hours * 3600, ...visit.by })
  if (!result.ok) return result.reason === 'not_found' ? nothingHere(deps, visit) : show(deps, visit, { app, error: result.reason })
  // Not behind a redirect: the secret is in this answer and nowhere else.
  return html(NewSecretPage({
    ...visit.page, app: { id: app.id, name: app.name }, secret: result.clientSecret, isNew: false, formerUntil: visit.writtenOrNull(result.formerUntil), scriptUrls: deps.scripts.copy,
  }), { script: 'self' })
}

async function remove(deps: AdminDeps, visit: OperatorVisit, app: AppRow): Promise<PageResult> {
  if (visit.request.form.get(appFields.confirmDelete.name)?.trim() !== app.id) return show(deps, visit, { app, error: 'confirm_mismatch' })
  const result = await deleteClient(deps, { clientId: app.id, ...visit.by })
  if (!result.ok) return result.reason === 'not_found' ? nothingHere(deps, visit) : show(deps, visit, { app, error: result.reason })
  await removeTestClient(deps, app.id)
  return redirect(`${adminPath('apps')}?done=app_deleted`)
}

function showEdit(deps: AdminDeps, visit: OperatorVisit, app: AppRow): Promise<PageResult> {
  const metadata = readMetadata(app.metadata)
  return showForm(deps, visit, { type: typeOf(metadata), app: { id: app.id, name: app.name }, values: valuesOf(app, metadata) })
}

async function save(deps: AdminDeps, visit: OperatorVisit, app: AppRow): Promise<PageResult> {
  const form = { type: typeOf(readMetadata(app.metadata)), app: { id: app.id, name: app.name } }
  const values = await valuesIn(deps, visit)
  const flaws = flawsIn(form.type, values)
  if (flaws.length > 0) return showForm(deps, visit, { ...form, values, flaws, error: 'invalid_metadata' })
  const result = await updateClientOf(deps, { clientId: app.id, changes: changesOf(form.type, values), ...visit.by })
  if (result.ok) return doneAt(adminPath('apps', `/${encodeURIComponent(app.id)}`), 'saved')
  if (result.reason === 'not_found' || result.reason === 'built_in') return nothingHere(deps, visit)
  return showForm(deps, visit, { ...form, values, error: result.reason, ...('problems' in result ? { problems: result.problems } : {}) })
}
