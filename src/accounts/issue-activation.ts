/**
 * Makes the one-time link that an administrator hands to somebody who gets no mail, on paper or by word of mouth.
 * Invariants: only the newest one counts; nobody gets an account by it whose address they have not proved, because whoever
 * issues the link can read it. Whether the actor may do so for this account is the caller's question.
 */
import type { MasterKey } from '../base/crypto.ts'
import type { EngineTrx } from '../base/db.ts'
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
    const result = await issueActivationIn(trx, deps.masterKey, { accountId, tenantId: null, actor, origin })
    if (!result.ok && result.reason !== 'not_found') await record(trx, { type: 'activation.issued', outcome: 'refused', subject: accountId, actor, origin, reason: result.reason })
    return result
  })
}

/** The same inside a transaction that does more, which writes down a refusal; `tenantId` is whose administrator does it. */
export async function issueActivationIn(trx: EngineTrx, masterKey: MasterKey, input: ActivationInput & { readonly tenantId: string | null }): Promise<Activation> {
  const { accountId, tenantId, actor, origin } = input
  const person = await lockPerson(trx, accountId)
  if (person === undefined) return { ok: false, reason: 'not_found' }
  const reason = refusalOf(person)
  if (reason !== null) return { ok: false, reason }
  await updateAllUsed(trx, accountId, ['activation'])
  const { id, expiresAt } = await createLink(trx, masterKey, { purpose: 'activation', accountId, email: null, clientId: null, locale: person.locale })
  await record(trx, { type: 'activation.issued', outcome: 'success', subject: accountId, tenantId, actor, origin, after: { link_id: id } })
  const token = linkToken(masterKey, id)
  return { ok: true, token, path: linkPath('activation', token), expiresAt }
}

function refusalOf(person: PersonRow): 'account_suspended' | 'address_unproved' | null {
  if (person.status !== 'active' && person.status !== 'pending') return 'account_suspended'
  return isUnproved(person) ? 'address_unproved' : null
}

/** Invited by an address that nobody has proved yet: the account waits for the owner of that address, and for nobody else. */
export function isUnproved(person: Pick<PersonRow, 'status' | 'email' | 'email_verified_at'>): boolean {
  return person.status === 'pending' && person.email !== null && person.email_verified_at === null
}
