/**
 * The English catalogue; each part is held against its Japanese one.
 * test/views/messages.test.ts proves that the placeholders agree.
 */
import { account } from './en/account.ts'
import { adminApps } from './en/admin-apps.ts'
import { adminTenants } from './en/admin-tenants.ts'
import { admin } from './en/admin.ts'
import { consoleApps } from './en/console-apps.ts'
import { consoleAudit } from './en/console-audit.ts'
import { consoleEvents } from './en/console-events.ts'
import { consoleHome } from './en/console-home.ts'
import { consoleImports } from './en/console-imports.ts'
import { consoleInvitations } from './en/console-invitations.ts'
import { consoleMembers } from './en/console-members.ts'
import { consoleSettings } from './en/console-settings.ts'
import { consoleUnits } from './en/console-units.ts'
import { console } from './en/console.ts'
import { invitation } from './en/invitation.ts'
import { mails } from './en/mails.ts'
import { signIn } from './en/sign-in.ts'

export const en = { ...signIn, ...invitation, ...account, ...adminApps, ...adminTenants, ...admin, ...consoleApps, ...consoleAudit, ...consoleEvents, ...consoleHome, ...consoleMembers, ...consoleSettings, ...consoleUnits, ...console, ...consoleInvitations, ...consoleImports, ...mails }
