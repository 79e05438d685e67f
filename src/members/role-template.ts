/**
 * Owns the roles that a new tenant starts with, by kind of organisation. Names are what products see in the claim `role`;
 * a tenant may change all of them later but never lose its last holder of `tenant:admin`. Pure.
 */
import type { TenantKind } from '../tenants/tenant.ts'
import { allPermissions, type Permission } from './permission.ts'

export interface RoleTemplate {
  readonly name: string
  readonly permissions: readonly Permission[]
  /** False for people who are served rather than employed, such as patients. */
  readonly usesSeat: boolean
}

function role(name: string, permissions: readonly Permission[] = [], usesSeat = true): RoleTemplate {
  return { name, permissions, usesSeat }
}

export const roleTemplates: Readonly<Record<TenantKind, readonly RoleTemplate[]>> = {
  hospital_group: [
    role('Admin', allPermissions),
    role('EXECUTIVE', ['member:read', 'audit:read']),
    role('DEPARTMENT_HEAD', ['member:read']),
    role('TEAM_LEADER', ['member:read']),
    role('STAFF'),
  ],
  clinic: [role('clinic_admin', allPermissions), role('therapist', ['member:read']), role('receptionist', ['member:read']), role('patient', [], false)],
  company: [role('Admin', allPermissions), role('Manager', ['member:read']), role('Member')],
}
