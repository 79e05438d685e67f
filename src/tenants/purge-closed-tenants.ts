/**
 * Deletes the tenants whose grace is over, with everything in them. Invariants: accounts survive, but for those that were only ever
 * invited there and belong nowhere else; the subdomain stays nobody else's; the log keeps what it says. Several processes may do it at
 * once: the row decides whose turn it is, also between deletion and undoing.
 */
import { deletePendingAccounts } from '../accounts/queries.ts'
import type { Databases } from '../base/db.ts'
import { noOrigin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { deleteTenant, listDueTenants, lockDueTenant } from './life-queries.ts'
import { insertFormerSubdomain } from './queries.ts'

const batch = 5

/** Each tenant is a transaction of its own; returns how many went. */
export async function purgeClosedTenants(deps: { readonly databases: Databases }): Promise<number> {
  let purged = 0
  for (const tenantId of await listDueTenants(deps.databases.engine, batch)) purged += (await purge(deps.databases, tenantId)) ? 1 : 0
  return purged
}

function purge(databases: Databases, tenantId: string): Promise<boolean> {
  return databases.inEngine(async (trx) => {
    const due = await lockDueTenant(trx, tenantId)
    if (due === undefined) return false
    await deleteTenant(trx, tenantId)
    const accounts = await deletePendingAccounts(trx, due.pendingAccounts)
    await insertFormerSubdomain(trx, { subdomain: due.subdomain, tenant_id: tenantId })
    const counts = { name: due.name, subdomain: due.subdomain, members: due.members, accounts_removed: accounts }
    await record(trx, { type: 'tenant.deleted', outcome: 'success', tenantId, subject: tenantId, actor: null, origin: noOrigin, before: { status: 'closing' }, after: counts })
    return true
  })
}
