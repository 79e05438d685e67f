/**
 * The Japanese catalogue, which is also the list of keys and placeholders that every other language must have.
 * Each area has a file of its own; a key begins with the name of its page.
 */
import { account } from './ja/account.ts'
import { adminApps } from './ja/admin-apps.ts'
import { adminTenants } from './ja/admin-tenants.ts'
import { admin } from './ja/admin.ts'
import { consoleApps } from './ja/console-apps.ts'
import { consoleAudit } from './ja/console-audit.ts'
import { consoleEvents } from './ja/console-events.ts'
import { consoleHome } from './ja/console-home.ts'
import { consoleImports } from './ja/console-imports.ts'
import { consoleInvitations } from './ja/console-invitations.ts'
import { consoleMembers } from './ja/console-members.ts'
import { consoleSettings } from './ja/console-settings.ts'
import { consoleUnits } from './ja/console-units.ts'
import { console } from './ja/console.ts'
import { invitation } from './ja/invitation.ts'
import { mails } from './ja/mails.ts'
import { signIn } from './ja/sign-in.ts'

export const ja = { ...signIn, ...invitation, ...account, ...adminApps, ...adminTenants, ...admin, ...consoleApps, ...consoleAudit, ...consoleEvents, ...consoleHome, ...consoleMembers, ...consoleSettings, ...consoleUnits, ...console, ...consoleInvitations, ...consoleImports, ...mails } as const
