/**
 * Gives a tenant another subdomain. Invariants: a label that a tenant ever had is nobody else's, so no link and no bookmark leads to
 * strangers, and the tenant may take it back; of two tenants that want one label at once, one gets it.
 */
import type { Databases, EngineTrx } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { isUnexpected, type Expectation } from '../http/etag.ts'
import { findLabelOwner, insertFormerSubdomain, lockLabel, lockTenant, updateSubdomain } from './queries.ts'
import { subdomainRefusal } from './tenant.ts'

export interface ChangeSubdomainInput {
  readonly tenantId: TenantId
  /** Lower case, as it will stand in addresses. */
  readonly subdomain: string
  readonly actor: string | null
  readonly origin: Origin
  readonly expect?: Expectation<EngineTrx> | undefined
}

export type SubdomainChange =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'not_found' | 'precondition_failed' | 'invalid_subdomain' | 'reserved_subdomain' | 'subdomain_taken' }

export function changeSubdomain(deps: { readonly databases: Databases }, { tenantId, subdomain, actor, origin, expect }: ChangeSubdomainInput): Promise<SubdomainChange> {
  return deps.databases.inEngine(async (trx): Promise<SubdomainChange> => {
    const tenant = await lockTenant(trx, tenantId)
    if (tenant === undefined) return { ok: false, reason: 'not_found' }
    const event = { type: 'tenant.subdomain_changed', tenantId, subject: tenantId, actor, origin } as const
    const isStale = await isUnexpected(trx, expect)
    if (!isStale && tenant.subdomain === subdomain) return { ok: true }
    const reason = isStale ? 'precondition_failed' : subdomainRefusal(subdomain) ?? (await takenRefusal(trx, { tenantId, subdomain }))
    if (reason !== null) {
      await record(trx, { ...event, outcome: 'refused', reason, after: { subdomain: subdomain.slice(0, 63) } })
      return { ok: false, reason }
    }
    await insertFormerSubdomain(trx, { subdomain: tenant.subdomain, tenant_id: tenantId })
    await updateSubdomain(trx, tenantId, subdomain)
    await record(trx, { ...event, outcome: 'success', before: { subdomain: tenant.subdomain }, after: { subdomain } })
    return { ok: true }
  })
}

/** Once the label is held, whoever had it is seen, also when they took it a moment ago. */
export async function takenRefusal(trx: EngineTrx, { tenantId, subdomain }: { readonly tenantId: string; readonly subdomain: string }): Promise<'subdomain_taken' | null> {
  await lockLabel(trx, subdomain)
  const owner = await findLabelOwner(trx, subdomain)
  return owner === undefined || owner === tenantId ? null : 'subdomain_taken'
}
