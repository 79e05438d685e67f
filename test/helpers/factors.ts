/** What people do with their second factors in tests: read codes off an authenticator app, and set one up in a sign-in. */
import { generate } from 'otplib'
import type { Person, Visit } from './person.ts'

/** The six digits that an authenticator app shows for the secret, `steps` time steps away from now. */
export function totpCode(secret: string, steps = 0): Promise<string> {
  return generate({ secret, epoch: Math.floor(Date.now() / 1000) + steps * 30 })
}

/** The text key on an enrolment page. */
export function secretOn(visit: Visit): string {
  const secret = visit.html.getElementById('secret')?.text.replaceAll(/\s/g, '')
  if (secret === undefined || !/^[A-Z2-7]{16,}$/.test(secret)) throw new Error(`no text key on ${visit.url.pathname}: ${visit.text.slice(0, 3000)}`)
  return secret
}

/** The recovery codes on the page that shows them once. */
export function codesOn(visit: Visit): readonly string[] {
  return visit.html.querySelectorAll('code').map((code) => code.text.trim()).filter((text) => /^[0-9a-z]{5}-[0-9a-z]{5}$/.test(text))
}

export interface Enrolled {
  readonly secret: string
  readonly codes: readonly string[]
  /** Where the sign-in went on to. */
  readonly next: Visit
}

/** From the page that asks for a second factor to the other side of it, with an authenticator app; spends the code of the step before. */
export async function enrolTotp(person: Person, choice: Visit): Promise<Enrolled> {
  const page = await person.submit(choice, {}, 'enrol_totp')
  const secret = secretOn(page)
  let shown = await person.submit(page, { code: await totpCode(secret, -1) }, 'confirm_totp')
  // The next time step began while the code was on its way.
  if (shown.status === 400) shown = await person.submit(shown, { code: await totpCode(secret, -1) }, 'confirm_totp')
  if (shown.html.getElementById('codes_stored') === null) return { secret, codes: [], next: shown }
  return { secret, codes: codesOn(shown), next: await person.submit(shown, { stored: 'yes' }, 'codes_stored') }
}
