/** Names and ids of the forms by which a tenant invites people: one, a pasted list, and what is done with an invitation. */
import { act, area, box, choice, field } from './console.ts'
import type { ButtonContract } from './shapes.ts'

/** Where invited people come to stand; a form for one person and those for many ask the same. */
export const placeFields = {
  role: choice('role'),
  unit: choice('unit'),
  /** A box for each unit besides the first one: a field stands once in a form. */
  furtherUnit: (code: string) => box(`unit.${code}`),
  app: choice('client_id'),
  locale: choice('locale'),
  reinvite: box('reinvite'),
} as const

export const inviteFields = {
  email: field('email', 'email', { inputmode: 'email' }),
  employeeNumber: field('employee_number'),
  familyName: field('family_name'),
  givenName: field('given_name'),
  familyNameKana: field('family_name_kana'),
  givenNameKana: field('given_name_kana'),
  title: field('title'),
  validFrom: field('valid_from', 'date'),
  validUntil: field('valid_until', 'date'),
  send: act('invite'),
} as const

export const pasteFields = {
  addresses: area('addresses', true),
  send: act('invite_all'),
} as const

export const invitationActs = {
  resend: act('resend'),
  revoke: act('revoke'),
  showLink: act('show_link'),
  copyLink: { element: 'button', name: 'tool', id: 'copy_link', value: 'copy_link', meaning: '' },
  printLink: { element: 'button', name: 'tool', id: 'print_link', value: 'print_link', meaning: '' },
} as const

/** The button of one row of the list. */
export function resendRow(membershipId: string): ButtonContract {
  return { element: 'button', name: 'resend', id: `resend_${membershipId}`, value: membershipId, meaning: '' }
}
