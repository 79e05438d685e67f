/**
 * The mails of an invitation: its link to whoever is invited, and to whoever invited that it was accepted or that a new one is asked for.
 * Invariants: the link is derived when the mail leaves, and a newer one silences the mail of the one before; whoever invited is told
 * only while they are a member of that tenant themselves.
 */
import { z } from 'zod'
import type { Mail } from '../../views/mails/layout.tsx'
import { invitationAcceptedMail, invitationAskedAgainMail, invitationMail, type InvitationNewsProps } from '../../views/mails/invitation.ts'
import { invitationPath, invitationToken, stateOfInvitation } from '../members/invitation.ts'
import { findInvitationOf, type InvitationRow } from '../members/invitation-queries.ts'
import type { MailedType } from './mail-jobs.ts'
import type { LinkDeps } from './mail-links.ts'
import { readerOf, strangerWith } from './mail-reader.ts'
import { findMemberRecipient, findRecipient, hasAskedBefore, type MailEvent } from './queries.ts'

export type InvitationMailType = Extract<MailedType, `invitation.${string}`>

type Outcome = Promise<(Mail & { readonly to: string }) | null>

/** The mail that an event of an invitation asks for now; null for none. */
export async function composeInvitationMail(deps: LinkDeps, type: InvitationMailType, event: MailEvent): Outcome {
  if (event.tenant_id === null) return null
  const row = await findInvitationOf(deps.databases.engine, { tenantId: event.tenant_id, membershipId: event.subject })
  if (row === undefined) return null
  switch (type) {
    case 'invitation.sent':
    case 'invitation.resent':
      return invited(deps, row, event)
    case 'invitation.accepted':
      return stateOfInvitation(row) === 'accepted' ? news(deps, row, invitationAcceptedMail) : null
    case 'invitation.refused':
      return askedAgain(deps, row, event)
  }
}

const sentFacts = z.object({ generation: z.int() })

async function invited({ databases, masterKey, config }: LinkDeps, row: InvitationRow, { after }: MailEvent): Outcome {
  if (row.email === null || stateOfInvitation(row) !== 'open' || sentFacts.parse(after).generation !== row.generation) return null
  const account = await findRecipient(databases.engine, row.account_id)
  // Nobody has proved yet whose address it is: no name stands in that mail.
  const reader = account === undefined || account.status === 'pending' ? strangerWith(row.locale) : { ...readerOf(account), locale: strangerWith(row.locale).locale }
  const { tenant_name: tenantName, role: roleName, inviter_name: inviterName, units } = row
  const url = `${config.issuer}${invitationPath(invitationToken(masterKey, row.membership_id, row.generation))}`
  return { to: row.email, ...invitationMail({ ...reader, tenantName, roleName, inviterName, units, url, urlUntil: row.expires_at.toISOString() }) }
}

/** One a day, however often the button of a dead link is pressed, and none when a new link has left since. */
async function askedAgain(deps: LinkDeps, row: InvitationRow, event: MailEvent): Outcome {
  if (stateOfInvitation(row) !== 'expired') return null
  if (await hasAskedBefore(deps.databases.engine, event.subject, { id: event.id, occurredAt: event.occurred_at })) return null
  return news(deps, row, invitationAskedAgainMail)
}

async function news({ databases }: LinkDeps, row: InvitationRow, write: (props: InvitationNewsProps) => Mail): Outcome {
  const inviter = row.invited_by === null ? undefined : await findMemberRecipient(databases.engine, { tenantId: row.tenant_id, membershipId: row.invited_by })
  if (inviter === undefined || inviter.email === null) return null
  const invitee = { name: row.display_name, email: row.email }
  return { to: inviter.email, ...write({ ...readerOf(inviter), tenantName: row.tenant_name, roleName: row.role, invitee }) }
}
