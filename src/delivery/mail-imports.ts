/**
 * The mail to whoever started a wave of invitations, once it is over. Invariant: it is told only while they are a member of that tenant,
 * and of the invited people it says how many they are, never who.
 */
import { z } from 'zod'
import type { Mail } from '../../views/mails/layout.tsx'
import { waveFinishedMail } from '../../views/mails/import.ts'
import type { LinkDeps } from './mail-links.ts'
import { readerOf } from './mail-reader.ts'
import { findImportNames, findMemberRecipient, type MailEvent } from './queries.ts'

const finished = z.object({ wave: z.int(), started_by: z.uuid().nullable(), invited: z.int(), refused: z.int(), ready: z.int() })

/** Null where no member started it, and where the list is gone. */
export async function composeWaveMail({ databases }: LinkDeps, { tenant_id: tenantId, subject: importId, after, reason }: MailEvent): Promise<(Mail & { readonly to: string }) | null> {
  const { wave, started_by: membershipId, invited, refused, ready } = finished.parse(after)
  if (tenantId === null || membershipId === null) return null
  const starter = await findMemberRecipient(databases.engine, { tenantId, membershipId })
  const names = await findImportNames(databases.engine, { tenantId, importId })
  if (starter === undefined || starter.email === null || names === undefined) return null
  const { tenant: tenantName, list: listName } = names
  return { to: starter.email, ...waveFinishedMail({ ...readerOf(starter), tenantName, listName, wave, invited, refused, waiting: ready, isStopped: reason !== null }) }
}
