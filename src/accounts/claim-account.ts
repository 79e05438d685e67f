/**
 * Makes an account that was made for an invitee its person's own: with their names, a password, and the address proved by the link.
 * Invariant: only an account that nobody has become yet is claimed. Who has proved to be its person is the caller's question.
 */
import type { EngineTrx } from '../base/db.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { updateAllUsed } from './link-queries.ts'
import { lockPerson, updateClaimed, updatePassword, type NameColumns, type PersonRow } from './self-queries.ts'

export interface Claim {
  readonly accountId: string
  readonly columns: NameColumns
  /** The hash of a password that was judged. */
  readonly phc: string
  readonly clientId: string | null
  readonly origin: Origin
}

/** Whether nobody has become the account yet; it stays so until the transaction ends. */
export async function lockUnclaimed(trx: EngineTrx, accountId: string): Promise<boolean> {
  const person = await lockPerson(trx, accountId)
  return person !== undefined && isUnclaimed(person)
}

function isUnclaimed({ status, phc, has_second_factor }: PersonRow): boolean {
  return status === 'pending' && phc === null && !has_second_factor
}

/** For an account that `lockUnclaimed` has found so in this transaction; throws for any other. */
export async function claimAccountIn(trx: EngineTrx, { accountId, columns, phc, clientId, origin }: Claim): Promise<void> {
  const person = await lockPerson(trx, accountId)
  if (person === undefined || !isUnclaimed(person)) throw new Error(`Account ${accountId} is somebody's already.`)
  await updateClaimed(trx, accountId, columns)
  await updatePassword(trx, accountId, phc)
  // What an administrator handed over for this account opened it for whoever held it; now it has an owner.
  await updateAllUsed(trx, accountId, ['activation', 'password_reset'])
  const event = { outcome: 'success', subject: accountId, actor: accountId, clientId, origin } as const
  if (person.email !== null) await record(trx, { ...event, type: 'address.verified' })
  await record(trx, { ...event, type: 'password.changed', before: { status: 'pending' }, after: { how: 'registration', status: 'active' } })
}
