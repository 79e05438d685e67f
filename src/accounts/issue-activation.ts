/**
 * Makes the one-time link that an administrator hands to somebody who gets no mail, on paper or by word of mouth.
 * Invariants: only the newest one counts; nobody gets an account by it whose address they have not proved, because whoever
 * issues the link can read it. Whether the actor may do so for this account is the caller's question.
 */
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import type { AccountDeps } from './account-deps.ts'
import { updateAllUsed } from './link-queries.ts'
import { createLink, linkPath, linkToken } from './links.ts'
import { lockPerson, type PersonRow } from './self-queries.ts'

export interface ActivationInput {
  readonly accountId: string
  readonly actor: string | null
  readonly origin: Origin
}

export type Activation =
  | { readonly ok: true; readonly token: string; readonly path: string; readonly expiresAt: Date }
  | { readonly ok: false; readonly reason: 'not_found' | 'account_suspended' | 'address_unproved' }

/** The token is shown once and kept by nobody. */
export function issueActivation(deps: Pick<AccountDeps, 'databases' | 'masterKey'>, { accountId, actor, origin }: ActivationInput): Promise<Activation> {
  return deps.databases.inEngine(async (trx): Promise<Activation> => {
    const person = await lockPerson(trx, accountId)
    if (person === undefined) return { ok: false, reason: 'not_found' }
    const event = { type: 'activation.issued', subject: accountId, actor, origin } as const
    const reason = refusalOf(person)
    if (reason !== null) {
      await record(trx, { ...event, outcome: 'refused', reason })
      return { ok: false, reason }
    }
    await updateAllUsed(trx, accountId, ['activation'])
    const { id, expiresAt } = await createLink(trx, deps.masterKey, { purpose: 'activation', accountId, email: null, clientId: null, locale: person.locale })
    await record(trx, { ...event, outcome: 'success', after: { link_id: id } })
    const token = linkToken(deps.masterKey, id)
    return { ok: true, token, path: linkPath('activation', token), expiresAt }
  })
}

function refusalOf(person: PersonRow): 'account_suspended' | 'address_unproved' | null {
  if (person.status !== 'active' && person.status !== 'pending') return 'account_suspended'
  return isUnproved(person) ? 'address_unproved' : null
}

/** Invited by an address that nobody has proved yet: the account waits for the owner of that address, and for nobody else. */
export function isUnproved(person: Pick<PersonRow, 'status' | 'email' | 'email_verified_at'>): boolean {
  return person.status === 'pending' && person.email !== null && person.email_verified_at === null
}
