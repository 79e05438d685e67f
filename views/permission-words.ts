/**
 * The platform's permissions as people read them. The list is the catalogue's of the members room, which a view must not import;
 * test/console/roles.test.ts holds the two against each other.
 */
import type { Translate } from './messages.ts'

export const permissionNames = [
  'tenant:admin', 'tenant:update', 'member:read', 'member:invite', 'member:update', 'member:suspend', 'factor:reset', 'role:manage', 'unit:manage', 'app:manage', 'session:end', 'audit:read',
] as const

export type PermissionName = (typeof permissionNames)[number]

export function isPermissionName(text: string): text is PermissionName {
  return permissionNames.some((name) => name === text)
}

/** In words; a name that has none yet stands for itself. */
export function permissionWords(t: Translate, name: string): string {
  return isPermissionName(name) ? t(`permission.${name}`) : name
}
