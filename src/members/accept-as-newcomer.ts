/**
 * Takes up an invitation by becoming the account that was made for it: names, a password, and the membership, in one transaction.
 * Invariants: the password is judged and hashed before anything is used up; a mailed link proves the address, one that was handed
 * over proves none; an account that is somebody's already is not taken: its person signs in and accepts.
 */
import type { Origin } from '../base/origin.ts'
import { judgeNames, wordsAbout, type NamesRefusal } from '../accounts/account.ts'
import type { AccountDeps } from '../accounts/account-deps.ts'
import type { PasswordRefusal } from '../accounts/password-rules.ts'
import { findPerson } from '../accounts/self-queries.ts'
import { acceptIn, recordRefusedInvitation, type Acceptance, type AcceptRefusal } from './accept-invitation.ts'
import { invitationHash, stateOfInvitation } from './invitation.ts'
import { findInvitationByHash, type InvitationRow } from './invitation-queries.ts'

export interface NewcomerInput {
  readonly token: string
  readonly familyName: string
  readonly givenName: string
  readonly familyNameKana: string | null
  readonly givenNameKana: string | null
  readonly password: string
  readonly locale: 'ja' | 'en'
  readonly origin: Origin
}

export type NewcomerDeps = Pick<AccountDeps, 'databases' | 'hashes' | 'passwords'>

export type NewcomerAcceptance =
  | Extract<Acceptance, { readonly ok: true }>
  | { readonly ok: false; readonly reason: AcceptRefusal | NamesRefusal | PasswordRefusal }

/** Throws HashPoolFull when too many passwords wait; the link counts afterwards as before. */
export async function acceptAsNewcomer(deps: NewcomerDeps, input: NewcomerInput): Promise<NewcomerAcceptance> {
  const { token, origin } = input
  const invitation = await findInvitationByHash(deps.databases.engine, invitationHash(token))
  // Nothing is hashed for a link that does not count, nor for an account that is somebody's.
  if (invitation === undefined || stateOfInvitation(invitation) !== 'open' || invitation.account_status !== 'pending') {
    return deps.databases.inEngine((trx) => acceptIn(trx, { token, taker: { accountId: null }, origin }))
  }
  const judged = judgeNames(input)
  const reason = judged.ok ? await judgePassword(deps, input, invitation) : judged.reason
  if (!judged.ok || reason !== null) {
    const why = reason ?? 'name_missing'
    await deps.databases.inEngine((trx) => recordRefusedInvitation(trx, { invitation, reason: why, actor: null, origin }))
    return { ok: false, reason: why }
  }
  const phc = await deps.hashes.hash(input.password)
  const { familyName, givenName, familyNameKana, givenNameKana } = judged.names
  const columns = { family_name: familyName, given_name: givenName, family_name_kana: familyNameKana, given_name_kana: givenNameKana, display_name: judged.displayName, locale: input.locale }
  return deps.databases.inEngine((trx) => acceptIn(trx, { token, taker: { columns, phc }, origin }))
}

async function judgePassword(deps: NewcomerDeps, input: NewcomerInput, invitation: InvitationRow): Promise<PasswordRefusal | null> {
  const person = await findPerson(deps.databases.engine, invitation.account_id)
  const names = [input.familyName, input.givenName, input.familyNameKana, input.givenNameKana]
  const about = wordsAbout({ names, email: invitation.email, tenants: person?.tenants ?? [invitation.tenant_name] })
  return deps.passwords.judge({ password: input.password, about, hasSecondFactor: false })
}
