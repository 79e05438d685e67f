/** How an operator who is inside a tenant by break-glass leaves it before the time is over. */
import { redirect, type PageDoor, type PageResult } from '../http/page.ts'
import { endBreakGlass } from '../tenants/end-break-glass.ts'
import { adminPath } from '../../views/admin-props.ts'
import type { ConsoleDeps } from './deps.ts'
import { consolePage, doneAt, nothingHere, type ConsoleVisit } from './visit.ts'

export function breakGlassPages(deps: ConsoleDeps): readonly PageDoor[] {
  return consolePage(deps, { path: '/end-break-glass', place: 'home', permission: null }, { show: (visit) => redirect(visit.pathTo('home')), take: (visit) => leave(deps, visit) })
}

async function leave(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const { signed, subdomain, tenantId, mover, request } = visit
  const inside = mover.kind === 'operator' ? await deps.findOperatorVisit(signed.accountId, subdomain) : null
  if (inside === null) return nothingHere(deps, visit)
  await endBreakGlass(deps, { breakGlassId: inside.breakGlassId, actor: signed.accountId, origin: request.origin })
  return doneAt(adminPath('tenants', `/${tenantId}`), 'break_glass_ended')
}
