/**
 * Invites a pasted list of people, one after the other, each by the command that invites one. Longer lists are imports
 * (src/provisioning). Invariant: what stands in the way of one does not stop the rest.
 */
import { inviteMember, type InvitationDeps, type InviteMemberInput, type MemberInvitation } from './invite-member.ts'

export const mostInvitedAtOnce = 200

export interface InvitationOutcome {
  readonly email: string
  readonly result: MemberInvitation
}

/** One outcome for each address, in the order given; each once. */
export async function inviteMany(deps: InvitationDeps, addresses: readonly string[], common: Omit<InviteMemberInput, 'person' | 'employeeNumber' | 'title'> & { readonly locale: 'ja' | 'en' }): Promise<readonly InvitationOutcome[]> {
  const { locale, ...rest } = common
  const outcomes: InvitationOutcome[] = []
  for (const email of [...new Set(addresses)].slice(0, mostInvitedAtOnce)) {
    outcomes.push({ email, result: await inviteMember(deps, { ...rest, person: { email, familyName: null, givenName: null, locale } }) })
  }
  return outcomes
}

/** The addresses of a text that was pasted from a mail program or a table: `Name <address>`, commas, semicolons, tabs and lines. Pure. */
export function splitAddresses(text: string): readonly string[] {
  const parts = text.split(/[\s,;、，；]+/u).map((part) => part.replace(/^[<＜"'(（]+|[>＞"')）]+$/gu, ''))
  return [...new Set(parts.filter((part) => /[@＠]/u.test(part)))]
}
