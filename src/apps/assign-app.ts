/**
 * Assigns an app to a member, a role or a unit with everything below it. It opens the app where the tenant lets only assigned
 * people in; before that it is a list in the making.
 */
import type { Databases } from '../base/db.ts'
import { record } from '../events/record.ts'
import type { AppChange, Assignee } from './app-access.ts'
import { insertAssignment, lockAssignee, lockTenantApp } from './tenant-queries.ts'

export interface AssignApp extends AppChange {
  readonly assignee: Assignee
}

type Unknown = 'unknown_member' | 'unknown_role' | 'unknown_unit'

export type Assigned =
  | { readonly ok: true; readonly assignmentId: string }
  | { readonly ok: false; readonly reason: 'not_found' | 'already_assigned' | Unknown }

export function assignApp(deps: { readonly databases: Databases }, { tenantId, clientId, assignee, mover, origin }: AssignApp): Promise<Assigned> {
  return deps.databases.inTenant(tenantId, async (trx): Promise<Assigned> => {
    // The app last: whoever changes a role or a unit holds those first.
    const columns = await lockAssignee(trx, assignee)
    const app = await lockTenantApp(trx, clientId)
    if (app === undefined) return { ok: false, reason: 'not_found' }
    const event = { type: 'app.assigned', subject: clientId, clientId, actor: mover.accountId, origin } as const
    const id = columns === undefined ? null : await insertAssignment(trx, clientId, columns)
    if (columns === undefined || id === null) {
      const reason = columns === undefined ? (`unknown_${assignee.kind}` as const) : 'already_assigned'
      await record(trx, { ...event, outcome: 'refused', reason })
      return { ok: false, reason }
    }
    await record(trx, { ...event, outcome: 'success', after: { assignment_id: id, ...spoken(assignee) } })
    return { ok: true, assignmentId: id }
  })
}

function spoken(assignee: Assignee): Readonly<Record<string, string>> {
  return assignee.kind === 'member' ? { membership_id: assignee.membershipId } : assignee.kind === 'role' ? { role: assignee.role } : { unit: assignee.unit }
}
