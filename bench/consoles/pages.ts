/**
 * Every page of the consoles, as its people open it: lists searched, narrowed, ordered and far down as well. The list doors of the API too.
 * Invariant: `deep` pages are reached by the link to the next page, as a person would reach them.
 */
import type { Crowd } from './crowd.ts'

export type VisitorName = 'nobody' | 'admin' | 'operator' | 'machine'

export interface ConsolePage {
  readonly as: VisitorName
  readonly path: string
  /** How many pages further down to begin. */
  readonly deep?: number
}

/** What everything else is compared with: a page that asks the database for next to nothing. */
export const yardstick: ConsolePage = { as: 'nobody', path: '/recover' }

const deepPages = 40

export function pagesOf(crowd: Crowd): readonly ConsolePage[] {
  // The doors of the API first: a machine's token does not last as long as a walk.
  return [...apiDoors(crowd), ...tenantPages(crowd), ...operatorPages(crowd)]
}

function tenantPages(crowd: Crowd): readonly ConsolePage[] {
  const at = (paths: readonly string[], deep?: number): readonly ConsolePage[] => paths.map((path) => ({ as: 'admin', path: `/t/${crowd.subdomain}${path}`, ...(deep === undefined ? {} : { deep }) }))
  const member = `/members/${crowd.membershipId}`
  return [
    ...at(['']),
    ...at(['/members', '/members?search=%E4%BD%90%E8%97%A4', '/members?search=hanako', '/members?search=zzzz', '/members?status=suspended', '/members?factor=none', `/members?role=${crowd.roleId}`, `/members?unit=${crowd.unitCode}`,
      '/members?unit=h-1&status=active&seen=never', '/members?sort=role', '/members?sort=status&direction=desc', '/members?sort=last_seen&direction=desc']),
    ...at(['/members', '/members?sort=last_seen', '/members?sort=role&status=active', '/members?search=%E3%81%82'], deepPages),
    ...at([member, `${member}/edit`, `/members/bulk?act=suspend&member.${crowd.membershipId}=on`]),
    ...at(['/invitations', '/invitations?state=open', '/invitations?state=expired', '/invitations?search=%E4%BD%90%E8%97%A4', '/invitations/new', '/invitations/paste', `/invitations/${crowd.invitedId}/revoke`, `/invitations/${crowd.invitedId}/link`]),
    ...at(['/invitations'], deepPages),
    ...at(['/imports', '/imports/new', `/imports/${crowd.importId}`, `/imports/${crowd.importId}/rows`, `/imports/${crowd.importId}/rows?status=refused`, `/imports/${crowd.importId}/rows/20`]),
    ...at(['/roles', '/roles/new', `/roles/${crowd.roleId}`, '/units', '/units/new', `/units/${crowd.unitId}`, '/apps', '/apps/app-1', '/apps/app-2', '/security', '/branding', '/settings']),
    ...at(['/audit', '/audit?type=membership', '/audit?outcome=refused', `/audit?subject=${crowd.membershipId}`, `/audit?actor=${crowd.accountId}`, `/audit?request_id=${crowd.requestId}`, '/audit?from=2020-01-01&until=2020-02-01']),
    ...at(['/audit', '/audit?type=membership'], deepPages),
  ]
}

function operatorPages(crowd: Crowd): readonly ConsolePage[] {
  const at = (paths: readonly string[], deep?: number): readonly ConsolePage[] => paths.map((path) => ({ as: 'operator', path: `/admin${path}`, ...(deep === undefined ? {} : { deep }) }))
  return [
    ...at(['', '/tenants', '/tenants?search=hospital', '/tenants?status=active', '/tenants/new', `/tenants/${crowd.tenantId}`]),
    ...at(['/accounts', '/accounts?search=%E4%BD%90%E8%97%A4', '/accounts?search=person1', `/accounts?search=${crowd.staffNumber}`, '/accounts?search=zzzz', '/accounts?status=locked', `/accounts/${crowd.accountId}`]),
    ...at(['/accounts'], deepPages),
    ...at(['/apps', '/apps?search=product', '/apps/new', '/apps/new/web', '/apps/app-1', '/apps/app-1/edit', '/apps/app-1/claims', '/apps/app-1/test', '/apis', '/keys', '/jobs', '/operators']),
    ...at(['/events', '/events?type=membership.updated', '/events?type=token.issued', `/events?tenant=${crowd.tenantId}`, `/events?subject=${crowd.membershipId}`, `/events?actor=${crowd.accountId}`, `/events?request=${crowd.requestId}`, '/events?outcome=refused']),
    ...at(['/events'], deepPages),
  ]
}

function apiDoors(crowd: Crowd): readonly ConsolePage[] {
  const at = (paths: readonly string[]): readonly ConsolePage[] => paths.map((path) => ({ as: 'machine', path: `/api/v1${path}` }))
  const member = `/members/${crowd.membershipId}`
  return at([
    '/members', '/members?limit=100&sort=last_seen', '/members?search=%E4%BD%90%E8%97%A4', `/members?unit=${crowd.unitCode}`, member, `${member}/history`, `${member}/sessions`, '/tenant/figures', '/events', '/events?type=membership.',
    '/invitations', '/invitations?state=open', '/invitations/funnel', '/imports', `/imports/${crowd.importId}`, `/imports/${crowd.importId}/rows`, '/roles', '/units', '/apps', '/apps/app-2/assignments', '/machines',
  ])
}
