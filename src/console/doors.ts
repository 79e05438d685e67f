/** All pages of a tenant's console. */
import type { Door } from '../http/mount.ts'
import type { ConsoleDeps } from './deps.ts'
import { appPages } from './pages-apps.ts'
import { auditPages } from './pages-audit.ts'
import { brandingPages } from './pages-branding.ts'
import { homePages } from './pages-home.ts'
import { memberPages } from './pages-members.ts'
import { rolePages } from './pages-roles.ts'
import { securityPages } from './pages-security.ts'
import { settingsPages } from './pages-settings.ts'

const groups: readonly ((deps: ConsoleDeps) => readonly Door[])[] = [
  homePages,
  rolePages,
  securityPages,
  settingsPages,
  brandingPages,
  appPages,
  memberPages,
  auditPages,
]

export function consoleDoors(deps: ConsoleDeps): readonly Door[] {
  return groups.flatMap((doorsOf) => doorsOf(deps))
}
