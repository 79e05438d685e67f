/**
 * Makes somebody who has registered by themselves a member of the tenant that they came for, where it allows that.
 * Invariants: the role is the one that the tenant names for it; whoever was a member before, and was ended, does not come back this way.
 */
import type { Databases } from '../base/db.ts'
import { parseTenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { addMember } from './add-member.ts'
import { findRegistrationRole } from './queries.ts'

export interface JoinTenantInput {
  readonly tenantId: string
  readonly accountId: string
  readonly origin: Origin
}

export function createJoinTenant(deps: { readonly databases: Databases }) {
  return {
    /** The id of a tenant, named by id or subdomain, for which people may register by themselves; null for any other. */
    find: async (tenant: string): Promise<string | null> => (await findRegistrationRole(deps.databases.engine, tenant))?.tenant_id ?? null,
    /** Does nothing where the tenant does not allow it; a refusal of the membership is an event of its own. */
    async join({ tenantId, accountId, origin }: JoinTenantInput): Promise<void> {
      const found = await findRegistrationRole(deps.databases.engine, tenantId)
      if (found === undefined) return
      await addMember(deps, { tenantId: parseTenantId(found.tenant_id), accountId, role: found.role, source: 'jit', actor: accountId, origin })
    },
  }
}
