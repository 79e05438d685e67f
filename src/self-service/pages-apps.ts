/** The page of connected apps, and the one that asks once more before one of them loses what it was allowed. */
import { html, redirect, type PageDoor, type PageResult } from '../http/page.ts'
import { accountPaths, type AppsProps } from '../../views/account-props.ts'
import { AppsPage } from '../../views/pages/account/apps.tsx'
import { ConfirmPage } from '../../views/pages/account/confirm.tsx'
import { listConnectedApps } from './connected-apps.ts'
import type { SelfServiceDeps } from './deps.ts'
import type { OwnApp } from '../oidc/session-book.ts'
import { doneAt, noticeIn, ownPage, statusOf, type Visit } from './visit.ts'

const place = 'apps'
const revokePath = `${accountPaths.apps}/revoke`

export function appPages(deps: SelfServiceDeps): readonly PageDoor[] {
  return [
    ...ownPage(deps, { path: accountPaths.apps, place }, {
      freshness: 'any',
      show: (visit) => showList(deps, visit),
      take: async (visit) => {
        const app = await findApp(deps, visit, visit.request.form.get('revoke'))
        return app === undefined ? showList(deps, visit, 'not_found') : redirect(`${revokePath}?${new URLSearchParams({ app: idOf(app) }).toString()}`)
      },
    }),
    ...ownPage(deps, { path: revokePath, place }, {
      freshness: 'any',
      show: async (visit) => {
        const app = await findApp(deps, visit, visit.request.query.get('app'))
        if (app === undefined) return redirect(accountPaths.apps)
        return html(ConfirmPage({ ...visit.page, act: { kind: 'revoke_app', name: app.name }, target: idOf(app), cancelUrl: accountPaths.apps }))
      },
      take: (visit) => revoke(deps, visit),
    }),
  ]
}

async function showList(deps: SelfServiceDeps, visit: Visit, error?: AppsProps['error']): Promise<PageResult> {
  const apps = (await listConnectedApps(deps, visit.accountId)).map((app) => ({
    id: idOf(app), name: app.name, scopes: app.scopes, apis: [], tenantName: app.tenantName, since: visit.writtenDay(app.since),
  }))
  const notice = error === undefined ? noticeIn(visit, ['revoked']) : undefined
  const form = { ...visit.page.form, action: accountPaths.apps }
  return html(AppsPage({ ...visit.page, form, apps, notice, error }), { status: statusOf(error) })
}

async function revoke(deps: SelfServiceDeps, visit: Visit): Promise<PageResult> {
  const { accountId, request: { form, origin } } = visit
  const app = await findApp(deps, visit, form.get('target'))
  const revoked = app !== undefined && (await deps.apps.revoke({ accountId, clientId: app.clientId, membershipId: app.membershipId, origin }))
  return revoked ? doneAt(accountPaths.apps, 'revoked') : showList(deps, visit, 'not_found')
}

/** One app may act for several memberships of a person, and each is taken back by itself. */
function idOf({ clientId, membershipId }: OwnApp): string {
  return membershipId === null ? clientId : `${clientId}~${membershipId}`
}

async function findApp(deps: SelfServiceDeps, { accountId }: Visit, id: string | null): Promise<OwnApp | undefined> {
  return (await listConnectedApps(deps, accountId)).find((app) => idOf(app) === id)
}
