/** Names and ids of the forms about members: choosing many of them, changing one, and what is done about one. */
import { act, area, box, choice, field } from './console.ts'

/** Each row of the list has a box of its own, because a field stands once in a form. */
export const bulkFields = {
  member: (membershipId: string) => box(`member.${membershipId}`),
  act: choice('act'),
  role: choice('role'),
  unit: choice('unit'),
  /** The same, once it is chosen. */
  chosenAct: field('act', 'hidden'),
  next: act('next'),
  confirm: act('confirm'),
} as const

export const memberFields = {
  role: choice('role'),
  primaryUnit: choice('primary_unit'),
  unit: (code: string) => box(`unit.${code}`),
  employeeNumber: field('employee_number'),
  title: field('title'),
  validFrom: field('valid_from', 'date'),
  validUntil: field('valid_until', 'date'),
  save: act('save'),
} as const

export const memberActFields = {
  reason: area('reason', true),
  confirm: act('confirm'),
} as const

export const memberInvitationFields = {
  resend: act('resend'),
  revoke: act('revoke'),
  showLink: act('show_link'),
} as const

/** Buttons of scripts, never sent. */
export const memberTools = {
  copyId: { element: 'button', name: 'tool', id: 'copy_id', value: 'copy_id', meaning: '' },
  copyLink: { element: 'button', name: 'tool', id: 'copy_link', value: 'copy_link', meaning: '' },
  printLink: { element: 'button', name: 'tool', id: 'print_link', value: 'print_link', meaning: '' },
} as const
