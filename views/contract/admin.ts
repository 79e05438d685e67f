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
  copySecret: { element: 'button', name: 'copy_secret', id: 'copy_secret', value: 'copy_secret', meaning: '' },
} as const

export const testFields = {
  tenant: field('tenant'),
  resource: choice('resource'),
  again: box('again'),
  start: act('start_test'),
} as const
