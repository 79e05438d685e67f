/** Names and ids of the forms by which a tenant is set up: what it says of itself, what it asks of sign-ins, how it looks, how it ends. */
import { act, area, box, choice, field } from './console.ts'

export const settingsFields = {
  name: field('name', 'text', { required: true }),
  contact: area('contact'),
  invitationDays: field('invitation_lifetime_days', 'number', { min: 1, max: 90, required: true }),
  save: act('save'),
  subdomain: field('subdomain', 'text', { required: true }),
  changeSubdomain: act('change_subdomain'),
} as const

export const closingFields = {
  typedName: field('typed_name', 'text', { required: true }),
  graceDays: field('grace_days', 'number', { min: 1, max: 90, required: true }),
  close: act('close'),
} as const

export const securityFields = {
  mfaRule: choice('mfa_rule'),
  mfaLevel: choice('mfa_level'),
  mfaFrom: field('mfa_enforced_from', 'date'),
  trustedDays: field('trusted_device_days', 'number', { min: 0, max: 90, required: true }),
  sessionHours: field('session_hours', 'number', { min: 1, max: 720 }),
  passwordSignIn: box('password_sign_in'),
  staffNumberSignIn: box('staff_number_sign_in'),
  passwordDays: field('password_max_age_days', 'number', { min: 1, max: 1095 }),
  registrationRole: choice('registration_role'),
  preview: act('preview'),
  save: act('save'),
} as const

export const brandingFields = {
  logo: field('logo', 'file', { accept: 'image/png,image/jpeg,image/webp', required: true }),
  upload: act('upload_logo'),
  remove: act('remove_logo'),
  color: field('accent_color', 'text'),
  saveColor: act('save_color'),
  clearColor: act('clear_color'),
} as const
