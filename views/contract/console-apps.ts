/** Names and ids of the forms by which a tenant says which app is used by whom. */
import { act, choice, field } from './console.ts'
import type { ButtonContract, FieldContract } from './shapes.ts'

export const appFields = {
  access: (value: string): FieldContract => ({ element: 'input', name: 'access', id: `access_${value}`, type: 'radio', value, meaning: '' }),
  saveAccess: act('save_access'),
  role: choice('role'),
  assignRole: act('assign_role'),
  unit: choice('unit'),
  assignUnit: act('assign_unit'),
  /** A staff number, an address or a membership id. */
  member: field('member', 'text', { required: true }),
  assignMember: act('assign_member'),
  unassign: { element: 'button', name: 'unassign', id: 'unassign-{assignment}', value: '{assignment}', meaning: '' } satisfies ButtonContract,
} as const
