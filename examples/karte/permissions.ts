/**
 * Karte's own rules: which role may do what in Karte. The issuer only tells the role; it knows none of this.
 * Invariant: a role that is not in the table may do nothing.
 */
export type Permission = 'records_all' | 'records_assigned' | 'records_write' | 'prescriptions_sign' | 'appointments_view' | 'appointments_manage' | 'figures_view' | 'settings_manage'

const permissionsByRole = new Map<string, readonly Permission[]>([
  // A clinic is run by its doctor; a hospital gives its doctors a role of their own.
  ['clinic_admin', ['records_all', 'records_write', 'prescriptions_sign', 'appointments_view', 'appointments_manage', 'figures_view', 'settings_manage']],
  ['doctor', ['records_all', 'records_write', 'prescriptions_sign', 'appointments_view']],
  ['therapist', ['records_assigned', 'records_write', 'appointments_view']],
  ['receptionist', ['appointments_view', 'appointments_manage']],
  ['EXECUTIVE', ['records_all', 'appointments_view', 'figures_view']],
  ['DEPARTMENT_HEAD', ['records_all', 'appointments_view', 'figures_view']],
  ['TEAM_LEADER', ['records_assigned', 'appointments_view']],
  ['STAFF', ['appointments_view']],
  // Runs the organisation's accounts, which is no reason to read patients' records.
  ['Admin', ['appointments_view', 'figures_view']],
])

export const knownRoles: readonly string[] = [...permissionsByRole.keys()]

/** What the role may do in Karte; empty for an unknown role and for nobody. */
export function permissionsOf(role: string | undefined): readonly Permission[] {
  return permissionsByRole.get(role ?? '') ?? []
}

/** Which records the role may open. */
export function recordsSeenBy(role: string | undefined): 'all' | 'assigned' | 'none' {
  const permissions = permissionsOf(role)
  if (permissions.includes('records_all')) return 'all'
  return permissions.includes('records_assigned') ? 'assigned' : 'none'
}
