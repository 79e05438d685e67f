/** How fresh and how strong a sign-in must be, for pages, for the API and for what the policy is asked, and how the API says so. */
import type { Refusal } from './endpoint.ts'

/** How old a sign-in may be for a dangerous act. */
export const freshSignInSeconds = 300

/** RFC 9470 §3: says which level and age would do, as parameters of the challenge. */
export function stepUp(why: string, wanted: string): Refusal {
  const reason = 'insufficient_user_authentication'
  return { status: 401, reason, wwwAuthenticate: `Bearer error="${reason}", error_description="${why}", ${wanted}` }
}
