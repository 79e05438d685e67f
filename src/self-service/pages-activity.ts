/** The page of the person's own log. It shows; it changes nothing. */
import { html, type PageDoor, type PageResult } from '../http/page.ts'
import { accountPaths, type ActivityRow } from '../../views/account-props.ts'
import { ActivityPage } from '../../views/pages/account/activity.tsx'
import { parseActivityCursor, readActivity, type Activity } from './activity.ts'
import { browserName } from './browser-name.ts'
import type { SelfServiceDeps } from './deps.ts'
import { ownPage, type Visit } from './visit.ts'

const eventsPerPage = 50

export function activityPages(deps: SelfServiceDeps): readonly PageDoor[] {
  return ownPage(deps, { path: accountPaths.activity, place: 'activity' }, { freshness: 'any', show: (visit) => show(deps, visit) })
}

async function show(deps: SelfServiceDeps, visit: Visit): Promise<PageResult> {
  // What is no cursor of ours begins at the newest, as no cursor does.
  const cursor = parseActivityCursor(visit.request.query.get('before') ?? '')
  const { entries, nextCursor } = await readActivity(deps, { accountId: visit.accountId, cursor, limit: eventsPerPage })
  return html(ActivityPage({
    ...visit.page,
    events: entries.map((entry) => presentEntry(visit, entry)),
    olderUrl: nextCursor === null ? null : `${accountPaths.activity}?before=${nextCursor}`,
    newestUrl: cursor === null ? null : accountPaths.activity,
  }))
}

function presentEntry({ written }: Visit, { id, type, outcome, ip, how, reason, ...entry }: Activity): ActivityRow {
  const { browser, system } = browserName(entry.userAgent)
  return {
    id, type, ip,
    at: written(entry.occurredAt),
    outcome: outcome === 'success' || outcome === 'failure' ? outcome : 'refused',
    detail: entry.clientName ?? entry.tenantName,
    how: how ?? reason ?? undefined,
    byOther: entry.by === 'somebody_else',
    browserName: browser,
    systemName: system,
  }
}
