/** The steps of a sign-in as people take them, shared by the journeys. */
import type { Person, Visit } from './person.ts'
import { textIn, type RelyingParty, type Started } from './relying-party.ts'
import { demoPassword } from './tegata.ts'

/** From the product's button to the answer of its callback; picks `tenant` where the picker comes up. */
export async function signIn(person: Person, start: Started, options: { email: string; tenant?: string }): Promise<Visit> {
  const form = await person.open(start.url)
  const next = await person.submit(form, { identifier: options.email, password: demoPassword }, 'sign_in')
  return options.tenant === undefined || next.html.getElementById(`tenant-${options.tenant}`) === null ? next : person.submit(next, {}, `tenant-${options.tenant}`)
}

/** The code in a callback; says what came instead. */
export function codeOf(visit: Visit): string {
  const code = visit.url.searchParams.get('code')
  if (code === null) throw new Error(`no code: ${visit.status} ${visit.url.href} ${visit.html.querySelector('h1')?.text ?? ''}`)
  return code
}

export interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
  readonly idToken: string
}

/** A whole sign-in with its tokens. */
export async function tokensFor(party: RelyingParty, person: Person, options: { email: string; tenant?: string; scope?: string; parameters?: Readonly<Record<string, string>> }): Promise<Tokens> {
  const start = party.start(options.scope ?? 'openid profile email tenant', options.parameters)
  return redeemed(party, start, await signIn(person, start, options))
}

/** What the party gets for the code of a callback. */
export async function redeemed(party: RelyingParty, start: Started, visit: Visit): Promise<Tokens> {
  const answer = await party.redeem(start, codeOf(visit))
  return { accessToken: textIn(answer, 'access_token'), refreshToken: textIn(answer, 'refresh_token'), idToken: textIn(answer, 'id_token') }
}
