/**
 * Owns what a tenant's own machine is: a program that acts by itself (client_credentials) in this one tenant, with permissions that
 * whoever made it held. Pure. Invariant: it may ask our own API for those scopes only that its permissions are good for.
 */
import type { Permission } from '../members/permission.ts'
import { planClient, type ClientInput } from './client.ts'

const scopesOf: Readonly<Record<Permission, readonly string[]>> = {
  'tenant:admin': [],
  'tenant:update': ['tenant:read', 'tenant:write'],
  'member:read': ['members:read'],
  'member:invite': ['members:read', 'members:write'],
  'member:update': ['members:read', 'members:write'],
  'member:suspend': ['members:read', 'members:write'],
  'factor:reset': ['members:read', 'members:write'],
  'role:manage': ['members:read', 'members:write'],
  'unit:manage': ['members:read', 'members:write'],
  'app:manage': ['apps:read', 'apps:write'],
  'session:end': ['members:write'],
  'audit:read': ['audit:read'],
}

/** Scopes of our own API by need, each once. */
export function scopesFor(permissions: readonly Permission[]): readonly string[] {
  return [...new Set(permissions.flatMap((permission) => scopesOf[permission]))].sort()
}

export function planMachine(machine: { readonly name: string; readonly tenantId: string; readonly permissions: readonly Permission[]; readonly ownApi: string }) {
  const { name, tenantId, permissions, ownApi } = machine
  const input: ClientInput = { type: 'machine', name, tenantId, scopes: [], apiScopes: { [ownApi]: [...scopesFor(permissions)] } }
  return planClient(input)
}
