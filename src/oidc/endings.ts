/**
 * What ends when a person, a membership or a tenant may no longer act: sessions and token families, in the transaction of the
 * command that says so. The commands stand in rooms above and declare these as ports; app.ts connects them.
 */
import type { OtherSessions } from '../accounts/session-ending.ts'
import type { EngineTrx, TenantTrx } from '../base/db.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { deleteGrantsOf, deleteGrantsOfMembership, deleteGrantsWithoutAccess } from './ending-queries.ts'
import { deleteSessionsOfAccount, updateProven } from './self-queries.ts'
import { sessionEnded } from './unit-of-work.ts'

/** Ends every session and grant of an account; each session's apps are told from its event. */
export async function endSessions(trx: EngineTrx, accountId: string, origin: Origin): Promise<void> {
  for (const session of await deleteSessionsOfAccount(trx, accountId)) {
    await record(trx, { ...sessionEnded(session.uid, session), origin })
  }
}

/** Ends every session and grant of an account but those of `keepSessionUid`, which goes on over the account's new epoch. */
export async function endOtherSessions(trx: EngineTrx, others: OtherSessions): Promise<void> {
  await endAllBut(trx, others)
}

/** The same, and says how many ended. */
export async function endAllBut(trx: EngineTrx, { accountId, keepSessionUid, origin }: OtherSessions): Promise<number> {
  const ended = await deleteSessionsOfAccount(trx, accountId, keepSessionUid)
  for (const session of ended) await record(trx, { ...sessionEnded(session.uid, session), origin })
  if (keepSessionUid !== null) await updateProven(trx, keepSessionUid)
  return ended.length
}

/** Ends every token family of a membership. */
export async function endGrants(trx: TenantTrx, membershipId: string): Promise<void> {
  await deleteGrantsOfMembership(trx, membershipId)
}

/** Ends every token family for a tenant. */
export function endGrantsOfTenant(trx: EngineTrx, tenantId: string): Promise<void> {
  return deleteGrantsOf(trx, { tenant_id: tenantId })
}

/** Ends every token family of an app. */
export function endGrantsOfClient(trx: EngineTrx, clientId: string): Promise<void> {
  return deleteGrantsOf(trx, { client_id: clientId })
}

/** Ends the token families of an app in a tenant whose members may not use it any more. */
export async function endGrantsWithoutAccess(trx: TenantTrx, clientId: string): Promise<void> {
  await deleteGrantsWithoutAccess(trx, clientId)
}

/** Ends every token family of an app for one tenant. */
export function endGrantsOfApp(trx: EngineTrx, { clientId, tenantId }: { readonly clientId: string; readonly tenantId: string }): Promise<void> {
  return deleteGrantsOf(trx, { tenant_id: tenantId, client_id: clientId })
}
