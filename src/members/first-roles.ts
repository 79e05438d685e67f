/** Gives a new tenant the roles of its kind: the members room's half of creating a tenant (tenants/create-tenant.ts). */
import { newId } from '../base/ids.ts'
import type { FirstRoles } from '../tenants/create-tenant.ts'
import { insertRoles } from './queries.ts'
import { roleTemplates } from './role-template.ts'

export const firstRoles: FirstRoles = {
  insertFirstRoles(trx, tenantId, kind) {
    const roles = roleTemplates[kind].map(({ name, permissions, usesSeat }) => (
      { tenant_id: tenantId, id: newId(), name, permissions: [...permissions], uses_seat: usesSeat }
    ))
    return insertRoles(trx, roles)
  },
}
