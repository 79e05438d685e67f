/**
 * Owns the platform's catalogue of permissions: what a role may do in the platform itself, inside its own tenant.
 * What it may do inside a product is that product's decision and never stands here (design, first paragraph).
 * Names are `thing:verb` and never change once published; a role holds names of this list only.
 */
export const permissions = {
  'tenant:admin': 'Administers the tenant. At least one active member must hold it, and only another holder may touch a holder.',
  'tenant:update': 'May change the settings and the look of the tenant.',
  'member:read': 'May see who is a member, in which role and units.',
  'member:invite': 'May invite people and take invitations back.',
  'member:update': 'May change role, units and employee number of a member.',
  'member:suspend': 'May suspend, resume and end memberships.',
  'factor:reset': 'May remove the second factors of a member who has lost them, and hand out a link to a new password.',
  'role:manage': 'May create, change and delete roles, never with a permission that the changer lacks.',
  'unit:manage': 'May change the tree of units.',
  'app:manage': 'May say which apps the tenant uses and who may use them.',
  'session:end': 'May end the sessions of members.',
  'audit:read': 'May read the log of the tenant.',
} as const satisfies Record<string, string>

export type Permission = keyof typeof permissions

export function isPermission(text: string): text is Permission {
  return Object.hasOwn(permissions, text)
}

/** All of them, for the role that administers a tenant. */
export const allPermissions: readonly Permission[] = Object.keys(permissions).filter(isPermission)
