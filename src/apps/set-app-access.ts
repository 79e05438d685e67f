/**
 * Says who in a tenant may use an app: everyone, those assigned, or nobody. Counts from the next read of any token; whoever may no
 * longer loses the token families for it at once. Lists of assigned people stay, so that a switch back costs nothing.
 */
import type { Databases } from '../base/db.ts'
import { record } from '../events/record.ts'
import { isUnexpected, type Expectation } from '../http/etag.ts'
import type { AppAccess, AppChange, AppGrantEnding } from './app-access.ts'
import { lockTenantApp, updateAccess } from './tenant-queries.ts'

export interface AppAccessDeps {
  readonly databases: Databases
  readonly grants: AppGrantEnding
}

export interface SetAppAccess extends AppChange {
  readonly access: AppAccess
  readonly expect?: Expectation | undefined
}

export type AppAccessResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'not_found' | 'precondition_failed' }

export function setAppAccess({ databases, grants }: AppAccessDeps, { tenantId, clientId, access, mover, expect, origin }: SetAppAccess): Promise<AppAccessResult> {
  return databases.inTenant(tenantId, async (trx): Promise<AppAccessResult> => {
    const app = await lockTenantApp(trx, clientId)
    if (app === undefined) return { ok: false, reason: 'not_found' }
    const event = { type: 'app.access_changed', subject: clientId, clientId, actor: mover.accountId, origin, before: { access: app.access }, after: { access } } as const
    if (await isUnexpected(trx, expect)) {
      await record(trx, { ...event, outcome: 'refused', reason: 'precondition_failed' })
      return { ok: false, reason: 'precondition_failed' }
    }
    if (app.access === access) return { ok: true }
    await updateAccess(trx, clientId, access)
    await grants.endGrantsWithoutAccess(trx, clientId)
    await record(trx, { ...event, outcome: 'success' })
    return { ok: true }
  })
}
