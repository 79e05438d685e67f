/** Takes an app away from a member, a role or a unit; whoever may use it no longer loses the token families for it at once. */
import { record } from '../events/record.ts'
import type { AppChange } from './app-access.ts'
import type { AppAccessDeps } from './set-app-access.ts'
import { deleteAssignment, findAssignment, lockTenantApp } from './tenant-queries.ts'

export type Unassigned = { readonly ok: true } | { readonly ok: false; readonly reason: 'not_found' }

export function unassignApp({ databases, grants }: AppAccessDeps, { tenantId, clientId, assignmentId, mover, origin }: AppChange & { readonly assignmentId: string }): Promise<Unassigned> {
  return databases.inTenant(tenantId, async (trx): Promise<Unassigned> => {
    const app = await lockTenantApp(trx, clientId)
    const assignment = app === undefined ? undefined : await findAssignment(trx, clientId, assignmentId)
    if (assignment === undefined || !(await deleteAssignment(trx, clientId, assignmentId))) return { ok: false, reason: 'not_found' }
    await grants.endGrantsWithoutAccess(trx, clientId)
    const { membership_id, role, unit } = assignment
    await record(trx, { type: 'app.unassigned', outcome: 'success', subject: clientId, clientId, actor: mover.accountId, origin, before: { assignment_id: assignmentId, membership_id, role, unit } })
    return { ok: true }
  })
}
