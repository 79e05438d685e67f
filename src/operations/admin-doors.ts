/** All pages of the operators' console. */
import type { Door } from '../http/mount.ts'
import type { AdminDeps } from './deps.ts'
import { accountPages } from './pages-accounts.ts'
import { appPage } from './pages-app.ts'
import { appClaimPages } from './pages-app-claims.ts'
import { appTestPages } from './pages-app-test.ts'
import { appPages } from './pages-apps.ts'
import { apiPages } from './pages-apis.ts'
import { eventPages } from './pages-events.ts'
import { adminHomePages } from './pages-home.ts'
import { jobPages } from './pages-jobs.ts'
import { keyPages } from './pages-keys.ts'
import { operatorPages } from './pages-operators.ts'
import { tenantPages } from './pages-tenant.ts'
import { tenantListPages } from './pages-tenants.ts'

const groups: readonly ((deps: AdminDeps) => readonly Door[])[] = [
  adminHomePages, tenantListPages, tenantPages, accountPages, appPages, appPage, appClaimPages, appTestPages, apiPages, keyPages, jobPages, eventPages, operatorPages,
]

export function adminDoors(deps: AdminDeps): readonly Door[] {
  return groups.flatMap((doorsOf) => doorsOf(deps))
}
