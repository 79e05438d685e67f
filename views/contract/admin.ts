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

export { area, box, choice }
