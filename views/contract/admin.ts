/**
 * Names and ids of the forms of the operators' console, page by page; see console.ts for what they are good for.
 */
import { act, area, box, choice, field } from './console.ts'

export const keyFields = {
  algorithm: (algorithm: string) => ({ element: 'input', name: 'algorithm', id: `algorithm_${algorithm}`, type: 'hidden', meaning: '' }) as const,
  confirm: (algorithm: string) => ({ ...field(`confirm_${algorithm}`, 'text', { required: true }), name: 'confirm' }),
  rotate: (algorithm: string) => ({ ...act('rotate'), id: `rotate_${algorithm}` }),
  emergency: (algorithm: string) => ({ ...act('emergency'), id: `emergency_${algorithm}` }),
} as const

/** What has to be typed before a key is taken away at once. */
export const emergencyWord = 'EMERGENCY'

export const jobFields = {
  retry: { element: 'button', name: 'retry', id: 'retry-{job}', value: '{job}', meaning: '' },
  remove: { element: 'button', name: 'remove', id: 'remove-{job}', value: '{job}', meaning: '' },
} as const

export const adminAccountFields = {
  reason: area('reason', true),
  endSessions: act('end_sessions'),
  unlock: act('unlock'),
  lockDown: act('lock_down'),
  resume: act('resume'),
  resetFactors: act('reset_factors'),
  activate: act('activate'),
} as const

export const appFields = {
  type: { element: 'input', name: 'type', id: 'type', type: 'hidden', meaning: '' },
  name: field('name', 'text', { required: true }),
  clientId: field('client_id'),
  tenant: field('tenant'),
  firstParty: box('first_party'),
  redirectUris: area('redirect_uris', true),
  postLogoutRedirectUris: area('post_logout_redirect_uris'),
  backchannelLogoutUri: field('backchannel_logout_uri', 'url'),
  initiateLoginUri: field('initiate_login_uri', 'url'),
  clientUri: field('client_uri', 'url'),
  logoUri: field('logo_uri', 'url'),
  policyUri: field('policy_uri', 'url'),
  tosUri: field('tos_uri', 'url'),
  acr: choice('acr'),
  /** One for each scope of each api: a field stands once in a form. */
  apiScope: (api: string, scope: string) => box(`api_scope.${api} ${scope}`.replace(' ', '|')),
  save: act('save'),
  suspend: act('suspend'),
  resume: act('resume'),
  remove: act('delete'),
  rotate: act('rotate'),
  openTo: choice('open_to'),
  saveAccess: act('save_access'),
  offerTo: field('offer_to'),
  offer: act('offer'),
  withdraw: { element: 'button', name: 'withdraw', id: 'withdraw-{tenant}', value: '{tenant}', meaning: '' },
  overlapHours: field('overlap_hours', 'number', { required: true, min: 0, max: 720 }),
  confirmDelete: field('confirm_delete', 'text', { required: true }),
  copySecret: { element: 'button', name: 'copy_secret', id: 'copy_secret', value: 'copy_secret', meaning: '' },
} as const

export const testFields = {
  tenant: field('tenant'),
  resource: choice('resource'),
  again: box('again'),
  start: act('start_test'),
} as const

export const tenantFields = {
  name: field('name', 'text', { required: true }),
  subdomain: field('subdomain', 'text', { required: true }),
  kind: choice('kind'),
  plan: field('plan'),
  seatLimit: field('seat_limit', 'number', { min: 0, max: 1_000_000 }),
  adminEmail: field('admin_email', 'email', { required: true }),
  create: act('create'),
  savePlan: act('save_plan'),
  suspend: act('suspend'),
  resume: act('resume'),
  closeName: field('close_name', 'text', { required: true }),
  graceDays: field('grace_days', 'number', { required: true, min: 1, max: 90 }),
  close: act('close'),
  reopen: act('reopen'),
  reason: area('reason', true),
  minutes: field('minutes', 'number', { required: true, min: 5, max: 240 }),
  startBreakGlass: act('start_break_glass'),
  endBreakGlass: act('end_break_glass'),
} as const

export const operatorFields = {
  address: field('address', 'text', { required: true }),
  role: choice('role'),
  add: act('add'),
  makeOwner: { element: 'button', name: 'make_owner', id: 'make_owner-{account}', value: '{account}', meaning: '' },
  makeAuditor: { element: 'button', name: 'make_auditor', id: 'make_auditor-{account}', value: '{account}', meaning: '' },
  remove: { element: 'button', name: 'remove', id: 'remove-{account}', value: '{account}', meaning: '' },
} as const

export const apiFields = {
  identifier: field('identifier', 'text', { required: true }),
  name: field('name', 'text', { required: true }),
  scopes: area('scopes'),
  ttl: field('access_token_ttl_seconds', 'number', { required: true, min: 30, max: 3600 }),
  format: choice('access_token_format'),
  save: act('save'),
} as const

export const mappingFields = {
  claim: (row: number) => field(`claim_${row}`),
  from: (row: number) => choice(`from_${row}`),
  value: (row: number) => field(`value_${row}`),
  member: field('member'),
  save: act('save'),
  preview: act('preview'),
} as const
