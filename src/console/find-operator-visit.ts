/** Finds why an operator may be in a tenant's console now: a break-glass that runs, of somebody who is an owner of the platform still. */
import { findOperator } from '../accounts/operator-queries.ts'
import type { Databases } from '../base/db.ts'
import { findRunningBreakGlass } from '../tenants/break-glass-queries.ts'
import type { ConsoleDeps } from './deps.ts'

export function operatorVisits({ engine }: Databases): ConsoleDeps['findOperatorVisit'] {
  return async (accountId, subdomain) => {
    const entry = (await findOperator(engine, accountId)) === 'owner' ? await findRunningBreakGlass(engine, accountId, { subdomain }) : undefined
    return entry === undefined ? null : { breakGlassId: entry.id, tenantId: entry.tenant_id, tenantName: entry.tenant_name, reason: entry.reason, expiresAt: entry.expires_at }
  }
}
