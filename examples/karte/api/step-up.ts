/**
 * What an act demands of the sign-in behind it, and the challenge that asks for it (RFC 9470 §3).
 * Invariant: a level that is not in the list, or a sign-in of unknown age, meets no demand.
 */

/** Levels of assurance, weakest first. */
const levels: readonly string[] = ['aal1', 'aal2', 'phr']

export interface Demand {
  readonly acr: string
  readonly maxAgeSeconds: number
}

/** What signing a prescription demands. */
export const signingDemand: Demand = { acr: 'aal2', maxAgeSeconds: 600 }

/** Null when the sign-in will do, else the value of the header WWW-Authenticate. */
export function challengeFor(signIn: { acr?: string | undefined; auth_time?: number | undefined }, demand: Demand): string | null {
  const isStrong = levels.includes(demand.acr) && levels.indexOf(signIn.acr ?? '') >= levels.indexOf(demand.acr)
  const isRecent = signIn.auth_time !== undefined && Date.now() / 1000 - signIn.auth_time <= demand.maxAgeSeconds
  if (isStrong && isRecent) return null
  return challenge({
    error: 'insufficient_user_authentication',
    error_description: isStrong ? 'A more recent sign-in is needed' : 'A stronger sign-in is needed',
    acr_values: demand.acr,
    max_age: String(demand.maxAgeSeconds),
  })
}

/** The value of WWW-Authenticate (RFC 6750 §3); the values are our own, without quotes and backslashes. */
export function challenge(parameters: Readonly<Record<string, string>>): string {
  const list = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`)
  return ['Bearer', list.join(', ')].join(' ').trim()
}
