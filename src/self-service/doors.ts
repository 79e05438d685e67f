/**
 * All doors of a person to their own account: the pages below /account and the JSON doors below /api/v1/me (GET /api/v1/me itself
 * is the members room's). Both lead to the same commands.
 */
import type { Door } from '../http/mount.ts'
import { accessEndpoints } from './api-access.ts'
import { dataEndpoints } from './api-data.ts'
import { factorEndpoints } from './api-factors.ts'
import { profileEndpoints } from './api-profile.ts'
import type { SelfServiceDeps } from './deps.ts'
import { activityPages } from './pages-activity.ts'
import { addressPages } from './pages-address.ts'
import { appPages } from './pages-apps.ts'
import { dataPages } from './pages-data.ts'
import { factorPages } from './pages-factors.ts'
import { overviewPages } from './pages-overview.ts'
import { passkeyPages } from './pages-passkeys.ts'
import { passwordPages } from './pages-password.ts'
import { profilePages } from './pages-profile.ts'
import { sessionPages } from './pages-sessions.ts'
import { tenantPages } from './pages-tenants.ts'
import { totpPages } from './pages-totp.ts'

const groups: readonly ((deps: SelfServiceDeps) => readonly Door[])[] = [
  overviewPages, profilePages, addressPages, passwordPages, factorPages, totpPages, passkeyPages, sessionPages, tenantPages, appPages, activityPages, dataPages,
  profileEndpoints, factorEndpoints, accessEndpoints, dataEndpoints,
]

export function selfServiceDoors(deps: SelfServiceDeps): readonly Door[] {
  return groups.flatMap((doorsOf) => doorsOf(deps))
}
