/** All pages of a tenant's console. */
import type { Door } from '../http/mount.ts'
import type { ConsoleDeps } from './deps.ts'
import { appPages } from './pages-apps.ts'
import { auditPages } from './pages-audit.ts'
import { brandingPages } from './pages-branding.ts'
import { breakGlassPages } from './pages-break-glass.ts'
import { homePages } from './pages-home.ts'
import { importColumnPages } from './pages-import-columns.ts'
import { importRowPages } from './pages-import-rows.ts'
import { importWavePages } from './pages-import-waves.ts'
import { importPages } from './pages-imports.ts'
import { invitationPages } from './pages-invitations.ts'
import { invitePages } from './pages-invite.ts'
import { memberDetailPages } from './pages-member.ts'
import { memberActPages } from './pages-member-acts.ts'
import { memberEditPages } from './pages-member-edit.ts'
import { bulkPages } from './pages-members-bulk.ts'
import { memberPages } from './pages-members.ts'
import { rolePages } from './pages-roles.ts'
import { securityPages } from './pages-security.ts'
import { settingsPages } from './pages-settings.ts'
import { unitPages } from './pages-units.ts'

const groups: readonly ((deps: ConsoleDeps) => readonly Door[])[] = [
  homePages,
  breakGlassPages,
  rolePages,
  unitPages,
  securityPages,
  settingsPages,
  brandingPages,
  appPages,
  memberPages,
  bulkPages,
  memberDetailPages,
  memberActPages,
  memberEditPages,
  invitePages,
  invitationPages,
  importPages,
  importColumnPages,
  importRowPages,
  importWavePages,
  auditPages,
]

export function consoleDoors(deps: ConsoleDeps): readonly Door[] {
  return groups.flatMap((doorsOf) => doorsOf(deps))
}
