/** All pages of the operators' console. */
import type { Door } from '../http/mount.ts'
import type { AdminDeps } from './deps.ts'
import { accountPages } from './pages-accounts.ts'
import { appTestPages } from './pages-app-test.ts'
import { appPages } from './pages-apps.ts'
import { eventPages } from './pages-events.ts'
import { adminHomePages } from './pages-home.ts'
import { jobPages } from './pages-jobs.ts'
import { keyPages } from './pages-keys.ts'

const groups: readonly ((deps: AdminDeps) => readonly Door[])[] = [adminHomePages, accountPages, appPages, appTestPages, keyPages, jobPages, eventPages]

export function adminDoors(deps: AdminDeps): readonly Door[] {
  return groups.flatMap((doorsOf) => doorsOf(deps))
}
